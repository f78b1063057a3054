"""How pages of this app find what their address names, within the brand of the request."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from campaigns.models import Campaign, Engagement, Gift, Offer
from crm.models import Relationship
from crm.permissions import BrandRequest
from crm.selectors import relationships_of


def relationship_with(request: BrandRequest, uid: UUID) -> Relationship:
    """How the brand stands with a creator. Raises Http404."""
    rows = relationships_of(request.brand).select_related("creator", "brand")
    found = rows.filter(creator__uid=uid).first()
    if found is None:
        msg = "Your brand does not know this creator."
        raise Http404(msg)
    return found


def offer_of(request: BrandRequest, pk: int) -> Offer:
    """An offer of the brand. Raises Http404."""
    rows = Offer.objects.visible_to(request.user).select_related(
        "relationship__creator",
        "relationship__brand",
        "engagement__campaign",
        "brand",
        "owner",
        "current",
        "created_by",
    )
    return get_object_or_404(rows, brand=request.brand, pk=pk)


def gift_of(request: BrandRequest, pk: int) -> Gift:
    """A gift of the brand. Raises Http404."""
    rows = Gift.objects.visible_to(request.user).select_related(
        "relationship__creator", "relationship__brand", "brand", "owner", "offer", "created_by"
    )
    return get_object_or_404(rows, brand=request.brand, pk=pk)


def campaign_of(request: BrandRequest, key: str) -> Campaign:
    """A campaign of the brand. Raises Http404."""
    rows = Campaign.objects.visible_to(request.user).select_related("brand", "owner", "cloned_from")
    return get_object_or_404(rows, brand=request.brand, key=key)


def engagement_of(request: BrandRequest, key: str, pk: int) -> Engagement:
    """A creator in a campaign of the brand. Raises Http404."""
    rows = Engagement.objects.visible_to(request.user).with_creator()
    return get_object_or_404(rows, campaign__brand=request.brand, campaign__key=key, pk=pk)
