"""The table of a quarter: every segment with its headline numbers and its primary KPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from crm.models import Brand
from segmentation.facts.links import IN_USE
from segmentation.models import Dimension, MetricTarget, Scorecard, Segment
from segmentation.selectors.scorecards.lines import HEADLINES, Line, cells_of, line_of
from segmentation.selectors.scorecards.standing import Standing, standing_of
from segmentation.services.kpis import kpi_set


@dataclass(frozen=True)
class SegmentRow:
    """A segment in the table of a quarter: its headline rows, None while nothing is computed."""

    segment: Segment
    card: Scorecard | None
    lines: list[Line]
    # The first of its KPI set; None: it has none, or its row is not in the scorecard.
    kpi: Line | None
    target: Standing | None


@dataclass(frozen=True)
class DimensionTable:
    """The rows of a dimension."""

    dimension: Dimension
    rows: list[SegmentRow]


def index_page(brand: Brand, period: str) -> list[DimensionTable]:
    """Return the table of a quarter's stored scorecards, by dimension. Three statements."""
    segments = segments_in_use(brand)
    cards = {
        card.segment_id: card
        for card in Scorecard.objects.filter(segment__brand=brand, period=period)
    }
    targets = targets_of(brand, period)
    tables = []
    for _, group in groupby(segments, key=lambda segment: segment.dimension_id):
        rows = [_row(segment, cards.get(segment.pk), targets) for segment in group]
        tables.append(DimensionTable(rows[0].segment.dimension, rows))
    return tables


def segments_in_use(brand: Brand) -> list[Segment]:
    """The segments that have scorecards, in the order of the pages. One statement."""
    return list(
        Segment.objects.filter(brand=brand, status__in=IN_USE)
        .select_related("dimension")
        .order_by("dimension__position", "dimension__key", "position", "key")
    )


def targets_of(brand: Brand, period: str) -> dict[tuple[int, str], float]:
    """The targets that hold in a quarter, by segment and key of a row. One statement."""
    return {
        (target.segment_id, target.metric): target.value
        for target in MetricTarget.objects.filter(segment__brand=brand).holding_in(period)
        if target.value is not None
    }


def _row(
    segment: Segment, card: Scorecard | None, targets: Mapping[tuple[int, str], float]
) -> SegmentRow:
    if card is None:
        return SegmentRow(segment, None, [], None, None)
    by_key = {cell["key"]: cell for cell in cells_of(card)}
    first = next(iter(kpi_set(segment)), "")
    kpi = line_of(by_key[first]) if first in by_key else None
    target = targets.get((segment.pk, first))
    return SegmentRow(
        segment=segment,
        card=card,
        lines=[line_of(by_key[key]) for key in HEADLINES if key in by_key],
        kpi=kpi,
        target=standing_of(kpi.cell, target) if kpi is not None and target is not None else None,
    )
