"""How far people who judge the same things agree: Krippendorff's alpha, with an interval.

Alpha is 1 where they always agree and 0 where they agree no more than chance would have it; below 0
they differ systematically. It takes any number of judgements of each unit, and missing ones.
(K. Krippendorff, Content Analysis, 4th edition, chapter 12.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

# Below this many units judged twice, alpha says more about luck than about people.
LEAST_UNITS = 10
# What Krippendorff himself holds for reliable, and for good enough for tentative conclusions.
RELIABLE, TENTATIVE = 0.8, 0.667
LEVEL = 0.95
DRAWS = 1_000
_SEED = 20_261_122

Floats = NDArray[np.float64]


class Level(StrEnum):
    """What the values are: names, or steps of a scale whose order counts."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"


@dataclass(frozen=True)
class Agreement:
    """Alpha of one criterion; where there is none, `reason` says why."""

    # Units with at least two judgements.
    units: int
    # In how many of them everybody said the same.
    same: int
    alpha: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    # Of the interval.
    level: float = LEVEL

    @property
    def words(self) -> str:
        """What it means for those who use the results."""
        if self.alpha is None:
            return self.reason
        if self.low is not None and self.low >= RELIABLE:
            return "Reliable: the scores can be relied on."
        if self.alpha >= RELIABLE:
            return "Probably reliable; more double reviews would make it certain."
        if self.alpha >= TENTATIVE:
            return "Good enough to rank, too weak to decide by a single point."
        return "Reviewers mean different things: talk about the anchors, and reword them."


def agreement(
    units: Iterable[Sequence[object]], values: Sequence[object], level: Level
) -> Agreement:
    """The agreement about `units`, each the judgements of one thing; `values` are in order.

    Units with fewer than two judgements say nothing about agreement and are left out.
    """
    place = {value: number for number, value in enumerate(values)}
    patterns = Counter(
        tuple(sorted(place[value] for value in unit)) for unit in units if len(unit) > 1
    )
    count = patterns.total()
    same = sum(often for pattern, often in patterns.items() if len(set(pattern)) == 1)
    if count < LEAST_UNITS:
        reason = (
            f"Too few: {count} of at least {LEAST_UNITS} that two people judged."
            if count
            else "Nothing was judged by two people yet."
        )
        return Agreement(count, same, reason=reason)
    shapes = np.array([_coincidences(pattern, len(values)) for pattern in patterns])
    often = np.array(list(patterns.values()), dtype=np.float64)
    [alpha] = _alphas(often[np.newaxis] @ shapes, len(values), level)
    if np.isnan(alpha):
        reason = "Everybody always said the same one thing: nothing to tell agreement from chance."
        return Agreement(count, same, reason=reason)
    low, high = _interval(shapes, often, len(values), level)
    return Agreement(count, same, float(alpha), low, high)


def _coincidences(pattern: Sequence[int], size: int) -> Floats:
    """How often each value meets each other one within a unit, as one row of a table."""
    matrix = np.zeros((size, size))
    for one, this in enumerate(pattern):
        for other, that in enumerate(pattern):
            if one != other:
                matrix[this, that] += 1 / (len(pattern) - 1)
    flat: Floats = matrix.ravel()
    return flat


def _alphas(coincidences: Floats, size: int, level: Level) -> Floats:
    """Alpha of each row of coincidences; not a number where nothing varies."""
    observed = coincidences.reshape(-1, size, size)
    totals = observed.sum(axis=2)
    number = totals.sum(axis=1)
    apart = _differences(totals, level)
    disagreement = (observed * apart).sum(axis=(1, 2))
    expected = (totals[:, :, np.newaxis] * totals[:, np.newaxis, :] * apart).sum(axis=(1, 2))
    alphas: Floats = 1 - np.divide(
        disagreement * (number - 1),
        expected,
        out=np.full_like(expected, np.nan),
        where=expected > 0,
    )
    return alphas


def _differences(totals: Floats, level: Level) -> Floats:
    """Squared differences between values; of a scale, by how many judgements lie between them."""
    size = totals.shape[1]
    if level is Level.NOMINAL:
        unlike: Floats = np.repeat(1 - np.eye(size)[np.newaxis], len(totals), axis=0)
        return unlike
    # Where each value lies among all judgements: everything below it and half of its own.
    middle = totals.cumsum(axis=1) - totals / 2
    apart: Floats = np.square(middle[:, :, np.newaxis] - middle[:, np.newaxis, :])
    return apart


def _interval(
    shapes: Floats, often: Floats, size: int, level: Level
) -> tuple[float | None, float | None]:
    """Between which alpha lies if other units of the kind had been judged (percentile bootstrap).

    Units that are alike are drawn in one go, so that a thousand draws cost the same whatever n is.
    The same units give the same interval.
    """
    count = int(often.sum())
    draws = np.random.default_rng(_SEED).multinomial(count, often / count, size=DRAWS)
    alphas = _alphas(draws @ shapes, size, level)
    alphas = alphas[~np.isnan(alphas)]
    # Where many draws do not vary, the rest is no fair picture.
    if len(alphas) < LEVEL * DRAWS:
        return None, None
    low, high = np.quantile(alphas, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
