"""How many creators it takes to see a difference, before anybody is asked to take part.

What counts is how much creators differ: `spread` is the standard deviation of a creator's rate
divided by the mean. More clicks of the same creators lower it only down to how much the creators
themselves differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log1p, sqrt

from campaigns.experiments.jackknife import TooLittle, log_rate
from campaigns.experiments.results import Outcome
from campaigns.experiments.sequential import crossing, pocock
from crm.agreement.student import beyond, student

MOST_CREATORS = 1_000_000


class PowerRefused(Exception):
    """There is no answer to this question; the message is fit for the user."""


def spread_of(outcomes: Sequence[Outcome]) -> float:
    """Return the spread of past creators, as it bears on the rate: the more uneven, the larger."""
    known = [
        (float(each.events), each.weight)
        for each in outcomes
        if each.events is not None and each.weight > 0
    ]
    try:
        rate = log_rate([events for events, _ in known], [weight for _, weight in known])
    except TooLittle as missing:
        raise PowerRefused(
            f"Past creators do not say how much creators differ: {missing}."
        ) from None
    return sqrt(rate.variance * len(known))


def spread_expected(*, between: float, events_per_creator: float) -> float:
    """Return the spread where creators differ by `between` and each brings a number of events.

    The events of one creator scatter by chance (Poisson), which adds 1 / their number.
    """
    if between < 0 or events_per_creator <= 0:
        raise PowerRefused("Give the difference between creators and the events of each creator.")
    return sqrt(between**2 + 1 / events_per_creator)


def power(
    *, creators: int, lift: float, spread: float, level: float = 0.95, looks: int = 1
) -> float:
    """Return how probably an experiment with as many creators in each arm sees a lift.

    One look: the t test of the log rates, exact by the noncentral t. Several: Pocock's boundary,
    by integration.
    """
    _check(lift=lift, spread=spread, level=level)
    if creators < 2:
        return 0.0
    drift = abs(log1p(lift)) / (spread * sqrt(2 / creators))
    if looks > 1:
        return crossing(pocock(looks, level), looks, drift)
    freedom = 2 * creators - 2
    critical = student(freedom, level)
    return beyond(critical, freedom, drift) + 1 - beyond(-critical, freedom, drift)


def creators_needed(
    *, lift: float, spread: float, wanted: float = 0.8, level: float = 0.95, looks: int = 1
) -> int:
    """Return the fewest creators of each arm with which the lift is seen as probably as wanted."""
    _check(lift=lift, spread=spread, level=level)
    if not 0 < wanted < 1:
        raise PowerRefused("The wanted probability must be between 0 % and 100 %.")

    def enough(creators: int) -> bool:
        return (
            power(creators=creators, lift=lift, spread=spread, level=level, looks=looks) >= wanted
        )

    low, high = 1, 2
    while not enough(high):
        low, high = high, high * 2
        if high > MOST_CREATORS:
            raise PowerRefused(
                f"Not even {MOST_CREATORS:,} creators in each arm would show a difference that "
                "small. Plan for a larger one."
            )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def smallest_lift(
    *, creators: int, spread: float, wanted: float = 0.8, level: float = 0.95, looks: int = 1
) -> float:
    """Return the smallest lift that so many creators in each arm show as probably as wanted.

    Rounded up to a tenth of a percent.
    """
    low, high = 0.0, 1.0
    while power(creators=creators, lift=high, spread=spread, level=level, looks=looks) < wanted:
        high *= 2
        if high > 1_000:
            raise PowerRefused("So few creators show no difference, however large.")
    for _ in range(30):
        middle = (low + high) / 2
        seen = power(creators=creators, lift=middle, spread=spread, level=level, looks=looks)
        low, high = (low, middle) if seen >= wanted else (middle, high)
    return ceil(high * 1_000 - 1e-6) / 1_000


def _check(*, lift: float, spread: float, level: float) -> None:
    if lift <= -1 or lift == 0:
        raise PowerRefused("The lift must differ from nothing, and cannot be a loss of all.")
    if spread <= 0:
        raise PowerRefused("The spread of creators must be more than nothing.")
    if not 0.5 <= level < 1:
        raise PowerRefused("The level must be at least 50 % and less than 100 %.")
