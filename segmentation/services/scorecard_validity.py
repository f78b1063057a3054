"""Which stored scorecards still hold, and which quarters are kept up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Model

from campaigns.models import (
    Conversion,
    ConversionBatch,
    DailySeries,
    Deliverable,
    ExchangeRate,
    Payable,
    Publication,
    Refund,
    ValueSet,
    VisitBatch,
)
from crm.models import AuditEntry, Brand, CommentBatch, ImportBatch, Incident
from segmentation.choices import RunStatus
from segmentation.metrics.catalogue import METRICS, PART_SEPARATOR
from segmentation.metrics.cells import Cell
from segmentation.metrics.periods import Bounds, Quarter, calendar_of, quarter_bounds, quarter_of
from segmentation.models import Run, Scorecard, Segment

# How many quarters before the current one are kept up to date.
QUARTERS_BACK = 8
# A running period's scorecard is served this long before it is computed again.
STALE_AFTER = timedelta(days=1)
# Writing a run or an import takes less.
MARGIN = timedelta(days=1)
# What may be told of a quarter after its end, and when it was; taken back, or judged anew.
_TOLD_LATE: Sequence[tuple[type[Model], str]] = (
    (Conversion, "received_at"),
    (Refund, "received_at"),
    (CommentBatch, "created_at"),
    (CommentBatch, "undone_at"),
    (VisitBatch, "created_at"),
    (VisitBatch, "undone_at"),
    (ConversionBatch, "undone_at"),
    (DailySeries, "written_at"),
    (Publication, "recorded_at"),
    (Incident, "state_since"),
    # What is owed changes what something cost, and a rate or weight what that is.
    (Payable, "state_since"),
    (ExchangeRate, "entered_at"),
    (ValueSet, "created_at"),
)
# A piece that was not published after all leaves no row of its own: the ledger has the moment.
_TAKEN_BACK = {
    "target_type": Deliverable._meta.label_lower,
    "verb": "campaigns.deliverable.unpublished",
}


def is_fresh(stored: Scorecard, as_of: datetime) -> bool:
    """Whether a stored row may be served: by today's formulas, and final or nearly of now."""
    return is_recent(stored.as_of, stored.ends_at, as_of) and is_by_the_catalogue(stored.metrics)


def is_recent(looked_to: datetime, ends_at: datetime, as_of: datetime) -> bool:
    """Whether numbers of what was before `looked_to` are final, or nearly of now."""
    return looked_to >= ends_at or (as_of < ends_at and as_of - looked_to < STALE_AFTER)


def is_by_the_catalogue(rows: Sequence[Cell]) -> bool:
    """Whether rows have all of today's metrics, by today's formulas, and no others."""
    formulas = {metric.named_formula for metric in METRICS}
    if any(row["formula"] not in formulas for row in rows):
        return False
    # Of a metric with parts there may be none: nobody has an account.
    parts = {
        row["key"].partition(PART_SEPARATOR)[0] for row in rows if PART_SEPARATOR in row["key"]
    }
    whole = {row["key"] for row in rows}
    return all(metric.key in parts | whole or metric.has_parts for metric in METRICS)


def settled_periods(brand: Brand, segments: Sequence[Segment], as_of: datetime) -> set[str]:
    """Return the periods that are over and whose stored rows still hold for all segments.

    They hold unless posts came in since, for any brand, something was told late (_TOLD_LATE) or
    taken back, or a run of the brand wrote stays before the period's end. What was written up to a
    day before they were computed counts too: it may not have been committed then.
    """
    found: defaultdict[str, list[Scorecard]] = defaultdict(list)
    for row in Scorecard.objects.filter(segment__in=segments):
        if row.as_of >= row.ends_at and is_fresh(row, as_of):
            found[row.period].append(row)
    computed = {period: min(row.computed_at for row in rows) for period, rows in found.items()}
    moments = ImportBatch.objects.aggregate(applied=Max("applied_at"), undone=Max("undone_at"))
    late = [
        model._default_manager.filter(brand=brand).aggregate(told=Max(field))["told"]
        for model, field in _TOLD_LATE
    ]
    late.append(
        AuditEntry.objects.filter(brand=brand, **_TAKEN_BACK).aggregate(told=Max("at"))["told"]
    )
    imported = [moment for moment in (*moments.values(), *late) if moment is not None]
    runs = Run.objects.filter(brand=brand, status=RunStatus.APPLIED)
    if computed:
        runs = runs.filter(applied_at__gte=min(computed.values()) - MARGIN)
    written = [(run.as_of, run.applied_at) for run in runs if run.applied_at]
    settled = set()
    for period, rows in found.items():
        changed = imported + [at for began, at in written if began < rows[0].ends_at]
        holds = all(at < computed[period] - MARGIN for at in changed)
        if holds and len(rows) == len(segments):
            settled.add(period)
    return settled


_WITH_ANYTHING = """
SELECT w.place FROM unnest(%(places)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
  AS w (place, starts, ends)
WHERE EXISTS (
  SELECT FROM segmentation_membership m JOIN segmentation_segment s ON s.id = m.segment_id
  WHERE s.brand_id = %(brand)s AND m.entered_at < w.ends
    AND (m.left_at IS NULL OR m.left_at >= w.starts)
) OR EXISTS (
  SELECT FROM crm_post p JOIN crm_relationship r ON r.creator_id = p.creator_id
  WHERE r.brand_id = %(brand)s AND p.posted_at >= w.starts AND p.posted_at < w.ends
)
"""


def kept_quarters(brand: Brand, as_of: datetime) -> dict[Quarter, Bounds]:
    """The quarters that are kept up to date, oldest first."""
    calendar = calendar_of(brand)
    current = quarter_of(as_of, calendar)
    quarters = (current.shift(-back) for back in range(QUARTERS_BACK, -1, -1))
    return {quarter: quarter_bounds(quarter, calendar) for quarter in quarters}


def quarters_with_anything(brand: Brand, as_of: datetime) -> list[Quarter]:
    """Return the current quarter and those of the eight before it with a member or a post."""
    kept = kept_quarters(brand, as_of)
    quarters, spans = list(kept), list(kept.values())
    with connection.cursor() as cursor:
        cursor.execute(
            _WITH_ANYTHING,
            {
                "brand": brand.pk,
                "places": list(range(len(quarters))),
                "starts": [span.start for span in spans],
                "ends": [span.end for span in spans],
            },
        )
        places = {place for (place,) in cursor.fetchall()}
    return [
        quarter
        for place, quarter in enumerate(quarters)
        if place in places or quarter == quarters[-1]
    ]
