"""The report of a campaign: page, files, copies, and links for people without an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import GuestKind
from campaigns.forms.guests import LinkForm
from campaigns.models import GuestLink, ReportCopy
from campaigns.selectors.disclosures.compliance import of_campaign
from campaigns.selectors.reports.report import COLUMNS, figure_of, lines_of, report_of
from campaigns.services import reports as service
from campaigns.services.guests import DAYS, make_link
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import campaign_of
from crm.exports import Format, respond
from crm.permissions import BrandRequest, Can, brand_page

LINKS = 20


@require_safe
@brand_page(Can.VIEW)
def report(request: BrandRequest, key: str) -> HttpResponse:
    """What the campaign was to reach and reached; with `why`, how one number came about."""
    found = campaign_of(request, key)
    made = report_of(found, timezone.now())
    if "why" in request.GET:
        return why(request, made, request.GET["why"], {"campaign": found})
    context = {
        "campaign": found,
        "report": made,
        "labelled": of_campaign(request.brand, found.key),
        "why_path": request.path,
        "copies": ReportCopy.objects.filter(campaign=found)
        .select_related("taken_by")
        .defer("report")[:LINKS],
        "links": GuestLink.objects.filter(campaign=found, kind=GuestKind.REPORT).select_related(
            "created_by"
        )[:LINKS],
        "link_form": LinkForm(initial={"days": DAYS[GuestKind.REPORT]}),
        "now": timezone.now(),
    }
    return render(request, "campaigns/reports/report.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, key: str, form: Format) -> HttpResponseBase:
    """Every figure of the report, as a file."""
    found, now = campaign_of(request, key), timezone.now()
    made = report_of(found, now)
    about = [
        ("Brand", request.brand.name),
        ("Campaign", found.name),
        ("As of", now),
        ("Objective", made["objective"]["words"]),
        ("Budget", made["budget"]["words"]),
        ("Lessons", found.lessons),
        *(("Missing", words) for words in made["missing"]),
    ]
    return respond(f"report-{found.key}", COLUMNS, lines_of(made), form=form, about=about)


@require_safe
@brand_page(Can.VIEW)
def pdf(request: BrandRequest, key: str) -> HttpResponse:
    """The report to be passed on."""
    found, now = campaign_of(request, key), timezone.now()
    return pdf_response(report_of(found, now), now)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def keep(request: BrandRequest, key: str) -> HttpResponse:
    """Keep what the report says now."""
    service.take_copy(campaign=campaign_of(request, key), actor=request.user, at=timezone.now())
    messages.success(request, "The report is kept as it is now.")
    return redirect("campaigns:report", request.brand.slug, key)


@require_safe
@brand_page(Can.VIEW)
def copy(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """What the report said then, and what differs today."""
    found = campaign_of(request, key)
    kept = get_object_or_404(ReportCopy.objects.select_related("taken_by"), campaign=found, pk=pk)
    if "why" in request.GET:
        return why(request, kept.report, request.GET["why"], {"campaign": found})
    context = {
        "campaign": found,
        "copy": kept,
        "report": kept.report,
        "why_path": request.path,
        "is_whole": service.is_whole(kept),
        "changes": service.changes_since(kept, report_of(found, timezone.now())),
    }
    return render(request, "campaigns/reports/copy.html", context)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def invite(request: BrandRequest, key: str) -> HttpResponse:
    """Make a link to the report, for somebody without an account."""
    found = campaign_of(request, key)
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            make_link(
                target=found,
                name=form.cleaned_data["name"],
                days=form.cleaned_data["days"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The link is made. Copy it and send it to them.")
    else:
        messages.error(request, "Say who the link is for, and for how many days it works.")
    return redirect("campaigns:report", request.brand.slug, key)


def why(request: Any, made: dict[str, Any], key: str, context: dict[str, Any]) -> HttpResponse:
    """How one figure came about: a panel, or a page of its own."""
    figure = figure_of(made, key)
    if figure is None:
        msg = "This report has no such number."
        raise Http404(msg)
    template = "campaigns/reports/why.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, {"figure": figure, "report": made, **context})


def pdf_response(made: dict[str, Any], at: datetime) -> HttpResponse:
    """The file, under the campaign's name."""
    response = HttpResponse(service.report_pdf(made, at), content_type="application/pdf")
    name = f"report-{made['campaign']['key']}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
