"""Codes: the brand's list with its export, one code, a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.filters.tracking import CodeFilter
from campaigns.forms.offers import VersionForm
from campaigns.forms.tracking import CodeForm, NewCodeForm
from campaigns.models import PromoCode
from campaigns.selectors.tracking import code_lines, open_spikes
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import codes as service
from campaigns.services.tracking.places import Place
from campaigns.views.finding import relationship_with
from campaigns.views.tracking.shared import (
    CODES,
    PAGE,
    asked_for,
    code_of,
    done,
    fragment,
    incomplete,
    list_context,
)
from crm.exports import Format, respond
from crm.paging import capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

COLUMNS = (
    "creator",
    "campaign",
    "code",
    "gives",
    "from",
    "until",
    "uses told by shops",
    "expected a day",
    "expected in all",
    "made at",
    "put away at",
)
_ACTS = {
    "archive": service.archive_code,
    "restore": service.restore_code,
    "replace": service.replace_code,
}
_WORDS = {
    "archive": "Put away. What was bought with it goes on counting.",
    "restore": "It is in use again.",
    "replace": "Replaced: the old code ends today. Put the new one into the shop.",
}


@require_safe
@brand_page(Can.VIEW)
def codes(request: BrandRequest) -> HttpResponse:
    """The brand's codes, newest first."""
    mine = PromoCode.objects.visible_to(request.user).filter(brand=request.brand)
    rows, asked = asked_for(request, CodeFilter, mine.for_list_page())
    page = page_or_first(rows, CODES, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "page": page,
        "lines": code_lines(page.items, timezone.localdate()),
        "count": capped_count(rows),
        "open_spikes": open_spikes(request.brand),
        **list_context(asked),
    }
    return render(request, fragment(request, "campaigns/tracking/codes.html"), context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file; also what the shop has to know."""
    mine = PromoCode.objects.visible_to(request.user).filter(brand=request.brand)
    rows, _asked = asked_for(request, CodeFilter, mine.for_list_page())
    today = timezone.localdate()
    found = list(in_order(rows, CODES))
    return respond(
        f"codes-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        (_cells(line) for line in code_lines(found, today)),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@brand_page(Can.VIEW, post=Can.RUN_CAMPAIGNS)
def code(request: BrandRequest, pk: int) -> HttpResponse:
    """One code: what it gives, how often it was used; change it."""
    found = code_of(request, pk)
    if request.method != "POST":
        return _show(request, found, CodeForm.of(found))
    form, seen = CodeForm(request.POST), VersionForm(request.POST)
    if not seen.is_valid():
        incomplete(form)
    if form.is_valid():
        try:
            service.change_code(
                code_id=pk,
                brand=request.brand,
                said=form.said,
                actor=request.user,
                at=timezone.now(),
                expected_version=seen.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:promo_code", brand=request.brand.slug, pk=pk)
    return _show(request, found, form, status=422)


@brand_page(Can.RUN_CAMPAIGNS)
def new(request: BrandRequest, uid: UUID) -> HttpResponse:
    """A new code for a creator, in one of their campaigns or beside them."""
    relationship = relationship_with(request, uid)
    is_sent = request.method == "POST"
    form = NewCodeForm(
        request.POST if is_sent else None,
        relationship=relationship,
        initial={"engagement": request.GET.get("place", "")},
    )
    if is_sent and form.is_valid():
        try:
            made = service.make_code(
                brand=request.brand,
                place=Place(relationship, form.cleaned_data["engagement"]),
                code=form.cleaned_data["code"],
                said=form.said,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Made. Put it into the shop, and send it.")
            return redirect("campaigns:promo_code", brand=request.brand.slug, pk=made.pk)
    context = {"form": form, "creator": relationship.creator, "what": "code"}
    return render(request, "campaigns/tracking/new.html", context, status=422 if is_sent else 200)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def act(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Put it away, take it out again, or replace it."""
    if act not in _ACTS:
        msg = "There is no such act."
        raise Http404(msg)
    code_of(request, pk)
    seen = VersionForm(request.POST)
    version = seen.cleaned_data["version"] if seen.is_valid() else -1
    made: list[PromoCode] = []
    done(
        request,
        lambda: made.append(
            _ACTS[act](
                code_id=pk,
                brand=request.brand,
                actor=request.user,
                at=timezone.now(),
                expected_version=version,
            )
        ),
        _WORDS[act],
    )
    shown = made[0].pk if made else pk
    return redirect("campaigns:promo_code", brand=request.brand.slug, pk=shown)


def _show(
    request: BrandRequest, found: PromoCode, form: CodeForm, *, status: int = 200
) -> HttpResponse:
    [line] = code_lines([found], timezone.localdate())
    context: dict[str, Any] = {
        "code": found,
        "line": line,
        "creator": found.relationship.creator,
        "replaced_by": found.replaced_by.order_by("pk").first(),
        "spikes": found.spikes.order_by("-day", "-pk")[:10],
        "form": form,
    }
    return render(request, "campaigns/tracking/code.html", context, status=status)


def _cells(line: Any) -> tuple[object, ...]:
    code = line.code
    return (
        code.relationship.creator.name,
        code.campaign.name if code.campaign else None,
        code.code,
        code.terms or None,
        code.valid_from,
        code.valid_until,
        line.uses,
        code.limit_per_day,
        code.limit_total,
        code.created_at,
        code.archived_at,
    )
