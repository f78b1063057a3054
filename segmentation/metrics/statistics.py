"""Uncertainty of rates, shares and medians, counting creators. Pure: no database, no clock.

Posts of one creator resemble each other, so the number of posts overstates what is known: a creator
is a cluster. With y_g and w_g summed over creator g, everything below needs only five sums, which
SQL adds up for all segments at once (`Sums`). How often each interval holds what it should is
simulated by `python -m benchmarks.intervals` and written down in docs/metrics.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb, exp, isfinite, sqrt
from statistics import NormalDist

LEVELS = (0.95, 0.80)
# Below this share of the total, squared residuals are what rounding leaves of zero.
ROUNDING = 1e-12
# With fewer effective creators the number is one creator's, whatever their number.
LEAST_EFFECTIVE = 2.0
# Creators who happen to be alike do not make a share surer than twice as many answers would.
LEAST_DESIGN_EFFECT = 0.5
# Up to so many values the ranks around a median are counted out.
EXACT_UP_TO = 500


@dataclass(frozen=True)
class Interval:
    """Where the value of the many probably lies, judged by the few that were seen."""

    level: float
    low: float
    high: float

    def times(self, factor: float) -> Interval:
        """The same of the value times `factor`."""
        return Interval(self.level, self.low * factor, self.high * factor)


@dataclass(frozen=True)
class Sums:
    """A ratio sum(y) / sum(w) over creators: the sums, and those of y * y, y * w and w * w."""

    creators: int = 0
    y: float = 0.0
    w: float = 0.0
    yy: float = 0.0
    yw: float = 0.0
    ww: float = 0.0

    @classmethod
    def over(cls, creators: Sequence[tuple[float, float]]) -> Sums:
        """The sums over creators of (y, w)."""
        return cls(
            creators=len(creators),
            y=sum(y for y, _ in creators),
            w=sum(w for _, w in creators),
            yy=sum(y * y for y, _ in creators),
            yw=sum(y * w for y, w in creators),
            ww=sum(w * w for _, w in creators),
        )

    @property
    def ratio(self) -> float | None:
        """The ratio; None where there is nothing to divide by."""
        return self.y / self.w if self.w > 0 else None

    @property
    def spread(self) -> float:
        """Sum over creators of (y / sum(y) - w / sum(w)) ** 2: the variance of the log ratio."""
        if self.y <= 0 or self.w <= 0:
            return 0.0
        of_y, of_w = self.yy / self.y**2, self.ww / self.w**2
        found = of_y - 2 * self.yw / (self.y * self.w) + of_w
        return found if found > ROUNDING * max(of_y, of_w) else 0.0

    @property
    def variance(self) -> float:
        """Of the ratio, clustered by creator: sum((y - ratio * w) ** 2) / sum(w) ** 2."""
        if self.w <= 0:
            return 0.0
        ratio = self.y / self.w
        found = self.yy - 2 * ratio * self.yw + ratio**2 * self.ww
        return max(found, 0.0) / self.w**2 if found > ROUNDING * self.yy else 0.0

    @property
    def effective(self) -> float:
        """How many creators of equal weight there would be, by what they were counted on."""
        return self.w**2 / self.ww if self.ww > 0 else 0.0


def log_ratio_interval(sums: Sums, level: float) -> Interval | None:
    """The interval of a ratio of positive quantities, or None where it is one creator's.

    With a and b a creator's share of sum(y) and of sum(w), the variance of log(ratio) is
    sum((a - b) ** 2). A few large creators pull the ratio far and hide how far: so the creators
    that count are m = 1 / max(sum(a ** 2), sum(b ** 2)), the standard error is multiplied by
    m / (m - 1), and the quantile is Student's t with m - 1 degrees of freedom.
    """
    if sums.y <= 0 or sums.w <= 0 or sums.creators < 2:
        return None
    effective = 1 / max(sums.yy / sums.y**2, sums.ww / sums.w**2)
    if effective < LEAST_EFFECTIVE:
        return None
    ratio = sums.y / sums.w
    error = sqrt(sums.spread) * effective / (effective - 1)
    reach = _student(effective - 1, level) * error
    low, high = ratio * exp(-reach), ratio * exp(min(reach, 700.0))
    return Interval(level, low, high) if isfinite(high) else None


def share_interval(sums: Sums, level: float) -> Interval | None:
    """The interval of a share (y of w, both counts): Wilson's, clustered by creator.

    n is sum(w) divided by the design effect: the variance clustered by creator over that of
    independent answers. Where all or none are, nothing tells how alike creators are: n is then the
    number of effective creators.
    """
    if sums.w <= 0 or sums.effective < LEAST_EFFECTIVE:
        return None
    share = sums.y / sums.w
    independent = _of_independent(share, sums.w)
    n = sums.w / _design_effect(sums, independent) if independent > 0 else sums.effective
    low, high = _wilson(share, n, _student(sums.effective - 1, level))
    return Interval(level, low, high)


def balance_interval(sums: Sums, level: float) -> Interval | None:
    """The interval of a balance (y of w answers, each 1, 0 or -1): Wilson's of (1 + balance) / 2.

    n is how many independent answers of 0 and 1 would vary as much as creators do: those that are
    0 of three make them vary less. Where creators do not differ at all, it is their number.
    """
    effective = sums.effective
    if sums.w <= 0 or effective < LEAST_EFFECTIVE:
        return None
    share = (1 + sums.y / sums.w) / 2
    clustered = sums.variance / 4 * effective / (effective - 1)
    n = share * (1 - share) / clustered if clustered > 0 else effective
    low, high = _wilson(share, n, _student(effective - 1, level))
    return Interval(level, 2 * low - 1, 2 * high - 1)


def event_rate_interval(sums: Sums, level: float) -> Interval | None:
    """The interval of events (y) for each unit of w: the score interval of a Poisson rate.

    w is divided by the design effect of creators; where there was no event, by nothing.
    """
    if sums.w <= 0 or sums.effective < LEAST_EFFECTIVE:
        return None
    rate = sums.y / sums.w
    n = sums.w / _design_effect(sums, rate / sums.w) if rate > 0 else sums.w
    q = _student(sums.effective - 1, level)
    middle, half = rate + q * q / (2 * n), q * sqrt(rate / n + q * q / (4 * n * n))
    return Interval(level, max(0.0, middle - half), middle + half)


def _wilson(share: float, n: float, q: float) -> tuple[float, float]:
    middle = (share + q * q / (2 * n)) / (1 + q * q / n)
    half = q * sqrt(max(share * (1 - share) / n, 0.0) + q * q / (4 * n * n)) / (1 + q * q / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _of_independent(share: float, answers: float) -> float:
    """The variance of a share of so many independent answers, estimated from them."""
    return share * (1 - share) / (answers - 1) if answers > 1 else 0.0


def _design_effect(sums: Sums, independent: float) -> float:
    effective = sums.effective
    clustered = sums.variance * effective / (effective - 1)
    return max(clustered / independent, LEAST_DESIGN_EFFECT)


def median_ranks(n: int) -> tuple[int, int]:
    """Return the two ranks (from 1, equal where n is odd) whose mean is the median of n values."""
    return (n + 1) // 2, n // 2 + 1


@lru_cache(maxsize=4_096)
def interval_ranks(n: int, level: float) -> tuple[int, int] | None:
    """Return the ranks of the values that enclose the median of the many with at least `level`.

    Distribution-free: the number of values below the true median is binomial (n, 1/2). None where
    even the smallest and the largest value do not reach the level (n below 6 for 95 %). Above
    EXACT_UP_TO it is a normal distribution, which gives the same ranks or, for one n in two
    hundred, the next ones outside; without scipy, since pages ask, too.
    """
    tail = (1 - level) / 2
    if n > EXACT_UP_TO:
        low = int((n + 1 - normal_quantile(level) * sqrt(n)) / 2)
        return low, n + 1 - low
    below, low = 0, 0
    while (below := below + comb(n, low)) <= tail * 2**n:
        low += 1
    return (low, n + 1 - low) if low else None


def clustered_ranks(n: int, below: Sums, level: float) -> tuple[int, int] | None:
    """The ranks that enclose the median of n values of which some are of one creator.

    `below` sums up by creator how many of the values (w) are at most the median (y): the design
    effect of creators. The ranks are those of n divided by it, stretched to n.
    """
    if below.w <= 0 or below.effective < LEAST_EFFECTIVE:
        return None
    share = below.y / below.w
    independent = _of_independent(share, below.w)
    effect = _design_effect(below, independent) if independent > 0 else n
    ranks = interval_ranks(int(n / effect), level)
    if ranks is None:
        return None
    low = max(1, round(ranks[0] * effect))
    return min(low, median_ranks(n)[0]), max(n + 1 - low, median_ranks(n)[1])


def normal_quantile(level: float) -> float:
    """The two-sided quantile of the normal distribution."""
    return NormalDist().inv_cdf(1 - (1 - level) / 2)


@lru_cache(maxsize=4_096)
def _student(freedom: float, level: float) -> float:
    """The two-sided quantile of Student's t."""
    from scipy.special import stdtrit  # noqa: PLC0415 - slow to import, needed by workers only

    return float(stdtrit(freedom, 1 - (1 - level) / 2))
