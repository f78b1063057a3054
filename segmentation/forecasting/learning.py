"""Learn what pieces bring: everybody's base, segments and followers first, then each creator's own.

Empirical Bayes on the logarithm of counts. A creator is drawn to what creators of the same
followers and segments bring, the more the fewer and the older their pieces; segments are drawn to
no difference at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.forecasting.following import LEAST_SPREAD, Moves, follow, moves_of
from segmentation.forecasting.history import Floats, History, Ints, shifts

# Pieces' worth of everybody's spread in the spread of each creator.
_SPREAD_WEIGHT = 6.0
_PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0)
_ROUNDS = 25


@dataclass(frozen=True)
class Learned:
    """What pieces say; all numbers are logarithms of counts.

    `weights` are of: 1, log followers, followers not known, each group. `growth`: of `shifts`.
    """

    weights: Floats
    growth: Floats
    centre: float
    moves: Moves
    names: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """Of each creator: the expected logarithm, its spread, its parts, and their own pieces."""

    middle: Floats
    spread: Floats
    prior: Floats
    own: Floats
    pieces: Ints


def learn(history: History) -> Learned:
    """Learn from all pieces. At least two creators must have some."""
    growth = _growth(history)
    centre = float(np.nanmean(np.log1p(history.followers))) if _any_followers(history) else 0.0
    design = _design(history, centre)
    logs = history.logs - shifts(history) @ growth
    counts = history.counts()
    seen, more = counts > 0, counts > 1
    mean = _sums(history, logs) / np.maximum(counts, 1)
    squares = _sums(history, (logs - mean[history.creator]) ** 2)
    freedom = max(float(np.sum(counts[more] - 1)), 1.0)
    within = max(float(np.sum(squares[more])) / freedom, LEAST_SPREAD**2)
    weights, between = _weights(design[seen], mean[seen], counts[seen], within)
    distances = logs - (design @ weights)[history.creator]
    moves = moves_of(history, distances, Moves(within, between, 0.0))
    return Learned(weights, growth, centre, moves, history.names)


def tell(learned: Learned, history: History, until: Floats | None = None) -> Told:
    """Say what each creator's next piece brings once its count is whole.

    `until` is the moment of each creator's next piece, in days before now; None: now.
    """
    prior = _design(history, learned.centre) @ learned.weights
    distances = history.logs - shifts(history) @ learned.growth - prior[history.creator]
    moment = np.zeros(history.creators) if until is None else until
    found = follow(learned.moves, history, distances, moment)
    counts = history.counts()
    variance = (
        learned.moves.within
        * (_SPREAD_WEIGHT + found.squares)
        / (_SPREAD_WEIGHT + np.maximum(counts - 1, 0))
    )
    spread = np.sqrt(variance + found.variance)
    own = np.where(counts > 0, found.distance, 0.0)
    return Told(prior + own, np.maximum(spread, LEAST_SPREAD), prior, own, counts)


def _any_followers(history: History) -> bool:
    return bool(np.any(~np.isnan(history.followers)))


def _design(history: History, centre: float) -> Floats:
    unknown = np.isnan(history.followers)
    size = np.where(unknown, 0.0, np.log1p(np.nan_to_num(history.followers)) - centre)
    return np.column_stack(
        [np.ones(history.creators), size, unknown.astype(float), history.groups.astype(float)]
    )


def _sums(history: History, values: Floats) -> Floats:
    """Of each creator the sum over their pieces."""
    added: Floats = np.bincount(history.creator, weights=values, minlength=history.creators)
    return added


def _growth(history: History) -> Floats:
    """How much less a young count is, and an old one, within creators.

    A count never falls with age; what a year makes may be less or more.
    """
    shift = shifts(history)
    counts = np.maximum(history.counts(), 1)

    def centred(values: Floats) -> Floats:
        moved: Floats = values - (_sums(history, values) / counts)[history.creator]
        return moved

    x = np.column_stack([centred(one) for one in shift.T])
    y = centred(history.logs)
    found: Floats = np.linalg.solve(x.T @ x + 10.0 * np.eye(x.shape[1]), x.T @ y)
    return np.clip(found, [0.0, 0.0, -1.0], [2.0, 2.0, 1.0])


def _weights(x: Floats, y: Floats, size: Floats, within: float) -> tuple[Floats, float]:
    """Weights of the base, and how much creators differ beyond it."""
    between = max(float(np.var(y)) / 2, 1e-6)
    best: Floats = np.zeros(x.shape[1])
    freedom = max(len(y) - np.linalg.matrix_rank(x), 1)
    for _ in range(_ROUNDS):
        precision = 1 / (between + within / size)
        best = _best(x, y, precision)
        errors = (y - x @ best) ** 2
        # Paule and Mandel: as much as makes the weighted squares as many as creators.
        ratio = float(np.sum(errors * precision)) / freedom
        if abs(ratio - 1) < 1e-3:
            break
        between = min(max(between * ratio**1.5, 1e-6), 1e3)
    return best, between


def _best(x: Floats, y: Floats, precision: Floats) -> Floats:
    """Least squares; groups are held back by the penalty under which others are told best."""
    scale = float(np.mean(precision))
    weighted = (x * precision[:, None]).T
    square, product = weighted @ x, weighted @ y
    found: tuple[float, Floats] | None = None
    for penalty in _PENALTIES if x.shape[1] > 3 else _PENALTIES[:1]:
        held = np.diag([1e-6, 1e-6, 1e-3, *[penalty * scale] * (x.shape[1] - 3)])
        inverse = np.linalg.inv(square + held)
        weights = inverse @ product
        # The diagonal of x @ inverse @ x.T, without what lies beside it.
        leverage = np.sum((x @ inverse) * x, axis=1) * precision
        # What each creator would miss by, had they not been there.
        missed = (y - x @ weights) / np.maximum(1 - leverage, 1e-3)
        error = float(np.sum(precision * missed**2))
        if found is None or error < found[0]:
            found = error, weights
    if found is None:
        raise ValueError("There is no penalty to try.")
    return found[1]
