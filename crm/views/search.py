"""The search: a page, and what the palette shows while somebody types."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.permissions import BrandRequest, Can, brand_page
from crm.search import Asked
from crm.search import search as find


@require_safe
@brand_page(Can.VIEW)
def search(request: BrandRequest) -> HttpResponse:
    """What is found of each kind."""
    words = request.GET.get("q", "")
    asked = Asked(request.brand, request.user, request.role, words)
    context = {"words": words, "groups": find(asked)}
    template = "crm/search/search.html"
    if request.htmx and not request.htmx.boosted:
        template = "crm/search/_hits.html"
    return render(request, template, context)
