"""Series and their values: one number a day, which a later one replaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite

from django.db import transaction
from django.utils.text import slugify

from campaigns.choices import SeriesKind
from campaigns.models import DailySeries, DailyValue, SeriesBatch
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User

VALUES_MAX = 50_000
VALUE_MAX = 1e15
FIRST_DAY = date(2000, 1, 1)


class SeriesRefused(CampaignRefused):
    """It cannot be kept so."""


@dataclass(frozen=True)
class Kept:
    """How many values were new, and which were replaced: [[series, day, value], ...]."""

    new: int
    replaced: Sequence[tuple[int, date, float]]


@transaction.atomic
def create_series(
    *, brand: Brand, name: str, kind: str, source: str, actor: User | None, at: datetime
) -> DailySeries:
    """A series without values. Raises SeriesRefused."""
    name, key = name.strip(), slugify(name)[:60]
    if not key:
        raise SeriesRefused("Give the series a name.", code="name_needed", field="name")
    if kind not in SeriesKind.values:
        raise SeriesRefused(
            f"“{kind}” is none of: {', '.join(SeriesKind.values)}.",
            code="invalid_choice",
            field="kind",
        )
    if DailySeries.objects.filter(brand=brand, key=key).exists():
        raise SeriesRefused(
            f"There is a series called “{name}” already.", code="named_twice", field="name"
        )
    made = DailySeries.objects.create(
        brand=brand,
        key=key,
        name=name,
        kind=kind,
        source=source.strip(),
        created_by=actor,
        created_at=at,
    )
    audit.record(
        brand=brand,
        verb="campaigns.series.created",
        target=made,
        actor=actor,
        at=at,
        data={"key": key, "kind": kind},
    )
    return made


@transaction.atomic
def put_values(
    *, series: DailySeries, values: Mapping[date, float], actor: User | None, at: datetime
) -> Kept:
    """Write days of a series down, over what was there. Raises SeriesRefused."""
    kept = write({series: values}, batch=None, at=at)
    audit.record(
        brand=series.brand,
        verb="campaigns.series.written",
        target=series,
        actor=actor,
        at=at,
        data={"key": series.key, "days": len(values), "replaced": len(kept.replaced)},
    )
    return kept


def write(
    values: Mapping[DailySeries, Mapping[date, float]],
    *,
    batch: SeriesBatch | None,
    at: datetime,
) -> Kept:
    """Write values within the transaction of the caller, one writer of a series at a time."""
    if sum(len(days) for days in values.values()) > VALUES_MAX:
        raise SeriesRefused(f"Write {VALUES_MAX:,} values at most at once.", code="too_many")
    ids = [series.pk for series in values]
    list(DailySeries.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    DailySeries.objects.filter(pk__in=ids).update(written_at=at)
    new, replaced, rows = 0, [], []
    for series, days in values.items():
        for day, value in days.items():
            check(day, value, today=today_of(series.brand, at))
        there = dict(series.values_by_day.filter(day__in=days).values_list("day", "value"))
        new += len(days) - len(there)
        replaced += [(series.pk, day, value) for day, value in sorted(there.items())]
        rows += [
            DailyValue(series=series, day=day, value=value, batch=batch)
            for day, value in days.items()
        ]
    DailyValue.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["series", "day"],
        update_fields=["value", "batch"],
        batch_size=1_000,
    )
    return Kept(new, replaced)


def check(day: date, value: float, *, today: date) -> None:
    """A day that is over or today, and a number. Raises SeriesRefused."""
    if not FIRST_DAY <= day <= today:
        raise SeriesRefused(
            f"{day:%-d %B %Y} is not between {FIRST_DAY:%-d %B %Y} and today.",
            code="out_of_range",
            field="day",
        )
    if not isfinite(value) or not 0 <= value <= VALUE_MAX:
        raise SeriesRefused("A value is a number from 0 on.", code="out_of_range", field="value")
