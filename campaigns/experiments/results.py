"""What goes into an analysis, and what comes out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one creator: `events` (conversions, revenue) on `weight` (clicks, posts).

    With weight 1 the rate is a mean over creators. `events` is None where nobody knows.
    """

    creator: int | str
    arm: str
    events: float | None
    weight: float = 1.0
    stratum: Hashable = ""


class Reading(StrEnum):
    """When somebody looks at the result."""

    ONCE = "once"
    PLANNED = "planned"
    ANYTIME = "anytime"

    @property
    def label(self) -> str:
        """What the choice says on a form."""
        return _READINGS[self]


_READINGS = {
    Reading.ONCE: "Once, when all has come in",
    Reading.PLANNED: "At a planned number of moments",
    Reading.ANYTIME: "Whenever somebody likes",
}


class PlanRefused(Exception):
    """The plan of an experiment contradicts itself; the message is fit for the user."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided before the first result.

    control        the arm that the others are compared with
    level          how sure the intervals shall be, all comparisons together
    reading        when the result is read; `looks` is the planned number of times
    planned_lift   the difference the experiment is made for, e.g. 0.2; ANYTIME is sharpest there
    randomised     False where creators came to their arms by themselves: then a difference may
                   have other causes than the arm, and the words say so
    """

    control: str
    level: float = 0.95
    reading: Reading = Reading.ONCE
    looks: int = 1
    planned_lift: float = 0.2
    randomised: bool = True
    seed: str = ""

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if not 0.5 <= self.level < 1:
            raise PlanRefused("The level must be at least 50 % and less than 100 %.")
        if self.planned_lift <= 0:
            raise PlanRefused("The planned difference must be more than nothing.")
        if self.reading is Reading.PLANNED and not 2 <= self.looks <= 52:
            raise PlanRefused("Plan between 2 and 52 looks at the result.")


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the truth probably lies."""

    level: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ArmResult:
    """What was seen in one arm.

    `unknown` creators have no known outcome, `silent` ones nothing to count on (no click, say);
    both are left out, and shown.
    """

    arm: str
    creators: int
    unknown: int
    silent: int
    rate: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """An arm against the control: lift = rate / rate of the control - 1.

    `by_chance` is how often chance alone, shuffling the arms within strata, makes a difference at
    least as large; None where there is too little to shuffle, and where the result is read more
    than once: a shuffle does not know about looks.
    """

    arm: str
    lift: float | None
    interval: Interval | None
    by_chance: float | None
    reason_if_absent: str | None = None

    @property
    def is_decided(self) -> bool:
        """Whether the interval leaves no difference out."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high


@dataclass(frozen=True, slots=True)
class Analysis:
    """The result of an experiment, with the names of the methods."""

    plan: Plan
    arms: Mapping[str, ArmResult]
    comparisons: tuple[Comparison, ...]
    method: str
    look: int | None = None
