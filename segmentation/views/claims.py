"""Claims on trial: what others say about sizes, against the brand's own posts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from crm.permissions import BrandRequest, Can, brand_page
from segmentation.choices import ErrandStatus
from segmentation.metrics.periods import calendar_of, quarter_of
from segmentation.models import ClaimTrial
from segmentation.selectors.claims import lines_of
from segmentation.selectors.scorecards.lines import periods_offered
from segmentation.selectors.tiers import schemes
from segmentation.services import claims as service
from segmentation.services.scorecards import PeriodRefused, read_period
from segmentation.views.sizes import chosen_scheme

TEMPLATE = "segmentation/scorecards/claims.html"
QUARTERS = 4


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def claims(request: BrandRequest) -> HttpResponse:
    """The claims with their verdicts; posting has them tried over some quarters."""
    now = timezone.now()
    found = schemes()
    scheme = chosen_scheme(request, found)
    sent = request.POST if request.method == "POST" else request.GET
    current = quarter_of(now, calendar_of(request.brand))
    address = reverse("segmentation:claims", args=[request.brand.slug])
    try:
        last = read_period(sent.get("period", "") or str(current), brand=request.brand, as_of=now)
        first = read_period(
            sent.get("first", "") or str(last.shift(1 - QUARTERS)), brand=request.brand, as_of=now
        )
        if request.method == "POST" and scheme is not None:
            service.request_trial(
                brand=request.brand,
                scheme=scheme,
                first_period=str(first),
                period=str(last),
                actor=request.user,
                at=now,
            )
            query = urlencode({"scheme": scheme.key, "first": first, "period": last})
            return redirect(f"{address}?{query}")
    except PeriodRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(address)
    trial = ClaimTrial.objects.filter(
        brand=request.brand, scheme=scheme, first_period=str(first), period=str(last)
    ).first()
    is_unfinished = trial is not None and trial.status == ErrandStatus.QUEUED
    if request.htmx and not request.htmx.boosted and not is_unfinished:
        # What is waited for is there: the page shows it.
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "schemes": found,
        "scheme": scheme,
        "first": str(first),
        "period": str(last),
        "periods": periods_offered(request.brand, at=now, chosen=str(last)),
        "firsts": periods_offered(request.brand, at=now, chosen=str(first)),
        "trial": trial,
        "is_unfinished": is_unfinished,
        "lines": lines_of(trial),
    }
    template = TEMPLATE
    if request.htmx and not request.htmx.boosted:
        template += "#status"
    return render(request, template, context)
