"""Drift between two days: as stored; posting has it computed, or sets a dimension's limit."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from crm.permissions import BrandRequest, Can, brand_page
from segmentation.choices import ErrandStatus
from segmentation.facts.catalogue import catalogue
from segmentation.forms.drift import DriftDaysForm, DriftLimitForm
from segmentation.models import Dimension
from segmentation.selectors import drift as selectors
from segmentation.services import drift as services
from segmentation.services.drift import alerts as drift_alerts


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def drift(request: BrandRequest) -> HttpResponse:
    """The report between two days, by default of this quarter so far; posting computes it."""
    now = timezone.now()
    since, until = services.default_days(request.brand, now)
    given = request.POST if request.method == "POST" else request.GET
    usual = {"since": f"{since:%Y-%m-%d}", "until": f"{until:%Y-%m-%d}"}
    form = DriftDaysForm(given if given.keys() & usual.keys() else usual)
    if form.is_valid():
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
        if request.method == "POST":
            try:
                services.request_report(
                    brand=request.brand, since_on=since, until_on=until, actor=request.user, at=now
                )
            except services.DriftRefused as refusal:
                form.add_error("until", str(refusal))
            else:
                asked = urlencode({"since": since, "until": until})
                return redirect(
                    f"{reverse('segmentation:drift', args=[request.brand.slug])}?{asked}"
                )
    report = selectors.find_report(request.brand, since, until) if form.is_valid() else None
    is_unfinished = report is not None and report.status == ErrandStatus.QUEUED
    if request.htmx and not request.htmx.boosted and request.method == "GET" and not is_unfinished:
        # What is waited for is there: the page shows it.
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "form": form,
        "since": since,
        "until": until,
        "report": report,
        "is_unfinished": is_unfinished,
    }
    template = "segmentation/drift/report.html"
    if request.htmx and not request.htmx.boosted:
        return render(request, f"{template}#status", context)
    chosen = request.GET.get("dimension", "")
    has_numbers = report is not None and report.computed_at is not None
    context |= {
        "page": selectors.drift_page(report, chosen) if report and has_numbers else None,
        "age_labels": selectors.age_labels(),
        "offered": selectors.offered_days(request.brand, now),
        "reports": selectors.stored_reports(request.brand),
        "alerts": selectors.recent_alerts(request.brand),
        "near": selectors.near_misses(request.brand, catalogue(request.brand)),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, template, context, status=status)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def drift_limit(request: BrandRequest, key: str) -> HttpResponse:
    """Say from which share on a run's movement in a dimension raises an alert."""
    dimension = get_object_or_404(Dimension, brand=request.brand, key=key)
    form = DriftLimitForm(request.POST)
    if form.is_valid():
        percent = form.cleaned_data["percent"]
        drift_alerts.set_threshold(
            dimension_id=dimension.pk, percent=percent, actor=request.user, at=timezone.now()
        )
        if percent:
            words = f"{dimension}: a run that moves more than {percent} % raises an alert."
        else:
            words = f"{dimension}: no alerts."
        messages.success(request, words)
    else:
        messages.error(request, "The limit is a whole number of per cent between 0 and 100.")
    address = reverse("segmentation:drift", args=[request.brand.slug])
    return redirect(f"{address}?{urlencode({'dimension': key})}")
