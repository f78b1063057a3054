"""The brand at a glance, in the order that suits the role."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.overview import Asked, overview_of
from crm.permissions import BrandRequest, Can, brand_page


@require_safe
@brand_page(Can.VIEW)
def overview(request: BrandRequest) -> HttpResponse:
    """All tiles."""
    asked = Asked(request.brand, request.user, request.role, timezone.now())
    return render(request, "crm/overview.html", {"parts": overview_of(asked)})
