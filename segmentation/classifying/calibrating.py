"""Make scores say how likely they come true, and be sure only where that was shown.

A temperature for all values, slope and offset for the likeliest one (Platt); then odds are held
back where they would be sure, until nine of ten such creators who were left out were right.
"""

from __future__ import annotations

from math import inf, log
from typing import Any

from segmentation.classifying.checking import SURE

# Of creators who were left out and about whom it was sure, this share has to have been right, by so
# many standard errors more: what is learned from all is a little surer than what was left out
# showed. With fewer of them than these nobody can tell, were all of them right. Odds are held back
# by so much at most: order stays.
SURE_RIGHT, SURE_ERRORS, SURE_LEAST = 0.9, 2, 36
# Held back by this: nothing was shown, so it is never sure.
NEVER_SURE = inf
_SURE_ODDS = log(SURE / (1 - SURE))
_HELD_BACK_MOST = 0.9 * _SURE_ODDS


def calibrated(scores: Any, said: Any) -> tuple[float, tuple[float, float, float]]:
    """What makes scores of creators that were left out come true: temperature, and sureness.

    A temperature for all of them, then slope and offset for the likeliest (Platt), then by how much
    it is held back where it would be sure.
    """
    import numpy as np  # noqa: PLC0415
    from scipy.optimize import minimize_scalar  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    def loss(power: float) -> float:
        shares = softmax(scores * np.exp(power))
        return float(-np.log((shares * said).sum(axis=1) + 1e-12).mean())

    temperature = float(np.exp(minimize_scalar(loss, bounds=(-2.5, 2.0), method="bounded").x))
    shares = softmax(scores * temperature)
    is_right = said[np.arange(len(said)), shares.argmax(axis=1)]
    if is_right.all() or not is_right.any():
        shown = is_right.all() and len(is_right) >= SURE_LEAST
        return temperature, (1.0, 0.0, 0.0 if shown else NEVER_SURE)
    platt = LogisticRegression(C=10.0).fit(_odds(shares.max(axis=1))[:, None], is_right)
    slope, offset = max(float(platt.coef_[0][0]), 0.05), float(platt.intercept_[0])
    return temperature, (
        slope,
        offset,
        _held_back(slope * _odds(shares.max(axis=1)) + offset, is_right),
    )


def _held_back(odds: Any, is_right: Any) -> float:
    """What to take off odds so that of those who are sure enough were right.

    NEVER_SURE where that was not shown.
    """
    import numpy as np  # noqa: PLC0415

    order = (-odds).argsort(kind="stable")
    numbers = np.arange(1, len(odds) + 1)
    shares = np.cumsum(is_right[order]) / numbers
    error = np.sqrt(SURE_RIGHT * (1 - SURE_RIGHT) / numbers)
    enough = shares - SURE_ERRORS * error >= SURE_RIGHT
    from_all = np.flatnonzero(enough & (numbers >= SURE_LEAST))
    if not len(from_all):
        return NEVER_SURE
    least = odds[order][from_all[-1]]
    return float(np.clip(least - _SURE_ODDS, 0.0, _HELD_BACK_MOST))


def sobered(shares: Any, sureness: tuple[float, float, float]) -> Any:
    """The likeliest value as likely as it came true; the others share what is left."""
    import numpy as np  # noqa: PLC0415

    slope, offset, held_back = sureness
    place, best = np.arange(len(shares)), shares.argmax(axis=1)
    top = shares[place, best]
    odds = slope * _odds(top) + offset
    if held_back == NEVER_SURE:
        # Nearer and nearer to being sure, in the same order.
        odds = np.where(odds > 0, _SURE_ODDS * odds / (_SURE_ODDS + np.abs(odds)), odds)
    else:
        odds -= held_back * np.clip(odds / _SURE_ODDS, 0.0, 1.0)
    new = 1 / (1 + np.exp(-odds))
    told = shares * ((1 - new) / np.maximum(1 - top, 1e-9))[:, None]
    told[place, best] = new
    return told


def _odds(shares: Any) -> Any:
    import numpy as np  # noqa: PLC0415

    shares = np.clip(shares, 1e-6, 1 - 1e-6)
    return np.log(shares / (1 - shares))


def softmax(scores: Any) -> Any:
    import numpy as np  # noqa: PLC0415

    scores = np.asarray(scores)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
