"""How many standard errors wide an interval must be for those who look more than once.

Looking at a plain 95 % interval twenty times, and stopping as soon as it leaves no difference
out, is wrong in a quarter of all experiments without any difference.

PLANNED  Pocock's constant boundary for a planned number of looks, equally far apart: found by
         integrating the distribution of the path from look to look (Armitage, McPherson, Rowe).
ANYTIME  the mixture sequential probability ratio test (Robbins; Johari, Koomen, Pekelis, Walsh
         2022): valid at every look, however many; wider in return.
"""

from __future__ import annotations

from functools import lru_cache
from math import log, sqrt

import numpy as np

from campaigns.experiments.jackknife import Floats

_STEPS = 201  # of the integration: odd; the boundaries are right to four places


@lru_cache(maxsize=256)
def pocock(looks: int, level: float) -> float:
    """Return the boundary for z that no difference crosses at any look with `level`."""
    from scipy.optimize import brentq  # noqa: PLC0415 - slow to import, needed by workers only
    from scipy.special import ndtri  # noqa: PLC0415

    alpha = 1.0 - level
    single = float(ndtri(1 - alpha / 2))
    if looks == 1:
        return single
    widest = float(ndtri(1 - alpha / 2 / looks))  # Bonferroni, as if looks were independent
    return float(brentq(lambda z: crossing(z, looks) - alpha, single, widest, xtol=1e-6))


def crossing(boundary: float, looks: int, drift: float = 0.0) -> float:
    """Return how probable it is that |z| exceeds the boundary at one of the looks.

    `drift` is the mean of z at the last look: the difference in its standard errors. With it this
    is the power of the experiment, without it the probability of a false alarm.
    """
    # Scaled to steps of variance one: the path is a sum of normal numbers, and at look k it goes
    # on while |sum| <= boundary * sqrt(k).
    step = drift / sqrt(looks)
    inside = np.linspace(-boundary, boundary, _STEPS)
    density = np.exp(-np.square(inside - step) / 2) / sqrt(2 * np.pi)
    for look in range(2, looks + 1):
        edge = boundary * sqrt(look)
        reached = np.linspace(-edge, edge, _STEPS)
        weight = density * _simpson(inside)
        kernel = np.exp(-np.square(reached[:, None] - step - inside[None, :]) / 2)
        density, inside = kernel @ weight / sqrt(2 * np.pi), reached
    return 1.0 - float((density * _simpson(inside)).sum())


def anytime(variance: float, level: float, planned: float) -> float:
    """Return how many standard errors wide the always-valid interval is.

    `variance` is that of the estimate so far, `planned` the difference (of logs) the experiment is
    made for: the scale of the mixture, where the interval is narrowest.
    """
    mixed = variance + planned**2
    return sqrt(mixed / planned**2 * (2 * log(1 / (1 - level)) + log(mixed / variance)))


def _simpson(points: Floats) -> Floats:
    weights: Floats = np.full(len(points), 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    weights *= (points[1] - points[0]) / 3
    return weights
