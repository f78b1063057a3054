"""The removal effect in a Markov chain over creators, in closed form.

Journeys, whether they converted or not, are walks from a start over creators to "converted" or
"lost". Taking creator c out loses every walk that reaches c, and leaves the others as they are:

    P(conversion without c) = P(conversion) - P(reach c) x P(conversion | at c)

With N = (I - Q)^-1, start probabilities s and exits q: P(conversion | at c) = (N q)[c] and
P(reach c) = (s N)[c] / N[c, c]. One inverse serves all creators, and nothing is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from campaigns.attribution.table import Floats, JourneyTable, sums

# Memory goes by the square and time by the cube of this: half a gigabyte and 10 to 30 seconds.
MOST_KEYS = 4_000


class TooManyForMarkov(Exception):
    """The chain would be too large; the message is fit for the user."""


@dataclass(frozen=True, slots=True)
class RemovalEffects:
    """The part of the conversions, and of their value, that would be lost without each key."""

    conversions: Floats
    values: Floats


def removal_effects(table: JourneyTable) -> RemovalEffects:
    """Return the effects in the order of the table's keys; zero where nothing converts."""
    size = len(table.keys)
    if size > MOST_KEYS:
        raise TooManyForMarkov(
            f"The Markov model compares at most {MOST_KEYS:,} creators at a time, and these "
            f"journeys meet {size:,}. Choose a shorter period, or compare segments."
        )
    people = table.conversions + table.lost
    ends = table.touches[table.starts[1:] - 1]
    converted = sums(ends, table.conversions, size)
    valued = sums(ends, table.values, size)
    begun = sums(table.touches[table.starts[:-1]], people, size)
    moves = _moves(table, people)
    left = moves.sum(axis=1) + sums(ends, people, size)
    left[left == 0.0] = 1.0  # keys that only journeys of nobody meet
    total = begun.sum()
    if total == 0.0:
        return RemovalEffects(np.zeros(size), np.zeros(size))
    start = begun / total
    visits = np.linalg.inv(np.eye(size) - moves / left[:, None])
    reached = start @ visits / np.diag(visits)
    return RemovalEffects(
        _lost_without(reached, visits @ (converted / left), start),
        _lost_without(reached, visits @ (valued / left), start),
    )


def _lost_without(reached: Floats, expected: Floats, start: Floats) -> Floats:
    """Return what is lost without each key, as a part of what is expected from the start."""
    in_all = start @ expected
    return reached * expected / in_all if in_all else np.zeros(len(reached))


def _moves(table: JourneyTable, people: Floats) -> Floats:
    """Return how many went from one key to another; staying changes no probability of an exit."""
    size = len(table.keys)
    goes_on = np.ones(len(table.touches), dtype=np.bool_)
    goes_on[table.starts[1:] - 1] = False
    steps = np.flatnonzero(goes_on)
    moves = sums(
        table.touches[steps] * size + table.touches[steps + 1],
        table.spread(people)[steps],
        size * size,
    ).reshape(size, size)
    np.fill_diagonal(moves, 0.0)
    return moves
