"""What is to be tidied up among the segments."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.permissions import BrandRequest, Can, brand_page
from segmentation.models import Segment
from segmentation.selectors.hygiene import hygiene


@require_safe
@brand_page(Can.VIEW)
def report(request: BrandRequest) -> HttpResponse:
    """Every check with what it found, and what to do about it."""
    checks = hygiene(request.brand, at=timezone.now())
    context = {
        "checks": [check for check in checks if check.findings],
        "clean": [check for check in checks if not check.findings],
        "findings": sum(len(check.findings) for check in checks),
        "has_any": Segment.objects.filter(brand=request.brand).exists(),
    }
    return render(request, "segmentation/hygiene.html", context)
