"""Forecasts: what was learned and how it was tried, of a campaign, a creator and a segment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Campaign
from campaigns.selectors.conflicts import competitor_posts
from crm.exports import Format, respond
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.forecasts import LevelForm
from segmentation.selectors import creators as creator_selectors
from segmentation.selectors import forecast_outcomes as outcomes
from segmentation.selectors import forecast_plan as plans
from segmentation.selectors import forecasts as selectors
from segmentation.selectors import prices as price_selectors
from segmentation.selectors import segment_forecasts
from segmentation.services.edits import EditRefused
from segmentation.services.forecasts import asking, keeping
from segmentation.views.finding import segment_or_404

# Lines of a plan that a page shows; the file has all.
SHOWN = 200
# A creator's agreed prices on their page, the newest.
PRICES_SHOWN = 10
# What was expected of them before, the newest.
EXPECTED_SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def forecasts(request: BrandRequest) -> HttpResponse:
    """How far forecasts can be trusted; posting has them learned anew."""
    standing = selectors.standing_of(request.brand)
    newest = selectors.models_of(request.brand).first()
    is_sent = request.method == "POST"
    level = newest.level if newest else asking.LEVEL
    form = LevelForm(request.POST if is_sent else None, initial={"level": round(100 * level)})
    if is_sent and form.is_valid():
        try:
            asking.ask(
                brand=request.brand,
                actor=request.user,
                at=timezone.now(),
                level=form.cleaned_data["level"] / 100,
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(
                request, "Forecasts are being learned: open the page again in a moment."
            )
            return redirect("segmentation:forecasts", request.brand.slug)
    context = {
        "standing": standing,
        "newest": newest,
        "form": form,
        "names": selectors.platform_names(),
        "chart": _chart(standing) if standing and standing.parts else None,
        "accuracy": outcomes.accuracy_of(request.brand),
    }
    return render(
        request,
        "segmentation/forecasts/standing.html",
        context,
        status=422 if form.errors else 200,
    )


@require_safe
@brand_page(Can.VIEW)
def of_campaign(request: BrandRequest, key: str) -> HttpResponse:
    """What a campaign's plan will bring, and what came of what was expected before."""
    campaign = get_object_or_404(Campaign, brand=request.brand, key=key)
    standing = selectors.standing_of(request.brand)
    plan = plans.plan_of(campaign, standing) if standing else None
    context = {
        "campaign": campaign,
        "standing": standing,
        "plan": plan,
        "totals": [
            (
                total,
                None
                if total.is_known or standing is None
                else keeping.why_not(total.measure, standing),
            )
            for total in (plan.totals if plan else ())
        ],
        "lines": plan.lines[:SHOWN] if plan else (),
        "more": max(len(plan.lines) - SHOWN, 0) if plan else 0,
        "measures": plans.MEASURES,
        "kept": outcomes.kept_of(campaign),
    }
    return render(request, "segmentation/forecasts/campaign.html", context)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def keep(request: BrandRequest, key: str) -> HttpResponse:
    """Keep what the plan is expected to bring, to be held against what comes."""
    campaign = get_object_or_404(Campaign, brand=request.brand, key=key)
    try:
        keeping.keep(campaign_id=campaign.pk, actor=request.user, at=timezone.now())
    except EditRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Kept: what comes of it is shown beside it.")
    return redirect("segmentation:campaign_forecast", request.brand.slug, key)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, key: str, form: Format) -> HttpResponseBase:
    """The plan as a file: a row for each creator and platform."""
    campaign = get_object_or_404(Campaign, brand=request.brand, key=key)
    standing = selectors.standing_of(request.brand)
    if standing is None:
        raise Http404(selectors.NOT_YET)
    plan = plans.plan_of(campaign, standing)
    ends = ("low", "middle", "high", "own posts")
    head = (
        "creator",
        "platform",
        "pieces",
        "pieces are assumed",
        *(f"{measure.label.lower()}, {end}" for measure in plans.MEASURES for end in ends),
    )
    return respond(
        f"forecast-{campaign.key}",
        head,
        (_row(line) for line in plan.lines),
        form=form,
        about=[
            ("Campaign", campaign.name),
            ("Of", "one piece of the creator on the platform"),
            ("Interval", f"holds {standing.model.level:.0%}"),
            ("Version of the forecasts", standing.model.number),
            ("As of", standing.model.as_of),
        ],
    )


@require_safe
@brand_page(Can.VIEW)
@creator_panel("forecasts")
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What the creator's next piece is expected to bring, and why: a part of their page."""
    creator = creator_selectors.find_creator(request.brand, uid)
    if creator is None:
        raise Http404(f"{request.brand} knows no such creator.")
    standing = selectors.standing_of(request.brand)
    told = selectors.of_creator(request.brand, creator, standing) if standing else []
    at = timezone.now()
    context = {
        "creator": creator,
        "standing": standing,
        "told": told,
        "expected": selectors.expected_views(request.brand, creator)[:EXPECTED_SHOWN],
        "names": selectors.platform_names(),
        "paid": price_selectors.paid_of(request.brand, at, creator=creator)[:PRICES_SHOWN],
        "competitor_posts": competitor_posts(request.brand, creator, at),
    }
    return render(request, "segmentation/forecasts/_of_creator.html", context)


@require_safe
@brand_page(Can.VIEW)
def prices(request: BrandRequest) -> HttpResponse:
    """What pieces cost by tier in two years, and whether the same creators cost more."""
    context = {"found": price_selectors.prices_of(request.brand, timezone.now())}
    return render(request, "segmentation/forecasts/prices.html", context)


@require_safe
@brand_page(Can.VIEW)
def of_segment(request: BrandRequest, key: str) -> HttpResponse:
    """What members' next pieces are expected to bring: a part of the segment's page."""
    segment = segment_or_404(request, key)
    standing = selectors.standing_of(request.brand)
    context = {
        "segment": segment,
        "standing": standing,
        "told": segment_forecasts.of_segment(segment, standing) if standing else [],
        "most": segment_forecasts.MOST,
    }
    return render(request, "segmentation/forecasts/_of_segment.html", context)


def _row(line: plans.Line) -> tuple[object, ...]:
    numbers: list[object] = []
    for _, cell in line.measured():
        numbers += (
            [None] * 4
            if cell is None
            else [round(cell.low, 1), round(cell.middle, 1), round(cell.high, 1), cell.own]
        )
    name = line.engagement.relationship.creator.name
    return (name, line.platform_name, line.pieces, line.is_assumed, *numbers)


def _chart(standing: selectors.Standing) -> dict[str, Any]:
    """Calibration: what intervals hold against what they are to hold."""
    parts = list(standing.parts.values())
    levels = [level for level, _held in parts[0].calibration]
    names = selectors.platform_names()
    return {
        "type": "line",
        "unit": "fraction",
        "x": [f"{level:.0%}" for level in levels],
        "series": [
            {"name": "as it should be", "data": levels},
            *(
                {
                    "name": _title(part, names),
                    "data": [held for _level, held in part.calibration],
                }
                for part in parts
            ),
        ],
    }


def _title(part: selectors.Part, names: dict[str, str]) -> str:
    platform = names.get(part.platform, part.platform)
    return f"{part.measure.label}, {platform}" if platform else part.measure.label
