"""How far people who judge the same things agree: Krippendorff's alpha, with an interval.

Alpha is 1 where they always agree and 0 where they agree no more than chance would have it; below 0
they differ systematically. It takes any number of judgements of each unit, and missing ones.
(K. Krippendorff, Content Analysis, 4th edition, chapter 12.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm.agreement.alpha import alpha_of, interval_of

# Below this many units judged twice, alpha says more about luck than about people.
LEAST_UNITS = 10
# What Krippendorff himself holds for reliable, and for good enough for tentative conclusions.
RELIABLE, TENTATIVE = 0.8, 0.667
LEVEL = 0.95


class Level(StrEnum):
    """What the values are: names, or steps of a scale whose order counts."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"


@dataclass(frozen=True)
class Agreement:
    """Alpha of one criterion; where there is none, `reason` says why."""

    # Units with at least two judgements.
    units: int
    # In how many of them everybody said the same.
    same: int
    alpha: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    # Of the interval.
    level: float = LEVEL

    @property
    def words(self) -> str:
        """What it means for those who use the results."""
        if self.alpha is None:
            return self.reason
        if self.low is not None and self.low >= RELIABLE:
            return "Reliable: the scores can be relied on."
        if self.alpha >= RELIABLE:
            return "Probably reliable; more double reviews would make it certain."
        if self.alpha >= TENTATIVE:
            return "Good enough to rank, too weak to decide by a single point."
        return "Reviewers mean different things: talk about the anchors, and reword them."


def agreement(
    units: Iterable[Sequence[object]], values: Sequence[object], level: Level
) -> Agreement:
    """The agreement about `units`, each the judgements of one thing; `values` are in order.

    Units with fewer than two judgements say nothing about agreement and are left out.
    """
    return agreement_of_many(((unit, 1) for unit in units), values, level)


def agreement_of_many(
    counted: Iterable[tuple[Sequence[object], int]], values: Sequence[object], level: Level
) -> Agreement:
    """The same of units with how often each was judged so."""
    place = {value: number for number, value in enumerate(values)}
    patterns: Counter[tuple[int, ...]] = Counter()
    for unit, times in counted:
        if len(unit) > 1:
            patterns[tuple(sorted(place[value] for value in unit))] += times
    count = patterns.total()
    same = sum(often for pattern, often in patterns.items() if len(set(pattern)) == 1)
    if count < LEAST_UNITS:
        reason = (
            f"Too few: {count} of at least {LEAST_UNITS} that two people judged."
            if count
            else "Nothing was judged by two people yet."
        )
        return Agreement(count, same, reason=reason)
    is_ordered = level is Level.ORDINAL
    alpha = alpha_of(patterns, len(values), is_ordered=is_ordered)
    if alpha is None:
        reason = "Everybody always said the same one thing: nothing to tell agreement from chance."
        return Agreement(count, same, reason=reason)
    interval = interval_of(patterns, len(values), is_ordered=is_ordered, level=LEVEL)
    low, high = interval or (None, None)
    return Agreement(count, same, alpha, low, high)
