"""Creators who are like one, or like a segment: with why, and onto a shortlist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_numbers
from segmentation.selectors import creators as creator_selectors
from segmentation.selectors import looks as selectors
from segmentation.selectors.looks import Likes
from segmentation.services.looks import taking
from segmentation.views.finding import segment_or_404


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Who is like a creator; sent, the ticked are put on a shortlist."""
    creator = creator_selectors.find_creator(request.brand, uid)
    if creator is None:
        raise Http404(f"{request.brand} knows no such creator.")
    likes = selectors.like_creator(request.brand, creator)
    back = reverse("crm:creator", args=[request.brand.slug, creator.uid])
    return _page(request, likes, creator.name, back)


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def of_segment(request: BrandRequest, key: str) -> HttpResponse:
    """Who is like the members of a segment and no member; sent, put on a shortlist."""
    segment = segment_or_404(request, key)
    likes = selectors.like_segment(segment)
    back = reverse("segmentation:segment", args=[request.brand.slug, key])
    return _page(request, likes, segment.name, back)


def _page(request: BrandRequest, likes: Likes, name: str, back: str) -> HttpResponse:
    is_sent = request.method == "POST"
    context: dict[str, Any] = {
        "likes": likes,
        "name": name,
        "back": back,
        "campaigns": Campaign.objects.filter(brand=request.brand).open().in_use(),
        "picked": [],
        "fault": "",
        "chosen": "",
    }
    if is_sent:
        picked = row_numbers(request.POST.getlist("picked"))
        chosen = request.POST.get("campaign", "").replace("\0", "")
        context["picked"], context["chosen"] = picked, chosen
        try:
            added = taking.take(
                brand=request.brand,
                likes=likes,
                like_whom=name,
                campaign_key=chosen,
                only=picked,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            context["fault"] = str(refusal)
        else:
            number = len(added.made)
            messages.success(request, f"{number} creator{'s'[: number != 1]} on the shortlist.")
            return redirect("campaigns:shortlist", request.brand.slug, chosen)
    status = 422 if is_sent else 200
    return render(request, "segmentation/looks/page.html", context, status=status)
