"""How much of a ranking hangs on its weights: the same points, ranked by weights that are off.

Nobody knows that reach is worth 30 and not 25. So each weight is multiplied by a number drawn
around 1 (log-normal), many times, and the places at the top are compared.
"""

from __future__ import annotations

from typing import Any

import numpy as np

DRAWS = 200
# The standard deviation of the logarithm: two weights of three are off by up to a quarter.
NOISE = 0.25
TOP = 50


def rank_stability(
    points: Any, weights: Any, *, top: int = TOP, draws: int = DRAWS, seed: int = 1
) -> dict[str, Any]:
    """What stays of the first `top` rows of `points` when the weights are off.

    points   creators x components, 0 to 100, NaN where a component does not count; sorted by score
    weights  of the components

    Returns {top, draws, noise, overlap, low, high, steady}: the mean share of the first that stay
    among the first, its 5th and 95th percentile over the draws, and how many of them stay in at
    least nine draws of ten. The same input gives the same numbers.
    """
    known = ~np.isnan(points)
    filled = np.where(known, points, 0.0)
    top = min(top, len(points))
    chance = np.random.default_rng(seed)
    stays = np.zeros(top)
    shares = np.empty(draws)
    for draw in range(draws):
        off = weights * chance.lognormal(0.0, NOISE, size=len(weights))
        counted = known @ off
        score = np.divide(filled @ off, counted, out=np.zeros(len(points)), where=counted > 0)
        # Stable: of equal ones the first stays first.
        first = np.argsort(-score, kind="stable")[:top]
        inside = first[first < top]
        stays[inside] += 1
        shares[draw] = len(inside) / top
    return {
        "top": top,
        "draws": draws,
        "noise": NOISE,
        "overlap": float(shares.mean()),
        "low": float(np.quantile(shares, 0.05)),
        "high": float(np.quantile(shares, 0.95)),
        "steady": int((stays >= 0.9 * draws).sum()),
    }
