"""A brief of its own for the creators of a segment."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from campaigns.models import Brief, Campaign, Engagement
from campaigns.models.engagements import LEFT
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.selectors.activations import segments_of
from segmentation.services import briefs as service
from segmentation.services.playbooks import playbooks_of


@brand_page(Can.PLAN_CAMPAIGNS)
def new(request: BrandRequest, key: str) -> HttpResponse:
    """Choose the segment; its playbook fills the draft."""
    campaign = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("brand"),
        brand=request.brand,
        key=key,
    )
    refused = ""
    if request.method == "POST":
        try:
            made = service.start_for_segment(
                campaign_id=campaign.pk,
                brand=request.brand,
                segment=request.POST.get("segment", "").replace("\0", ""),
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, "A draft with what the segment's playbook says. Write on.")
            return redirect("campaigns:brief_edit", request.brand.slug, key, made.brief_id)
    rows = Engagement.objects.filter(campaign=campaign).exclude(stage__in=LEFT).exclude(segment="")
    counts = dict(rows.order_by().values_list("segment").annotate(Count("pk")))
    taken = set(Brief.objects.filter(campaign=campaign).values_list("segment", flat=True))
    segments = [one for one in segments_of(request.brand) if one.key not in taken]
    segments.sort(key=lambda one: (-counts.get(one.key, 0), one.name))
    playbooks = playbooks_of(segments)
    context = {
        "campaign": campaign,
        "rows": [(one, counts.get(one.key, 0), playbooks.get(one.pk)) for one in segments],
        "refused": refused,
    }
    status = 409 if refused else 200
    return render(request, "segmentation/briefs/new.html", context, status=status)
