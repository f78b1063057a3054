"""Who applied: the queue, what is known of each, and what becomes of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import ApplicationStatus
from crm.exports import Format, respond
from crm.models import Application, ApplicationPage, Relationship
from crm.outreach.merge_fields import country_name
from crm.paging import Order, Page, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import relationships_of
from crm.services.applications import deciding, erasing
from crm.services.applications.matching import Known, known
from crm.services.applications.page import DECLINE_TEXT

ON_PAGE = 10
OLDEST_FIRST = Order("applications", "submitted_at", "id")
NEWEST_FIRST = Order("applications-decided", "submitted_at", "id", descending=True)
COLUMNS = (
    "applied",
    "name",
    "email",
    "confirmed",
    "country",
    "accounts",
    "topics",
    "why",
    "consent",
    "status",
    "decided",
    "by",
    "reason",
    "creator",
)
LIST, ROW = "crm/applications/list.html", "crm/applications/_application.html"
REASONS = (
    "Does not fit the brand",
    "Audience too small or elsewhere",
    "No capacity at the moment",
    "Content is not what we look for",
)


@require_safe
@brand_page(Can.TRIAGE)
def applications(request: BrandRequest) -> HttpResponse:
    """The applications of one status, the oldest first where somebody has to decide."""
    status = _status(request)
    rows = Application.objects.filter(brand=request.brand, status=status)
    page = _paged(rows.with_details(), status, request.GET.get("cursor"))
    what_is_known = known(request.brand, page.items, timezone.now())
    settings = ApplicationPage.of(request.brand)
    context = {
        "page": page,
        "rows": [_row(row, settings, what_is_known[row.pk]) for row in page.items],
        "tabs": _tabs(request, status),
        "status": status,
        "settings": settings,
        "reasons": REASONS,
    }
    return render(request, LIST, context)


@require_safe
@brand_page(Can.TRIAGE)
def export(request: BrandRequest, form: str) -> HttpResponseBase:
    """The applications of one status as a file."""
    status = _status(request)
    rows = Application.objects.filter(brand=request.brand, status=status).with_details()
    cells = (_cells(row) for row in rows.order_by("submitted_at", "pk").iterator(chunk_size=500))
    name = f"applications-{request.brand.slug}-{status.value}"
    return respond(name, COLUMNS, cells, form=Format(form))


@require_safe
@brand_page(Can.TRIAGE)
def application(request: BrandRequest, pk: int) -> HttpResponse:
    """One application by itself, whatever its status."""
    found = _application(request, pk)
    context = {"rows": [_shown(found)], "reasons": REASONS, "application": found}
    return render(request, "crm/applications/one.html", context)


@require_POST
@brand_page(Can.TRIAGE)
def accept(request: BrandRequest, pk: int) -> HttpResponse:
    """Make a prospect of the applicant, or add what they gave to a creator."""
    found = _application(request, pk)
    given = request.POST.get("creator", "")
    try:
        made = deciding.accept(
            application_id=found.pk,
            brand=request.brand,
            relationship=_relationship(request, given) if given else None,
            actor=request.user,
            at=timezone.now(),
            expected_version=_version(request),
        )
    except deciding.DecisionRefused as refusal:
        return _answer(request, pk, problem=str(refusal))
    words = f"{made.relationship.creator} is with your creators now."
    if made.left_out:
        names = ", ".join(f"{one.platform} {one.handle}" for one in made.left_out)
        words += f" Left out, since another creator has it: {names}."
    return _answer(request, pk, said=words)


@require_POST
@brand_page(Can.TRIAGE)
def decline(request: BrandRequest, pk: int) -> HttpResponse:
    """Say no; the mail is written by hand."""
    found = _application(request, pk)
    try:
        deciding.decline(
            application_id=found.pk,
            brand=request.brand,
            reason=request.POST.get("reason", ""),
            actor=request.user,
            at=timezone.now(),
            expected_version=_version(request),
        )
    except deciding.DecisionRefused as refusal:
        return _answer(request, pk, problem=str(refusal))
    return _answer(request, pk, said=f"{found} is declined. Nothing was sent.")


@require_POST
@brand_page(Can.TRIAGE)
def spam(request: BrandRequest, pk: int) -> HttpResponse:
    """Say that it is no application."""
    found = _application(request, pk)
    try:
        deciding.mark_spam(
            application_id=found.pk,
            brand=request.brand,
            actor=request.user,
            at=timezone.now(),
            expected_version=_version(request),
        )
    except deciding.DecisionRefused as refusal:
        return _answer(request, pk, problem=str(refusal))
    return _answer(request, pk, said=f"{found} is put away as spam.")


@require_POST
@brand_page(Can.TRIAGE)
def undo(request: BrandRequest, pk: int) -> HttpResponse:
    """Put a decided application back into the queue."""
    found = _application(request, pk)
    try:
        deciding.undo(
            application_id=found.pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except deciding.DecisionRefused as refusal:
        return _answer(request, pk, problem=str(refusal))
    return _answer(request, pk, said=f"{found} is in the queue again.")


@require_POST
@brand_page(Can.TRIAGE)
def take_up(request: BrandRequest, pk: int) -> HttpResponse:
    """Look at an application although nobody confirmed its address."""
    found = _application(request, pk)
    try:
        deciding.take_up(
            application_id=found.pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except deciding.DecisionRefused as refusal:
        return _answer(request, pk, problem=str(refusal))
    return _answer(request, pk, said=f"{found} is in the queue now.")


@require_POST
@brand_page(Can.TRIAGE)
def erase(request: BrandRequest, pk: int) -> HttpResponse:
    """Erase an application for good, as when its author asks for it."""
    found = _application(request, pk)
    try:
        erasing.erase(
            application_id=found.pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except erasing.EraseRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The application is erased.")
    status = urlencode({"status": found.status})
    return redirect(f"{reverse('crm:applications', args=[request.brand.slug])}?{status}")


def _status(request: BrandRequest) -> ApplicationStatus:
    given = request.GET.get("status", ApplicationStatus.OPEN)
    if given not in ApplicationStatus.values:
        msg = f"There are no applications that are “{given}”."
        raise Http404(msg)
    return ApplicationStatus(given)


def _paged(rows: Any, status: ApplicationStatus, cursor: str | None) -> Page[Application]:
    order = OLDEST_FIRST if status == ApplicationStatus.OPEN else NEWEST_FIRST
    return page_or_first(rows, order, cursor=cursor, size=ON_PAGE)


def _tabs(request: BrandRequest, status: str) -> list[dict[str, Any]]:
    """The statuses, with how many applications each has."""
    held = Application.objects.filter(brand=request.brand).order_by().values("status")
    counts = dict(held.annotate(number=Count("*")).values_list("status", "number"))
    order = (
        ApplicationStatus.OPEN,
        ApplicationStatus.UNCONFIRMED,
        ApplicationStatus.ACCEPTED,
        ApplicationStatus.DECLINED,
        ApplicationStatus.SPAM,
    )
    return [
        {
            "value": one.value,
            "label": one.label,
            "number": counts.get(one.value, 0),
            "is_here": one == status,
        }
        for one in order
    ]


def _application(request: BrandRequest, pk: int) -> Application:
    found = Application.objects.filter(brand=request.brand, pk=pk).with_details().first()
    if found is None:
        msg = "There is no such application. It may have been erased."
        raise Http404(msg)
    return found


def _relationship(request: BrandRequest, uid: str) -> Relationship:
    rows = relationships_of(request.brand).select_related("creator")
    found = rows.filter(creator__uid=uid).first() if _is_uid(uid) else None
    if found is None:
        msg = "Your brand does not know this creator."
        raise Http404(msg)
    return found


def _is_uid(text: str) -> bool:
    return len(text) == 36 and all(sign in "0123456789abcdef-" for sign in text.lower())


def _version(request: BrandRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def _answer(request: BrandRequest, pk: int, *, said: str = "", problem: str = "") -> HttpResponse:
    """The row as it is now; without htmx the list, with the words."""
    if not request.htmx:
        (messages.error if problem else messages.success)(request, problem or said)
        return redirect("crm:applications", brand=request.brand.slug)
    row = _shown(_application(request, pk))
    context = {"row": row, "said": said, "problem": problem, "reasons": REASONS}
    return render(request, ROW, context, status=409 if problem else 200)


def _shown(found: Application) -> dict[str, Any]:
    settings = ApplicationPage.of(found.brand)
    return _row(found, settings, known(found.brand, [found], timezone.now())[found.pk])


def _row(found: Application, settings: ApplicationPage, what_is_known: Known) -> dict[str, Any]:
    """What a row shows of an application."""
    return {
        "application": found,
        "country": country_name(found.country),
        "known": what_is_known,
        "mail": _decline_mail(found, settings),
    }


def _cells(row: Application) -> list[object]:
    return [
        row.submitted_at,
        row.name,
        row.email,
        row.confirmed_at,
        row.country,
        ", ".join(f"{one.platform} {one.handle}" for one in row.accounts.all()),
        row.topics,
        row.why,
        row.consent_version,
        row.get_status_display(),
        row.decided_at,
        row.decided_by.email if row.decided_by else "",
        row.reason,
        str(row.relationship.creator.uid) if row.relationship else "",
    ]


def _decline_mail(found: Application, settings: ApplicationPage) -> str:
    """A link that opens the mail to somebody who was declined, for a person to send."""
    if found.status != ApplicationStatus.DECLINED:
        return ""
    brand = str(settings.brand)
    text = settings.decline_text or DECLINE_TEXT
    text = text.replace("{{brand}}", brand).replace("{{name}}", found.name)
    body = quote(text.replace("\r\n", "\n").replace("\n", "\r\n"))
    subject = quote(f"Your application to {brand}")
    return f"mailto:{quote(found.email, safe='@')}?subject={subject}&body={body}"
