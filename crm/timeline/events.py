"""What a timeline is made of: events, the sources that find them, and the part that is asked for.

Every source is asked for the same part of the line: the newest rows before a place in it, narrowed
by people and days. A page costs one query for each source, however long the history is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils import timezone

from crm.models import Relationship, User
from crm.paging import BadCursor
from crm.registry import Registry

_signer = signing.Signer(salt="crm.timeline")


@dataclass(frozen=True)
class Event:
    """One thing that happened. `kind` is the key of its source, `text` is what somebody wrote."""

    at: datetime
    kind: str
    title: str
    who: str = ""
    text: str = ""
    # Tells it from other events of its kind: the row's number, as the source orders by.
    number: int = 0
    # Where it can be seen whole or explained, and what the link is called.
    url: str = ""
    link: str = ""

    @property
    def place(self) -> Place:
        """What events are ordered by."""
        return Place(self.at, self.kind, self.number)

    @property
    def anchor(self) -> str:
        """The id of its element in a page."""
        return f"event-{self.kind}-{self.number}-{self.at:%s}"

    @property
    def permalink(self) -> str:
        """The cursor of the page that begins with it."""
        return self.place.cursor(itself=True)

    @property
    def icon(self) -> str:
        """As its source has it."""
        return SOURCES[self.kind].icon

    @property
    def day(self) -> date:
        """In the time zone of the page."""
        return timezone.localtime(self.at).date()


@dataclass(frozen=True, order=True)
class Place:
    """A place in the line of time: no two events share one."""

    at: datetime
    kind: str
    number: int
    # Whether the page begins with the event that stands here, or with the one after it.
    itself: bool = field(default=False, compare=False)

    def cursor(self, *, itself: bool = False) -> str:
        """As it stands in an address."""
        return _signer.sign_object([self.at.isoformat(), self.kind, self.number, itself])

    @classmethod
    def of(cls, cursor: str) -> Place:
        """Read it from an address. Raises BadCursor."""
        try:
            at, kind, number, itself = _signer.unsign_object(cursor)
            return cls(datetime.fromisoformat(at), str(kind), int(number), itself=bool(itself))
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise BadCursor(
                "This page address is not complete. Start again from page one."
            ) from error


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see of a timeline. Days are the page's; no kinds: the usual ones."""

    kinds: frozenset[str] = frozenset()
    person: User | None = None
    since: date | None = None
    until: date | None = None
    # Who asks, and whether restricted notes are theirs to read; nobody: no restricted ones.
    reader: User | None = None
    reads_restricted: bool = False

    def wants(self, source: Source) -> bool:
        """Whether events of a source are asked for."""
        return source.key in self.kinds if self.kinds else source.by_default

    @property
    def is_narrow(self) -> bool:
        """Whether it is not simply the usual."""
        return bool(self.kinds or self.person or self.since or self.until)


@dataclass(frozen=True)
class Window:
    """The part of the line that one source is asked for."""

    kind: str
    size: int
    asked: Asked = Asked()
    before: Place | None = None

    def rows(
        self, rows: QuerySet[Any], *, at: str, person: str = "", number: str = "pk"
    ) -> list[Any]:
        """The newest rows of the part, one more than fit.

        `at` is the column of the moment, `person` that of whoever did it (none: nobody did, and
        asking for a person finds nothing), `number` what tells rows of one moment apart.
        """
        asked = self.asked
        if asked.person is not None:
            rows = rows.filter(**{person: asked.person}) if person else rows.none()
        if asked.since is not None:
            rows = rows.filter(**{f"{at}__gte": _midnight(asked.since)})
        if asked.until is not None:
            rows = rows.filter(**{f"{at}__lt": _midnight(asked.until + timedelta(days=1))})
        if self.before is not None:
            rows = rows.filter(self._older(self.before, at, number))
        return list(rows.order_by(f"-{at}", f"-{number}")[: self.size + 1])

    def _older(self, before: Place, at: str, number: str) -> Q:
        """Rows that come after `before` in the line, which goes back in time."""
        earlier = Q(**{f"{at}__lt": before.at})
        if self.kind > before.kind:
            return earlier
        at_that_moment = Q(**{at: before.at})
        if self.kind == before.kind:
            than = "lte" if before.itself else "lt"
            at_that_moment &= Q(**{f"{number}__{than}": before.number})
        return earlier | at_that_moment


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class Source:
    """Where events of a kind come from. `find` costs a constant number of queries."""

    key: str
    label: str
    # One of crm.icons.ICONS.
    icon: str
    find: Callable[[Relationship, Window], Iterable[Event]]
    # Shown unless somebody asks for certain kinds; what comes daily would hide the rest.
    by_default: bool = True


# Upper apps add theirs in AppConfig.ready() (docs/adr/0011).
SOURCES: Registry[Source] = Registry()


def name_of(user: User | None, otherwise: str = "") -> str:
    """What people call whoever did it."""
    return user.display_name if user else otherwise
