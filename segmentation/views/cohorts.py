"""Creators by the quarter of their first collaboration."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.exports import Format, respond
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.selectors.scorecards.cohorts import CohortPage, cohort_page

HEAD = (
    "First collaboration in",
    "Creators",
    "Quarter",
    "Quarters since",
    "Came back",
    "Share",
    "Share 95 % from",
    "Share 95 % to",
    "Creators with a rate",
    "Engagement rate by followers",
    "Rate 95 % from",
    "Rate 95 % to",
    "Quarter is over",
)


@require_safe
@brand_page(Can.VIEW)
def cohorts(request: BrandRequest) -> HttpResponse:
    """Who came back, and how each cohort's engagement went on."""
    context = {"page": cohort_page(request.brand, at=timezone.now())}
    return render(request, "segmentation/scorecards/cohorts.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """The same numbers, a row for each cohort and quarter."""
    page = cohort_page(request.brand, at=timezone.now())
    about = [("Brand", request.brand.name), ("What", "Cohorts by first collaboration")]
    return respond("cohorts", HEAD, _rows(page), form=form, about=about)


def _rows(page: CohortPage) -> list[list[object]]:
    return [
        [
            cohort.period,
            cohort.creators,
            cell.period,
            cell.age,
            cell.came_back,
            cell.share,
            cell.share_interval and cell.share_interval.low,
            cell.share_interval and cell.share_interval.high,
            cell.posting,
            cell.rate,
            cell.rate_interval and cell.rate_interval.low,
            cell.rate_interval and cell.rate_interval.high,
            not cell.is_running,
        ]
        for cohort in page.cohorts
        for cell in cohort.cells
    ]
