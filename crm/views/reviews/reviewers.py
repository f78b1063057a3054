"""How far each reviewer is from the others, and whether that moves: a page and a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm import exports
from crm.agreement import LEAST_UNITS
from crm.models import Criterion
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.reviews.drift import (
    HEAD,
    QUARTERS,
    ReviewerStanding,
    criteria_in_use,
    standing_rows,
    standings,
)


@dataclass(frozen=True)
class _Shown:
    """A criterion with how everybody who answered it stands."""

    criterion: Criterion
    every: list[ReviewerStanding]


@require_safe
@brand_page(Can.VIEW)
def reviewers(request: BrandRequest) -> HttpResponse:
    """By criterion in use, each reviewer of the last two years."""
    criteria = criteria_in_use(request.brand)
    found = standings(request.brand, criteria, timezone.now())
    context = {
        "shown": [
            _Shown(criterion, [one for one in found if one.criterion == criterion])
            for criterion in criteria
        ],
        "any": bool(found),
        "among": len(found),
        "least": LEAST_UNITS,
        "quarters": QUARTERS,
    }
    return render(request, "crm/reviews/reviewers.html", context)


@require_safe
@brand_page(Can.VIEW)
def reviewers_export(request: BrandRequest, form: str) -> HttpResponseBase:
    """The same as a file, with a line for each quarter."""
    found = standings(request.brand, criteria_in_use(request.brand), timezone.now())
    about = [("List", "Reviewers beside each other"), ("Brand", request.brand.name)]
    return exports.respond(
        f"reviewers-{request.brand.slug}",
        HEAD,
        standing_rows(found),
        form=exports.Format(form),
        about=about,
    )
