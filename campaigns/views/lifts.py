"""What came with a campaign beside its own numbers: series by day, its posts, and lifts."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.forms.series import LiftForm
from campaigns.models import DailySeries, SeriesLift
from campaigns.selectors.series import charts
from campaigns.selectors.series.lifts import lifts_of
from campaigns.services.days import today_of
from campaigns.services.series import lifts as service
from campaigns.services.series.keeping import SeriesRefused
from campaigns.views.finding import campaign_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

# As many lines as one tells apart.
LINES = 4


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.KEEP_SERIES)
def lifts(request: BrandRequest, key: str) -> HttpResponse:
    """Series around the campaign's days with its posts, and its lifts; posting asks for one."""
    campaign = campaign_of(request, key)
    now = timezone.now()
    form = LiftForm(request.POST if request.method == "POST" else None, campaign=campaign)
    if form.is_valid():
        try:
            service.ask_lift(campaign=campaign, asked=form.asked(), actor=request.user, at=now)
        except SeriesRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return redirect("campaigns:lifts", request.brand.slug, campaign.key)
    before, after = service.usual_spans(campaign)
    first = max(before.first, after.first - timedelta(days=service.DAYS_MAX))
    last = max(first, min(after.last, today_of(request.brand, now)))
    series = list(DailySeries.objects.filter(brand=request.brand).order_by("name", "pk")[:LINES])
    values = charts.values_of(series, first, last)
    marks = [
        *charts.posts_of(campaign, first, last),
        *charts.notes_of(request.brand, first, last),
    ]
    context = {
        "campaign": campaign,
        "form": form,
        "series": series,
        "chart": charts.chart([(one.name, values[one.pk]) for one in series], first, last, marks),
        "marks": sorted(marks, key=lambda mark: mark.day),
        "lifts": lifts_of(campaign),
        "first": first,
        "last": last,
    }
    status = 422 if form.errors else 200
    return render(request, "campaigns/series/lifts.html", context, status=status)


@require_POST
@brand_page(Can.KEEP_SERIES)
def drop(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Ask for a lift no more."""
    campaign = campaign_of(request, key)
    rows = SeriesLift.objects.filter(campaign=campaign).select_related("series", "campaign__brand")
    service.drop_lift(lift=get_object_or_404(rows, pk=pk), actor=request.user, at=timezone.now())
    messages.success(request, "The question is taken out; the series stay.")
    return redirect("campaigns:lifts", request.brand.slug, campaign.key)
