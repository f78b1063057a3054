"""What many pieces bring together. Plain Python: pages add up, only workers learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log1p
from random import Random

# As many draws as are quick: creators x draws.
_MOST_STEPS = 120_000
_MOST_DRAWS, _LEAST_DRAWS = 2_000, 200


@dataclass(frozen=True)
class Piece:
    """A creator's pieces of one kind: what one is expected to bring, and how it may turn out.

    `middle` with its `spread` (of a logarithm), and the errors in spreads that were found in the
    trial, from the lowest to the highest at equal steps.
    """

    middle: float
    spread: float
    pieces: int
    errors: Sequence[float]


@dataclass(frozen=True)
class Sum:
    """What all bring: low, middle, high."""

    low: float
    middle: float
    high: float


def add_up(pieces: Sequence[Piece], level: float, *, seed: int = 1) -> Sum:
    """Add what was told by drawing errors of the trial, the same ones each time.

    A creator's pieces turn out alike (one draw for all of them), those of two creators each by
    themselves. None: a sum of nothing is 0.
    """
    if not pieces:
        return Sum(0.0, 0.0, 0.0)
    random = Random(seed)  # noqa: S311 - draws of a forecast, not a secret
    draws = max(_LEAST_DRAWS, min(_MOST_DRAWS, _MOST_STEPS // len(pieces)))
    starts = [
        (log1p(one.middle), one.spread, one.pieces, one.errors, len(one.errors) - 1)
        for one in pieces
    ]
    sums = []
    for _ in range(draws):
        total = 0.0
        for start, spread, count, errors, last in starts:
            place = random.random() * last
            at = int(place)
            score = errors[at] + (place - at) * (errors[min(at + 1, last)] - errors[at])
            total += count * max(exp(start + spread * score) - 1, 0.0)
        sums.append(total)
    sums.sort()
    rest = (1 - level) / 2
    return Sum(
        sums[int(draws * rest)], sums[draws // 2], sums[min(int(draws * (1 - rest)), draws - 1)]
    )
