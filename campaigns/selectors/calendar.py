"""The content calendar as pages show it: each day of each slot, filled or not, and conflicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.models import Campaign, Slot, SlotFill
from campaigns.models.engagements import LEFT
from campaigns.services.calendar import days_of

# Two publications of one creator so close together take from each other.
CLOSE = timedelta(days=3)


@dataclass(frozen=True)
class Place:
    """Who fills a slot on a day, and what is wrong with that (empty: nothing)."""

    fill: SlotFill
    conflict: str


@dataclass(frozen=True)
class Occurrence:
    """One of a slot's days."""

    slot: Slot
    on: date
    places: Sequence[Place]

    @property
    def free(self) -> int:
        """How many places nobody fills yet."""
        return max(self.slot.places - len(self.places), 0)

    @property
    def name(self) -> str:
        """As it stands in an address."""
        return f"{self.slot.pk}-{self.on}"

    @property
    def has_conflict(self) -> bool:
        """Whether somebody should look."""
        return any(place.conflict for place in self.places)


@dataclass(frozen=True)
class Month:
    """The days of a month in their order."""

    first: date
    days: Sequence[Occurrence]


@dataclass(frozen=True)
class CalendarPage:
    """All days of a campaign's slots, and how many are filled."""

    slots: Sequence[Slot]
    months: Sequence[Month]
    places: int
    filled: int
    conflicts: int

    @property
    def unfilled(self) -> int:
        """Places that nobody fills yet."""
        return self.places - self.filled


def calendar_page(campaign: Campaign, only: str = "") -> CalendarPage:
    """The calendar of a campaign: three queries. `only`: "unfilled" or "conflicts"."""
    slots = list(campaign.slots.select_related("platform").order_by("first_on", "pk"))
    fills = list(
        SlotFill.objects.filter(slot__campaign=campaign)
        .select_related("engagement__relationship__creator")
        .order_by("on", "pk")
    )
    by_day: dict[tuple[int, date], list[Place]] = defaultdict(list)
    near = _close_days(fills)
    for fill in fills:
        by_day[fill.slot_id, fill.on].append(Place(fill, _conflict(campaign, fill, near)))
    days = [Occurrence(slot, on, by_day[slot.pk, on]) for slot in slots for on in days_of(slot)]
    days.sort(key=lambda one: (one.on, one.slot.pk))
    places = sum(one.slot.places for one in days)
    filled = sum(min(len(one.places), one.slot.places) for one in days)
    conflicts = sum(one.has_conflict for one in days)
    if only == "unfilled":
        days = [one for one in days if one.free]
    elif only == "conflicts":
        days = [one for one in days if one.has_conflict]
    months: dict[date, list[Occurrence]] = defaultdict(list)
    for one in days:
        months[one.on.replace(day=1)].append(one)
    return CalendarPage(
        slots, [Month(first, those) for first, those in months.items()], places, filled, conflicts
    )


def _close_days(fills: Sequence[SlotFill]) -> dict[int, list[date]]:
    """By creator, the days on which they publish anywhere for the brand: one query."""
    creators = {fill.engagement.relationship_id for fill in fills}
    found: dict[int, list[date]] = defaultdict(list)
    rows = SlotFill.objects.filter(engagement__relationship__in=creators)
    for relationship, on in rows.values_list("engagement__relationship", "on"):
        found[relationship].append(on)
    return found


def _conflict(campaign: Campaign, fill: SlotFill, days: dict[int, list[date]]) -> str:
    """What is wrong with somebody on a day, in words."""
    engagement = fill.engagement
    if engagement.stage in LEFT:
        return f"{engagement.get_stage_display().lower()} since, so somebody else is needed"
    if campaign.embargo_until and fill.on < campaign.embargo_until.date():
        return "before the embargo ends"
    if not campaign.starts_on <= fill.on <= campaign.ends_on:
        return "outside the campaign's days"
    others = [on for on in days[engagement.relationship_id] if on != fill.on]
    close = [on for on in others if abs(on - fill.on) < CLOSE]
    if close:
        return f"publishes on {min(close):%-d %B}, too"
    return ""
