"""Scorecards: the table of a quarter, one scorecard, its files, and "Why?" for its numbers."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from crm.exports import Format, respond, taken_out
from crm.pdf import pdf_of
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.forms.scorecard_shares import ShareForm
from segmentation.metrics.periods import calendar_of, quarter_of
from segmentation.models import Scorecard, ScorecardOrder, ScorecardShare, Segment
from segmentation.selectors.scorecards import files
from segmentation.selectors.scorecards.card import scorecard_page
from segmentation.selectors.scorecards.index import index_page
from segmentation.selectors.scorecards.lines import find_line, periods_offered
from segmentation.services import scorecard_orders as orders
from segmentation.services import scorecards as services
from segmentation.services.scorecards import PeriodRefused

LINKS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def scorecards(request: BrandRequest) -> HttpResponse:
    """All segments of a quarter, as stored; posting has them computed again."""
    moment = timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    try:
        period = period_asked(request, sent.get("period", ""))
        if request.method == "POST":
            orders.ask(brand=request.brand, period=period, actor=request.user, at=moment)
            address = reverse("segmentation:scorecards", args=[request.brand.slug])
            return redirect(f"{address}?period={period}")
    except PeriodRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:scorecards", request.brand.slug)
    order = orders.current(request.brand, period)
    if answer := looked_again(request, order):
        return answer
    tables = index_page(request.brand, period)
    cards = [row.card for table in tables for row in table.rows if row.card]
    context = {
        "period": period,
        "periods": periods_offered(request.brand, at=moment, chosen=period),
        "tables": tables,
        "order": order,
        "query": urlencode({"period": period}),
        "as_of": files.latest(cards),
    }
    return render(request, "segmentation/scorecards/index.html", context)


@require_safe
@brand_page(Can.VIEW)
def scorecard(request: BrandRequest, key: str) -> HttpResponse:
    """One segment's scorecard; with `why`, the panel that explains one of its numbers."""
    moment = timezone.now()
    try:
        segment, period = _asked(request, key)
        card, order = orders.hold(segment=segment, period=period, actor=request.user, at=moment)
    except PeriodRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:scorecard", request.brand.slug, key)
    if card is not None:
        # With its brand and dimension, which every page of it names.
        card.segment = segment
    if "why" in request.GET:
        return _why(request, segment, card)
    if answer := looked_again(request, order):
        return answer
    context: dict[str, Any] = {
        "segment": segment,
        "period": period,
        "periods": periods_offered(request.brand, at=moment, chosen=period),
        "order": order,
        "query": urlencode({"period": period}),
    }
    if card is None:
        return render(request, "segmentation/scorecards/waiting.html", context)
    context |= {
        "page": scorecard_page(card),
        "card": card,
        "is_final": card.as_of >= card.ends_at,
        "last_moment": card.ends_at - timedelta(microseconds=1),
        "links": ScorecardShare.objects.filter(
            brand=request.brand, segments=segment, period=card.period
        )[:LINKS],
        "link_form": ShareForm(),
        "to_share": [segment],
        "no_keys": [],
        "now": moment,
    }
    return render(request, "segmentation/scorecards/detail.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, key: str, form: Format) -> HttpResponseBase:
    """Every row of a scorecard, as a file."""
    card = _card(request, key)
    if not isinstance(card, Scorecard):
        return card
    what = files.about(
        request.brand, f"Scorecard of {card.segment}", card.period, timezone.now(), card.as_of
    )
    name = f"scorecard-{card.segment.key}-{card.period}"
    return respond(name, files.HEAD, files.rows_of_card(card), form=form, about=what)


@require_safe
@brand_page(Can.VIEW)
def pdf(request: BrandRequest, key: str) -> HttpResponseBase:
    """A scorecard to be passed on."""
    card = _card(request, key)
    if not isinstance(card, Scorecard):
        return card
    data = files.pdf_of_card(scorecard_page(card), request.brand)
    return pdf_response(data, f"scorecard-{card.segment.key}-{card.period}")


def pdf_response(data: object, name: str) -> HttpResponseBase:
    """A file of the layout "scorecard" under a name; the ledger tells of it."""
    made = pdf_of("scorecard", data, at=timezone.now())
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return taken_out(response, name)


def period_asked(request: BrandRequest, text: str) -> str:
    """Return the period asked for, by default the current one. Raises PeriodRefused."""
    moment = timezone.now()
    if not text:
        return str(quarter_of(moment, calendar_of(request.brand)))
    return str(services.read_period(text, brand=request.brand, as_of=moment))


def _why(request: BrandRequest, segment: Segment, card: Scorecard | None) -> HttpResponse:
    line = None if card is None else find_line(card, request.GET["why"])
    if line is None:
        msg = "This scorecard has no such number."
        raise Http404(msg)
    context = {"segment": segment, "card": card, "line": line}
    template = "segmentation/scorecards/why.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, context)


def looked_again(request: BrandRequest, order: ScorecardOrder | None) -> HttpResponse | None:
    """The answer to a page that looks whether what it waits for is there; None for other requests.

    Nothing, or that the page be loaded anew.
    """
    if not request.htmx or request.htmx.boosted:
        return None
    if order is not None and order.is_open:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return HttpResponse(headers={"HX-Refresh": "true"})


def not_yet(request: BrandRequest, address: str) -> HttpResponse:
    """To the page that waits for what a file is to be made of."""
    messages.info(request, "The numbers are being computed. Take the file when they are there.")
    return redirect(address)


def _asked(request: BrandRequest, key: str) -> tuple[Segment, str]:
    """The segment, and the quarter asked for. Raises Http404, PeriodRefused."""
    segment = get_object_or_404(
        Segment.objects.select_related("brand", "dimension"), brand=request.brand, key=key
    )
    return segment, period_asked(request, request.GET.get("period", ""))


def _card(request: BrandRequest, key: str) -> Scorecard | HttpResponse:
    """What a file is made of; to the page that waits for it where there is none yet."""
    try:
        segment, period = _asked(request, key)
        held = orders.hold(segment=segment, period=period, actor=request.user, at=timezone.now())
    except PeriodRefused as refusal:
        raise Http404(str(refusal)) from refusal
    if held.card is None:
        address = reverse("segmentation:scorecard", args=[request.brand.slug, key])
        return not_yet(request, f"{address}?{urlencode({'period': period})}")
    held.card.segment = segment
    return held.card
