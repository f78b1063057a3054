"""The same quarter by another formula, side by side."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.permissions import BrandRequest, Can, brand_page
from segmentation.selectors.scorecards.formulas import side_by_side, usual, variants
from segmentation.selectors.scorecards.lines import periods_offered
from segmentation.services.scorecards import PeriodRefused
from segmentation.views.scorecards import period_asked


@require_safe
@brand_page(Can.VIEW)
def formulas(request: BrandRequest) -> HttpResponse:
    """All segments by two formulas of one idea (?one=, ?other=)."""
    try:
        period = period_asked(request, request.GET.get("period", ""))
    except PeriodRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:formulas", request.brand.slug)
    offered = variants()
    by_key = {metric.key: metric for metric in offered}
    first, second = usual() or (None, None)
    one = by_key.get(request.GET.get("one", ""), first)
    other = by_key.get(request.GET.get("other", ""), second)
    context = {
        "period": period,
        "periods": periods_offered(request.brand, at=timezone.now(), chosen=period),
        "offered": offered,
        "one": one,
        "other": other,
        "found": side_by_side(request.brand, period, one, other) if one and other else None,
    }
    return render(request, "segmentation/scorecards/formulas.html", context)
