"""How good the data of a quarter are, and which numbers jumped."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.permissions import BrandRequest, Can, brand_page
from segmentation.rules.calendar import Quarter
from segmentation.selectors.scorecards.lines import periods_offered
from segmentation.selectors.scorecards.lint import findings
from segmentation.selectors.scorecards.quality import quality_page
from segmentation.services.scorecards import PeriodRefused
from segmentation.views.scorecards import period_asked


@require_safe
@brand_page(Can.VIEW)
def quality(request: BrandRequest) -> HttpResponse:
    """Missing, old and contradictory values, sources, jumps, and KPIs that nobody can measure."""
    try:
        period = period_asked(request, request.GET.get("period", ""))
    except PeriodRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:quality", request.brand.slug)
    context = {
        "period": period,
        "periods": periods_offered(request.brand, at=timezone.now(), chosen=period),
        "page": quality_page(request.brand, Quarter.parse(period)),
        "findings": findings(request.brand, period),
    }
    return render(request, "segmentation/scorecards/quality.html", context)
