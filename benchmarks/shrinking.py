"""Are segments of few creators told better by shrunk values than by their own?

Real posts: creators of a niche and a size are a segment, and what all of them have is the truth.
A few of each are drawn, eight segments stand side by side as on the page, and their engagement
rates are shrunk as the page shrinks them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import sqrt
from statistics import fmean
from typing import cast

from benchmarks.disclosure import DATA
from benchmarks.findings import Findings, Found
from benchmarks.lookalikes import _read
from segmentation.matches.looks import band
from segmentation.metrics.cells import Cell
from segmentation.metrics.entries import Method
from segmentation.metrics.statistics import Sums, log_ratio_interval
from segmentation.selectors.scorecards.comparison import shrunk_values

# Creators who are drawn of a segment: as many of each, or of each another number.
SIZES = ((3,), (5,), (10,), (30,), (3, 5, 10, 30, 80))
# Creators that a segment has at least, and segments that are compared at once.
LEAST, BESIDE = 100, 8

# Sums of engagement rates, and of posts, by creator.
Creators = Sequence[tuple[float, float]]


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Findings], Mapping[str, object]]:
    """Compare eight segments `rows` times, for each number of creators."""
    del repetitions
    if not DATA.exists():
        return [], {"posts": f"{DATA} is missing"}
    segments = _segments()
    dice = random.Random(1)
    found = [one for sizes in SIZES for one in compared(dice, segments, sizes, rows)]
    title = "shrunk values of small segments"
    return [Findings(title, found)], {"segments": len(segments), "comparisons": f"{rows:,}"}


def _segments() -> list[Creators]:
    held: dict[tuple[str, int | None], list[tuple[float, float]]] = defaultdict(list)
    for said in _read().values():
        if said["rates"]:
            key = said["category"], band(said["followers"])
            held[key].append((sum(said["rates"]), float(len(said["rates"]))))
    return [held[key] for key in sorted(held, key=str) if len(held[key]) >= LEAST]


def compared(
    dice: random.Random, segments: Sequence[Creators], sizes: Sequence[int], rounds: int
) -> list[Found]:
    """How far shrunk values are off beside the segments' own, and which pairs are in order."""
    own, shrunk = _Tally(), _Tally()
    for _ in range(rounds):
        chosen = dict(enumerate(dice.sample(segments, BESIDE)))
        truth = {key: cast("float", Sums.over(each).ratio) for key, each in chosen.items()}
        cells = {key: _cell(dice.sample(each, dice.choice(sizes))) for key, each in chosen.items()}
        values = shrunk_values(cells, Method.LOG_RATIO)
        # Where the page gives no rank, neither is asked.
        own.add({key: cast("float", cells[key]["value"]) for key in values}, truth)
        shrunk.add(values, truth)
    name = f"{sizes[0]} creators" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]} creators"
    of = f"{len(own.errors):,} values"
    return [
        Found(f"{name}: error, beside that of own values", shrunk.off / own.off, most=1.0, of=of),
        Found(f"{name}: pairs in order, shrunk", shrunk.ordered, of=f"own {own.ordered:.3f}"),
    ]


def _cell(creators: Creators) -> Cell:
    sums = Sums.over(creators)
    held = log_ratio_interval(sums, 0.95)
    interval = None if held is None else {"level": 0.95, "low": held.low, "high": held.high}
    return cast("Cell", {"value": sums.ratio, "interval": interval})


class _Tally:
    """Squared errors, and pairs that are in the right order."""

    def __init__(self) -> None:
        self.errors: list[float] = []
        self.pairs: list[bool] = []

    def add(self, told: Mapping[int, float], truth: Mapping[int, float]) -> None:
        """What was told of a comparison."""
        self.errors += [(told[key] - truth[key]) ** 2 for key in told]
        self.pairs += [
            (told[one] > told[other]) == (truth[one] > truth[other])
            for one, other in combinations(told, 2)
        ]

    @property
    def off(self) -> float:
        """The root of the mean square."""
        return sqrt(fmean(self.errors))

    @property
    def ordered(self) -> float:
        """As a share."""
        return fmean(self.pairs)
