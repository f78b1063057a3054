"""Segments side by side in a quarter: what differs is said only where intervals allow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

from crm.models import Brand
from segmentation.metrics.catalogue import PART_SEPARATOR, Better
from segmentation.metrics.cells import Cell
from segmentation.metrics.entries import Method
from segmentation.models import Scorecard, Segment
from segmentation.selectors.names import told_apart
from segmentation.selectors.scorecards.index import targets_of
from segmentation.selectors.scorecards.lines import Line, cells_of, label_of, line_of
from segmentation.selectors.scorecards.standing import Standing, standing_of
from segmentation.services.kpis import kpi_set

MOST_SEGMENTS = 8
MOST_METRICS = 12
# Half the width of a 95 % interval in standard errors, for the weights of a ranking.
_HALF = 1.96


@dataclass(frozen=True)
class Place:
    """A segment's number in a row; `line` is None where its scorecard has no such row."""

    segment: Segment
    # Told apart from others of its name in the comparison.
    name: str
    line: Line | None
    target: Standing | None
    # Among those with an interval, by the shrunk value; 0: not ranked.
    rank: int = 0
    shrunk: float | None = None


@dataclass(frozen=True)
class Row:
    """A metric over the segments, and what can be said of the differences."""

    key: str
    label: str
    places: list[Place]
    words: list[str]
    chart: dict[str, Any]

    @property
    def is_ranked(self) -> bool:
        """Whether its segments are put in an order."""
        return any(place.rank for place in self.places)

    @property
    def id(self) -> str:
        """Of its chart."""
        return "compare-" + self.key.replace(PART_SEPARATOR, "-").replace("_", "-")


@dataclass(frozen=True)
class Comparison:
    """Up to eight segments by some metrics in a quarter."""

    period: str
    segments: list[Segment]
    # In the same order.
    names: list[str]
    rows: list[Row]
    # Segments of the choice whose scorecard is not computed.
    missing: list[Segment]
    cards: dict[int, Scorecard]


def compare_segments(
    brand: Brand, segments: Sequence[Segment], period: str, keys: Sequence[str] = ()
) -> Comparison:
    """The segments by `keys`, by default by their KPI sets together. Two statements."""
    chosen = list(segments)[:MOST_SEGMENTS]
    cards = {
        card.segment_id: card
        for card in Scorecard.objects.filter(segment__in=chosen, period=period)
    }
    targets = targets_of(brand, period)
    cells = {
        segment_id: {cell["key"]: cell for cell in cells_of(card)}
        for segment_id, card in cards.items()
    }
    names = told_apart(chosen)
    wanted = list(keys) or default_keys(chosen)
    known = list(dict.fromkeys(key for found in cells.values() for key in found))
    rows = [
        _row(key, chosen, cells, targets, names)
        for want in wanted
        for key in known
        if key == want or key.startswith(want + PART_SEPARATOR)
    ]
    return Comparison(
        period=period,
        segments=chosen,
        names=list(names.values()),
        rows=rows[: 3 * MOST_METRICS],
        missing=[segment for segment in chosen if segment.pk not in cards],
        cards=cards,
    )


def default_keys(segments: Sequence[Segment]) -> list[str]:
    """The KPI sets of the segments together, those that most of them have first."""
    held: dict[str, int] = {}
    for segment in segments:
        for key in kpi_set(segment):
            held[key] = held.get(key, 0) + 1
    return sorted(held, key=lambda key: -held[key])[:MOST_METRICS]


def differences(label: str, found: Sequence[tuple[str, Cell]], better: Better) -> list[str]:
    """What may be said of each pair, by name and row: whose intervals do not touch, differ.

    Two 95 % intervals that do not touch are a difference that chance makes in well under one of
    a hundred pairs; where they touch it is said that nothing can be told.
    """
    known = [
        (name, cell)
        for name, cell in found
        if cell["value"] is not None and cell["interval"] is not None
    ]
    if len(known) < 2:
        return []
    known.sort(key=lambda one: _value(one[1]), reverse=better != Better.LOWER)
    words = []
    told = 0
    for number, (name, cell) in enumerate(known):
        beyond = [other for other, its in known[number + 1 :] if _apart(cell, its)]
        told += len(beyond)
        if beyond:
            side = "below" if better == Better.LOWER else "above"
            words.append(f"{name} is {side} {_listed(beyond)}.")
    pairs = len(known) * (len(known) - 1) // 2
    if not told:
        return [f"No two of them can be told apart by {label.lower()}: all intervals overlap."]
    if told < pairs:
        rest = pairs - told
        words.append(
            "The other pair cannot be told apart."
            if rest == 1
            else f"The other {rest} pairs cannot be told apart."
        )
    return words


def shrunk_values(cells: Mapping[int, Cell], method: Method) -> dict[int, float]:
    """Values pulled towards their mean, the more the less each is known of.

    Empirical Bayes: the variance between segments by the method of moments (DerSimonian and
    Laird); a ranking by raw values is led by whoever is known least of. None where the segments
    differ no more than chance makes them: all would be pulled to one value.

    Of log ratios the logarithms are pulled. Their errors are factors, so that a high value would
    seem to be known less than a low one of as many creators, and all be pulled to the low ones.
    """
    held = {
        key: (cell["value"], cell["interval"]["low"], cell["interval"]["high"])
        for key, cell in cells.items()
        if cell["value"] is not None and cell["interval"] is not None
    }
    # The first formula's intervals could begin at zero.
    of_logs = method == Method.LOG_RATIO and all(low > 0 for _value, low, _high in held.values())
    if of_logs:
        held = {key: (log(value), log(low), log(high)) for key, (value, low, high) in held.items()}
    known = {
        key: (value, max(((high - low) / 2 / _HALF) ** 2, 1e-18))
        for key, (value, low, high) in held.items()
    }
    if len(known) < 3:
        return {}
    weights = {key: 1 / variance for key, (_, variance) in known.items()}
    total = sum(weights.values())
    mean = sum(weights[key] * value for key, (value, _) in known.items()) / total
    spread = sum(weights[key] * (value - mean) ** 2 for key, (value, _) in known.items())
    scale = total - sum(weight**2 for weight in weights.values()) / total
    between = max(0.0, (spread - (len(known) - 1)) / scale) if scale else 0.0
    if not between:
        return {}
    centre_weights = {key: 1 / (variance + between) for key, (_, variance) in known.items()}
    centre = sum(centre_weights[key] * value for key, (value, _) in known.items()) / sum(
        centre_weights.values()
    )
    pulled = {
        key: centre + (value - centre) * between / (between + variance)
        for key, (value, variance) in known.items()
    }
    return {key: exp(value) for key, value in pulled.items()} if of_logs else pulled


def _row(
    key: str,
    segments: Sequence[Segment],
    cells: Mapping[int, Mapping[str, Cell]],
    targets: Mapping[tuple[int, str], float],
    names: Mapping[int, str],
) -> Row:
    found = {
        segment.pk: cells[segment.pk][key]
        for segment in segments
        if key in cells.get(segment.pk, {})
    }
    lines = {pk: line_of(cell) for pk, cell in found.items()}
    first = next(iter(lines.values()))
    shrunk = shrunk_values(found, first.metric.method)
    best_first = sorted(
        shrunk, key=lambda pk: shrunk[pk], reverse=first.metric.better != Better.LOWER
    )
    ranks = {pk: place for place, pk in enumerate(best_first, start=1)}
    label = label_of(key) if first.name == first.metric.label else first.name
    named = [(names[segment.pk], found[segment.pk]) for segment in segments if segment.pk in found]
    return Row(
        key=key,
        label=label,
        places=[
            Place(
                segment,
                names[segment.pk],
                lines.get(segment.pk),
                _target(found.get(segment.pk), targets.get((segment.pk, key))),
                ranks.get(segment.pk, 0),
                shrunk.get(segment.pk),
            )
            for segment in segments
        ],
        words=differences(label, named, first.metric.better),
        chart=_chart(names, found, first),
    )


def _target(cell: Cell | None, target: float | None) -> Standing | None:
    return None if cell is None or target is None else standing_of(cell, target)


def _chart(names: Mapping[int, str], found: Mapping[int, Cell], line: Line) -> dict[str, Any]:
    values = [found[key]["value"] if key in found else None for key in names]
    intervals = [found[key]["interval"] if key in found else None for key in names]
    series: dict[str, Any] = {"name": line.name, "data": values}
    if any(intervals):
        series["low"] = [one and one["low"] for one in intervals]
        series["high"] = [one and one["high"] for one in intervals]
    return {
        "type": "forest",
        "plain": True,
        "unit": "fraction" if line.metric.unit.value == "fraction" else "count",
        "x": list(names.values()),
        "series": [series],
    }


def _value(cell: Cell) -> float:
    return cell["value"] or 0.0


def _apart(one: Cell, other: Cell) -> bool:
    first, second = one["interval"], other["interval"]
    if first is None or second is None:
        return False
    return first["low"] > second["high"] or first["high"] < second["low"]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
