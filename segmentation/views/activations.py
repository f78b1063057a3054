"""From segments into a campaign: rank, look, take; and what was taken before."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_numbers
from crm.styled import put_error
from segmentation.forms.activations import PlanForm
from segmentation.models import Activation
from segmentation.selectors.activations import CRITERIA, Ranking, segments_of
from segmentation.services import activations as service
from segmentation.services.activations import Plan


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def activations(request: BrandRequest, key: str) -> HttpResponse:
    """What was planned by segment; a ranking; and, sent, the creators on the shortlist."""
    campaign = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("brand"),
        brand=request.brand,
        key=key,
    )
    now, segments = timezone.now(), segments_of(request.brand)
    is_sent = request.method == "POST"
    data = request.POST if is_sent else (request.GET if "segment" in request.GET else None)
    form = PlanForm(data, campaign=campaign, segments=segments)
    ranking: Ranking | None = None
    picked = _picked(request)
    if data is not None and form.is_valid():
        plan = form.plan(now, picked if is_sent else None)
        try:
            if is_sent:
                made = service.activate(
                    campaign_id=campaign.pk,
                    brand=request.brand,
                    plan=plan,
                    actor=request.user,
                    at=now,
                )
                messages.success(
                    request,
                    f"{made.wanted} creators of {made.version.segment} are on the shortlist, each "
                    "with place and reasons.",
                )
                return redirect("campaigns:shortlist", request.brand.slug, key)
            ranking = service.preview(campaign=campaign, plan=plan, at=now)
        except CampaignRefused as refusal:
            field = {"weights": CRITERIA[0].key}.get(refusal.field, refusal.field)
            put_error(form, field, str(refusal))
            ranking = _again(campaign, plan, now) if is_sent else None
    allowed = ranking.share.allowed if ranking else None
    context = {
        "campaign": campaign,
        "form": form,
        "segments": segments,
        "ranking": ranking,
        # So many are ticked at first: what the playbook allows.
        "allowed": len(ranking.rows) if ranking and allowed is None else allowed,
        "picked": picked if is_sent else None,
        "rows": Activation.objects.filter(campaign=campaign)
        .select_related("version__segment", "by")
        .order_by("-at", "-pk"),
    }
    status = 422 if is_sent else 200
    return render(request, "segmentation/activations/page.html", context, status=status)


def _again(campaign: Campaign, plan: Plan, now: datetime) -> Ranking | None:
    """The ranking that somebody looked at, beside what was refused."""
    try:
        return service.preview(campaign=campaign, plan=plan, at=now)
    except CampaignRefused:
        return None


def _picked(request: BrandRequest) -> list[int]:
    return row_numbers(request.POST.getlist("picked"))
