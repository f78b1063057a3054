"""The page of one scorecard: the segment's KPIs first, the rest by family, and the trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm.models import Platform
from segmentation.metrics.catalogue import PART_SEPARATOR, family_of
from segmentation.metrics.cells import Cell
from segmentation.models import MetricTarget, Scorecard
from segmentation.selectors.scorecards.bands import Compared, Place, compare, crowd_of
from segmentation.selectors.scorecards.lines import (
    PERIODS_OFFERED,
    Line,
    cells_of,
    label_of,
    line_of,
    trend_chart,
)
from segmentation.selectors.scorecards.standing import Standing, standing_of
from segmentation.services.benchmarks import all_sources
from segmentation.services.kpis import kpi_set

# Rows with a part that are drawn as shares.
SHARES = ("stage_share", "platform_share")
# KPIs that are drawn over the quarters; the table has them all.
MOST_CHARTS = 6


@dataclass(frozen=True)
class Judged:
    """A row with what it is judged by: its target, and what others have published."""

    line: Line
    target: Standing | None
    compared: list[Compared]

    @property
    def comparable(self) -> list[Compared]:
        """The benchmarks of the same denominator, platform and size."""
        return [one for one in self.compared if one.place != Place.NOT_COMPARED]


@dataclass(frozen=True)
class TrendChart:
    """The chart of a KPI over the quarters, with the id of its data."""

    id: str
    line: Line
    data: dict[str, Any]


@dataclass(frozen=True)
class ScorecardPage:
    """One segment in one period: KPIs, the other rows by family, shares, and the trend."""

    card: Scorecard
    # Of the KPI set: those that the scorecard has no row for.
    unmeasured: list[str]
    kpis: list[Judged]
    others: list[tuple[str, list[Judged]]]
    stages: list[Line]
    platforms: list[Line]
    # By period, the KPIs in the order of `kpis`; None: the period has no such row.
    trend: list[tuple[str, list[Line | None]]]
    charts: list[TrendChart]
    shares: dict[str, Any]

    @property
    def benchmarks(self) -> list[Judged]:
        """The rows that any benchmark speaks of."""
        rows = [*self.kpis, *(row for _, rows in self.others for row in rows)]
        return [row for row in rows if row.compared]


def scorecard_page(card: Scorecard) -> ScorecardPage:
    """Return the page of a scorecard. Seven statements, whatever its rows."""
    cells = cells_of(card)
    chosen = kpi_set(card.segment)
    wanted = [cell["key"] for key in chosen for cell in cells if _is_of(key, cell)]
    by_key = {cell["key"]: cell for cell in cells}
    targets = targets_in(card)
    sources = all_sources(card.segment.brand)
    crowd = crowd_of(card.segment, sources)
    platforms = dict(Platform.objects.values_list("key", "name"))

    def judged(cell: Cell) -> Judged:
        target = targets.get(cell["key"])
        return Judged(
            line_of(cell),
            None if target is None else standing_of(cell, target),
            compare(cell, crowd, sources, platforms, currency=card.segment.brand.currency),
        )

    others: dict[str, list[Judged]] = {}
    for cell in cells:
        if cell["key"] not in wanted and not _is_share(cell):
            row = judged(cell)
            others.setdefault(family_of(row.line.metric).label, []).append(row)
    trend = trend_of(card)
    kpis = [judged(by_key[key]) for key in wanted]
    lines = {metric: [line_of(cell) for cell in cells if _is_of(metric, cell)] for metric in SHARES}
    return ScorecardPage(
        card=card,
        unmeasured=[
            label_of(key) for key in chosen if not any(_is_of(key, cell) for cell in cells)
        ],
        kpis=kpis,
        others=list(others.items()),
        stages=lines["stage_share"],
        platforms=lines["platform_share"],
        trend=[
            (period, [line_of(found[key]) if key in found else None for key in wanted])
            for period, found in trend
        ],
        charts=[
            TrendChart(f"trend-{number}", row.line, _chart(row, trend))
            for number, row in enumerate(kpis[:MOST_CHARTS])
        ],
        shares={metric: _share_chart(found) for metric, found in lines.items()},
    )


def targets_in(card: Scorecard) -> dict[str, float]:
    """The targets of a scorecard's quarter, by key of a row. One statement."""
    rows = MetricTarget.objects.filter(segment=card.segment_id).holding_in(card.period)
    found = rows.values_list("metric", "value")
    return {metric: value for metric, value in found if value is not None}


def trend_of(card: Scorecard) -> list[tuple[str, dict[str, Cell]]]:
    """The stored periods up to this one, oldest first, by period and row. One statement."""
    earlier = Scorecard.objects.filter(segment=card.segment_id, period__lt=card.period)
    cards = [*reversed(earlier.order_by("-period")[: PERIODS_OFFERED - 1]), card]
    return [(found.period, {cell["key"]: cell for cell in cells_of(found)}) for found in cards]


def _chart(row: Judged, trend: Sequence[tuple[str, Mapping[str, Cell]]]) -> dict[str, Any]:
    """The KPI's line with its interval, that of all creators, and published levels."""
    key, unit = row.line.cell["key"], row.line.metric.unit.value
    chart = trend_chart(trend, {"This segment": key}, "fraction" if unit == "fraction" else "count")
    cells = [found.get(key) for _, found in trend]
    base = [cell and cell["benchmark"] and cell["benchmark"]["value"] for cell in cells]
    if any(value is not None for value in base):
        chart["series"].append({"name": "All creators of the brand", "data": base})
    if row.target is not None:
        chart["series"].append({"name": "Target", "data": [row.target.target] * len(trend)})
    for one in row.comparable[:3]:
        band = one.band
        if band is not None:
            level = band.typical if band.typical is not None else band.low
            chart["series"].append(
                {"name": f"{one.source.name} ({one.said})", "data": [level] * len(trend)}
            )
    return chart


def _is_of(key: str, cell: Cell) -> bool:
    return cell["key"] == key or cell["key"].startswith(key + PART_SEPARATOR)


def _is_share(cell: Cell) -> bool:
    return cell["key"].partition(PART_SEPARATOR)[0] in SHARES


def _share_chart(lines: Sequence[Line]) -> dict[str, Any]:
    known = [line for line in lines if line.cell["value"] is not None]
    benchmarks = [line.cell["benchmark"] for line in known]
    return {
        "type": "bar",
        "unit": "fraction",
        "horizontal": True,
        "x": [line.cell["label"] for line in known],
        "series": [
            {"name": "This segment", "data": [line.cell["value"] for line in known]},
            {
                "name": "All creators of the brand",
                "data": [found and found["value"] for found in benchmarks],
            },
        ],
    }
