"""From what happened to a score: a weighted mean of shares, with intervals, and by quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from campaigns.reliability.weights import Weights
from campaigns.risk.assess import interval, months_before

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that went well or not, on a day. What nobody knows is not among them."""

    component: str
    on: date
    is_good: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What one component came to. `share` None: too few."""

    key: str
    label: str
    good: int
    of: int
    share: float | None
    # The 95 % interval of the share, after Wilson.
    low: float
    high: float
    weight: int
    source: str
    why: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Quarter:
    """A calendar quarter by the same weights."""

    name: str
    score: Decimal | None
    good: int
    of: int


@dataclass(frozen=True)
class Outcome:
    """The score, with all that made it. `score` None: too little is known."""

    score: Decimal | None
    # Between the weighted ends of the components' intervals: wider than an exact one.
    low: Decimal | None
    high: Decimal | None
    events: int
    lines: tuple[Line, ...]
    quarters: tuple[Quarter, ...]
    weights: str


def assess(happened: Iterable[Happened], weights: Weights, on: date) -> Outcome:
    """The score as of a day, from what happened in the months before."""
    since = months_before(on, weights.months)
    counted = [one for one in happened if since < one.on <= on]
    lines = tuple(_lines(counted, weights))
    return Outcome(
        score=_mean([(line.share, line.weight) for line in lines], counted, weights),
        low=_mean([_end(line, line.low) for line in lines], counted, weights),
        high=_mean([_end(line, line.high) for line in lines], counted, weights),
        events=len(counted),
        lines=lines,
        quarters=_quarters(counted, weights, on),
        weights=weights.version,
    )


def _lines(counted: Sequence[Happened], weights: Weights) -> Iterable[Line]:
    by_key: Mapping[str, list[Happened]] = defaultdict(list)
    for one in counted:
        by_key[one.component].append(one)
    for key, component in weights.components.items():
        mine = by_key[key]
        good, of = sum(one.is_good for one in mine), len(mine)
        low, high = interval(good, of)
        yield Line(
            key=key,
            label=component.label,
            good=good,
            of=of,
            share=good / of if of >= weights.minimum else None,
            low=low,
            high=high,
            weight=component.weight,
            source=component.source,
            why=component.why,
            on=max((one.on for one in mine), default=None),
        )


def _end(line: Line, end: float) -> tuple[float | None, int]:
    return (None if line.share is None else end), line.weight


def _mean(
    shares: Sequence[tuple[float | None, int]], counted: Sequence[Happened], weights: Weights
) -> Decimal | None:
    """From 0 to 100; None where too little is known."""
    known = [(share, weight) for share, weight in shares if share is not None]
    total = sum(weight for _share, weight in known)
    if len(counted) < weights.events or total < weights.weight * weights.total:
        return None
    mean = sum(share * weight for share, weight in known) / total
    return (Decimal(repr(mean)) * 100).quantize(_TENTH, ROUND_HALF_UP)


def _quarters(counted: Sequence[Happened], weights: Weights, on: date) -> tuple[Quarter, ...]:
    """The last ones, the newest first; each by the same weights, so most have no score."""
    by_name: Mapping[str, list[Happened]] = defaultdict(list)
    for one in counted:
        by_name[quarter_of(one.on)].append(one)
    found = []
    year, number = on.year, (on.month + 2) // 3
    for _ in range(weights.quarters):
        mine = by_name[f"{year} Q{number}"]
        lines = [(line.share, line.weight) for line in _lines(mine, weights)]
        good = sum(one.is_good for one in mine)
        found.append(Quarter(f"{year} Q{number}", _mean(lines, mine, weights), good, len(mine)))
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
    return tuple(found)


def quarter_of(day: date) -> str:
    """Its name: 2026 Q4."""
    return f"{day.year} Q{(day.month + 2) // 3}"
