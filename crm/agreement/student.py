"""Quantiles of Student's t, without loading scipy into processes that answer requests."""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist


@lru_cache(maxsize=1_024)
def student(freedom: float, level: float) -> float:
    """The two-sided quantile of Student's t, for three degrees of freedom and more.

    By its expansion around the normal one (Abramowitz and Stegun, 26.7.5): within 0.2 % at a level
    of 95 %, with nine degrees and more within 0.1 % up to 99.9 %.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))
