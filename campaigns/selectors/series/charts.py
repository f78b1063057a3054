"""Series by day, with what happened on the days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from campaigns.models import Campaign, DailySeries, DailyValue, DayNote, Publication
from crm.models import Brand


@dataclass(frozen=True)
class Mark:
    """Something that happened on a day."""

    day: date
    words: str
    url: str = ""


def in_list(brand: Brand) -> QuerySet[DailySeries]:
    """The brand's series with how many days are known, and which."""
    rows = DailySeries.objects.filter(brand=brand)
    return rows.annotate(
        days=Count("values_by_day"),
        first=Min("values_by_day__day"),
        last=Max("values_by_day__day"),
    ).order_by("name", "pk")


def values_of(
    series: Sequence[DailySeries], first: date, last: date
) -> dict[int, dict[date, float]]:
    """The known days of these series, by series: one query."""
    found: dict[int, dict[date, float]] = {one.pk: {} for one in series}
    rows = DailyValue.objects.filter(series__in=found, day__gte=first, day__lte=last)
    for pk, day, value in rows.order_by("series", "day").values_list("series", "day", "value"):
        found[pk][day] = value
    return found


def notes_of(brand: Brand, first: date, last: date) -> list[Mark]:
    """Notes on these days."""
    rows = DayNote.objects.filter(brand=brand, day__gte=first, day__lte=last)
    return [
        Mark(one.day, f"{one.platform.name}: {one.title}" if one.platform else one.title, one.url)
        for one in rows.select_related("platform").order_by("day", "pk")
    ]


def posts_of(campaign: Campaign, first: date, last: date) -> list[Mark]:
    """The campaign's publications on these days, by the brand's calendar."""
    rows = Publication.objects.filter(
        deliverable__engagement__campaign=campaign,
        deliverable__published_at__date__gte=first,
        deliverable__published_at__date__lte=last,
    )
    return [
        Mark(published.date(), f"Post of {name}")
        for published, name in rows.order_by("deliverable__published_at", "pk").values_list(
            "deliverable__published_at", "deliverable__engagement__relationship__creator__name"
        )
        if published
    ]


def chart(
    named: Sequence[tuple[str, dict[date, float]]],
    first: date,
    last: date,
    marks: Sequence[Mark] = (),
) -> dict[str, Any]:
    """Lines over every day of the span; a day that is not known is a gap."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    by_day: dict[date, list[str]] = {}
    for mark in marks:
        by_day.setdefault(mark.day, []).append(mark.words)
    return {
        "type": "line",
        "unit": "count",
        "x": [day.isoformat() for day in days],
        "series": [
            {"name": name, "data": [values.get(day) for day in days]} for name, values in named
        ],
        "marks": [
            {"x": day.isoformat(), "name": words[0] if len(words) == 1 else f"{len(words)} events"}
            for day, words in sorted(by_day.items())
        ],
    }
