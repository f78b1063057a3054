"""What came back for a campaign, and how much of everything hangs on few."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.selectors.concentration import concentration_of
from campaigns.selectors.returns.whole import figures_in, returns_of
from campaigns.views.finding import campaign_of
from crm.permissions import BrandRequest, Can, brand_page

# What the tables have room for; the API has all.
MAIN = ("full_cost", "full_cpm", "full_cpe", "cpp", "cpqe", "revenue", "roas", "roi")


@require_safe
@brand_page(Can.VIEW)
def returns(request: BrandRequest, key: str) -> HttpResponse:
    """By revenue, and apart from it by each named media value; with `why`, how one came about."""
    found = campaign_of(request, key)
    made = returns_of(found, timezone.now())
    if "why" in request.GET:
        return _why(request, made, request.GET["why"], {"campaign": found})
    figures = made["figures"]
    context = {
        "campaign": found,
        "made": made,
        "why_path": request.path,
        "figures": [one for one in figures if not _is_media(one)],
        "media": list(
            zip(
                [one for one in figures if _short(one).startswith("emv_")][::2],
                [one for one in figures if _short(one).startswith("emv_")][1::2],
                strict=True,
            )
        ),
        "cuts": [
            {
                "by": cut["by"],
                "title": cut["title"],
                "heads": [one["label"] for one in cut["rows"][0]["figures"] if _short(one) in MAIN]
                if cut["rows"]
                else [],
                "rows": [
                    (row["name"], [one for one in row["figures"] if _short(one) in MAIN])
                    for row in cut["rows"]
                ],
            }
            for cut in made["cuts"]
        ],
    }
    return render(request, "campaigns/returns/campaign.html", context)


@require_safe
@brand_page(Can.VIEW)
def concentration(request: BrandRequest) -> HttpResponse:
    """Over all campaigns of the brand: the last four quarters, and the trend."""
    made = concentration_of(request.brand, timezone.now())
    return render(request, "campaigns/returns/concentration.html", {"made": made})


def _why(request: Any, made: dict[str, Any], key: str, context: dict[str, Any]) -> HttpResponse:
    figure = next((one for one in figures_in(made) if one["key"] == key), None)
    if figure is None:
        msg = "There is no such number here."
        raise Http404(msg)
    template = "campaigns/returns/why.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, {"figure": figure, "report": made, **context})


def _short(figure: dict[str, Any]) -> str:
    return str(figure["key"]).rpartition(":")[2]


def _is_media(figure: dict[str, Any]) -> bool:
    return _short(figure).startswith("emv_")
