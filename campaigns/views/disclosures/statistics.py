"""Statistics of legal's reviews: a page, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.choices import DisclosureVerdict
from campaigns.selectors.disclosures.statistics import LEAST, MOST, Mix, Statistics, statistics_of
from campaigns.services.deliverables import gates
from crm.exports import Format, respond
from crm.permissions import BrandRequest, Can, brand_page

PERIODS = (30, 90, 365)
COLUMNS = ("Part", "Of", "What", "Value")


@require_safe
@brand_page(Can.VIEW)
def statistics(request: BrandRequest) -> HttpResponse:
    """How long, how late, what was found, and whether people and rules agree."""
    days, found, _since = _asked(request)
    context = {
        "found": found,
        "days": days,
        "periods": PERIODS,
        "least": LEAST,
        "most": MOST,
        "verdicts": DisclosureVerdict.choices,
        "mixes": [
            ("Jurisdiction that decided", _cells(found.by_jurisdiction)),
            ("Platform", _cells(found.by_platform)),
        ],
        "agreements": [
            ("Two reviewers", found.between_people),
            ("Reviewer and rules", found.with_rules),
        ],
        "rounds": found.rounds.items(),
    }
    return render(request, "campaigns/disclosures/statistics.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """The same as a file."""
    days, found, since = _asked(request)
    return respond(
        f"disclosures-{request.brand.slug}-{timezone.localdate():%Y-%m-%d}",
        COLUMNS,
        list(_rows(found)),
        form=form,
        about=[("Brand", request.brand.name), ("Since", since), ("Days", days)],
    )


def _asked(request: BrandRequest) -> tuple[int, Statistics, datetime]:
    asked = request.GET.get("days", "")
    days = next((one for one in PERIODS if str(one) == asked), PERIODS[1])
    now = timezone.now()
    since = now - timedelta(days=days)
    return days, statistics_of(request.brand, gates.week_of(request.brand), since, now), since


def _cells(mixes: Sequence[Mix]) -> list[tuple[str, int, list[int]]]:
    return [
        (mix.name, mix.number, [mix.counts.get(verdict, 0) for verdict in DisclosureVerdict.values])
        for mix in mixes
    ]


def _rows(found: Statistics) -> Iterator[tuple[object, ...]]:
    for one in found.times:
        yield "Working hours", one.name, "decided", one.number
        yield "Working hours", one.name, "late", one.late
        yield "Working hours", one.name, "median", one.median
        yield "Working hours", one.name, "90th percentile", one.ninetieth
    for part, mixes in (("Jurisdiction", found.by_jurisdiction), ("Platform", found.by_platform)):
        for mix in mixes:
            for verdict, number in sorted(mix.counts.items()):
                yield part, mix.name, DisclosureVerdict(verdict).label, number
    for looks, number in found.rounds.items():
        yield "Looks at a piece", looks, "pieces", number
    for name, alike in (("two reviewers", found.between_people), ("rules", found.with_rules)):
        yield "Agreement", name, "judged twice", alike.units
        yield "Agreement", name, "same", alike.same
        yield "Agreement", name, "alpha", alike.alpha
        yield "Agreement", name, "from", alike.low
        yield "Agreement", name, "to", alike.high
