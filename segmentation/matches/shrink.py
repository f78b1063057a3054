"""Empirical Bayes: what few results say of a creator, drawn towards what is usual of everybody."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# With fewer creators who have two results or more, how much they differ cannot be told.
FEWEST_GROUPS = 5


@dataclass(frozen=True)
class Shrunk:
    """A creator's mean, drawn towards the mean of all, and the number of results it rests on."""

    value: float
    own: float
    n: int


@dataclass(frozen=True)
class Usual:
    """What everybody's results are drawn to. `worth` so many results does the mean of all count.

    None: too few creators have two results, so that each counts like the mean of all does.
    """

    mean: float
    worth: float | None
    results: int
    creators: int


# Where it cannot be estimated, the mean of all is worth as much as so many results.
UNESTIMATED_WORTH = 5.0


def usual(results: Mapping[int, Sequence[float]]) -> Usual | None:
    """What is usual, from the results of each creator (logarithms of ratios); None: there is none.

    The variance within creators is pooled, that between them found by moments.
    """
    groups = [values for values in results.values() if values]
    if not groups:
        return None
    everything = [value for values in groups for value in values]
    count = len(everything)
    mean = sum(everything) / count
    several = [values for values in groups if len(values) > 1]
    if len(several) < FEWEST_GROUPS:
        return Usual(mean, None, count, len(groups))
    spread = sum((value - sum(values) / len(values)) ** 2 for values in several for value in values)
    within = spread / sum(len(values) - 1 for values in several)
    between_sum = sum(len(values) * (sum(values) / len(values) - mean) ** 2 for values in groups)
    scale = count - sum(len(values) ** 2 for values in groups) / count
    between = (between_sum - (len(groups) - 1) * within) / scale if scale > 0 else 0.0
    worth = within / between if between > 0 else math.inf
    return Usual(mean, worth, count, len(groups))


def shrink(values: Sequence[float], towards: Usual) -> Shrunk:
    """The mean of a creator's values, drawn towards the usual one."""
    n = len(values)
    own = sum(values) / n
    worth = UNESTIMATED_WORTH if towards.worth is None else towards.worth
    share = 0.0 if math.isinf(worth) else n / (n + worth)
    return Shrunk(share * own + (1 - share) * towards.mean, own, n)
