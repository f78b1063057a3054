"""Follow each creator from piece to piece: how far they lie from their base, and how long it holds.

A creator's distance from the base fades with time (Ornstein and Uhlenbeck), and each piece lies
around it by itself; a Kalman filter says what is best known of it at any moment. All creators are
followed at once, first piece by first piece.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from segmentation.forecasting.history import Floats, History, Ints

# The smallest spread of a piece: counts that never differ would promise what nobody can.
LEAST_SPREAD = 0.05
YEAR = 365.25
# So many creators with two pieces and more say how distances move; more say nothing else.
_ENOUGH = 4_000
# Nobody knows how slowly something fades of which all pieces lie within days.
_SLOWEST, _QUICKEST, _USUAL = 0.02, 20.0, 0.5
_STEPS = 80


@dataclass(frozen=True)
class Moves:
    """Variances of logarithms: of a piece around its creator, and of creators around their base.

    `fades` is how quickly a distance is forgotten, a year: after a year exp(-fades) of it is left.
    """

    within: float
    between: float
    fades: float


@dataclass(frozen=True)
class Followed:
    """Of each creator: the distance from the base at the moment asked for, and its variance.

    `squares` are those of what each piece but the first was missed by, in variances of a piece.
    """

    distance: Floats
    variance: Floats
    squares: Floats


def follow(moves: Moves, history: History, distances: Floats, until: Floats) -> Followed:
    """Follow the distances of all pieces, each creator up to `until` (days before now)."""
    return _walk(moves, history, distances, until)[0]


def moves_of(history: History, distances: Floats, start: Moves) -> Moves:
    """The moves under which each piece is told best from those before it (likelihood)."""
    counts = history.counts()
    chosen = np.flatnonzero(counts > 1)[:_ENOUGH]
    if len(chosen) < 2:
        return Moves(start.within, start.between, _USUAL)
    inside = np.isin(history.creator, chosen)
    some, mine = history.only(inside), distances[inside]
    until = np.zeros(some.creators)

    def moves(x: Floats) -> Moves:
        within, between, fades = np.exp(x)
        return Moves(
            max(float(within), LEAST_SPREAD**2),
            float(between),
            float(np.clip(fades, _SLOWEST, _QUICKEST)),
        )

    def loss(x: Floats) -> float:
        # Held to the usual a little: what nothing speaks of stays where it is.
        return _walk(moves(x), some, mine, until)[1] + float(x[2] - np.log(_USUAL)) ** 2

    began = np.log([start.within, max(start.between, 1e-4), _USUAL])
    found = minimize(loss, began, method="Nelder-Mead", options={"maxfev": _STEPS, "fatol": 0.1})
    return moves(found.x)


def _walk(
    moves: Moves, history: History, distances: Floats, until: Floats
) -> tuple[Followed, float]:
    """Followed, and minus twice the logarithm of how likely the pieces are."""
    distance = np.zeros(history.creators)
    variance = np.full(history.creators, moves.between)
    last = np.full(history.creators, np.nan)
    squares = np.zeros(history.creators)
    unlikely = 0.0
    for rows in _rounds(history):
        who, when = history.creator[rows], history.since[rows]
        mean, spread = _later(moves, distance[who], variance[who], last[who] - when)
        total = spread + moves.within
        missed = distances[rows] - mean
        unlikely += float(np.sum(np.log(total) + missed**2 / total))
        squares[who] += np.where(np.isnan(last[who]), 0.0, missed**2 / total)
        trust = spread / total
        distance[who], variance[who] = mean + trust * missed, (1 - trust) * spread
        last[who] = when
    distance, variance = _later(moves, distance, variance, last - until)
    return Followed(distance, variance, squares), unlikely


def _later(moves: Moves, distance: Floats, variance: Floats, days: Floats) -> tuple[Floats, Floats]:
    """What is known after so many days; nan: there was no piece yet."""
    left = np.exp(-moves.fades * np.maximum(np.nan_to_num(days), 0.0) / YEAR)
    return left * distance, left**2 * variance + (1 - left**2) * moves.between


def _rounds(history: History) -> list[Ints]:
    """The pieces that are their creators' first, then the second ones, and so on."""
    counts = history.counts()
    place = counts[history.creator] - 1 - history.from_last()
    order = np.argsort(place, kind="stable")
    ends = np.cumsum(np.bincount(place)) if len(place) else np.zeros(0, dtype=np.int64)
    return np.split(order, ends[:-1])
