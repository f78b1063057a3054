"""Whether a target is reached: said only where the interval allows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from segmentation.metrics.catalogue import Better, metric_of
from segmentation.metrics.cells import Cell
from segmentation.selectors.scorecards.lines import in_words


class Verdict(StrEnum):
    """How a number stands to its target."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Standing:
    """A target with its verdict, and both in words."""

    target: float
    verdict: Verdict
    target_words: str
    words: str

    @property
    def colour(self) -> str:
        """Of its badge: colour only where it means something."""
        return {Verdict.REACHED: "green", Verdict.NOT_REACHED: "red"}.get(self.verdict, "secondary")


def standing_of(cell: Cell, target: float) -> Standing:
    """How a row stands to a target: at most where lower is better, else at least.

    A counted number is compared as it is. An estimated one reaches its target, or misses it, only
    where its whole 95 % interval does.
    """
    metric = metric_of(cell["key"])
    at_most = metric.better == Better.LOWER
    target_words = f"{'at most' if at_most else 'at least'} {in_words(target, metric.unit)}"
    value = cell["value"]
    if value is None:
        reason = cell["reason_if_absent"] or "There is no value."
        return Standing(target, Verdict.CANNOT_TELL, target_words, f"Cannot be told. {reason}")
    interval = cell["interval"]
    low, high = (interval["low"], interval["high"]) if interval else (value, value)
    good, bad = (high <= target, low > target) if at_most else (low >= target, high < target)
    if good:
        return Standing(target, Verdict.REACHED, target_words, "Reached")
    if bad:
        return Standing(target, Verdict.NOT_REACHED, target_words, "Not reached")
    side = "reaches it" if (value <= target if at_most else value >= target) else "misses it"
    words = f"Cannot be told: the value {side}, its interval lies on both sides"
    return Standing(target, Verdict.CANNOT_TELL, target_words, words)
