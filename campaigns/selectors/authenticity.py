"""Flags about audiences as a brand sees them: what is raised, and what somebody explained."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from campaigns.authenticity.account import RAISED
from campaigns.authenticity.commenters import pod, repeated
from campaigns.authenticity.thresholds import OF_COMMENTS, standard
from campaigns.models import AuthenticityReading, CommenterReading, FlagDismissal
from campaigns.services.authenticity.keeping import plain
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
    """Each account of a creator: four queries. Nothing of who does not want to be scored."""
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
    told = flags_of_comments(relationship.brand, readings.keys())
    return [
        Looked(
            profile,
            readings.get(profile.pk),
            signs_of(readings[profile.pk], said, told) if profile.pk in readings else (),
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
    of_comments = CommenterReading.objects.current().filter(
        brand=brand, profile=OuterRef("profile")
    )
    return (
        AuthenticityReading.objects.current()
        .filter(profile__creator__in=known.values("creator"))
        .filter(~Q(raised=[]) | Exists(of_comments.exclude(raised=[])))
        .select_related("profile__creator", "profile__platform")
    )


def with_flag(
    rows: QuerySet[AuthenticityReading], brand: Brand, flag: str
) -> QuerySet[AuthenticityReading]:
    """Those with this flag raised."""
    if flag not in OF_COMMENTS:
        return rows.filter(raised__contains=[flag])
    of_comments = CommenterReading.objects.current().filter(
        brand=brand, profile=OuterRef("profile"), raised__contains=[flag]
    )
    return rows.filter(Exists(of_comments))


def flags_of_comments(
    brand: Brand, profiles: Collection[int] | None = None
) -> dict[int, list[dict[str, Any]]]:
    """What the brand's comments say of accounts; None: of all. One query."""
    rows = CommenterReading.objects.current().filter(brand=brand)
    if profiles is not None:
        rows = rows.filter(profile__in=profiles)
    return dict(rows.values_list("profile_id", "flags"))


def all_flags(
    profile: int, flags: list[dict[str, Any]], told: Mapping[int, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Of an account, those of its numbers and those of comments; the latter also where none are."""
    return [*flags, *(told.get(profile) or _untold())]


def explained(
    brand: Brand, at: datetime, profiles: Collection[int] | None = None
) -> dict[tuple[int, str], FlagDismissal]:
    """What people of the brand explained, by account and flag; None: of all accounts. One query."""
    rows = FlagDismissal.objects.filter(brand=brand).in_force(at).select_related("by")
    if profiles is not None:
        rows = rows.filter(profile__in=profiles)
    return {(row.profile_id, row.flag): row for row in rows}


def signs_of(
    reading: AuthenticityReading,
    said: Mapping[tuple[int, str], FlagDismissal],
    told: Mapping[int, list[dict[str, Any]]],
) -> tuple[Sign, ...]:
    """Every sign of an account, with who explained it."""
    flags = all_flags(reading.profile_id, reading.flags, told)
    return tuple(Sign(flag, said.get((reading.profile_id, flag["key"]))) for flag in flags)


@cache
def _untold() -> list[dict[str, Any]]:
    """What is said where a brand has no comments."""
    limits = standard()
    return plain([repeated(None, limits), pod(None, limits, is_told=False)], limits)
