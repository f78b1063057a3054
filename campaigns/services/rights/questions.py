"""What is asked of rights, and what the answer is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.choices import Usage, Verdict
from campaigns.models import UsageRight

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """What somebody wants to do.

    `territory`: countries, none of them for worldwide, None where nobody said. `until` None is the
    one day; `is_open` is until further notice.
    """

    usage: Usage
    on: date
    until: date | None = None
    is_open: bool = False
    territory: tuple[str, ...] | None = None
    channel: str | None = None

    @property
    def last(self) -> date:
        """The last day of the use."""
        return date.max if self.is_open else (self.until or self.on)


@dataclass(frozen=True)
class Answer:
    """The answer, what it rests on, until when it holds, and what to do."""

    verdict: Verdict
    reasons: tuple[str, ...]
    # Those that say so: of a yes all that hold on the first day.
    rights: tuple[UsageRight, ...] = ()
    # Of a yes: its last day; None with `is_endless` for no end.
    until: date | None = None
    is_endless: bool = False
    todo: str = ""
    # What to heed where it is used.
    heed: tuple[str, ...] = ()


def spell_of(right: UsageRight) -> tuple[date, date] | None:
    """The first and the last day on which a right holds; None where there is none (yet)."""
    if right.starts_on is None:
        return None
    last = right.ends_on or date.max
    if right.revoked_on is not None:
        last = min(last, right.revoked_on - DAY)
    return (right.starts_on, last) if last >= right.starts_on else None
