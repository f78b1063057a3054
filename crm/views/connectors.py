"""Connectors, for admins: set up, tried, pulled now, looked at, paused, taken away."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import PullStatus
from crm.connectors.base import Kind
from crm.connectors.registry import KINDS
from crm.forms import put_error
from crm.forms.connectors import ConnectorForm
from crm.models import Connector, ConnectorSpend, Profile, Pull, PullAnswer
from crm.paging import Order, Page, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.connectors import choosing, keeping, quota

_NEWEST_FIRST = Order("pulls", "started_at", "id", descending=True)
_IN_ORDER = Order("answers", "number", "id")
PULLS_ON_PAGE, ANSWERS_ON_PAGE = 20, 50
# Profiles of whom nothing came, named one by one on a page of the log.
NAMED_MAX = 200


@require_safe
@brand_page(Can.MANAGE_BRAND)
def connectors(request: BrandRequest) -> HttpResponse:
    """All connectors of the brand and how they are, and which can be added."""
    rows = [
        {"connector": row, "kind": KINDS[row.kind].name if row.kind in KINDS else row.kind}
        for row in Connector.objects.filter(brand=request.brand).order_by("name", "pk")
    ]
    return render(request, "crm/connectors/list.html", {"rows": rows, "kinds": list(KINDS)})


@brand_page(Can.MANAGE_BRAND)
def new(request: BrandRequest, kind: str) -> HttpResponse:
    """Set one up."""
    if kind not in KINDS:
        raise Http404
    found = KINDS[kind]
    said = request.POST if request.method == "POST" else None
    form = ConnectorForm(said, brand=request.brand, kind=found)
    if request.method == "POST" and form.is_valid():
        try:
            made = keeping.create(
                brand=request.brand,
                kind=kind,
                wanted=form.wanted,
                actor=request.user,
                at=timezone.now(),
            )
        except keeping.ConnectorRefused as refusal:
            put_error(form, form.field_of(refusal.field) if refusal.field else "", str(refusal))
        else:
            messages.success(request, "Saved. Try now whether the key opens it.")
            return redirect("crm:connector", brand=request.brand.slug, pk=made.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "kind": found}
    return render(request, "crm/connectors/new.html", context, status=status)


@brand_page(Can.MANAGE_BRAND)
def connector(request: BrandRequest, pk: int) -> HttpResponse:
    """Look at its pulls; change it."""
    found = _mine(request, pk)
    if request.method != "POST" or found.kind not in KINDS:
        return _show(request, found)
    form = ConnectorForm(request.POST, brand=request.brand, kind=KINDS[found.kind], connector=found)
    if form.is_valid():
        try:
            keeping.change(
                connector=found,
                wanted=form.wanted,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except keeping.ConnectorRefused as refusal:
            put_error(form, form.field_of(refusal.field) if refusal.field else "", str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:connector", brand=request.brand.slug, pk=pk)
    return _show(request, found, form=form, status=422)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def test(request: BrandRequest, pk: int) -> HttpResponse:
    """Call the other side once."""
    found = _mine(request, pk)
    return _told(request, found, lambda: keeping.trial(connector=found, at=timezone.now()))


@require_POST
@brand_page(Can.MANAGE_BRAND)
def pull_now(request: BrandRequest, pk: int) -> HttpResponse:
    """Begin a pull."""
    found = _mine(request, pk)

    def act() -> str:
        pull = keeping.pull_now(connector=found, actor=request.user, at=timezone.now())
        return f"A pull of {pull.profiles_total:,} profiles begins within seconds."

    return _told(request, found, act)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def stop(request: BrandRequest, pk: int) -> HttpResponse:
    """End the pull that runs."""
    found = _mine(request, pk)

    def act() -> str:
        keeping.stop_pull(connector=found, actor=request.user, at=timezone.now())
        return "The pull is stopped. What it brought stays."

    return _told(request, found, act)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def pause(request: BrandRequest, pk: int) -> HttpResponse:
    """Pull no more for now."""
    keeping.pause(connector=_mine(request, pk), actor=request.user, at=timezone.now())
    messages.success(request, "Paused. A pull that was running waits.")
    return redirect("crm:connector", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def resume(request: BrandRequest, pk: int) -> HttpResponse:
    """Go on where it stopped."""
    keeping.resume(connector=_mine(request, pk), actor=request.user, at=timezone.now())
    messages.success(request, "It goes on.")
    return redirect("crm:connector", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def remove(request: BrandRequest, pk: int) -> HttpResponse:
    """Take it away."""
    found = _mine(request, pk)
    keeping.remove(connector=found, actor=request.user, at=timezone.now())
    messages.success(
        request, f"“{found.name}” is taken away, with its key and its log. What it brought stays."
    )
    return redirect("crm:connectors", brand=request.brand.slug)


@require_safe
@brand_page(Can.MANAGE_BRAND)
def pull(request: BrandRequest, pk: int) -> HttpResponse:
    """One pull: what it brought, and each answer."""
    rows = Pull.objects.select_related("connector__brand", "started_by")
    found = get_object_or_404(rows, connector__brand=request.brand, pk=pk)
    answers = found.answers.select_related("creators_import", "posts_import").defer("rows")
    page: Page[PullAnswer]
    page = page_or_first(answers, _IN_ORDER, cursor=request.GET.get("cursor"), size=ANSWERS_ON_PAGE)
    context = {
        "pull": found,
        "connector": found.connector,
        "page": page,
        "lines": _with_names(page),
    }
    return render(request, "crm/connectors/pull.html", context)


def _with_names(page: Page[PullAnswer]) -> list[dict[str, object]]:
    """The answers of a page, with the profiles of which something did not come."""
    rows = [one for answer in page.items for one in answer.rejected][:NAMED_MAX]
    ids = {one["profile"] for one in rows}
    known = {
        profile.pk: profile
        for profile in Profile.objects.filter(pk__in=ids).select_related("creator", "platform")
    }
    lines, left = [], NAMED_MAX
    for answer in page.items:
        named = [
            {"profile": known.get(one["profile"]), "reason": one["reason"]}
            for one in answer.rejected[:left]
        ]
        left -= len(named)
        lines.append(
            {"answer": answer, "rejected": named, "more": len(answer.rejected) - len(named)}
        )
    return lines


def _mine(request: BrandRequest, pk: int) -> Connector:
    return get_object_or_404(Connector.objects.select_related("brand"), brand=request.brand, pk=pk)


def _told(request: BrandRequest, found: Connector, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except keeping.ConnectorRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("crm:connector", brand=request.brand.slug, pk=found.pk)


def _show(
    request: BrandRequest,
    found: Connector,
    *,
    form: ConnectorForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = found.pulls.select_related("started_by")
    page: Page[Pull]
    page = page_or_first(rows, _NEWEST_FIRST, cursor=request.GET.get("cursor"), size=PULLS_ON_PAGE)
    now = timezone.now()
    kind: Kind | None = None
    spend = None
    if found.kind in KINDS:
        kind = KINDS[found.kind]
        today = ConnectorSpend.objects.filter(connector=found, day=quota.day_of(kind, now))
        spend = today.first()
        form = form or ConnectorForm(brand=request.brand, kind=kind, connector=found)
    context = {
        "connector": found,
        "kind": kind,
        "form": form,
        "page": page,
        "spend": spend,
        "whose": choosing.in_words(request.brand, found.chosen),
        "rhythm": keeping.RHYTHMS.get(found.every_hours, ""),
        "is_running": found.pulls.filter(status=PullStatus.RUNNING).exists(),
    }
    return render(request, "crm/connectors/connector.html", context, status=status)
