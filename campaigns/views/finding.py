"""How pages of this app find what their address names, within the brand of the request."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from campaigns.models import Asset, Campaign, Contract, Engagement, Gift, Offer, UsageRight
from campaigns.selectors.rights import BELONGS
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


def contract_of(request: BrandRequest, pk: int) -> Contract:
    """A contract of the brand. Raises Http404."""
    rows = Contract.objects.visible_to(request.user).select_related(
        "brand",
        "engagement__campaign__brand",
        "engagement__relationship__creator",
        "owner",
        "current",
        "offer",
        "amends__current",
        "created_by",
    )
    return get_object_or_404(rows, brand=request.brand, pk=pk)


def asset_of(request: BrandRequest, pk: int) -> Asset:
    """An asset of the brand. Raises Http404."""
    rows = Asset.objects.visible_to(request.user).for_list_page().select_related("brand", "post")
    return get_object_or_404(rows, brand=request.brand, pk=pk)


def right_of(request: BrandRequest, pk: int) -> UsageRight:
    """A right of the brand. Raises Http404."""
    rows = UsageRight.objects.visible_to(request.user).select_related(*BELONGS)
    return get_object_or_404(rows, brand=request.brand, pk=pk)
