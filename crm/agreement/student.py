"""Student's t, also where there is a difference, without loading scipy into web processes.

With s the standard deviation that is estimated, over the true one, t is (z + drift) / s, where z is
normal and freedom * s ** 2 chi-squared. Summed over log(s), of which both are smooth: so few points
give all digits.
"""

from __future__ import annotations

from functools import lru_cache
from math import erfc, exp, expm1, lgamma, log, pi, sqrt
from statistics import NormalDist

_POINTS = 240


def beyond(edge: float, freedom: float, drift: float = 0.0) -> float:
    """How probable it is that t exceeds `edge`; `drift` is the mean of z (noncentrality)."""
    return sum(
        weight * erfc((edge * spread - drift) / sqrt(2)) / 2 for spread, weight in _spreads(freedom)
    )


@lru_cache(maxsize=1_024)
def student(freedom: float, level: float) -> float:
    """The two-sided quantile of Student's t: Newton's steps from that of the normal."""
    outside = (1 - level) / 2
    # From below, where the probability is concave, no step leads too far.
    edge = NormalDist().inv_cdf(1 - outside)
    while True:
        step = (beyond(edge, freedom) - outside) / _density(edge, freedom)
        edge += step
        if step <= 1e-12 * edge:
            return edge


@lru_cache(maxsize=1_024)
def _spreads(freedom: float) -> list[tuple[float, float]]:
    """Standard deviations as they are estimated, and how probable each is."""
    low, high = -7 / sqrt(freedom) - 20 / freedom, 7 / sqrt(freedom)
    logs = [low + (high - low) * place / _POINTS for place in range(_POINTS + 1)]
    weights = [exp(freedom * (one - expm1(2 * one) / 2)) for one in logs]
    total = sum(weights)
    return [(exp(one), weight / total) for one, weight in zip(logs, weights, strict=True)]


def _density(edge: float, freedom: float) -> float:
    """Of t without a drift."""
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)
    return scale * exp(-(freedom + 1) / 2 * log(1 + edge * edge / freedom))
