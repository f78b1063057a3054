"""How alike two rankings are, and how far one ranking says what came later. For workers: heavy."""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, sqrt, tanh
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import kendalltau, rankdata

Floats: TypeAlias = NDArray[np.float64]

LEVEL = 0.95
# With fewer creators a correlation says more about luck than about the score.
FEWEST = 30
GROUPS = 10


@dataclass(frozen=True)
class Correlation:
    """A rank correlation, -1 to 1, with its interval; None where there is none, and why."""

    creators: int
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Group:
    """A tenth of the creators by score, the lowest first."""

    creators: int
    low: float
    high: float
    mean: float
    median: float


def spearman(first: Floats, second: Floats) -> Correlation:
    """Spearman's rank correlation; ties have their mean rank.

    The interval is Fisher's with the variance (1 + r^2 / 2) / (n - 3) of Bonett and Wright (2000).
    """
    count = len(first)
    if count < FEWEST:
        return Correlation(count, None, reason=f"Too few: {count} of at least {FEWEST} creators.")
    one, other = rankdata(first), rankdata(second)
    if one.std() == 0 or other.std() == 0:
        return Correlation(count, None, reason="All are equal: there is no order to compare.")
    value = float(np.corrcoef(one, other)[0, 1])
    if abs(value) > 1 - 1e-12:
        return Correlation(count, round(value), round(value), round(value))
    half = float(ndtri((1 + LEVEL) / 2)) * sqrt((1 + value**2 / 2) / (count - 3))
    middle = atanh(value)
    return Correlation(count, value, tanh(middle - half), tanh(middle + half))


def kendall(first: Floats, second: Floats) -> float | None:
    """Kendall's tau-b: pairs in the same order less those in the other one; None: no order."""
    found = float(kendalltau(first, second).statistic)
    return None if np.isnan(found) else found


def groups(scores: Floats, outcomes: Floats) -> list[Group]:
    """Ten groups by score, as equal as can be, with what came of each; [] where too few."""
    if len(scores) < FEWEST:
        return []
    order = np.argsort(scores, kind="stable")
    return [
        Group(
            creators=len(part),
            low=float(scores[part[0]]),
            high=float(scores[part[-1]]),
            mean=float(outcomes[part].mean()),
            median=float(np.median(outcomes[part])),
        )
        for part in np.array_split(order, GROUPS)
    ]
