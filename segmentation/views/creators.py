"""Fragments for a creator's page: the segments, and why the creator is in one or not."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.models import Creator
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.models import Segment
from segmentation.selectors import creators as selectors
from segmentation.selectors.scorecards.creator import creator_rate
from segmentation.services.explain import NothingToExplain, explain_membership


@require_safe
@brand_page(Can.VIEW)
@creator_panel("segments")
def panel(request: BrandRequest, uid: UUID) -> HttpResponse:
    """The creator's segments by dimension, each with since when and "Why?"."""
    creator = _find(request, uid)
    context = {
        "creator": creator,
        "panel": selectors.creator_panel(request.brand, creator, at=timezone.now()),
        "rate": creator_rate(request.brand, creator),
    }
    return render(request, "segmentation/creators/_panel.html", context)


@require_safe
@brand_page(Can.VIEW)
def why(request: BrandRequest, uid: UUID, key: str) -> HttpResponse:
    """Why the creator is in the segment, or is not: the rule leaf by leaf."""
    creator = _find(request, uid)
    segment = get_object_or_404(
        Segment.objects.select_related("brand", "dimension").exclude(active_version=None),
        brand=request.brand,
        key=key,
    )
    context: dict[str, Any] = {"creator": creator, "segment": segment}
    try:
        told = explain_membership(segment=segment, creator=creator)
    except NothingToExplain as refusal:
        context |= {"told": None, "refusal": str(refusal)}
    else:
        decided, stays = told["override"] or {}, told["minimum_stay"] or {}
        context |= {
            "told": told,
            "since": _moment(told["since"]),
            "as_of": _moment(told["as_of"]),
            "decided_since": _moment(decided.get("since")),
            "decided_until": _moment(decided.get("until")),
            "stays_until": _moment(stays.get("until")),
        }
    template = "segmentation/creators/why.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, context)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _find(request: BrandRequest, uid: UUID) -> Creator:
    found = selectors.find_creator(request.brand, uid)
    if found is None:
        msg = f"{request.brand} knows no such creator."
        raise Http404(msg)
    return found
