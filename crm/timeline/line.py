"""Put the events of all sources into one line of time, newest first, and page through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from crm.models import Relationship
from crm.paging import Page
from crm.timeline.events import SOURCES, Asked, Event, Place, Window

EVERYTHING = Asked()


def timeline(
    relationship: Relationship,
    *,
    asked: Asked = EVERYTHING,
    cursor: str | None = None,
    size: int = 20,
) -> Page[Event]:
    """The newest events, or the older ones from `cursor` on. Raises BadCursor.

    `relationship` is read with its brand and creator.
    """
    before = Place.of(cursor) if cursor else None
    events = sorted(
        (
            event
            for source in SOURCES
            if asked.wants(source)
            for event in source.find(relationship, Window(source.key, size, asked, before))
        ),
        key=lambda event: event.place,
        reverse=True,
    )
    goes_on = len(events) > size
    events = events[:size]
    return Page(events, events[-1].place.cursor() if goes_on else None, None)


def whole_timeline(
    relationship: Relationship, *, asked: Asked = EVERYTHING, size: int = 500
) -> Iterator[Event]:
    """Every event from the newest on, read in parts: for an export."""
    cursor: str | None = None
    while True:
        page = timeline(relationship, asked=asked, cursor=cursor, size=size)
        yield from page.items
        if page.next is None:
            return
        cursor = page.next


@dataclass(frozen=True)
class Day:
    """The events of one day. One that the page before began has no heading of its own."""

    on: date
    events: list[Event]
    is_begun: bool


def by_day(events: list[Event], cursor: str | None) -> list[Day]:
    """Events under the headings of their days, for the page that begins at `cursor`."""
    before = Place.of(cursor) if cursor else None
    begun = None
    if before and not before.itself:
        begun = Event(before.at, before.kind, "").day
    return [
        Day(on, list(those), is_begun=on == begun)
        for on, those in groupby(events, key=lambda event: event.day)
    ]
