"""Rows of scorecards in words and bars, whichever rows there are: grouped, not listed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any, cast

from crm.models import Brand
from segmentation.metrics.catalogue import (
    CATALOGUE,
    PART_SEPARATOR,
    Better,
    Metric,
    Unit,
    metric_of,
)
from segmentation.metrics.cells import Cell
from segmentation.metrics.entries import WHOLE_UNITS
from segmentation.metrics.families.members import COUNTS
from segmentation.metrics.periods import calendar_of, quarter_of
from segmentation.models import Scorecard

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
# Written after the number.
_SUFFIXES = {Unit.DAYS: " days", Unit.HOURS: " h", Unit.SECONDS: " s"}


@dataclass(frozen=True)
class Bar:
    """Where an interval, its value and the benchmark stand in a box of BAR_WIDTH with zero in it.

    `zero` is where that is, if it is not at the left end.
    """

    low: float
    width: float
    narrow_low: float
    narrow_width: float
    value: float
    benchmark: float | None
    zero: float | None


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
    def name(self) -> str:
        """What people read: of a part with what it is a part of."""
        label = self.cell["label"]
        return label if label == self.metric.label else f"{self.metric.label}: {label}"

    @property
    def n(self) -> str:
        """On how much the value rests: "120 posts of 14 creators"."""
        n, creators = self.cell["n"], counted(self.cell["n_creators"], "creator")
        if self.cell["n_unit"] == "creators":
            return creators
        return f"{counted(n, self.cell['n_unit'].removesuffix('s'))} of {creators}"

    @property
    def has_changed(self) -> bool:
        """Whether the value differs from that of the period before."""
        return self.change not in {"", NO_CHANGE}

    @property
    def is_good_news(self) -> bool | None:
        """Whether the change is in the direction wanted; None: it has none, or nothing changed."""
        change = self.cell["change"]
        if change is None or self.metric.better == Better.NEITHER:
            return None
        if not self.change.strip("+\u22120. %()points"):
            # So small that it reads as nothing.
            return None
        return (change["difference"] > 0) == (self.metric.better == Better.HIGHER)

    @property
    def absent(self) -> str:
        """Why there is no value, in two words; the row's `reason_if_absent` says it in full."""
        creators = self.cell["n_creators"]
        if self.metric in COUNTS:
            return "not there yet"
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


def cells_of(card: Scorecard) -> list[Cell]:
    """The rows of a stored scorecard that today's catalogue knows."""
    return [
        cell
        for cell in cast("list[Cell]", card.metrics)
        if cell["key"].partition(PART_SEPARATOR)[0] in CATALOGUE
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
        interval=range_words(cell["interval"], unit),
        interval_80=range_words(cell["interval_80"], unit),
        benchmark="" if benchmark is None else in_words(benchmark["value"], unit),
        change=_change(cell, unit),
        bar=_bar(cell),
    )


def find_line(card: Scorecard, key: str) -> Line | None:
    """Return one row of a scorecard in words, or None where it has no such row."""
    return next((line_of(cell) for cell in cells_of(card) if cell["key"] == key), None)


def in_words(value: float, unit: Unit) -> str:
    """Return a value with its unit: "3.25 %", "1,204", "2.4", "3.5 days"."""
    if unit == Unit.FRACTION:
        return f"{value * 100:.2f}\u202f%"
    if unit == Unit.MONEY:
        # What a view costs is a fraction of a cent.
        return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4f}"
    number = f"{value:,.{_decimals(value, unit)}f}"
    return number + _SUFFIXES.get(unit, "")


def _decimals(value: float, unit: Unit) -> int:
    """None for whole things; half an incident in 100 posts is not none at all, and is no whole."""
    return 0 if unit in WHOLE_UNITS and float(value).is_integer() else _digits(value)


def _digits(value: float) -> int:
    """How many digits after the point: one, and of what is below 1 so many that two tell."""
    if not 0 < abs(value) < 1:
        return 1
    return min(1 - floor(log10(abs(value))), 6)


def range_words(interval: Mapping[str, Any] | None, unit: Unit) -> str:
    """An interval from its lower to its upper end; empty where there is none."""
    if interval is None:
        return ""
    return f"{in_words(interval['low'], unit)} to {in_words(interval['high'], unit)}"


def difference_words(difference: float, unit: Unit) -> str:
    """A difference with its sign: "+0.41 points"."""
    if unit == Unit.FRACTION:
        return f"{signed(difference * 100, 2)} points"
    return signed(difference, _decimals(difference, unit))


def signed(value: float, digits: int) -> str:
    """Return a number with its sign, a true minus, and none for zero."""
    shown = f"{value:+,.{digits}f}"
    if not shown.strip("+-0.,"):
        return shown.lstrip("+-")
    return shown.replace("-", "\u2212")


def counted(n: int, one: str) -> str:
    """ "1 creator", "14 creators"."""
    return f"{n:,} {one}{'' if n == 1 else 's'}"


def label_of(key: str) -> str:
    """What people read for the key of a row, with or without a part."""
    metric = CATALOGUE.get(key.partition(PART_SEPARATOR)[0])
    part = key.partition(PART_SEPARATOR)[2]
    label = metric.label if metric is not None else key.replace("_", " ").capitalize()
    return f"{label}: {part.replace('_', ' ')}" if part and metric is not None else label


def periods_offered(brand: Brand, *, at: Any, chosen: str) -> list[str]:
    """Return the quarters of a period picker, newest first, `chosen` among them."""
    current = quarter_of(at, calendar_of(brand))
    offered = [str(current.shift(-back)) for back in range(PERIODS_OFFERED)]
    return offered if chosen in offered else [*offered, chosen]


def trend_chart(
    trend: Sequence[tuple[str, Mapping[str, Cell]]], names: Mapping[str, str], unit: str
) -> dict[str, Any]:
    """A line for each of `names` (label and key) over the periods, with its interval."""
    series = []
    for name, key in names.items():
        found = [cells.get(key) for _, cells in trend]
        one: dict[str, Any] = {"name": name, "data": [cell and cell["value"] for cell in found]}
        intervals = [cell and cell["interval"] for cell in found]
        if any(intervals):
            one["low"] = [interval and interval["low"] for interval in intervals]
            one["high"] = [interval and interval["high"] for interval in intervals]
        series.append(one)
    return {
        "type": "line",
        "unit": unit,
        "x": [period for period, _ in trend],
        "series": series,
    }


def _bar(cell: Cell) -> Bar | None:
    """Return the bar of a row with an interval, scaled so that all of it fits."""
    value, wide, benchmark = cell["value"], cell["interval"], cell["benchmark"]
    if value is None or wide is None:
        return None
    narrow = cell["interval_80"] or wide
    beside = benchmark["value"] if benchmark else 0.0
    top = max(wide["high"], beside, 0.0) * ROOM
    # Balances, lifts and returns may be below zero.
    bottom = min(wide["low"], beside, 0.0) * ROOM
    scale = BAR_WIDTH / (top - bottom) if top > bottom else 0.0

    def at(number: float) -> float:
        return round((number - bottom) * scale, 2)

    return Bar(
        low=at(wide["low"]),
        width=round((wide["high"] - wide["low"]) * scale, 2),
        narrow_low=at(narrow["low"]),
        narrow_width=round((narrow["high"] - narrow["low"]) * scale, 2),
        value=at(value),
        benchmark=at(benchmark["value"]) if benchmark else None,
        zero=at(0.0) if bottom < 0 else None,
    )


def _change(cell: Cell, unit: Unit) -> str:
    """Return the change against the period before: "+0.41 points", "-12 (-4 %)"."""
    change = cell["change"]
    if change is None:
        return ""
    difference = change["difference"]
    if not difference:
        return NO_CHANGE
    shown = difference_words(difference, unit)
    relative = change["relative"]
    if unit == Unit.FRACTION or relative is None:
        return shown
    return f"{shown} ({signed(relative * 100, 0)}\u202f%)"


def _input_words(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {count:,}" for name, count in value.items()) or "none"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
