"""The content calendar: places that come again, the days they fall on, and who fills them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict

from dateutil.rrule import MONTHLY, WEEKLY, rrule
from django.db import transaction

from campaigns.choices import SlotCadence
from campaigns.models import Campaign, Engagement, Slot, SlotFill
from campaigns.services.campaigns import locked
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, Platform, User

MAX_SLOTS, MAX_DAYS, TITLE_MAX = 50, 400, 120


class SlotValues(TypedDict):
    """What a slot says."""

    title: str
    segment: str
    platform: Platform | None
    cadence: SlotCadence
    first_on: date
    until: date
    places: int


def days_of(slot: Slot) -> list[date]:
    """The days of a slot: each week on its weekday, each month or quarter on its day.

    A month without that day has its last: what begins on the 31st is on the 30th of April.
    """
    start = datetime(slot.first_on.year, slot.first_on.month, slot.first_on.day)  # noqa: DTZ001 - days only
    until = datetime(slot.until.year, slot.until.month, slot.until.day)  # noqa: DTZ001
    if slot.cadence == SlotCadence.WEEKLY:
        days = rrule(WEEKLY, dtstart=start, until=until)
    else:
        # Of all days from the 28th up to the wanted one, the last that the month has.
        wanted = list(range(min(28, slot.first_on.day), slot.first_on.day + 1))
        days = rrule(
            MONTHLY,
            interval=1 if slot.cadence == SlotCadence.MONTHLY else 3,
            dtstart=start.replace(day=wanted[0]),
            until=until,
            bymonthday=wanted,
            bysetpos=-1,
        )
    return [day.date() for day in days if day >= start][:MAX_DAYS]


@transaction.atomic
def add_slot(
    *, campaign_id: int, brand: Brand, values: SlotValues, actor: User | None, at: datetime
) -> Slot:
    """A new slot of a campaign. Raises CampaignRefused."""
    campaign = _open(locked(campaign_id, brand, None))
    title = values["title"].strip()[:TITLE_MAX]
    if not title:
        raise CampaignRefused("Give the slot a name.", code="title_needed", field="title")
    if values["until"] < values["first_on"]:
        raise CampaignRefused(
            "The last day comes before the first.", code="out_of_order", field="until"
        )
    for name in ("first_on", "until"):
        if not campaign.starts_on <= values[name] <= campaign.ends_on:
            raise CampaignRefused(
                f"{campaign} runs from {campaign.starts_on:%-d %B %Y} to "
                f"{campaign.ends_on:%-d %B %Y}.",
                code="out_of_range",
                field=name,
            )
    if not 1 <= values["places"] <= 100:
        raise CampaignRefused("From 1 to 100 places.", code="out_of_range", field="places")
    if campaign.slots.count() >= MAX_SLOTS:
        raise CampaignRefused(f"At most {MAX_SLOTS} slots.", code="too_many", field="title")
    slot = Slot.objects.create(campaign=campaign, **{**values, "title": title})
    data = {"cadence": slot.cadence, "first_on": slot.first_on, "until": slot.until}
    _record(slot, "created", actor, at, data)
    return slot


@transaction.atomic
def delete_slot(*, slot_id: int, brand: Brand, actor: User | None, at: datetime) -> None:
    """Take a slot away, and with it who fills its days. Raises CampaignRefused, DoesNotExist."""
    campaign_id = Slot.objects.values_list("campaign", flat=True).get(
        pk=slot_id, campaign__brand=brand
    )
    _open(locked(campaign_id, brand, None))
    slot = Slot.objects.select_related("campaign__brand").get(pk=slot_id)
    data = {"first_on": slot.first_on, "filled": slot.fills.count()}
    _record(slot, "deleted", actor, at, data)
    slot.delete()


@transaction.atomic
def fill(
    *,
    slot_id: int,
    brand: Brand,
    on: date,
    engagement_id: int,
    actor: User | None,
    at: datetime,
) -> SlotFill:
    """Give a place on one of the slot's days to a creator. Raises CampaignRefused, DoesNotExist.

    The same creator in two slots on one day is a conflict: one of them would be late.
    """
    slot = _slot(slot_id, brand)
    if on not in days_of(slot):
        raise CampaignRefused(
            f"{slot} is not on {on:%-d %B %Y}.", code="not_a_day_of_the_slot", field="on"
        )
    engagement = (
        Engagement.objects.select_related("relationship__creator")
        .filter(pk=engagement_id, campaign=slot.campaign)
        .first()
    )
    if engagement is None:
        raise CampaignRefused(
            "Choose a creator of this campaign.", code="unknown_creator", field="engagement"
        )
    creator = engagement.relationship.creator
    if not engagement.is_open:
        raise CampaignRefused(
            f"{creator} is at “{engagement.get_stage_display()}” in this campaign.",
            code="creator_not_open",
            field="engagement",
        )
    fills = SlotFill.objects.filter(slot=slot, on=on)
    if fills.filter(engagement=engagement).exists():
        raise CampaignRefused(f"{creator} is there already.", code="there_already")
    if fills.count() >= slot.places:
        raise CampaignRefused(
            f"{slot} is full on {on:%-d %B %Y}. Take somebody out first.", code="slot_full"
        )
    twice = (
        SlotFill.objects.filter(engagement__relationship=engagement.relationship, on=on)
        .select_related("slot__campaign")
        .first()
    )
    if twice:
        raise CampaignRefused(
            f"{creator} fills “{twice.slot}” in {twice.slot.campaign} on that day.",
            code="same_day",
            field="engagement",
        )
    made = SlotFill.objects.create(slot=slot, on=on, engagement=engagement, by=actor)
    _record(slot, "filled", actor, at, {"on": on, "engagement": engagement.pk})
    return made


@transaction.atomic
def clear(*, fill_id: int, brand: Brand, actor: User | None, at: datetime) -> None:
    """Take a creator out of a day. Raises CampaignRefused, SlotFill.DoesNotExist."""
    slot_id = SlotFill.objects.values_list("slot", flat=True).get(
        pk=fill_id, slot__campaign__brand=brand
    )
    slot = _slot(slot_id, brand)
    found = SlotFill.objects.get(pk=fill_id)
    data = {"on": found.on, "engagement": found.engagement_id}
    found.delete()
    _record(slot, "cleared", actor, at, data)


def _slot(slot_id: int, brand: Brand) -> Slot:
    campaign_id = Slot.objects.values_list("campaign", flat=True).get(
        pk=slot_id, campaign__brand=brand
    )
    campaign = _open(locked(campaign_id, brand, None))
    slot = Slot.objects.get(pk=slot_id)
    slot.campaign = campaign
    return slot


def _open(campaign: Campaign) -> Campaign:
    if not campaign.is_open:
        raise CampaignRefused(
            f"{campaign} is {campaign.get_status_display().lower()}: its calendar stays as it was.",
            code="not_open",
        )
    return campaign


def _record(
    slot: Slot,
    verb: str,
    actor: User | None,
    at: datetime,
    data: dict[str, object],
) -> None:
    campaign = slot.campaign
    audit.record(
        brand=campaign.brand,
        verb=f"campaigns.slot.{verb}",
        target=slot,
        actor=actor,
        at=at,
        data={"campaign": campaign.key} | data,
    )
