"""Who is credited with what, by every model: of a brand, of a campaign, and why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.attribution.settings import Settings
from campaigns.models import Campaign
from campaigns.selectors.conversions import currencies_of
from campaigns.selectors.credits import settings_of
from campaigns.selectors.survey import Survey, survey_of
from campaigns.selectors.triangulation import triangulate
from campaigns.services.attribution import save_settings
from campaigns.services.refusals import CampaignRefused
from crm.exports import Format, respond
from crm.models import Brand, Creator
from crm.paging import Order, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.attribution import ReportForm, SettingsForm
from segmentation.models import AttributionReport
from segmentation.selectors import attribution as selectors
from segmentation.services.attribution import requests

_NEWEST_FIRST = Order("attribution", "requested_at", "id", descending=True)
PAGE_SIZE = 25
USUAL_DAYS = 90


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def reports(request: BrandRequest) -> HttpResponse:
    """All reports of the brand; posting asks for another."""
    return _reports(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def of_campaign(request: BrandRequest, key: str) -> HttpResponse:
    """The reports of one campaign, and what four ways of counting say of it."""
    return _reports(request, get_object_or_404(Campaign, brand=request.brand, key=key))


@require_safe
@brand_page(Can.VIEW)
def report(request: BrandRequest, pk: int) -> HttpResponse:
    """One report: the models side by side, by creator and by segment."""
    found = _report(request, pk)
    template = "segmentation/attribution/report.html"
    context: dict[str, Any] = {"report": found, "is_waiting": found.is_open}
    if request.htmx and not request.htmx.boosted:
        if not found.is_open:
            # What is waited for is there: the page shows it.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, f"{template}#status", context)
    page = selectors.read(found) if found.computed_at else None
    told = found.settings.as_told if found.settings else Settings()
    context |= {
        "page": page,
        "lines": page.lines[: selectors.SHOWN] if page else (),
        "more": max(len(page.lines) - selectors.SHOWN, 0) if page else 0,
        "settings": selectors.settings_in_words(told),
        "survey": _survey(found, request.brand) if page else None,
    }
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, pk: int, form: Format) -> HttpResponseBase:
    """The report as a file: a row for each creator."""
    found = _report(request, pk)
    if not found.computed_at:
        raise Http404("It is not computed yet.")
    page = selectors.read(found)
    told = found.settings.as_told if found.settings else Settings()
    return respond(
        f"attribution-{request.brand.slug}-{found.first_on}-{found.last_on}-{found.pk}",
        selectors.columns(),
        selectors.rows(page),
        form=form,
        about=[
            ("Days", f"{found.first_on} to {found.last_on}"),
            ("Campaign", found.campaign.name if found.campaign else "all"),
            ("Values in", found.currency or "none"),
            ("As known at", found.as_of),
            ("Digest of what went in", found.digest),
            *selectors.settings_in_words(told),
        ],
    )


@require_safe
@brand_page(Can.VIEW)
def why(request: BrandRequest, pk: int, number: int) -> HttpResponse:
    """Why a creator is credited so: the ways over them, and every model's formula."""
    found = _report(request, pk)
    page = selectors.read(found) if found.computed_at else None
    line = next((one for one in page.lines if one.key == number), None) if page else None
    if page is None or line is None:
        raise Http404("Nobody of this report.")
    context = {
        "report": found,
        "line": line,
        "shares": zip(page.formulas, line.shares, strict=True),
        "parameters": page.parameters,
        "ways": selectors.ways(found, number),
        "creator": Creator.objects.filter(pk=number).first(),
    }
    return render(request, "segmentation/attribution/why.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def settings(request: BrandRequest) -> HttpResponse:
    """By what credit is divided from now on; each change is a version."""
    row = settings_of(request.brand)
    told = row.as_told if row else Settings()
    is_sent = request.method == "POST"
    form = (
        SettingsForm(request.POST)
        if is_sent
        else SettingsForm.showing(told, row.number if row else 0)
    )
    if is_sent and form.is_valid():
        try:
            save_settings(
                brand=request.brand,
                settings=form.cleaned_data["settings"],
                actor=request.user,
                at=timezone.now(),
                expected_number=form.cleaned_data["number"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(
                request, "Saved. Reports that you ask for now go by them; earlier ones stay."
            )
            return redirect("segmentation:attribution", request.brand.slug)
    context = {"form": form, "row": row}
    return render(
        request,
        "segmentation/attribution/settings.html",
        context,
        status=422 if form.errors else 200,
    )


def _reports(request: BrandRequest, campaign: Campaign | None) -> HttpResponse:
    today = timezone.localdate()
    currencies = currencies_of(request.brand)
    is_sent = request.method == "POST"
    usual: dict[str, Any] = {
        "first_on": today - timedelta(days=USUAL_DAYS - 1),
        "last_on": today,
        "currency": (campaign.currency if campaign else "") or next(iter(currencies), ""),
    }
    if campaign and campaign.starts_on <= today:
        usual["first_on"] = max(campaign.starts_on, today - requests.LONGEST)
    if campaign and campaign.currency and campaign.currency not in currencies:
        currencies = [*currencies, campaign.currency]
    form = ReportForm(request.POST if is_sent else None, currencies=currencies, initial=usual)
    if is_sent and form.is_valid():
        try:
            made = requests.request_report(
                brand=request.brand,
                campaign=campaign,
                actor=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return redirect("segmentation:attribution_report", request.brand.slug, made.pk)
    rows = AttributionReport.objects.filter(brand=request.brand).for_list()
    if campaign is not None:
        rows = rows.filter(campaign=campaign)
    row = settings_of(request.brand)
    context = {
        "campaign": campaign,
        "form": form,
        "page": paginate(rows, _NEWEST_FIRST, cursor=request.GET.get("cursor"), size=PAGE_SIZE),
        "settings": selectors.settings_in_words(row.as_told if row else Settings()),
        "number": row.number if row else 0,
        "triangle": _triangle(campaign, today),
    }
    return render(
        request,
        "segmentation/attribution/list.html",
        context,
        status=422 if form.errors else 200,
    )


def _survey(found: AttributionReport, brand: Brand) -> Survey | None:
    """What people said in the report's days; of a campaign it stands beside the other ways."""
    if found.campaign_id is not None:
        return None
    said = survey_of(brand, first=found.first_on, last=found.last_on, at=timezone.now())
    return said if said.answers else None


def _triangle(campaign: Campaign | None, today: date) -> Any:
    """Four ways of counting a campaign; Shapley's from its newest report."""
    if campaign is None:
        return None
    newest = (
        AttributionReport.objects.filter(campaign=campaign, computed_at__isnull=False)
        .order_by("-requested_at", "-pk")
        .first()
    )
    return triangulate(campaign, newest=_shapley(newest), at=timezone.now())


def _shapley(report: AttributionReport | None) -> tuple[float, date, date] | None:
    if report is None:
        return None
    return report.found["counts"]["credited"], report.first_on, report.last_on


def _report(request: BrandRequest, pk: int) -> AttributionReport:
    rows = AttributionReport.objects.select_related("campaign", "settings", "requested_by")
    return get_object_or_404(rows, brand=request.brand, pk=pk)
