"""The ledger of one creator, as a fragment for the creator's page."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.facts.catalogue import catalogue
from segmentation.selectors.creators import find_creator, is_left_alone
from segmentation.selectors.ledger import STAYS_SHOWN, passages


@require_safe
@brand_page(Can.VIEW)
@creator_panel("segment history")
def creator_passages(request: BrandRequest, uid: UUID) -> HttpResponse:
    """When the creator came into which segment and went, why, by which run and on what evidence."""
    creator = find_creator(request.brand, uid)
    if creator is None:
        msg = f"{request.brand} knows no such creator."
        raise Http404(msg)
    context = {
        "is_left_alone": is_left_alone(request.brand, creator),
        "passages": passages(request.brand, creator, catalogue(request.brand)),
        "most": STAYS_SHOWN,
    }
    return render(request, "segmentation/creators/_passages.html", context)
