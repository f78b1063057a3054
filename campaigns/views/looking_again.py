"""A review that was decided is opened again, with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.models import DisclosureReview
from campaigns.services.disclosures.again import open_again
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page


@require_POST
@brand_page(Can.CLEAR_LEGAL)
def again(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Open it; the page of what is looked at next follows."""
    review = get_object_or_404(DisclosureReview, brand=request.brand, pk=pk)
    try:
        made = open_again(
            review_id=pk,
            brand=request.brand,
            why=request.POST.get("reason", ""),
            actor=request.user,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("campaigns:disclosure", request.brand.slug, pk)
    if made is None:
        messages.success(request, "All gates are asked again; its review opens with legal's turn.")
        return redirect("campaigns:deliverable", request.brand.slug, review.deliverable_id)
    messages.success(request, "It is open again. The decision before stays as it was.")
    return redirect("campaigns:disclosure", request.brand.slug, made.pk)
