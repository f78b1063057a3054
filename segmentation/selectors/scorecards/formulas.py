"""One number by two formulas, side by side: how much of a ranking is the formula's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from crm.models import Brand
from segmentation.metrics.catalogue import METRICS, Better, Metric
from segmentation.models import Scorecard, Segment
from segmentation.selectors.names import told_apart
from segmentation.selectors.scorecards.index import segments_in_use
from segmentation.selectors.scorecards.lines import Line, cells_of, counted, line_of

# Metrics of one idea: what their keys begin with.
STEMS = ("engagement_rate", "save_share_rate")


@dataclass(frozen=True)
class Pair:
    """A segment by both formulas, with its places in the two orders."""

    segment: Segment
    name: str
    one: Line
    other: Line
    place: int
    other_place: int

    @property
    def ratio(self) -> str:
        """The second over the first: "1.4 times"."""
        first, second = self.one.cell["value"], self.other.cell["value"]
        if not first or second is None:
            return ""
        return f"{second / first:,.2f} times"

    @property
    def moved(self) -> int:
        """Places by which the second formula puts it higher."""
        return self.place - self.other_place


@dataclass(frozen=True)
class Formulas:
    """All segments of a quarter by two formulas."""

    one: Metric
    other: Metric
    pairs: list[Pair]
    # Segments that one of them has no value for.
    left_out: int
    words: str


def variants() -> list[Metric]:
    """The metrics of which there is more than one formula, in the catalogue's order."""
    of_stem = {
        stem: [metric for metric in METRICS if metric.key.startswith(stem)] for stem in STEMS
    }
    return [metric for group in of_stem.values() if len(group) > 1 for metric in group]


def usual() -> tuple[Metric, Metric] | None:
    """The first two formulas of one idea."""
    return next(pairwise(variants()), None)


def side_by_side(brand: Brand, period: str, one: Metric, other: Metric) -> Formulas:
    """The stored scorecards of a quarter by two formulas. Two statements."""
    segments = segments_in_use(brand)
    cards = Scorecard.objects.filter(segment__in=segments, period=period)
    rows = {
        card.segment_id: {
            cell["key"]: line_of(cell)
            for cell in cells_of(card)
            if cell["key"] in {one.key, other.key}
        }
        for card in cards
    }
    both = [
        (segment, found[one.key], found[other.key])
        for segment in segments
        if len(found := rows.get(segment.pk, {})) == 2
        and all(line.cell["value"] is not None for line in found.values())
    ]
    names = told_apart(segment for segment, _, _ in both)
    first = _places([line for _, line, _ in both], one)
    second = _places([line for _, _, line in both], other)
    pairs = [
        Pair(segment, names[segment.pk], line, its, first[number], second[number])
        for number, (segment, line, its) in enumerate(both)
    ]
    pairs.sort(key=lambda pair: pair.place)
    return Formulas(one, other, pairs, len(rows) - len(pairs), _words(one, other, pairs))


def _places(lines: Sequence[Line], metric: Metric) -> list[int]:
    """The place of each line by value, the best first."""
    order = sorted(
        range(len(lines)),
        key=lambda number: lines[number].cell["value"] or 0.0,
        reverse=metric.better != Better.LOWER,
    )
    places = [0] * len(lines)
    for place, number in enumerate(order, start=1):
        places[number] = place
    return places


def _words(one: Metric, other: Metric, pairs: Sequence[Pair]) -> str:
    if not pairs:
        return "No segment has a value by both formulas in this quarter."
    ratios = sorted(
        (pair.other.cell["value"] or 0.0) / value
        for pair in pairs
        if (value := pair.one.cell["value"])
    )
    moved = sum(1 for pair in pairs if pair.moved)
    middle = f"{ratios[len(ratios) // 2]:,.2f}" if ratios else "not known"
    return (
        f"By “{other.label}” the number is {middle} times that by “{one.label}” in the middle of "
        f"{counted(len(pairs), 'segment')}, and {moved} of them change their place in the order."
    )
