"""The report of a campaign behind a link: for a client, or somebody else without an account."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.choices import GuestKind
from campaigns.guests import GuestRequest, guest_page
from campaigns.selectors.reports.report import figure_of, report_of
from campaigns.views.reports.pages import pdf_response


@require_safe
@guest_page(GuestKind.REPORT)
def report(request: GuestRequest) -> HttpResponseBase:
    """The report as of now; with `why`, how one number came about."""
    made = _report(request)
    context: dict[str, Any] = {
        "link": request.guest,
        "token": request.token,
        "campaign": request.guest.campaign,
        "report": made,
        "why_path": request.path,
    }
    if "why" in request.GET:
        context["figure"] = figure_of(made, request.GET["why"])
        if context["figure"] is None:
            msg = "This report has no such number."
            raise Http404(msg)
        return render(request, "campaigns/reports/guest_why.html", context)
    return render(request, "campaigns/reports/guest.html", context)


@require_safe
@guest_page(GuestKind.REPORT)
def pdf(request: GuestRequest) -> HttpResponseBase:
    """The report as a file."""
    return pdf_response(_report(request), timezone.now())


def _report(request: GuestRequest) -> dict[str, Any]:
    campaign = request.guest.campaign
    if campaign is None:
        msg = "This link opens no report."
        raise Http404(msg)
    campaign.brand = request.guest.brand
    return report_of(campaign, timezone.now())
