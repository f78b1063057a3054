"""Rights and the library on the page of a creator in a campaign."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Asset, Deliverable, Engagement
from campaigns.selectors.rights import of_engagement
from campaigns.services.assets.collecting import keep_deliverable, waiting_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights.channels import channels
from campaigns.services.rights.from_offers import grant_from_offer, offers_to_read
from campaigns.services.rights.telling import in_words
from campaigns.views.finding import engagement_of
from crm.permissions import BrandRequest, Can, brand_page


@require_safe
@brand_page(Can.VIEW)
def panel(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Rights of a creator in a campaign, and what could go into the library."""
    return _panel(request, engagement_of(request, key, pk))


@require_POST
@brand_page(Can.KEEP_RIGHTS)
def read_offer(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """What an accepted offer says about rights is written down."""
    engagement = engagement_of(request, key, pk)
    for offer in offers_to_read(engagement):
        try:
            made = grant_from_offer(
                offer=offer, engagement=engagement, actor=request.user, at=timezone.now()
            )
        except CampaignRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{len(made)} right{'s'[: len(made) != 1]} written down.")
    return redirect("campaigns:engagement", brand=request.brand.slug, key=key, pk=pk)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def keep(request: BrandRequest, key: str, pk: int, number: int) -> HttpResponse:
    """An approved piece of content goes into the library."""
    engagement = engagement_of(request, key, pk)
    piece = get_object_or_404(
        Deliverable.objects.select_related(
            "engagement__campaign__brand", "engagement__relationship", "platform", "post"
        ),
        engagement=engagement,
        pk=number,
    )
    try:
        made = keep_deliverable(deliverable=piece, actor=request.user, at=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = f"{len(made)} new in the library." if made else "The library has it already."
        messages.success(request, words)
    return redirect("campaigns:engagement", brand=request.brand.slug, key=key, pk=pk)


def _panel(request: BrandRequest, engagement: Engagement) -> HttpResponse:
    known = channels()
    found = list(of_engagement(engagement.pk))
    context = {
        "engagement": engagement,
        "campaign": engagement.campaign,
        "rights": [(right, in_words(right, known)) for right in found],
        "assets": Asset.objects.filter(engagement=engagement, archived_at=None).order_by("pk")[:20],
        "waiting": waiting_of(engagement),
        "has_offer": bool(offers_to_read(engagement)),
        "today": timezone.localdate(),
    }
    return render(request, "campaigns/rights/_of_engagement.html", context)
