"""What a day is made of: sections, the sources of their rows, and the rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from crm.choices import Role, Stage
from crm.models import Brand, User
from crm.permissions import Can
from crm.registry import Registry
from crm.services.stalls import limits_of

# By this annotation the rows of all sources are put in one order: since when it waits.
DAY_AT = "day_at"


class Section(StrEnum):
    """The four lists of a day."""

    ANSWER = "answer"
    CHASE = "chase"
    UNBLOCK = "unblock"
    DECIDE = "decide"

    @property
    def purpose(self) -> str:
        """What the list is for."""
        return _PURPOSES[self]

    @property
    def empty(self) -> str:
        """What is said where nothing waits."""
        return _EMPTY[self]


_PURPOSES = {
    Section.ANSWER: "Who waits for a word from you.",
    Section.CHASE: "What is due today, and what is overdue.",
    Section.UNBLOCK: "What stands still and needs a push.",
    Section.DECIDE: "What goes on when you say yes or no.",
}
_EMPTY = {
    Section.ANSWER: "Nobody waits for you. Replies of creators and notes that name you come here.",
    Section.CHASE: "Nothing is due. Tasks and next steps come here on their day.",
    Section.UNBLOCK: "Nothing stands still. Cards that stall and imports with rejected rows come "
    "here.",
    Section.DECIDE: "Nothing waits for a decision of yours.",
}


class Asks(StrEnum):
    """What a row needs to know before it is done."""

    NOTHING = ""
    # A next step and its day.
    PLAN = "plan"


class DayRefused(Exception):
    """The row is not done; the message is fit for the user."""


@dataclass(frozen=True)
class Asker:
    """Whose day it is, and when they ask."""

    user: User
    brand: Brand
    role: Role
    at: datetime
    # Everybody's, not only one's own.
    is_team: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """Days are the brand's."""
        return ZoneInfo(self.brand.timezone)

    @cached_property
    def stage_limits(self) -> Mapping[Stage, int | None]:
        """After how many days cards stall, read once."""
        return limits_of(self.brand)

    @property
    def today(self) -> date:
        """The brand's day."""
        return self.at.astimezone(self.zone).date()


@dataclass(frozen=True)
class Row:
    """One row of a day. `when` is in words; `done` is what the one click is called."""

    pk: int
    title: str
    url: str
    # Why it is here.
    why: str
    since: datetime
    # Whom or what it is about, where the title does not say so.
    about: str = ""
    is_late: bool = False
    # Whose it is, for the team's view.
    who: str = ""
    done: str = ""
    asks: Asks = Asks.NOTHING
    # Sent back with the click: what somebody else changed meanwhile is not overwritten.
    version: int | None = None


class Source(ABC):
    """A kind of row, e.g. tasks that are due."""

    key: str
    section: Section
    # What one row is called: "Task".
    name: str
    icon: str
    # What is said after the click.
    finished: str = "Done."
    # Who sees the rows at all, and who may say that one is done.
    can: Can = Can.VIEW
    can_finish: Can = Can.VIEW

    @abstractmethod
    def rows(self, asker: Asker) -> QuerySet[Any]:
        """What waits, each annotated with DAY_AT (not null); paging and order are not its work."""

    @abstractmethod
    def show(self, asker: Asker, rows: Sequence[Any]) -> list[Row]:
        """The rows as people read them: no query for each."""

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """Do what the one click says. Returns what `undo` needs, as JSON holds it.

        Raises DayRefused, or the model's DoesNotExist where the row is gone.
        """
        raise DayRefused("This cannot be done from here. Open it.")

    def undo(self, asker: Asker, pk: int, state: Any) -> None:
        """Take the click back. Raises DayRefused where somebody was quicker."""
        raise DayRefused("This cannot be undone from here. Open it.")


@dataclass(frozen=True)
class Line:
    """A quiet line below the lists, e.g. last night's run."""

    words: str
    url: str


SOURCES: Registry[Source] = Registry()
LINES: Registry[Callable[[Asker], Line | None]] = Registry()
