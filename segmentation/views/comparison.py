"""Segments side by side: as a page, as a file, as a PDF."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.exports import Format, respond
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.forms.scorecard_shares import ShareForm
from segmentation.metrics.catalogue import METRICS
from segmentation.metrics.periods import Quarter
from segmentation.models import ScorecardOrder, ScorecardShare, Segment
from segmentation.selectors.scorecards import files
from segmentation.selectors.scorecards.comparison import (
    MOST_METRICS,
    MOST_SEGMENTS,
    Comparison,
    compare_segments,
    default_keys,
)
from segmentation.selectors.scorecards.index import segments_in_use
from segmentation.selectors.scorecards.lines import periods_offered
from segmentation.services import scorecard_orders as orders
from segmentation.services.scorecards import PeriodRefused
from segmentation.views.scorecards import (
    LINKS,
    looked_again,
    not_yet,
    pdf_response,
    period_asked,
)


@require_safe
@brand_page(Can.VIEW)
def compare(request: BrandRequest) -> HttpResponse:
    """Up to eight segments of a quarter, by the metrics that were chosen."""
    now = timezone.now()
    offered = segments_in_use(request.brand)
    chosen = _chosen(request, offered)
    try:
        period = period_asked(request, request.GET.get("period", ""))
    except PeriodRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:compare", request.brand.slug)
    keys = _keys(request)
    found = compare_segments(request.brand, chosen, period, keys) if chosen else None
    order = None
    if found is not None and found.missing:
        try:
            order = _look(request, period)
        except PeriodRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("segmentation:compare", request.brand.slug)
    if answer := looked_again(request, order):
        return answer
    query = urlencode(
        [("period", period)]
        + [("segment", segment.key) for segment in chosen]
        + [("metric", key) for key in keys]
    )
    context = {
        "period": period,
        "periods": periods_offered(request.brand, at=now, chosen=period),
        "offered": offered,
        "chosen": {segment.key for segment in chosen},
        "segments": chosen,
        "metrics": METRICS,
        "keys": keys,
        "shown_keys": keys or default_keys(chosen),
        "comparison": found,
        "most": MOST_SEGMENTS,
        "is_cut": len(set(request.GET.getlist("segment"))) > MOST_SEGMENTS,
        "query": query,
        "order": order,
        "links": ScorecardShare.objects.filter(
            brand=request.brand, period=period, segments__in=chosen
        ).distinct()[:LINKS],
        "link_form": ShareForm(),
        "now": now,
    }
    return render(request, "segmentation/scorecards/compare.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """The comparison as a file."""
    found = _asked(request)
    if not isinstance(found, Comparison):
        return found
    what = files.about(
        request.brand,
        "Segments side by side",
        found.period,
        timezone.now(),
        files.latest(list(found.cards.values())),
    )
    name = f"comparison-{found.period}"
    return respond(name, files.HEAD, files.rows_of_comparison(found), form=form, about=what)


@require_safe
@brand_page(Can.VIEW)
def pdf(request: BrandRequest) -> HttpResponseBase:
    """The comparison to be passed on."""
    found = _asked(request)
    if not isinstance(found, Comparison):
        return found
    title = f"Segments side by side, {found.period}"
    data = files.pdf_of_comparison(found, request.brand, title)
    return pdf_response(data, f"comparison-{found.period}")


def _asked(request: BrandRequest) -> Comparison | HttpResponse:
    """What a file is made of; to the page that waits for it where a scorecard is not there yet."""
    chosen = _chosen(request, segments_in_use(request.brand))
    if not chosen:
        raise Http404("No segment was chosen.")
    try:
        period = period_asked(request, request.GET.get("period", ""))
        found = compare_segments(request.brand, chosen, period, _keys(request))
        if not found.missing:
            return found
        _look(request, period)
    except PeriodRefused as refusal:
        raise Http404(str(refusal)) from refusal
    address = reverse("segmentation:compare", args=[request.brand.slug])
    return not_yet(request, f"{address}?{request.GET.urlencode()}")


def _look(request: BrandRequest, period: str) -> ScorecardOrder:
    return orders.look(
        brand=request.brand,
        quarter=Quarter.parse(period),
        actor=request.user,
        at=timezone.now(),
    )


def _chosen(request: BrandRequest, offered: list[Segment]) -> list[Segment]:
    asked = set(request.GET.getlist("segment"))
    return [segment for segment in offered if segment.key in asked][:MOST_SEGMENTS]


def _keys(request: BrandRequest) -> list[str]:
    known = {metric.key for metric in METRICS}
    asked = dict.fromkeys(request.GET.getlist("metric"))
    return [key for key in asked if key in known][:MOST_METRICS]
