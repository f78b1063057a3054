"""Somebody says where a creator is; what is said later holds, what was said stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from campaigns.choices import SaidBy
from campaigns.models import Whereabouts
from campaigns.models.whereabouts import NOTICE_MAX
from campaigns.services.days import EARLIEST, LATEST, today_of
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights import territories
from crm import audit
from crm.choices import PostKind
from crm.models import Brand, Relationship, User

PLACE_MAX = 120


@dataclass(frozen=True)
class Said:
    """Where they are, from when to when, and how soon they can post what."""

    country: str = ""
    place: str = ""
    is_remote: bool = False
    # None: from today on.
    starts_on: date | None = None
    ends_on: date | None = None
    notice_hours: int | None = None
    formats: tuple[str, ...] = ()


@transaction.atomic
def say(*, relationship: Relationship, said: Said, by: Actor, at: datetime) -> Whereabouts:
    """Write it down, by somebody of the team or behind the creator's link. Raises
    CampaignRefused."""
    brand = relationship.brand
    if relationship.erased_at or relationship.restricted_at:
        raise CampaignRefused(
            "What is known of this creator is not to be used: nothing more is written down.",
            code="restricted",
        )
    today = today_of(brand, at)
    starts_on = said.starts_on or today
    place = " ".join(said.place.replace("\0", "").split())
    if len(place) > PLACE_MAX:
        raise CampaignRefused(f"{PLACE_MAX} characters are the most.", field="place")
    country = said.country.strip().upper()
    if country and country not in territories.countries():
        raise CampaignRefused(
            f"“{country}” is no country: take two letters as in DK.", field="country"
        )
    if not (place or country or said.is_remote):
        raise CampaignRefused(
            "Name a place or a country, or say that they can post from anywhere.", field="place"
        )
    for name, day in (("starts_on", starts_on), ("ends_on", said.ends_on)):
        if day is not None and not EARLIEST <= day.year <= LATEST:
            raise CampaignRefused(f"The year must be {EARLIEST} to {LATEST}.", field=name)
    if said.ends_on is not None and said.ends_on < starts_on:
        raise CampaignRefused("It would end before it begins.", field="ends_on")
    if said.ends_on is not None and said.ends_on < today:
        raise CampaignRefused("That is over: say where they are now, or will be.", field="ends_on")
    if said.notice_hours is not None and not 0 <= said.notice_hours <= NOTICE_MAX:
        raise CampaignRefused(f"Hours are 0 to {NOTICE_MAX}.", field="notice_hours")
    strange = set(said.formats) - set(PostKind.values)
    if strange:
        raise CampaignRefused(f"“{min(strange)}” is no form of a post.", field="formats")
    made = Whereabouts.objects.create(
        relationship=relationship,
        country=country,
        place=place,
        is_remote=said.is_remote,
        starts_on=starts_on,
        ends_on=said.ends_on,
        notice_hours=said.notice_hours,
        formats=[kind for kind in PostKind.values if kind in said.formats],
        source=SaidBy.CREATOR if by.link else SaidBy.TEAM,
        said_at=at,
        said_by=by.user,
        link=by.link,
    )
    # Where somebody is stays out of the ledger: it keeps for ever.
    _log(brand, made, "said", by.user, at, source=made.source)
    return made


@transaction.atomic
def take_back(*, whereabouts_id: int, brand: Brand, actor: User, at: datetime) -> None:
    """Erase one that was wrong. Raises Whereabouts.DoesNotExist."""
    found = Whereabouts.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=whereabouts_id, relationship__brand=brand
    )
    number = found.pk
    found.delete()
    found.pk = number
    _log(brand, found, "taken_back", actor, at)


def _log(
    brand: Brand, row: Whereabouts, verb: str, actor: User | None, at: datetime, **data: object
) -> None:
    """Last."""
    audit.record(
        brand=brand,
        verb=f"campaigns.whereabouts.{verb}",
        target=row,
        actor=actor,
        at=at,
        data={"relationship": row.relationship_id} | data,
        label=f"whereabouts {row.pk}",
    )
