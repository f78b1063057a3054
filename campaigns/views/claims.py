"""The library of claims: what may be said about the products, and what a text claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import ClaimStatus
from campaigns.forms.claims import CheckForm, ClaimForm, ClaimsAsked
from campaigns.models import Claim
from campaigns.services import claims_library as library
from campaigns.services.claims import Found, scan, stands
from campaigns.services.refusals import CampaignRefused
from crm.exports import Format, respond
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.promised_tasks import promise
from crm.styled import put_error

BY_TEXT = Order("claims", "text", "id")
PAGE = 50
COLUMNS = (
    "claim",
    "other words",
    "may it be made",
    "why",
    "evidence",
    "kept at",
    "category",
    "product",
    "jurisdictions",
    "from",
    "until",
)


@require_safe
@brand_page(Can.VIEW)
def claims(request: BrandRequest) -> HttpResponse:
    """The library by the alphabet, and a place to try a text."""
    rows, asked = _asked(request)
    page = page_or_first(rows, BY_TEXT, cursor=request.GET.get("cursor"), size=PAGE)
    held = Claim.objects.filter(brand=request.brand, archived_at=None).order_by()
    counts = dict(held.values_list("status").annotate(Count("pk")))
    context = {
        "page": page,
        "asked": asked,
        "tabs": [(one.value, one.label, counts.get(one, 0)) for one in ClaimStatus],
        "total": sum(counts.values()),
        "check": CheckForm(),
        "today": timezone.localdate(),
    }
    return render(request, "campaigns/claims/list.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file."""
    rows, _form = _asked(request)
    today = timezone.localdate()
    return respond(
        f"claims-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        _lines(rows),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@brand_page(Can.EDIT_POLICIES)
def new(request: BrandRequest) -> HttpResponse:
    """A further claim."""
    return _edit(request, None)


@brand_page(Can.VIEW, post=Can.EDIT_POLICIES)
def claim(request: BrandRequest, pk: int) -> HttpResponse:
    """One claim, to be read or changed."""
    rows = Claim.objects.visible_to(request.user).select_related("updated_by")
    return _edit(request, get_object_or_404(rows, brand=request.brand, pk=pk))


@require_POST
@brand_page(Can.EDIT_POLICIES)
def away(request: BrandRequest, pk: int) -> HttpResponse:
    """Put a claim away."""
    try:
        gone = library.put_away(
            claim_id=pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except Claim.DoesNotExist as missing:
        msg = "There is no such claim."
        raise Http404(msg) from missing
    promise("campaigns.tasks.recheck_drafts", brand_id=request.brand.pk)
    messages.success(request, f"“{gone}” is looked for no more. Briefs that have it keep it.")
    return redirect("campaigns:claims", request.brand.slug)


@require_POST
@brand_page(Can.VIEW)
def check(request: BrandRequest) -> HttpResponse:
    """What a text claims; nothing is kept."""
    form = CheckForm(request.POST)
    if not form.is_valid():
        context: dict[str, object] = {"check": form, "is_checked": False}
        return render(request, "campaigns/claims/check.html", context, status=422)
    text, where = form.cleaned_data["text"], form.cleaned_data["jurisdiction"]
    found = scan(
        request.brand, text, jurisdictions=[where] if where else [], on=timezone.localdate()
    )
    context = {
        "check": form,
        "is_checked": True,
        "found": found,
        "pieces": list(marked(text, found)),
        "problems": sum(one.is_problem for one in found),
    }
    return render(request, "campaigns/claims/check.html", context)


def marked(text: str, found: Sequence[Found]) -> Iterator[tuple[str, Found | None]]:
    """The text in pieces: plain ones, and those that claim something."""
    at = 0
    for one in found:
        if one.start < at:
            continue
        if one.start > at:
            yield text[at : one.start], None
        yield text[one.start : one.end], one
        at = one.end
    if at < len(text):
        yield text[at:], None


def _asked(request: BrandRequest) -> tuple[QuerySet[Claim], ClaimsAsked]:
    rows = Claim.objects.visible_to(request.user).filter(brand=request.brand, archived_at=None)
    form = ClaimsAsked(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    if asked.get("status"):
        rows = rows.filter(status=asked["status"])
    if words := asked.get("q", "").replace("\0", "").strip():
        rows = rows.filter(
            Q(text__icontains=words)
            | Q(variants__icontains=words)
            | Q(product__icontains=words)
            | Q(category__icontains=words)
        )
    return rows, form


def _edit(request: BrandRequest, found: Claim | None) -> HttpResponse:
    is_sent = request.method == "POST"
    form = ClaimForm(request.POST if is_sent else None, claim=found)
    if is_sent and form.is_valid():
        try:
            made = library.save_claim(
                brand=request.brand,
                wanted=form.wanted,
                actor=request.user,
                at=timezone.now(),
                claim_id=found.pk if found else None,
                expected_version=form.cleaned_data["version"] if found else None,
            )
        except Claim.DoesNotExist as gone:
            msg = "This claim was put away."
            raise Http404(msg) from gone
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            promise("campaigns.tasks.recheck_drafts", brand_id=request.brand.pk)
            messages.success(request, f"“{made}” is saved.")
            return redirect("campaigns:claims", request.brand.slug)
    context = {"form": form, "claim": found, "stands": stands(found).label if found else ""}
    status = 422 if is_sent else 200
    return render(request, "campaigns/claims/claim.html", context, status=status)


def _lines(rows: QuerySet[Claim]) -> Iterator[tuple[object, ...]]:
    for row in rows.order_by("text", "pk").iterator(chunk_size=1_000):
        yield (
            row.text,
            "; ".join(row.variants),
            row.get_status_display(),
            row.reason,
            row.evidence,
            row.evidence_place,
            row.category,
            row.product,
            ", ".join(row.jurisdictions),
            row.valid_from,
            row.valid_until,
        )
