"""Make what is said of two classes come true: of ten texts told with 0.8, eight are so.

Heavy libraries: for workers only.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

from crm.services.learning.training import REGULARISATION, Example, train
from crm.services.learning.weighing import Weights, say

FOLDS = 3
# Odds stay in order, and nothing is surer than that.
_SLOPE_MIN = 0.05
_SHARE_MIN = 1e-6


def calibrated(
    weights: Weights,
    examples: Sequence[Example],
    groups: Sequence[str],
    *,
    regularisation: float = REGULARISATION,
) -> Weights:
    """The same weights on another scale, by texts whose group was left out (Platt).

    `examples` are what `weights` were trained on, of two classes, by the same `regularisation`;
    groups of them are not parted.
    The scale brings back how frequent the classes are, which balanced training leaves out.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

    odds: list[float] = []
    came: list[bool] = []
    folds = [_fold(group) for group in groups]
    for fold in range(FOLDS):
        kept = [one for one, of in zip(examples, folds, strict=True) if of != fold]
        if {label for _text, _marks, label in kept} != set(weights.classes):
            return weights
        trained = train(kept, regularisation=regularisation)
        for (text, marks, label), of in zip(examples, folds, strict=True):
            if of == fold:
                odds.append(_odds(say(trained, text, marks, of=weights.classes[1]).sure))
                came.append(label == weights.classes[1])
    platt = LogisticRegression(C=1e6).fit([[one] for one in odds], came)
    slope = max(float(platt.coef_[0][0]), _SLOPE_MIN)
    offset = float(platt.intercept_[0])
    return Weights(
        weights.classes,
        [slope * weights.bias[0] - offset / 2, slope * weights.bias[1] + offset / 2],
        {
            term: (idf, [slope * weight for weight in both])
            for term, (idf, both) in weights.terms.items()
        },
    )


def _odds(share: float) -> float:
    share = min(max(share, _SHARE_MIN), 1 - _SHARE_MIN)
    return math.log(share / (1 - share))


def _fold(group: str) -> int:
    return hashlib.sha256(f"fold {group}".encode()).digest()[0] % FOLDS
