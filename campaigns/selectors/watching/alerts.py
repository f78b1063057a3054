"""Posts below the usual, each with what its platform did in the week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from campaigns.models import FirstReading, PlatformWeek
from campaigns.services.watching.words import against_usual, beside_platform
from crm.models import Brand


@dataclass(frozen=True)
class Alert:
    """A reading, and in words what the whole platform did."""

    reading: FirstReading
    platform: Sequence[str]
    week: PlatformWeek | None

    @property
    def against_usual(self) -> float | None:
        """As a fraction of the median of what it is compared with."""
        return against_usual(self.reading)

    @property
    def alone(self) -> float | None:
        """The same, less what the whole platform did; None where it did not move."""
        own, week = self.against_usual, self.week
        if own is None or week is None or not week.is_shift or week.change is None:
            return None
        return (1 + own) / (1 + week.change) - 1


def readings_of(brand: Brand) -> QuerySet[FirstReading]:
    """The brand's readings below the usual, with what a list shows."""
    return (
        FirstReading.objects.below()
        .filter(publication__brand=brand)
        .select_related(
            "dismissed_by",
            "publication__deliverable__post",
            "publication__deliverable__platform",
            "publication__deliverable__engagement__owner",
            "publication__deliverable__engagement__campaign__owner",
            "publication__deliverable__engagement__relationship__creator",
        )
    )


def with_platforms(brand: Brand, readings: Iterable[FirstReading]) -> list[Alert]:
    """Each with its platform's week: one query for all."""
    rows = list(readings)
    keys = [_key(brand, row) for row in rows]
    weeks = {
        (week.platform_id, week.week): week
        for week in PlatformWeek.objects.filter(
            brand=brand,
            week__in={key[1] for key in keys},
            platform__in={key[0] for key in keys},
        )
    }
    return [
        Alert(
            row,
            beside_platform(row, weeks.get(key), row.publication.deliverable.platform.name),
            weeks.get(key),
        )
        for row, key in zip(rows, keys, strict=True)
    ]


def _key(brand: Brand, reading: FirstReading) -> tuple[str, date]:
    """The platform and Monday of the publication, by the brand's calendar."""
    deliverable = reading.publication.deliverable
    moment = deliverable.published_at or reading.read_at
    day = moment.astimezone(ZoneInfo(brand.timezone)).date()
    return deliverable.platform_id, day - timedelta(days=day.weekday())
