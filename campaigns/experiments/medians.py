"""The median of some values, and how sure it is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Median:
    """The median of n values and its interval; low and high are None with too few for one."""

    n: int
    value: float
    low: float | None
    high: float | None


def median_with_interval(values: Sequence[float], level: float) -> Median | None:
    """The median with the interval of the sign test, which assumes no distribution.

    With k the (1 - level) / 2 quantile of the binomial distribution (n, 1/2), it reaches from the
    k-th smallest to the k-th largest value: it holds the true median at `level` or more.
    None: there are no values.
    """
    if not values:
        return None
    from scipy.stats import binom  # noqa: PLC0415 - slow to import, needed by workers only

    ordered = sorted(values)
    k = int(binom.ppf((1 - level) / 2, len(ordered), 0.5))
    if k < 1:
        return Median(len(ordered), median(ordered), None, None)
    return Median(len(ordered), median(ordered), ordered[k - 1], ordered[-k])
