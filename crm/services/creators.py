"""Creators by hand: add one, correct one, add an account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from crm import audit
from crm.choices import ContactKind, Source
from crm.importers.handles import parse_handle, profile_address
from crm.importers.numbers import BadValue
from crm.models import (
    Brand,
    ContactPoint,
    Creator,
    MetricSnapshot,
    Platform,
    Profile,
    Relationship,
    User,
)
from crm.services import facts
from crm.services.metrics import refresh_metrics
from crm.services.relationships import relate

EDITABLE = (
    "name",
    "creator_type",
    "country",
    "language",
    "timezone",
    "profession",
    "is_celebrity",
)


class CreatorRefused(Exception):
    """The creator or account is not written; the message is fit for the user, `field` says where.

    `is_taken` says that somebody has the account or address already; `existing` is the brand's
    relationship with them, where it has one.
    """

    def __init__(
        self,
        message: str,
        field: str = "",
        existing: Relationship | None = None,
        *,
        is_taken: bool = False,
    ) -> None:
        super().__init__(message)
        self.field = field
        self.existing = existing
        self.is_taken = is_taken or existing is not None


@transaction.atomic
def add_creator(
    *,
    brand: Brand,
    name: str,
    platform: Platform,
    handle: str,
    actor: User | None,
    at: datetime,
    country: str = "",
    email: str = "",
    followers: int | None = None,
) -> Relationship:
    """A creator with one account, as a prospect of `brand`.

    `handle` is a handle, "@handle" or a profile address. An account that another brand brought in
    is the same creator: this brand starts a relationship of its own with them. Raises
    CreatorRefused when the brand has the creator already or something cannot be.
    """
    normal = _handle(handle, platform)
    profile = Profile.objects.filter(platform=platform, handle=normal).first()
    if profile is None:
        creator = Creator.objects.create(name=name, country=country)
        profile = _new_profile(creator, platform, normal)
    else:
        creator = profile.creator
        existing = _related(brand, creator)
        if existing:
            raise CreatorRefused(
                f"{platform} account {normal} is in your list already: {creator}.",
                "handle",
                existing,
            )
    if email:
        _contact(brand, creator, email.lower())
    if followers is not None:
        _count_by_hand(profile, followers, at)
    relationship = relate(brand=brand, creator=creator, at=at, actor=actor)
    refresh_metrics(creator_ids=[creator.pk], as_of=at)
    return relationship


@transaction.atomic
def add_profile(
    *,
    relationship: Relationship,
    platform: Platform,
    handle: str,
    actor: User | None,
    at: datetime,
    followers: int | None = None,
) -> Profile:
    """Another account of a creator, or today's follower count of one that is there.

    Raises CreatorRefused when the account belongs to somebody else.
    """
    creator = relationship.creator
    normal = _handle(handle, platform)
    profile = Profile.objects.filter(platform=platform, handle=normal).first()
    if profile is not None and profile.creator_id != creator.pk:
        theirs = _related(relationship.brand, profile.creator)
        whose = f": {profile.creator}" if theirs else ""
        raise CreatorRefused(
            f"{platform} account {normal} belongs to another creator{whose}.",
            "handle",
            theirs,
            is_taken=True,
        )
    if profile is not None and followers is None:
        raise CreatorRefused(f"{creator} has the account {normal} already.", "handle", relationship)
    profile = profile or _new_profile(creator, platform, normal)
    if followers is not None:
        _count_by_hand(profile, followers, at)
    refresh_metrics(creator_ids=[creator.pk], as_of=at)
    facts.mark_changed(brand=None, creator_ids=[creator.pk], cause="profile")
    audit.record(
        brand=relationship.brand,
        verb="crm.profile.added",
        target=creator,
        actor=actor,
        at=at,
        data={"platform": platform.key, "handle": normal, "followers": followers},
    )
    return profile


@transaction.atomic
def change_creator(
    *, relationship: Relationship, changes: Mapping[str, Any], actor: User | None, at: datetime
) -> Creator:
    """Correct what is known of a creator: any of EDITABLE. What is equal is not written."""
    creator = Creator.objects.select_for_update(no_key=True).get(pk=relationship.creator_id)
    moved = {}
    for field in EDITABLE:
        before = getattr(creator, field)
        after = changes.get(field, before)
        if after != before:
            moved[field] = [before, after]
            setattr(creator, field, after)
    if not moved:
        return creator
    creator.save(update_fields=[*moved, "updated_at"])
    facts.mark_changed(brand=None, creator_ids=[creator.pk], cause="creator")
    audit.record(
        brand=relationship.brand,
        verb="crm.creator.changed",
        target=creator,
        actor=actor,
        at=at,
        text=moved,
    )
    return creator


def _related(brand: Brand, creator: Creator) -> Relationship | None:
    return Relationship.objects.filter(brand=brand, creator=creator).first()


def _handle(text: str, platform: Platform) -> str:
    try:
        handle = parse_handle(text, platform.key)
    except BadValue as error:
        raise CreatorRefused(str(error), "handle") from error
    if not handle:
        raise CreatorRefused("The handle is empty.", "handle")
    return handle


def _new_profile(creator: Creator, platform: Platform, handle: str) -> Profile:
    try:
        with transaction.atomic():
            return Profile.objects.create(
                creator=creator,
                platform=platform,
                handle=handle,
                url=profile_address(handle, platform.key),
                metrics_source=Source.MANUAL,
            )
    except IntegrityError as error:
        raise CreatorRefused(
            f"Somebody added the account {handle} this moment. Look in the list.",
            "handle",
            is_taken=True,
        ) from error


def _contact(brand: Brand, creator: Creator, email: str) -> None:
    found, _is_new = ContactPoint.objects.get_or_create(
        brand=brand, kind=ContactKind.EMAIL, value=email, defaults={"creator": creator}
    )
    if found.creator_id != creator.pk:
        raise CreatorRefused(
            f"The address {email} belongs to {found.creator}. Add the account there.",
            "email",
            _related(brand, found.creator),
            is_taken=True,
        )


def _count_by_hand(profile: Profile, followers: int, at: datetime) -> None:
    MetricSnapshot.objects.create(
        profile=profile, captured_at=at, source=Source.MANUAL, followers=followers
    )
    profile.followers, profile.metrics_at, profile.metrics_source = followers, at, Source.MANUAL
    profile.save(update_fields=["followers", "metrics_at", "metrics_source"])
