"""Kaplan and Meier: how long something takes where some are still under way. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt


@dataclass(frozen=True)
class Point:
    """From this day on so many are still under way, with the sum of Greenwood's formula."""

    days: float
    share: float
    greenwood: float


def curve_of(spans: Iterable[tuple[float, bool]]) -> list[Point]:
    """The curve over (days, whether they arrived); who did not, was seen for so many days."""
    # Of one day, those who arrived come before those of whom no more is known.
    ordered = sorted(spans, key=lambda span: (span[0], not span[1]))
    at_risk, share, greenwood = len(ordered), 1.0, 0.0
    points: list[Point] = []
    for days, arrived in ordered:
        if arrived:
            share *= 1 - 1 / at_risk
            greenwood += 1 / (at_risk * (at_risk - 1)) if at_risk > 1 else 0.0
            points.append(Point(days, share, greenwood))
        at_risk -= 1
    return points


def median_of(points: Sequence[Point]) -> float | None:
    """The day by which half have arrived; None where they never did."""
    return day_of(points, 0.5)


def day_of(points: Sequence[Point], arrived: float) -> float | None:
    """The day by which that share has arrived; None where it never did."""
    left = 1 - arrived + 1e-12
    return next((point.days for point in points if point.share <= left), None)


def median_interval(points: Sequence[Point], quantile: float) -> tuple[float, float] | None:
    """The days at which the curve may be at one half (Brookmeyer and Crowley, log-log).

    `quantile` is that of the normal distribution. None where too few have arrived to say how long
    it may take.
    """
    half = log(-log(0.5))
    low: float | None = None
    # Several who arrived on one day are one step of the curve: the last of them counts.
    steps = {point.days: point for point in points}
    for point in steps.values():
        if point.share <= 1e-12:
            distance = float("inf")
        else:
            error = sqrt(point.greenwood) / abs(log(point.share))
            distance = (log(-log(point.share)) - half) / error
        if low is None and distance >= -quantile:
            low = point.days
        if distance > quantile:
            return (point.days if low is None else low), point.days
    return None
