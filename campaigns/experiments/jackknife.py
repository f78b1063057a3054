"""The rate of an arm, and its uncertainty by leaving out one creator at a time.

rate = sum(events) / sum(weight). The variance of its logarithm is that of the delete-one-creator
jackknife, (n - 1) / n * sum((log rate without i - their mean)^2). The quantiles are Student's t:

- of a difference with n - 1 degrees of freedom in each arm, by Welch and Satterthwaite;
- of a single rate with 1 / sum(share of weight^2) - 1, the effective creators: few large ones
  pull a rate far, and there is no other arm in which the same happens.

In simulations with creators as different as real ones both cover within 2 points of what they
say from 10 creators on; the linearised ("cluster-robust") standard error covers 88 to 91 instead
of 95 % there, as it does not see how far a large creator pulls the rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

LEAST_CREATORS = 5


class TooLittle(Exception):
    """Not enough for an interval; the message says what is missing, fit for the user."""


@dataclass(frozen=True, slots=True)
class LogRate:
    """The logarithm of a rate, its variance, and of how many creators.

    `effective` creators are fewer where some have most of the weight.
    """

    value: float
    variance: float
    creators: int
    effective: float


@dataclass(frozen=True, slots=True)
class LogRatio:
    """The logarithm of the ratio of two rates, its variance and the degrees of freedom."""

    value: float
    variance: float
    freedom: float


def log_rate(events: Sequence[float], weights: Sequence[float]) -> LogRate:
    """Return the log rate over creators, or raise TooLittle."""
    creators = len(events)
    if creators < LEAST_CREATORS:
        raise TooLittle(f"{creators} of at least {LEAST_CREATORS} creators have an outcome")
    total, weight = sum(events), sum(weights)
    if total - max(events) <= 1e-12 * abs(total):
        raise TooLittle(
            "nothing was counted" if total == 0 else "all that was counted is of one creator"
        )
    if weight - max(weights) <= 1e-12 * weight:
        raise TooLittle("all that it is counted on is of one creator")
    logs = [
        log((total - event) / (weight - one)) for event, one in zip(events, weights, strict=True)
    ]
    mean = sum(logs) / creators
    spread = sum((one - mean) ** 2 for one in logs)
    return LogRate(
        value=log(total / weight),
        variance=(creators - 1) / creators * spread,
        creators=creators,
        effective=weight**2 / sum(one * one for one in weights),
    )


def difference(treated: LogRate, control: LogRate) -> LogRatio:
    """Return the log of the ratio of two rates; freedom by Welch and Satterthwaite."""
    variance = treated.variance + control.variance
    parts = sum(rate.variance**2 / (rate.creators - 1) for rate in (treated, control))
    least = min(treated.creators, control.creators) - 1
    return LogRatio(
        value=treated.value - control.value,
        variance=variance,
        freedom=variance**2 / parts if parts else least,
    )
