"""A creator's links and codes, within other pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.selectors.tracking import of_relationship
from campaigns.views.finding import engagement_of, relationship_with
from campaigns.views.tracking.shared import base_of
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page


@require_safe
@brand_page(Can.VIEW)
@creator_panel("links and codes")
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """In all campaigns and beside them."""
    relationship = relationship_with(request, uid)
    base = base_of(request, request.brand)
    links, codes = of_relationship(relationship, base, timezone.localdate())
    context = {"links": links, "codes": codes, "creator": relationship.creator, "place": None}
    return render(request, "campaigns/tracking/_panel.html", context)


@require_safe
@brand_page(Can.VIEW)
def of_engagement(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """In one campaign."""
    place = engagement_of(request, key, pk)
    base = base_of(request, request.brand)
    links, codes = of_relationship(place.relationship, base, timezone.localdate(), place.campaign)
    context = {
        "links": links,
        "codes": codes,
        "creator": place.relationship.creator,
        "place": place,
    }
    return render(request, "campaigns/tracking/_panel.html", context)
