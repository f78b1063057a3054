"""Scorecards: the table of a quarter, one scorecard, and "Why?" for each of its numbers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from crm.permissions import BrandRequest, Can, brand_page
from segmentation.metrics.periods import calendar_of, quarter_of
from segmentation.models import Segment
from segmentation.selectors import scorecards as selectors
from segmentation.services import scorecards as services
from segmentation.services.scorecards import PeriodRefused


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def scorecards(request: BrandRequest) -> HttpResponse:
    """All segments of a quarter, as stored; posting computes them again."""
    moment = timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    try:
        period = _period(request, sent.get("period", ""))
    except PeriodRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:scorecards", request.brand.slug)
    if request.method == "POST":
        written = services.refresh(brand_id=request.brand.pk, as_of=moment, periods=[period])
        messages.success(request, f"{written} scorecards of {period} were computed.")
        address = reverse("segmentation:scorecards", args=[request.brand.slug])
        return redirect(f"{address}?period={period}")
    tables = selectors.index_page(request.brand, period)
    cards = [row.card for table in tables for row in table.rows if row.card]
    context = {
        "period": period,
        "periods": selectors.periods_offered(request.brand, at=moment, chosen=period),
        "tables": tables,
        "as_of": max((card.as_of for card in cards), default=None),
    }
    return render(request, "segmentation/scorecards/index.html", context)


@require_safe
@brand_page(Can.VIEW)
def scorecard(request: BrandRequest, key: str) -> HttpResponse:
    """One segment's scorecard; with `why`, the panel that explains one of its numbers."""
    segment = get_object_or_404(
        Segment.objects.select_related("brand", "dimension"), brand=request.brand, key=key
    )
    moment = timezone.now()
    try:
        period = _period(request, request.GET.get("period", ""))
    except PeriodRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:scorecard", request.brand.slug, key)
    card = services.get(segment=segment, period=period, as_of=moment)
    if "why" in request.GET:
        line = selectors.find_line(card, request.GET["why"])
        if line is None:
            msg = "This scorecard has no such number."
            raise Http404(msg)
        context = {"segment": segment, "card": card, "line": line}
        template = "segmentation/scorecards/why.html"
        if request.htmx and not request.htmx.boosted:
            template += "#panel"
        return render(request, template, context)
    context = {
        "segment": segment,
        "page": selectors.scorecard_page(card),
        "card": card,
        "is_final": card.as_of >= card.ends_at,
        "periods": selectors.periods_offered(request.brand, at=moment, chosen=card.period),
    }
    return render(request, "segmentation/scorecards/detail.html", context)


def _period(request: BrandRequest, text: str) -> str:
    """Return the period asked for, by default the current one. Raises PeriodRefused."""
    moment = timezone.now()
    if not text:
        return str(quarter_of(moment, calendar_of(request.brand)))
    return str(services.read_period(text, brand=request.brand, as_of=moment))
