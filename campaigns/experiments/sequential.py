"""How many standard errors wide an interval must be for those who look more than once.

Looking at a plain 95 % interval twenty times, and stopping as soon as it leaves no difference
out, is wrong in a quarter of all experiments without any difference.

PLANNED  Pocock's constant boundary for a planned number of looks, equally far apart: found by
         integrating the distribution of the path from look to look (Armitage, McPherson, Rowe).
ANYTIME  the mixture sequential probability ratio test (Robbins; Johari, Koomen, Pekelis, Walsh
         2022): valid at every look, however many; wider in return.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import cos, exp, log, pi, sqrt
from statistics import NormalDist

# Where a path may be at a look, as points, and how probable it is around each.
Path = Sequence[tuple[float, float]]


@lru_cache(maxsize=256)
def pocock(looks: int, level: float) -> float:
    """Return the boundary for z that no difference crosses at any look with `level`."""
    alpha = 1.0 - level
    single = NormalDist().inv_cdf(1 - alpha / 2)
    if looks == 1:
        return single
    # By secants of the logarithm, which is nearly straight, from Bonferroni's, which is too wide.
    before, boundary = single, NormalDist().inv_cdf(1 - alpha / 2 / looks)
    off_before, off = log(crossing(before, looks) / alpha), log(crossing(boundary, looks) / alpha)
    while abs(boundary - before) > 1e-7:
        slope = (off - off_before) / (boundary - before)
        before, boundary = boundary, boundary - off / slope
        off_before, off = off, log(crossing(boundary, looks) / alpha)
    return boundary


def crossing(boundary: float, looks: int, drift: float = 0.0) -> float:
    """Return how probable it is that |z| exceeds the boundary at one of the looks.

    `drift` is the mean of z at the last look: the difference in its standard errors. With it this
    is the power of the experiment, without it the probability of a false alarm.
    """
    # A drift makes a path that ends at `end` this many times as probable, wherever it went before.
    step, middle = drift / sqrt(looks), drift * sqrt(looks) / 2
    within = sum(
        weight * (exp(step * (end - middle)) + exp(-step * (end + middle)))
        for end, weight in _within(boundary, looks)
    )
    return 1.0 - within


@lru_cache(maxsize=64)
def _within(boundary: float, looks: int) -> Path:
    """Where paths end above 0 that stay within the boundary at every look, without a difference.

    Scaled to steps of variance one: the path is a sum of normal numbers, and at look k it goes on
    while |sum| <= boundary * sqrt(k).
    """
    # As probable on the one side as on the other: one of them is enough.
    path: Path = [(0.0, 0.5)]
    for look in range(1, looks + 1):
        path = [
            (end, width * sum(weight * _near(end, start) for start, weight in path))
            for end, width in _points(boundary * sqrt(look))
        ]
    return path


def _near(end: float, start: float) -> float:
    """How probable the step is from `start`, or from as far on the other side."""
    return exp(-((end - start) ** 2) / 2) + exp(-((end + start) ** 2) / 2)


@lru_cache(maxsize=256)
def _points(edge: float) -> Path:
    """Points from 0 to edge and their weights, by which a normal density is integrated.

    Fejér's first rule from -edge to edge, whose points are symmetrical; enough of them for six
    digits of densities of variance one.
    """
    number = 2 * (12 + int(2 * edge))
    angles = [(2 * place + 1) * pi / (2 * number) for place in range(number // 2)]
    scale = 2 * edge / number / sqrt(2 * pi)
    return [
        (
            edge * cos(angle),
            scale
            * (
                1 - 2 * sum(cos(2 * k * angle) / (4 * k * k - 1) for k in range(1, number // 2 + 1))
            ),
        )
        for angle in angles
    ]


def anytime(variance: float, level: float, planned: float) -> float:
    """Return how many standard errors wide the always-valid interval is.

    `variance` is that of the estimate so far, `planned` the difference (of logs) the experiment is
    made for: the scale of the mixture, where the interval is narrowest.
    """
    mixed = variance + planned**2
    return sqrt(mixed / planned**2 * (2 * log(1 / (1 - level)) + log(mixed / variance)))
