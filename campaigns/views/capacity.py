"""How many creators of which tier a campaign takes, and what the mix would bring and cost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from campaigns.forms.capacity import CapacityForm
from campaigns.models import Campaign
from campaigns.selectors.capacity import OBJECTIVES, Measure, Whole, usual_by_tier
from campaigns.services import plans
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import campaign_of
from crm.permissions import BrandRequest, Can, brand_page


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def capacity(request: BrandRequest, key: str) -> HttpResponse:
    """Work out a mix of tiers; take its cost over as the budget by tier."""
    campaign = campaign_of(request, key)
    sent = request.POST if request.method == "POST" else request.GET
    name = sent.get("measure", "")
    default = OBJECTIVES.get(campaign.objective, Measure.ENGAGEMENTS)
    measure = Measure(name) if name in Measure.values else default
    usual = usual_by_tier(campaign, measure, timezone.now())
    form = CapacityForm(sent, usual=usual, measure=measure)
    whole = form.whole if form.is_bound and form.is_valid() else None
    refused = ""
    if request.method == "POST" and whole is not None:
        refused = _take_over(request, campaign, whole)
        if not refused:
            messages.success(request, "The budget by tier is saved.")
            return redirect("campaigns:campaign_budget", request.brand.slug, key)
    context = {
        "campaign": campaign,
        "form": form,
        "measure": measure,
        "nothing_known": all(one.middle is None for one in usual),
        "others": [other for other in Measure if other != measure],
        "whole": whole,
        "chart": _chart(whole, measure) if whole and whole.posts else None,
        "spread": _spread(whole, measure) if whole else [],
        "counts_towards": OBJECTIVES.get(campaign.objective) == measure,
        "share": _share(campaign, whole),
        "refused": refused,
    }
    is_wrong = refused or (form.is_bound and not form.is_valid())
    return render(
        request, "campaigns/campaigns/capacity.html", context, status=422 if is_wrong else 200
    )


def _take_over(request: BrandRequest, campaign: Campaign, whole: Whole) -> str:
    """Cut the budget by tier as the mix costs; why not, in words."""
    version = request.POST.get("version", "")
    try:
        plans.take_mix(
            campaign_id=campaign.pk,
            brand=request.brand,
            whole=whole,
            actor=request.user,
            at=timezone.now(),
            expected_version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        )
    except CampaignRefused as refusal:
        return str(refusal)
    return ""


def _share(campaign: Campaign, whole: Whole | None) -> float | None:
    """What is usual against the campaign's target; None where that says nothing."""
    if whole is None or not campaign.target or not whole.brings:
        return None
    return whole.brings[1] / float(campaign.target)


def _chart(whole: Whole, measure: Measure) -> dict[str, Any]:
    """Creators, cost and what they bring, each by tier as shares of the whole."""
    spreads = {
        title: dict(shares) for title, of in _titles(measure) if (shares := whole.shares(of))
    }
    return {
        "type": "bar",
        "unit": "fraction",
        "stacked": True,
        "horizontal": True,
        "x": list(spreads),
        "series": [
            {
                "name": line.usual.tier.name,
                "data": [shares.get(line.usual.tier.name, 0) for shares in spreads.values()],
            }
            for line in whole.wished
        ],
    }


def _spread(whole: Whole, measure: Measure) -> list[tuple[str, float]]:
    """How concentrated each of them is."""
    return [
        (title, index) for title, of in _titles(measure) if (index := whole.hhi(of)) is not None
    ]


def _titles(measure: Measure) -> tuple[tuple[str, str], ...]:
    return ("Creators", "creators"), ("Cost", "cost"), (measure.label, "brings")
