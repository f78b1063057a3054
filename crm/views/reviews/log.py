"""Who passed and who failed which rule of the review form, and when (F140)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.models import VettingResult
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page

NEWEST = Order("vetting-log", key="id", descending=True)
ON_PAGE = 50


@require_safe
@brand_page(Can.VIEW)
def rule_log(request: BrandRequest) -> HttpResponse:
    """Every result that a rule judged, the newest first; `show=failed`: those that failed."""
    is_failed = request.GET.get("show") == "failed"
    rows = VettingResult.objects.filter(
        vetting__brand=request.brand, vetting__settled_at__isnull=False, passed__isnull=False
    )
    if is_failed:
        rows = rows.filter(passed=False)
    shown = rows.select_related(
        "criterion", "vetting__relationship__creator", "vetting__form", "vetting__settled_by"
    ).prefetch_related("vetting__form__lines__criterion")
    page = page_or_first(shown, NEWEST, cursor=request.GET.get("cursor"), size=ON_PAGE)
    context = {
        "page": page,
        "is_failed": is_failed,
        "lines": [(result, _rule(result)) for result in page.items],
    }
    return render(request, "crm/reviews/log.html", context)


def _rule(result: VettingResult) -> str:
    """The rule as it was in the vetting's version of the form."""
    lines = result.vetting.form.lines.all()
    return next((line.bar_words for line in lines if line.criterion_id == result.criterion_id), "")
