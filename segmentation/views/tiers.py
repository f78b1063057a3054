"""Tier schemes side by side, and a quarter's scorecards by any of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from crm.models import TierScheme
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.choices import ErrandStatus
from segmentation.forms.tiers import NEAR_PERCENT, TiersForm
from segmentation.metrics.periods import calendar_of, quarter_of
from segmentation.models import TierScorecards
from segmentation.selectors import tiers as selectors
from segmentation.selectors.scorecards.lines import periods_offered
from segmentation.services import tier_scorecards
from segmentation.services.scorecards import PeriodRefused, read_period


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def tiers(request: BrandRequest) -> HttpResponse:
    """All schemes over the brand's creators; posting has a quarter's scorecards computed."""
    now = timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    found = selectors.schemes()
    form = TiersForm(given, schemes=[(one.key, one.name) for one in found])
    form.is_valid()
    # An odd choice gives way to the usual one; an odd quarter is refused below.
    asked = form.cleaned_data
    first, second = _chosen(found, request, asked.get("scheme", ""), asked.get("other", ""))
    address = reverse("segmentation:tiers", args=[request.brand.slug])
    try:
        current = str(quarter_of(now, calendar_of(request.brand)))
        period = asked.get("period", given.get("period", "")) or current
        period = str(read_period(period, brand=request.brand, as_of=now))
    except PeriodRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(address)
    if request.method == "POST" and first is not None:
        tier_scorecards.request_scorecards(
            brand=request.brand, scheme=first, period=period, actor=request.user, at=now
        )
        query = {"scheme": first.key, "period": period} | (
            {"other": second.key} if second is not None else {}
        )
        return redirect(f"{address}?{urlencode(query)}#scorecards-title")
    stored = TierScorecards.objects.filter(brand=request.brand, scheme=first, period=period).first()
    is_unfinished = stored is not None and stored.status == ErrandStatus.QUEUED
    context: dict[str, Any] = {
        "stored": stored,
        "is_unfinished": is_unfinished,
        "first": first,
        "period": period,
    }
    template = "segmentation/tiers/tiers.html"
    if request.htmx and not request.htmx.boosted:
        if not is_unfinished:
            # What is waited for is there: the page shows it.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, f"{template}#status", context)
    percent = int(asked.get("near") or NEAR_PERCENT)
    crowd = selectors.read_crowd(request.brand, selectors.all_bounds(found, percent))
    context |= {
        "form": form,
        "percent": percent,
        "second": second,
        "columns": selectors.columns(request.brand, found, crowd, percent),
        "creators": crowd.total(),
        "cross": selectors.cross(first, second, crowd) if first and second else None,
        "lines": selectors.tier_lines(stored, first)
        if stored and first and stored.computed_at
        else [],
        "periods": periods_offered(request.brand, at=now, chosen=period),
    }
    return render(request, template, context)


def _chosen(
    found: list[TierScheme], request: BrandRequest, key: str, other: str
) -> tuple[TierScheme | None, TierScheme | None]:
    """The scheme asked for, else the brand's, and the one beside it, else the next there is."""
    by_key = {scheme.key: scheme for scheme in found}
    brands = next((one for one in found if one.pk == request.brand.tier_scheme_id), None)
    first = by_key.get(key) or brands or next(iter(found), None)
    second = by_key.get(other) or next((one for one in found if one is not first), None)
    return first, second
