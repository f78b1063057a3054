"""Uncertainty of means and medians. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

LEVELS = (0.95, 0.80)


@dataclass(frozen=True)
class Interval:
    """Where the value of the many probably lies, judged by the few that were seen."""

    level: float
    low: float
    high: float


def ratio_interval(
    *, ratio: float, squared_residuals: float, weight: float, clusters: int, level: float
) -> Interval | None:
    """Return the cluster-robust interval of sum(y) / sum(w), or None for fewer than two clusters.

    A creator is a cluster: posts of one creator resemble each other, so that the number of posts
    overstates what is known. With y_g and w_g summed over creator g,

        squared_residuals = sum over g of (y_g - ratio * w_g) ** 2,  weight = sum over g of w_g

    and the quantile is Student's t with clusters - 1 degrees of freedom. The quantities are never
    negative, so neither is the lower end.
    """
    if clusters < 2 or weight <= 0:
        return None
    from scipy.special import stdtrit  # noqa: PLC0415 - slow to import, needed by workers only

    variance = clusters / (clusters - 1) * squared_residuals / weight**2
    half = float(stdtrit(clusters - 1, 1 - (1 - level) / 2)) * sqrt(variance)
    return Interval(level, max(0.0, ratio - half), ratio + half)


def median_ranks(n: int) -> tuple[int, int]:
    """Return the two ranks (from 1, equal where n is odd) whose mean is the median of n values."""
    return (n + 1) // 2, n // 2 + 1


def interval_ranks(n: int, level: float) -> tuple[int, int] | None:
    """Return the ranks of the values that enclose the median of the many with at least `level`.

    Distribution-free: the number of values below the true median is binomial (n, 1/2). None where
    even the smallest and the largest value do not reach the level (n below 6 for 95 %).
    """
    tail = (1 - level) / 2
    if n < 1 or 0.5**n > tail:
        return None
    from scipy.special import bdtr  # noqa: PLC0415 - slow to import, needed by workers only

    # The largest k with P(at most k - 1 of n below) <= tail, by bisection on 1 .. n // 2.
    low, high = 1, max(1, n // 2)
    while low < high:
        middle = (low + high + 1) // 2
        if float(bdtr(middle - 1, n, 0.5)) <= tail:
            low = middle
        else:
            high = middle - 1
    return low, n + 1 - low
