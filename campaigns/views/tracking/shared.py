"""What the pages of tracking have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from campaigns.filters.tracking import STATES, CodeFilter, LinkFilter
from campaigns.models import PromoCode, TrackingLink
from campaigns.selectors.tracking import Base
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand
from crm.paging import Order
from crm.permissions import BrandRequest

LINKS = Order("tracking-links", "created_at", "id", descending=True)
CODES = Order("promo-codes", "created_at", "id", descending=True)
PAGE = 50
# The last weeks on a link's page.
DAYS_SHOWN = 90


def base_of(request: HttpRequest, brand: Brand) -> Base:
    """With what the brand's short addresses begin."""
    return Base.of(brand, settings.RAPPORT_URL or request.build_absolute_uri("/"))


def link_of(request: BrandRequest, pk: int) -> TrackingLink:
    """A link of the brand. Raises Http404."""
    rows = TrackingLink.objects.visible_to(request.user).for_list_page()
    return get_object_or_404(
        rows.select_related("brand", "created_by", "relationship__creator", "campaign"),
        brand=request.brand,
        pk=pk,
    )


def code_of(request: BrandRequest, pk: int) -> PromoCode:
    """A code of the brand. Raises Http404."""
    rows = PromoCode.objects.visible_to(request.user).for_list_page()
    return get_object_or_404(
        rows.select_related("brand", "created_by", "replaces", "relationship__creator", "campaign"),
        brand=request.brand,
        pk=pk,
    )


def asked_for(
    request: BrandRequest, kind: type[LinkFilter] | type[CodeFilter], rows: QuerySet[Any]
) -> tuple[QuerySet[Any], dict[str, str]]:
    """What the address asks for; what cannot be read is left out."""
    found = kind(request.GET, rows, request=request)
    if not found.is_valid():
        readable = request.GET.copy()
        for name in found.errors:
            readable.pop(name, None)
        found = kind(readable, rows, request=request)
    asked = {
        name: "" if name in found.errors else str(request.GET.get(name, ""))
        for name in ("state", "campaign", "creator", "q")
    }
    return found.qs, asked


def list_context(asked: dict[str, str]) -> dict[str, Any]:
    """What both lists say of what was asked."""
    return {"asked": asked, "states": STATES, "is_asked": any(asked.values())}


def done(request: BrandRequest, do: Callable[[], Any], words: str) -> bool:
    """Do it, and say that it was done, or why not."""
    try:
        do()
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, words)
    return True


def fragment(request: BrandRequest, template: str) -> str:
    """The rows alone where the page asks for them."""
    return f"{template}#rows" if request.htmx and not request.htmx.boosted else template


def incomplete(form: Any) -> None:
    """The page did not send its version."""
    form.add_error(None, "This page is not complete. Load it again.")


def status_of(form: Any) -> int:
    """422 where something of the form is wrong."""
    return 422 if form.is_bound else 200
