"""Krippendorff's alpha by numpy: apart from its words, so that processes load it when asked.

(K. Krippendorff, Content Analysis, 4th edition, chapter 12.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from crm.agreement import LEVEL

DRAWS = 1_000
_SEED = 20_261_122

Floats = NDArray[np.float64]


def alpha_of(
    patterns: Mapping[tuple[int, ...], int], size: int, *, is_ordered: bool, draws: int = DRAWS
) -> tuple[float | None, float | None, float | None]:
    """Alpha and its interval; None where nothing varies, or too many draws of it do not.

    `patterns` says how often units were judged so, each a tuple of places among `size` values.
    """
    # In their order: what is drawn depends on it, and the database gives rows in any.
    counted = sorted(patterns.items())
    shapes = np.array([_coincidences(pattern, size) for pattern, _ in counted])
    often = np.array([times for _, times in counted], dtype=np.float64)
    [alpha] = _alphas(often[np.newaxis] @ shapes, size, is_ordered=is_ordered)
    if np.isnan(alpha):
        return None, None, None
    drawn = np.random.default_rng(_SEED).multinomial(
        int(often.sum()), often / often.sum(), size=draws
    )
    low, high = _interval(_alphas(drawn @ shapes, size, is_ordered=is_ordered))
    return float(alpha), low, high


def _coincidences(pattern: Sequence[int], size: int) -> Floats:
    """How often each value meets each other one within a unit, as one row of a table."""
    matrix = np.zeros((size, size))
    for one, this in enumerate(pattern):
        for other, that in enumerate(pattern):
            if one != other:
                matrix[this, that] += 1 / (len(pattern) - 1)
    flat: Floats = matrix.ravel()
    return flat


def _alphas(coincidences: Floats, size: int, *, is_ordered: bool) -> Floats:
    """Alpha of each row of coincidences; not a number where nothing varies."""
    observed = coincidences.reshape(-1, size, size)
    totals = observed.sum(axis=2)
    number = totals.sum(axis=1)
    if is_ordered:
        apart = _differences(totals)
        disagreement = (observed * apart).sum(axis=(1, 2))
        expected = (totals[:, :, np.newaxis] * totals[:, np.newaxis, :] * apart).sum(axis=(1, 2))
    else:
        # All that is not the same is as far apart: a list of 20 takes no table of 400 for each.
        disagreement = number - observed.trace(axis1=1, axis2=2)
        expected = number**2 - np.square(totals).sum(axis=1)
    alphas: Floats = 1 - np.divide(
        disagreement * (number - 1),
        expected,
        out=np.full_like(expected, np.nan),
        where=expected > 0,
    )
    return alphas


def _differences(totals: Floats) -> Floats:
    """Squared differences between scores: by how many judgements lie between them."""
    # Where each value lies among all judgements: everything below it and half of its own.
    middle = totals.cumsum(axis=1) - totals / 2
    apart: Floats = np.square(middle[:, :, np.newaxis] - middle[:, np.newaxis, :])
    return apart


def _interval(drawn: Floats) -> tuple[float | None, float | None]:
    """Between which alpha lies if other units of the kind had been judged (percentile bootstrap).

    Units that are alike are drawn in one go, so that a thousand draws cost the same whatever n is.
    The same units give the same interval.
    """
    alphas = drawn[~np.isnan(drawn)]
    # Where many draws do not vary, the rest is no fair picture.
    if len(alphas) < LEVEL * len(drawn):
        return None, None
    low, high = np.quantile(alphas, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
