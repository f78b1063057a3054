"""Flags about audiences as a brand sees them: what is raised, and what somebody explained."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from campaigns.authenticity.account import RAISED
from campaigns.models import AuthenticityReading, FlagDismissal
from crm.models import Brand, Profile, Relationship


@dataclass(frozen=True)
class Sign:
    """A sign of an account, and who explained it, where somebody did."""

    flag: dict[str, Any]
    dismissal: FlagDismissal | None = None

    @property
    def counts(self) -> bool:
        """Whether it is raised and nobody explained it."""
        return self.flag["state"] == RAISED and self.dismissal is None


@dataclass(frozen=True)
class Looked:
    """An account with all its signs; without a reading nobody has looked yet."""

    profile: Profile
    reading: AuthenticityReading | None
    signs: tuple[Sign, ...]

    @property
    def raised(self) -> list[Sign]:
        """Those that are raised, explained or not."""
        return [sign for sign in self.signs if sign.flag["state"] == RAISED]

    @property
    def others(self) -> list[Sign]:
        """Those that are not raised, or cannot be told."""
        return [sign for sign in self.signs if sign.flag["state"] != RAISED]


def looked_at(relationship: Relationship, at: datetime) -> list[Looked]:
    """Each account of a creator: three queries. Nothing of who does not want to be scored."""
    if relationship.unprofiled_at is not None:
        return []
    profiles = list(
        Profile.objects.filter(creator=relationship.creator_id)
        .select_related("platform")
        .order_by(F("followers").desc(nulls_last=True), "pk")
    )
    readings = {
        row.profile_id: row
        for row in AuthenticityReading.objects.current().filter(profile__in=profiles)
    }
    said = explained(relationship.brand, at, readings.keys())
    return [
        Looked(
            profile,
            readings.get(profile.pk),
            signs_of(readings[profile.pk], said) if profile.pk in readings else (),
        )
        for profile in profiles
    ]


def standing(looked: list[Looked]) -> int | None:
    """How many signs are raised and not explained; None: nobody has looked."""
    if not any(one.reading for one in looked):
        return None
    return len({sign.flag["key"] for one in looked for sign in one.signs if sign.counts})


def for_list(brand: Brand) -> QuerySet[AuthenticityReading]:
    """Accounts of the brand's creators with a sign raised, explained or not.

    Without those who do not want to be sorted and scored.
    """
    known = Relationship.objects.filter(brand=brand, unprofiled_at=None)
    return (
        AuthenticityReading.objects.current()
        .filter(profile__creator__in=known.values("creator"))
        .exclude(raised=[])
        .select_related("profile__creator", "profile__platform")
    )


def explained(
    brand: Brand, at: datetime, profiles: Collection[int] | None = None
) -> dict[tuple[int, str], FlagDismissal]:
    """What people of the brand explained, by account and flag; None: of all accounts. One query."""
    rows = FlagDismissal.objects.filter(brand=brand).in_force(at).select_related("by")
    if profiles is not None:
        rows = rows.filter(profile__in=profiles)
    return {(row.profile_id, row.flag): row for row in rows}


def signs_of(
    reading: AuthenticityReading, said: Mapping[tuple[int, str], FlagDismissal]
) -> tuple[Sign, ...]:
    """Every sign of an account, with who explained it."""
    return tuple(Sign(flag, said.get((reading.profile_id, flag["key"]))) for flag in reading.flags)
