"""Krippendorff's alpha and its interval, as sums: without loading numpy into web processes.

(K. Krippendorff, Content Analysis, 4th edition, chapter 12.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import exp, log, sqrt
from typing import TypeAlias

from crm.agreement.student import student

# How often units were judged so: each a tuple of places among the values.
Patterns: TypeAlias = Mapping[tuple[int, ...], float]

# With fewer units in which somebody said another thing than the usual one, chance decides whether
# anything varies.
_LEAST_VARYING = 3
# By how much more often units of a pattern are counted, to see what that moves.
_LITTLE = 1e-4


def alpha_of(patterns: Patterns, size: int, *, is_ordered: bool) -> float | None:
    """Alpha of what was judged by values of so many places; None where nothing varies."""
    totals = [0.0] * size
    for pattern, times in patterns.items():
        for value in pattern:
            totals[value] += times
    apart = _scores_apart(totals) if is_ordered else _names_apart(size)
    observed = sum(
        times
        * sum(apart[one][other] for one, other in product(pattern, repeat=2))
        # Each judgement meets all others of its unit.
        / (len(pattern) - 1)
        for pattern, times in patterns.items()
    )
    expected = sum(
        one * other * apart[this][that]
        for this, one in enumerate(totals)
        for that, other in enumerate(totals)
    )
    return 1 - (sum(totals) - 1) * observed / expected if expected else None


def interval_of(
    patterns: Patterns, size: int, *, is_ordered: bool, level: float
) -> tuple[float, float] | None:
    """Between which alpha lies if other units of the kind had been judged.

    Linearised: how much the logarithm of 1 - alpha moves when units of a pattern are counted a
    little more often gives its variance, and Student's t its quantile. On that scale the interval
    ends below 1 and is wider downwards, as it should be. None where nobody ever differed, or next
    to nothing varies: then these units do not say how much others would.
    """
    alpha = alpha_of(patterns, size, is_ordered=is_ordered)
    if alpha is None or alpha == 1 or _varying(patterns) < _LEAST_VARYING:
        return None
    # In their order, which rounding depends on: the database gives rows in any.
    patterns = dict(sorted(patterns.items()))
    units = sum(patterns.values())
    moves = dict(_moves(patterns, size, is_ordered=is_ordered, of=log(1 - alpha)))
    mean = sum(times * moves[pattern] for pattern, times in patterns.items()) / units
    squares = sum(times * (moves[pattern] - mean) ** 2 for pattern, times in patterns.items())
    half = student(units - 1, level) * sqrt(squares * units / (units - 1))
    return 1 - (1 - alpha) * exp(half), 1 - (1 - alpha) * exp(-half)


def _varying(patterns: Patterns) -> float:
    """In how many units somebody did not say what is said most often."""
    alike: dict[int, float] = {}
    for pattern, times in patterns.items():
        if len(set(pattern)) == 1:
            alike[pattern[0]] = alike.get(pattern[0], 0) + times
    return sum(patterns.values()) - max(alike.values(), default=0)


def _moves(
    patterns: Patterns, size: int, *, is_ordered: bool, of: float
) -> Iterator[tuple[tuple[int, ...], float]]:
    """How far one more unit of each pattern moves the logarithm, which is `of` without it."""
    for pattern, times in patterns.items():
        more = {**patterns, pattern: times + _LITTLE}
        alpha = alpha_of(more, size, is_ordered=is_ordered)
        # What varied before varies still.
        yield pattern, (log(1 - alpha) - of) / _LITTLE if alpha is not None else 0.0


def _names_apart(size: int) -> list[list[float]]:
    """All that is not the same is as far apart."""
    return [[float(one != other) for other in range(size)] for one in range(size)]


def _scores_apart(totals: list[float]) -> list[list[float]]:
    """Squared differences between scores: by how many judgements lie between them."""
    # Where each value lies among all judgements: everything below it and half of its own.
    middle, below = [], 0.0
    for total in totals:
        middle.append(below + total / 2)
        below += total
    return [[(one - other) ** 2 for other in middle] for one in middle]
