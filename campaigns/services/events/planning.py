"""An event is planned, changed, called off."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, timedelta
from typing import TypedDict

from django.db import transaction

from campaigns.models import Campaign, Event
from campaigns.models.events import GUESTS_MAX
from campaigns.services.events.places import offer_free_places
from campaigns.services.events.record import held, taken
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User

FIELDS = (
    "name",
    "place",
    "address",
    "starts_at",
    "ends_at",
    "zone",
    "capacity",
    "guests_max",
    "answer_by",
    "covers_travel",
    "covers",
    "notes",
    "hashtag",
)
CAPACITY_MAX = 100_000
# A trip of two weeks is an event; a year is a slip of the finger.
LASTS_MAX = timedelta(days=31)
AHEAD_MAX = timedelta(days=1_095)
REASON_MAX = 300


class Values(TypedDict, total=False):
    """What an event says; what is left out stays."""

    name: str
    place: str
    address: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    capacity: int | None
    guests_max: int
    answer_by: date | None
    covers_travel: bool
    covers: str
    notes: str
    hashtag: str


@transaction.atomic
def make_event(*, campaign: Campaign, values: Values, actor: User, at: datetime) -> Event:
    """A new event of a campaign that is open. Raises CampaignRefused."""
    _refuse_closed(campaign)
    event = Event(campaign=campaign, created_by=actor, created_at=at)
    _set(event, values, at)
    event.save(force_insert=True)
    _log(event, "planned", actor, at)
    return event


@transaction.atomic
def change_event(
    *,
    event_id: int,
    brand: Brand,
    values: Values,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Event:
    """Say something else of it. More places go to the waiting list at once.

    Raises CampaignRefused, Event.DoesNotExist.
    """
    event = held(event_id, brand, expected_version)
    _refuse_closed(event.campaign)
    if event.cancelled_at is not None:
        raise CampaignRefused(f"{event} was called off.", code="cancelled")
    before = {name: getattr(event, name) for name in FIELDS}
    _set(event, values, at)
    changed = [name for name in FIELDS if getattr(event, name) != before[name]]
    if not changed:
        return event
    if "capacity" in changed and event.capacity is not None:
        people = taken(event)
        if event.capacity < people:
            raise CampaignRefused(
                f"{people:,} people have a place already. Take invitations back first, or keep "
                "as many places.",
                field="capacity",
            )
    event.version += 1
    event.save()
    if "capacity" in changed:
        offer_free_places(event, at)
    _log(event, "changed", actor, at, fields=changed)
    return event


@transaction.atomic
def cancel_event(
    *,
    event_id: int,
    brand: Brand,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Event:
    """Call it off: creators read so behind their links. Raises CampaignRefused."""
    event = held(event_id, brand, expected_version)
    reason = " ".join(reason.replace("\0", "").split())
    if event.cancelled_at is not None:
        raise CampaignRefused(f"{event} was called off before.", code="cancelled")
    if event.ends_at <= at:
        raise CampaignRefused(f"{event} is over.", code="over")
    if not reason:
        raise CampaignRefused(
            "Say why: those who are invited read it.", code="reason_needed", field="reason"
        )
    if len(reason) > REASON_MAX:
        raise CampaignRefused(f"{REASON_MAX} characters are the most.", field="reason")
    event.cancelled_at, event.cancelled_because = at, reason
    event.version += 1
    event.save()
    _log(event, "cancelled", actor, at)
    return event


def _refuse_closed(campaign: Campaign) -> None:
    if not campaign.is_open:
        raise CampaignRefused(
            f"{campaign} is {campaign.get_status_display().lower()}. Open it again to plan events.",
            code="campaign_closed",
        )


def _set(event: Event, values: Values, at: datetime) -> None:
    """Take the values over, and see that they make an event. Raises CampaignRefused."""
    for name, value in values.items():
        if name in FIELDS:
            setattr(event, name, _clean(name, value) if isinstance(value, str) else value)
    for name, words in (("name", "Name the event."), ("place", "Say where it is.")):
        if not getattr(event, name):
            raise CampaignRefused(words, field=name)
    if event.zone not in zoneinfo.available_timezones():
        raise CampaignRefused(
            f"{event.zone or 'Nothing'} is not a known time zone, e.g. Europe/Copenhagen.",
            field="zone",
        )
    if event.ends_at <= event.starts_at:
        raise CampaignRefused("It ends after it begins.", field="ends_at")
    if event.ends_at - event.starts_at > LASTS_MAX:
        raise CampaignRefused(f"{LASTS_MAX.days} days are the longest.", field="ends_at")
    if event.starts_at > at + AHEAD_MAX:
        raise CampaignRefused("That is more than three years ahead.", field="starts_at")
    if event.capacity is not None and not 1 <= event.capacity <= CAPACITY_MAX:
        raise CampaignRefused(f"1 to {CAPACITY_MAX:,} places, or none named.", field="capacity")
    if not 0 <= event.guests_max <= GUESTS_MAX:
        raise CampaignRefused(f"Up to {GUESTS_MAX} guests.", field="guests_max")
    last = event.starts_at.astimezone(event.tz).date()
    if event.answer_by is not None and event.answer_by > last:
        raise CampaignRefused("Answers are due on the day of the event at last.", field="answer_by")


def _clean(name: str, value: str) -> str:
    value = value.replace("\0", "").replace("\r\n", "\n").strip()
    if name == "hashtag":
        return value.lstrip("#").casefold()
    return value if name in {"notes", "address"} else " ".join(value.split())


def _log(event: Event, verb: str, actor: User, at: datetime, **data: object) -> None:
    audit.record(
        brand=event.campaign.brand,
        verb=f"campaigns.event.{verb}",
        target=event,
        actor=actor,
        at=at,
        data={"campaign": event.campaign.key, **data},
        label=event.name,
    )
