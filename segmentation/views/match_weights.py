"""How much each factor of matches counts: of the brand, and of a campaign."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.matches import WeightsForm
from segmentation.services.matches import weights as service


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def of_campaign(request: BrandRequest, key: str) -> HttpResponse:
    """The campaign's weights; sent, another version of them."""
    return _page(request, get_object_or_404(Campaign, brand=request.brand, key=key))


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def of_brand(request: BrandRequest) -> HttpResponse:
    """What campaigns begin with; sent, another version of it."""
    return _page(request, None)


def _page(request: BrandRequest, campaign: Campaign | None) -> HttpResponse:
    held = service.in_force(request.brand, campaign)
    # A campaign without weights of its own shows the brand's, and begins its own at 1.
    is_own = held is not None and (campaign is None or held.campaign_id is not None)
    is_sent = request.method == "POST"
    form = WeightsForm(
        request.POST if is_sent else None,
        weights=service.said(held),
        seen=held.number if held is not None and is_own else 0,
    )
    if is_sent and form.is_valid():
        try:
            made = service.set_weights(
                brand=request.brand,
                campaign=campaign,
                weights=form.given,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
                seen=form.cleaned_data["seen"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field if refusal.field != "weights" else "", str(refusal))
        else:
            return _saved(request, campaign, made.number)
    context = {
        "campaign": campaign,
        "form": form,
        "weights": held,
        "versions": service.versions(request.brand, campaign),
    }
    status = 422 if is_sent else 200
    return render(request, "segmentation/matches/weights.html", context, status=status)


def _saved(request: BrandRequest, campaign: Campaign | None, number: int) -> HttpResponse:
    saved = f"Version {number} of the weights is saved"
    if campaign is None:
        messages.success(request, f"{saved}.")
        return redirect("segmentation:match_lessons", request.brand.slug)
    messages.success(request, f"{saved}: rank creators by it.")
    return redirect("segmentation:matches", request.brand.slug, campaign.key)
