"""What the pages of scorecards show: the stored numbers in words, bars and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from crm.models import Brand
from segmentation.choices import SegmentStatus
from segmentation.metrics.catalogue import PART_SEPARATOR, Metric, Unit, kpi_label, metric_of
from segmentation.metrics.cells import Cell
from segmentation.metrics.periods import calendar_of, quarter_of
from segmentation.models import Dimension, Scorecard, Segment

# What the table of all segments shows of each.
HEADLINES = (
    "size",
    "joiners",
    "leavers",
    "engagement_rate_followers",
    "engagement_rate_followers_median",
    "posting_frequency",
)
PERIODS_OFFERED = 9
NO_CHANGE = "none"
# Bars are drawn in a box this wide.
BAR_WIDTH = 100.0
ROOM = 1.1


@dataclass(frozen=True)
class Bar:
    """Where an interval, its value and the benchmark stand in a box of BAR_WIDTH, from zero."""

    low: float
    width: float
    narrow_low: float
    narrow_width: float
    value: float
    benchmark: float | None


@dataclass(frozen=True)
class Line:
    """A row of a scorecard in words; `value` is empty where there is none."""

    cell: Cell
    metric: Metric
    value: str
    interval: str
    interval_80: str
    benchmark: str
    change: str
    bar: Bar | None

    @property
    def n(self) -> str:
        """On how much the value rests: "120 posts of 14 creators"."""
        n, creators = self.cell["n"], _counted(self.cell["n_creators"], "creator")
        if self.cell["n_unit"] == "creators":
            return creators
        return f"{_counted(n, self.cell['n_unit'].removesuffix('s'))} of {creators}"

    @property
    def has_changed(self) -> bool:
        """Whether the value differs from that of the period before."""
        return self.change not in {"", NO_CHANGE}

    @property
    def absent(self) -> str:
        """Why there is no value, in two words; the row's `reason_if_absent` says it in full."""
        creators = self.cell["n_creators"]
        if not creators:
            return "none known"
        return f"too few ({creators})" if creators < self.metric.minimum_n else "too short"

    @property
    def inputs(self) -> list[tuple[str, str]]:
        """What went into the number, and what was left out, as label and words."""
        return [
            (name.replace("_", " ").capitalize(), _input_words(value))
            for name, value in self.cell["inputs"].items()
        ]


def line_of(cell: Cell) -> Line:
    """Return the row in words."""
    metric = metric_of(cell["key"])
    unit = metric.unit
    value, benchmark = cell["value"], cell["benchmark"]
    return Line(
        cell=cell,
        metric=metric,
        value="" if value is None else in_words(value, unit),
        interval=_range(cell["interval"], unit),
        interval_80=_range(cell["interval_80"], unit),
        benchmark="" if benchmark is None else in_words(benchmark["value"], unit),
        change=_change(cell, unit),
        bar=_bar(cell),
    )


def in_words(value: float, unit: Unit) -> str:
    """Return a value with its unit: "3.25 %", "1,204", "2.4"."""
    if unit is Unit.FRACTION:
        return f"{value * 100:.2f}\u202f%"
    return f"{value:,.0f}" if unit is Unit.CREATORS else f"{value:,.1f}"


# --- all segments of a quarter ---------------------------------------------------------------


@dataclass(frozen=True)
class SegmentRow:
    """A segment in the table of a quarter: its headline rows, None while nothing is computed."""

    segment: Segment
    card: Scorecard | None
    lines: list[Line]


@dataclass(frozen=True)
class DimensionTable:
    """The rows of a dimension."""

    dimension: Dimension
    rows: list[SegmentRow]


def index_page(brand: Brand, period: str) -> list[DimensionTable]:
    """Return the table of a quarter's stored scorecards, by dimension. Two statements."""
    segments = (
        Segment.objects.filter(brand=brand, status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN])
        .select_related("dimension")
        .order_by("dimension__position", "dimension__key", "position", "key")
    )
    cards = {
        card.segment_id: card
        for card in Scorecard.objects.filter(segment__brand=brand, period=period)
    }
    tables = []
    for _, group in groupby(segments, key=lambda segment: segment.dimension_id):
        rows = [_segment_row(segment, cards.get(segment.pk)) for segment in group]
        tables.append(DimensionTable(rows[0].segment.dimension, rows))
    return tables


def _segment_row(segment: Segment, card: Scorecard | None) -> SegmentRow:
    if card is None:
        return SegmentRow(segment, None, [])
    by_key = {cell["key"]: cell for cell in _cells(card)}
    return SegmentRow(segment, card, [line_of(by_key[key]) for key in HEADLINES])


# --- one scorecard ---------------------------------------------------------------------------


@dataclass(frozen=True)
class ScorecardPage:
    """One segment in one period: headline rows, shares, and the trend with its table."""

    card: Scorecard
    primary_kpi: str
    lines: list[Line]
    stages: list[Line]
    platforms: list[Line]
    trend: list[tuple[str, list[Line]]]
    charts: dict[str, Any]


def scorecard_page(card: Scorecard) -> ScorecardPage:
    """Return the page of a scorecard. One statement, for the trend."""
    cells = _cells(card)
    by_key = {cell["key"]: cell for cell in cells}
    stages = [line_of(cell) for cell in cells if _is_part_of("stage_share", cell)]
    platforms = [line_of(cell) for cell in cells if _is_part_of("platform_share", cell)]
    trend = _trend(card)
    charts = {
        "size": _trend_chart(trend, {"Members": "size"}, "count"),
        "engagement": _trend_chart(
            trend,
            {
                "Mean of posts": "engagement_rate_followers",
                "Median creator": "engagement_rate_followers_median",
            },
            "fraction",
        ),
        "stages": _share_chart(stages),
        "platforms": _share_chart(platforms),
    }
    return ScorecardPage(
        card=card,
        primary_kpi=kpi_label(card.segment.primary_kpi),
        lines=[line_of(by_key[key]) for key in HEADLINES],
        stages=stages,
        platforms=platforms,
        trend=[(period, [line_of(found[key]) for key in HEADLINES]) for period, found in trend],
        charts=charts,
    )


def find_line(card: Scorecard, key: str) -> Line | None:
    """Return one row of a scorecard in words, or None where it has no such row."""
    return next((line_of(cell) for cell in _cells(card) if cell["key"] == key), None)


def periods_offered(brand: Brand, *, at: datetime, chosen: str) -> list[str]:
    """Return the quarters of a period picker, newest first, `chosen` among them."""
    current = quarter_of(at, calendar_of(brand))
    offered = [str(current.shift(-back)) for back in range(PERIODS_OFFERED)]
    return offered if chosen in offered else [*offered, chosen]


def _cells(card: Scorecard) -> list[Cell]:
    return cast("list[Cell]", card.metrics)


def _is_part_of(metric: str, cell: Cell) -> bool:
    return cell["key"].startswith(metric + PART_SEPARATOR)


def _trend(card: Scorecard) -> list[tuple[str, dict[str, Cell]]]:
    """Return the stored periods up to this one, oldest first, by period and row key."""
    earlier = Scorecard.objects.filter(segment=card.segment_id, period__lt=card.period)
    cards = [*reversed(earlier.order_by("-period")[: PERIODS_OFFERED - 1]), card]
    return [(found.period, {cell["key"]: cell for cell in _cells(found)}) for found in cards]


def _trend_chart(
    trend: Sequence[tuple[str, Mapping[str, Cell]]], names: Mapping[str, str], unit: str
) -> dict[str, Any]:
    series = []
    for name, key in names.items():
        cells = [found[key] for _, found in trend]
        one: dict[str, Any] = {"name": name, "data": [cell["value"] for cell in cells]}
        if any(cell["interval"] for cell in cells):
            intervals = [cell["interval"] for cell in cells]
            one["low"] = [found and found["low"] for found in intervals]
            one["high"] = [found and found["high"] for found in intervals]
        series.append(one)
    return {
        "type": "line",
        "unit": unit,
        "x": [period for period, _ in trend],
        "series": series,
    }


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


def _bar(cell: Cell) -> Bar | None:
    """Return the bar of a row with an interval, scaled so that all of it fits."""
    value, wide, benchmark = cell["value"], cell["interval"], cell["benchmark"]
    if value is None or wide is None:
        return None
    narrow = cell["interval_80"] or wide
    top = max(wide["high"], benchmark["value"] if benchmark else 0.0) * ROOM
    scale = BAR_WIDTH / top if top else 0.0
    return Bar(
        low=round(wide["low"] * scale, 2),
        width=round((wide["high"] - wide["low"]) * scale, 2),
        narrow_low=round(narrow["low"] * scale, 2),
        narrow_width=round((narrow["high"] - narrow["low"]) * scale, 2),
        value=round(value * scale, 2),
        benchmark=round(benchmark["value"] * scale, 2) if benchmark else None,
    )


def _range(interval: Mapping[str, Any] | None, unit: Unit) -> str:
    if interval is None:
        return ""
    return f"{in_words(interval['low'], unit)} to {in_words(interval['high'], unit)}"


def _change(cell: Cell, unit: Unit) -> str:
    """Return the change against the period before: "+0.41 points", "-12 (-4 %)"."""
    change = cell["change"]
    if change is None:
        return ""
    difference = change["difference"]
    if not difference:
        return NO_CHANGE
    if unit is Unit.FRACTION:
        return f"{_signed(difference * 100, 2)} points"
    shown = _signed(difference, 0 if unit is Unit.CREATORS else 1)
    relative = change["relative"]
    return shown if relative is None else f"{shown} ({_signed(relative * 100, 0)}\u202f%)"


def _signed(value: float, digits: int) -> str:
    """Return a number with its sign, a true minus, and none for zero."""
    shown = f"{value:+,.{digits}f}"
    if not shown.strip("+-0.,"):
        return shown.lstrip("+-")
    return shown.replace("-", "\u2212")


def _counted(n: int, one: str) -> str:
    return f"{n:,} {one}{'' if n == 1 else 's'}"


def _input_words(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {count:,}" for name, count in value.items()) or "none"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
