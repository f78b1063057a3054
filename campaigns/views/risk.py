"""Risk: how it is spread, the creators of a tier, and one creator's with every input."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import RiskTier
from campaigns.forms.risk import OverrideForm
from campaigns.risk.weights import standard as weights
from campaigns.selectors.incidents import for_list as incidents_of
from campaigns.selectors.risk import for_list, history_of, spread, standing_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.risk import assessing, overriding
from campaigns.views.finding import relationship_with
from campaigns.views.waiting import empty
from crm.exports import Format, respond
from crm.models import Hold, Incident, Relationship
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

_WHO_COMES = (
    "Creators come here the night after they have a place in a campaign or an incident. On a "
    "creator's page it can be computed at once."
)
RISKIEST = Order("risk", "points", "id", descending=True)
PAGE = 50
INCIDENTS = 5
# Looked at again after so long, where nobody says otherwise.
OVERRIDE_DAYS = 90
COLUMNS = (
    "creator",
    "risk",
    "computed",
    "points",
    "hard gates",
    "what brought points",
    "computed on",
    "weights",
)


@require_safe
@brand_page(Can.VIEW)
def risk(request: BrandRequest) -> HttpResponse:
    """How creators are spread over the tiers, and those of one, the riskiest first."""
    rows, tier = _asked(request)
    page = page_or_first(rows, RISKIEST, cursor=request.GET.get("cursor"), size=PAGE)
    found = spread(request.brand, timezone.now())
    total = sum(found.values())
    context = {
        "page": page,
        "count": capped_count(rows),
        "tier": tier,
        "spread": [
            (one.value, one.label, number, round(100 * number / total) if total else 0)
            for one, number in found.items()
        ],
        "total": total,
        "empty": empty(
            assessing.concerned(request.brand), computed_by="assess-risk", otherwise=_WHO_COMES
        )
        if not page.items
        else None,
        "weights": weights(),
        "inputs_words": [(label, weights().why[key]) for key, label in weights().labels.items()],
        "bars": [
            (row, [one for one in row.inputs["inputs"] if one["points"] not in {None, "0.0"}])
            for row in page.items
        ],
    }
    template = "campaigns/risk/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file."""
    rows, _tier = _asked(request)
    today = timezone.localdate()
    return respond(
        f"risk-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        _lines(rows),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@require_safe
@brand_page(Can.VIEW)
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """One creator's risk: a panel of their page, or a page of its own."""
    return _show(request, relationship_with(request, uid))


@require_POST
@brand_page(Can.PAUSE)
def assess(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Compute it now."""
    relationship = relationship_with(request, uid)
    assessing.assess_one(relationship=relationship, at=timezone.now())
    if not request.htmx:
        messages.success(request, "Computed from what is known now.")
    return _again(request, relationship)


@require_POST
@brand_page(Can.OVERRIDE_RISK)
def override(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Say what it is instead."""
    relationship = relationship_with(request, uid)
    form = OverrideForm(request.POST)
    if form.is_valid():
        try:
            overriding.override(
                relationship=relationship,
                tier=RiskTier(form.cleaned_data["tier"]),
                reason=form.cleaned_data["reason"],
                last_day=form.cleaned_data["last_day"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return _again(request, relationship)
    return _show(request, relationship, status=422, form=form)


@require_POST
@brand_page(Can.OVERRIDE_RISK)
def end(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What was computed counts again."""
    relationship = relationship_with(request, uid)
    try:
        overriding.end_override(relationship=relationship, actor=request.user, at=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    return _again(request, relationship)


def _again(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    if request.htmx:
        return _show(request, relationship)
    return redirect("campaigns:creator_risk", request.brand.slug, relationship.creator.uid)


def _show(
    request: BrandRequest, relationship: Relationship, *, status: int = 200, **given: Any
) -> HttpResponse:
    now = timezone.now()
    held = Hold.objects.filter(relationship=relationship).in_force(now)
    hold = held.select_related("brand", "relationship__creator").first()
    standing = standing_of(relationship, now)
    last_day = timezone.localdate() + timedelta(days=OVERRIDE_DAYS)
    seen = Incident.objects.filter(brand=request.brand, relationship=relationship)
    context = {
        "creator": relationship.creator,
        "standing": standing,
        "unknown": [
            row["label"]
            for row in (standing.assessment.inputs["inputs"] if standing.assessment else [])
            if row["points"] is None
        ],
        "incidents": list(incidents_of(seen)[:INCIDENTS]),
        "history": history_of(relationship),
        "held": hold.words(timezone.localdate()) if hold else "",
        "weights": weights(),
        "form": OverrideForm(initial={"last_day": last_day}),
        **given,
    }
    template = "campaigns/risk/creator.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, context, status=status)


def _asked(request: BrandRequest) -> tuple[QuerySet[Any], str]:
    rows = for_list(request.brand, timezone.now())
    tier = request.GET.get("tier", "")
    return (rows.filter(counts=tier), tier) if tier in RiskTier else (rows, "")


def _lines(rows: QuerySet[Any]) -> Iterator[tuple[object, ...]]:
    for row in in_order(rows, RISKIEST).iterator(chunk_size=1_000):
        inputs = [one for one in row.inputs["inputs"] if float(one["points"] or 0)]
        yield (
            row.relationship.creator.name,
            RiskTier(row.counts).label,
            row.get_tier_display(),
            row.points,
            "; ".join(gate["words"] for gate in row.inputs["gates"]),
            "; ".join(f"{one['label']}: {one['value']} ({one['points']})" for one in inputs),
            timezone.localdate(row.assessed_at),
            row.weights,
        )
