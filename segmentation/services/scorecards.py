"""Scorecards: compute them for all segments of a brand at once, store them, serve them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypedDict, cast
from zlib import crc32

from django.db import connection, transaction
from django.db.models.functions import Now

from crm.models import Brand
from crm.statements import prepared
from segmentation.facts.links import IN_USE
from segmentation.metrics.catalogue import METRICS, metric_of
from segmentation.metrics.cells import Cell, cells
from segmentation.metrics.families.members import SIZE
from segmentation.metrics.measuring import Measured, measure
from segmentation.metrics.periods import Bounds, Quarter, calendar_of, quarter_bounds, quarter_of
from segmentation.metrics.stretches import sheets
from segmentation.models import Scorecard, Segment
from segmentation.services.scorecard_validity import (
    is_by_the_catalogue,
    is_fresh,
    kept_quarters,
    quarters_with_anything,
    settled_periods,
)

# Nothing that is measured here is older.
FIRST_YEAR = 2000
# PostgreSQL's resolution: `as_of` itself belongs to what is looked at, which is closed-open.
_INSTANT = timedelta(microseconds=1)


class PeriodRefused(ValueError):
    """There is no scorecard of such a period; the message is fit for the user.

    `field` names the input that is at fault.
    """

    code = "bad_period"
    field = "period"


class ScorecardJson(TypedDict):
    """A scorecard as the REST API gives it (design interfaces), with its span of time beside it."""

    segment: str
    period: str
    # None: there was no such segment yet.
    size: int | None
    metrics: list[dict[str, Any]]
    starts_at: str
    ends_at: str
    as_of: str
    is_final: bool


def read_period(text: str, *, brand: Brand, as_of: datetime) -> Quarter:
    """Return the fiscal quarter that `text` names, e.g. "2026Q3".

    Raises PeriodRefused for anything else, for a quarter that has not begun at `as_of`, and for one
    before the year 2000.
    """
    try:
        quarter = Quarter.parse(text[:20])
    except ValueError as refusal:
        raise PeriodRefused(str(refusal)) from None
    calendar = calendar_of(brand)
    if quarter.year < FIRST_YEAR:
        raise PeriodRefused(f"{quarter} is too long ago: scorecards begin with {FIRST_YEAR}Q1.")
    if quarter > quarter_of(as_of, calendar):
        begins = calendar.day_of(quarter_bounds(quarter, calendar).start)
        raise PeriodRefused(f"{quarter} has not begun: it starts on {begins:%-d %B %Y}.")
    return quarter


def refresh(
    *, brand_id: int, as_of: datetime, periods: Sequence[str | Quarter] | None = None
) -> int:
    """Compute and store the scorecards of all segments of a brand; returns the rows written.

    `periods` are by default the current fiscal quarter and those of the eight before it in which
    there was a member or a post, but for finished ones whose numbers cannot have changed since they
    were computed. A few statements for each period, whatever the number of segments
    and creators; one transaction for each. Raises PeriodRefused as `read_period` does.
    """
    brand = Brand.objects.get(pk=brand_id)
    segments = list(Segment.objects.filter(brand=brand, status__in=IN_USE).order_by("pk"))
    if periods is None:
        settled = settled_periods(brand, segments, as_of)
        quarters = [
            quarter
            for quarter in quarters_with_anything(brand, as_of)
            if str(quarter) not in settled
        ]
    else:
        asked = {read_period(str(period), brand=brand, as_of=as_of) for period in periods}
        quarters = sorted(asked)
    # Older quarters are rarely asked for: what they are added up from is not kept.
    kept = kept_quarters(brand, as_of)
    sheets.forget(brand, but={span.start for span in kept.values()})
    written = 0
    for quarter in quarters:
        written += len(
            _write(
                brand=brand,
                segments=segments,
                quarter=quarter,
                as_of=as_of,
                is_kept=quarter in kept,
            )
        )
    return written


def get(*, segment: Segment, period: str, as_of: datetime) -> Scorecard:
    """Return the stored scorecard, or compute and store it where there is none or it is stale.

    For workers, and who has the time: pages hold (scorecard_orders) what is stored. Raises
    PeriodRefused for a bad period text and for a period that has not begun.
    """
    quarter = read_period(period, brand=segment.brand, as_of=as_of)
    stored = (
        Scorecard.objects.select_related("segment")
        .filter(segment=segment, period=str(quarter))
        .first()
    )
    if stored is not None and is_fresh(stored, as_of):
        return stored
    [row] = _write(brand=segment.brand, segments=[segment], quarter=quarter, as_of=as_of)
    return Scorecard.objects.select_related("segment").get(pk=row.pk)


@dataclass(frozen=True)
class Stored:
    """Which stored scorecard may be served: as long as this is the same, so are its numbers."""

    segment_id: int
    pk: int
    computed_at: datetime
    # The end of what was looked at, and of the period.
    as_of: datetime
    ends_at: datetime
    # Today's formulas: a row of others is computed again.
    formulas: int
    # What its rows are to reach in the quarter, by their keys.
    targets: tuple[tuple[str, float], ...]


# Plain SQL, planned once by each connection, since programs ask for it all day: Django took longer
# to put it together, and the database to plan it, than to run it. Of each row's target the newest
# word holds, which may be: none.
_STORED = """
SELECT card.segment_id, card.id, card.computed_at, card.as_of, card.ends_at, held.targets
FROM segmentation_scorecard card
JOIN segmentation_segment segment ON segment.id = card.segment_id
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(word.metric, word.value) AS targets
    FROM (
        SELECT DISTINCT ON (target.metric) target.metric, target.value
        FROM segmentation_metrictarget target
        WHERE target.segment_id = card.segment_id AND target.from_period <= card.period
        ORDER BY target.metric, target.from_period DESC
    ) word
    WHERE word.value IS NOT NULL
) held
WHERE segment.brand_id = %s AND segment.key = %s AND card.period = %s
"""


def stored(*, brand: Brand, key: str, quarter: Quarter) -> Stored | None:
    """Return the stored scorecard of a segment by its key, without reading its rows. One statement.

    None where there is none. Whether it is by today's formulas, `rows_of` says.
    """
    with connection.cursor() as cursor:
        cursor.execute(*prepared(_STORED, [brand.pk, key, str(quarter)]))
        row = cursor.fetchone()
    if row is None:
        return None
    segment_id, pk, computed_at, looked_to, ends_at, targets = row
    held = sorted(json.loads(targets or "{}").items())
    return Stored(segment_id, pk, computed_at, looked_to, ends_at, _formulas(), tuple(held))


def rows_of(found: Stored) -> Scorecard | None:
    """Return the scorecard with its segment; None where it was computed again, or has to be."""
    rows = Scorecard.objects.select_related("segment")
    card = rows.filter(pk=found.pk, computed_at=found.computed_at).first()
    return card if card is not None and is_by_the_catalogue(card.metrics) else None


@cache
def _formulas() -> int:
    """A number that is another one when a metric comes, goes or is computed otherwise."""
    return crc32("\n".join(metric.named_formula for metric in METRICS).encode())


def as_json(scorecard: Scorecard, *, explain: bool = False) -> ScorecardJson:
    """Return the scorecard in the REST shape; `explain` adds to each row what went into it."""
    rows = cast("list[Cell]", scorecard.metrics)
    is_there = any(cell["key"] == SIZE.key and cell["value"] is not None for cell in rows)
    return ScorecardJson(
        segment=scorecard.segment.key,
        period=scorecard.period,
        size=scorecard.size if is_there else None,
        metrics=[_row(cell, explain=explain) for cell in rows],
        starts_at=scorecard.starts_at.isoformat(),
        ends_at=scorecard.ends_at.isoformat(),
        as_of=scorecard.as_of.isoformat(),
        is_final=scorecard.as_of >= scorecard.ends_at,
    )


def _row(cell: Cell, *, explain: bool) -> dict[str, Any]:
    row: dict[str, Any] = dict(cell)
    inputs = row.pop("inputs")
    if explain:
        metric = metric_of(cell["key"])
        row |= {
            "inputs": inputs,
            "question": metric.question,
            "better": metric.better.value,
            "minimum_n": metric.minimum_n,
            "uncertainty": metric.uncertainty,
            "numerator": metric.numerator,
            "denominator": metric.denominator,
            "accepts": [source.value for source in metric.accepts],
        }
    return row


@transaction.atomic
def _write(
    *,
    brand: Brand,
    segments: Sequence[Segment],
    quarter: Quarter,
    as_of: datetime,
    is_kept: bool = False,
) -> list[Scorecard]:
    """Compute one period for `segments` and store it; returns the rows in the same order.

    They are as they were sent: what the database knows (the moment) is not read back.

    `is_kept`: these are all segments, and what they are added up from is kept for the next time.
    """
    _one_at_a_time(brand)
    bounds = quarter_bounds(quarter, calendar_of(brand))
    measured = _measure(brand, segments, bounds, as_of, is_kept=is_kept)
    before = _cells_before(brand, segments, quarter, as_of)
    rows = [
        Scorecard(
            segment=segment,
            period=str(quarter),
            starts_at=bounds.start,
            ends_at=bounds.end,
            as_of=min(as_of, bounds.end),
            computed_at=Now(),
            size=measured.segments[segment.pk]["size"].n,
            metrics=cells(
                measured.segments[segment.pk],
                whole=measured.whole,
                previous=before[segment.pk],
                previous_period=str(quarter.previous()),
            ),
        )
        for segment in segments
    ]
    Scorecard.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["segment", "period"],
        update_fields=["starts_at", "ends_at", "as_of", "computed_at", "size", "metrics"],
    )
    return rows


def _one_at_a_time(brand: Brand) -> None:
    """Two runs of one brand must not store their rows in turns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"segmentation.scorecards:{brand.pk}"],
        )


def _measure(
    brand: Brand,
    segments: Sequence[Segment],
    bounds: Bounds,
    as_of: datetime,
    *,
    is_kept: bool = False,
) -> Measured:
    return measure(
        brand=brand,
        segment_ids=[segment.pk for segment in segments],
        start=bounds.start,
        until=min(as_of + _INSTANT, bounds.end),
        kept_to=bounds.end if is_kept else None,
    )


def _cells_before(
    brand: Brand,
    segments: Sequence[Segment],
    quarter: Quarter,
    as_of: datetime,
) -> dict[int, list[Cell]]:
    """Return each segment's rows of the period before: as stored, else computed."""
    previous = quarter.previous()
    stored = Scorecard.objects.filter(segment__in=segments, period=str(previous))
    found = {row.segment_id: row.metrics for row in stored if is_fresh(row, as_of)}
    missing = [segment for segment in segments if segment.pk not in found]
    if missing:
        bounds = quarter_bounds(previous, calendar_of(brand))
        measured = _measure(brand, missing, bounds, as_of)
        for segment in missing:
            found[segment.pk] = cells(
                measured.segments[segment.pk],
                whole=measured.whole,
                previous=[],
                previous_period="",
            )
    return found
