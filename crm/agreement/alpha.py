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
    patterns: Mapping[tuple[int, ...], int], size: int, *, is_ordered: bool
) -> tuple[float | None, float | None, float | None]:
    """Alpha and its interval; None where nothing varies, or too many draws of it do not.

    `patterns` says how often units were judged so, each a tuple of places among `size` values.
    """
    shapes = np.array([_coincidences(pattern, size) for pattern in patterns])
    often = np.array(list(patterns.values()), dtype=np.float64)
    [alpha] = _alphas(often[np.newaxis] @ shapes, size, is_ordered=is_ordered)
    if np.isnan(alpha):
        return None, None, None
    low, high = _interval(shapes, often, size, is_ordered=is_ordered)
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
    apart = _differences(totals, is_ordered=is_ordered)
    disagreement = (observed * apart).sum(axis=(1, 2))
    expected = (totals[:, :, np.newaxis] * totals[:, np.newaxis, :] * apart).sum(axis=(1, 2))
    alphas: Floats = 1 - np.divide(
        disagreement * (number - 1),
        expected,
        out=np.full_like(expected, np.nan),
        where=expected > 0,
    )
    return alphas


def _differences(totals: Floats, *, is_ordered: bool) -> Floats:
    """Squared differences between values; of a scale, by how many judgements lie between them."""
    size = totals.shape[1]
    if not is_ordered:
        unlike: Floats = np.repeat(1 - np.eye(size)[np.newaxis], len(totals), axis=0)
        return unlike
    # Where each value lies among all judgements: everything below it and half of its own.
    middle = totals.cumsum(axis=1) - totals / 2
    apart: Floats = np.square(middle[:, :, np.newaxis] - middle[:, np.newaxis, :])
    return apart


def _interval(
    shapes: Floats, often: Floats, size: int, *, is_ordered: bool
) -> tuple[float | None, float | None]:
    """Between which alpha lies if other units of the kind had been judged (percentile bootstrap).

    Units that are alike are drawn in one go, so that a thousand draws cost the same whatever n is.
    The same units give the same interval.
    """
    count = int(often.sum())
    draws = np.random.default_rng(_SEED).multinomial(count, often / count, size=DRAWS)
    alphas = _alphas(draws @ shapes, size, is_ordered=is_ordered)
    alphas = alphas[~np.isnan(alphas)]
    # Where many draws do not vary, the rest is no fair picture.
    if len(alphas) < LEVEL * DRAWS:
        return None, None
    low, high = np.quantile(alphas, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
