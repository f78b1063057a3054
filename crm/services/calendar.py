"""Calendar feeds: what is due for a person, for the calendar that they look at anyway."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from icalendar import Calendar, Event, vRecur

from crm.models import Brand, CalendarFeed, Relationship, Task, User
from crm.registry import Registry
from crm.services.recurrence import rule_of
from crm.services.tasks import repeat_of

BACK, AHEAD = timedelta(days=90), timedelta(days=400)
EVENTS_MAX = 1_000
# A calendar shows a moment as a stretch of time.
LENGTH = timedelta(minutes=30)


@dataclass(frozen=True)
class Entry:
    """A day of an upper app's; `key` tells it from all others, `url` is a path of this product."""

    key: str
    title: str
    brand: Brand
    url: str
    stamp: datetime
    on: date


# Who it is for, and the first and the last day; upper apps add theirs (docs/adr/0011).
SOURCES: Registry[Callable[[User, tuple[date, date]], Iterable[Entry]]] = Registry()


def digest_of(secret: str) -> str:
    """What is kept of a feed's secret, which has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_feed(*, user: User, at: datetime) -> str:
    """A new secret for the person's feed; the one before ends. It is shown once, not kept."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    revoke_feed(user=user, at=at)
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(user=user, digest=digest_of(secret), created_at=at)
    return secret


def revoke_feed(*, user: User, at: datetime) -> bool:
    """End the person's feed. Whether there was one."""
    return bool(CalendarFeed.objects.filter(user=user, revoked_at=None).update(revoked_at=at))


def feed_of(user: User) -> CalendarFeed | None:
    """The person's feed, if there is one."""
    return CalendarFeed.objects.filter(user=user, revoked_at=None).first()


def read_feed(*, secret: str, at: datetime) -> bytes | None:
    """The calendar behind a secret; None where it leads nowhere (any more)."""
    feed = (
        CalendarFeed.objects.select_related("user")
        .filter(digest=digest_of(secret), revoked_at=None, user__is_active=True)
        .first()
    )
    if feed is None:
        return None
    # Calendars ask every few minutes; that the feed is in use need not be known to the second.
    if feed.last_read_at is None or at - feed.last_read_at > timedelta(hours=1):
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=at)
    return calendar_of(feed.user, at)


def calendar_of(user: User, at: datetime) -> bytes:
    """All that is due for `user` around `at`, of all their brands: titles and nothing personal."""
    calendar = Calendar()
    calendar.add("prodid", "-//Rapport//Tasks and next steps//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Rapport")
    for event in (*_tasks(user, at), *_next_steps(user, at), *_of_upper_apps(user, at)):
        calendar.add_component(event)
    calendar.add_missing_timezones()
    ical: bytes = calendar.to_ical()
    return ical


def _tasks(user: User, at: datetime) -> Iterator[Event]:
    earliest, latest = at - BACK, at + AHEAD
    in_time = Task.objects.visible_to(user).open().filter(assignee=user)
    by_day = in_time.filter(due_on__range=(earliest.date(), latest.date()))
    by_moment = in_time.filter(due_at__range=(earliest, latest))
    for rows in (by_day.order_by("due_on", "pk"), by_moment.order_by("due_at", "pk")):
        for task in rows.select_related("brand")[:EVENTS_MAX]:
            url = reverse("crm:task", args=[task.brand.slug, task.pk])
            event = _event(f"task-{task.pk}", task.title, task.brand, url, task.created_at)
            zone = ZoneInfo(task.brand.timezone)
            day = task.due_on or (task.due_at or at).astimezone(zone).date()
            repeat = repeat_of(task)
            if task.due_at:
                # A series keeps its hour of the day when clocks change, so it names its zone.
                _at_moment(event, task.due_at.astimezone(zone if repeat else UTC))
            else:
                _on_day(event, day)
            event.add("sequence", task.version)
            if repeat:
                rule = rule_of(repeat.unit, repeat.every, task.series_start or day)
                event.add("rrule", vRecur.from_ical(rule))
            yield event


def _next_steps(user: User, at: datetime) -> Iterator[Event]:
    days = (at - BACK).date(), (at + AHEAD).date()
    rows = (
        Relationship.objects.visible_to(user)
        .filter(owner=user, next_step_on__range=days)
        .select_related("brand", "creator")
        .order_by("next_step_on", "pk")
    )
    for row in rows[:EVENTS_MAX]:
        url = reverse("crm:creator", args=[row.brand.slug, row.creator.uid])
        event = _event(f"step-{row.pk}", row.next_step, row.brand, url, row.created_at)
        _on_day(event, row.next_step_on or at.date())
        event.add("sequence", row.version)
        yield event


def _of_upper_apps(user: User, at: datetime) -> Iterator[Event]:
    days = (at - BACK).date(), (at + AHEAD).date()
    for source in SOURCES:
        for entry in islice(source(user, days), EVENTS_MAX):
            event = _event(entry.key, entry.title, entry.brand, entry.url, entry.stamp)
            _on_day(event, entry.on)
            yield event


def _event(key: str, title: str, brand: Brand, url: str, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{key}@rapport")
    # Not now: the same content must be the same bytes, or no calendar could keep it.
    event.add("dtstamp", stamp)
    event.add("summary", title)
    event.add("categories", [brand.name])
    event.add("transp", "TRANSPARENT")
    if settings.RAPPORT_URL:
        event.add("url", settings.RAPPORT_URL + url)
    return event


def _on_day(event: Event, day: date) -> None:
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))


def _at_moment(event: Event, moment: datetime) -> None:
    event.add("dtstart", moment)
    event.add("dtend", moment + LENGTH)
