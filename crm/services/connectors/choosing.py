"""Whose profiles a connector pulls: all of the brand, those with a tag, those of a segment."""

from __future__ import annotations

from django.db.models import QuerySet

from crm.connectors.base import Account, Kind
from crm.models import Brand, Connector, Creator, Profile, Tag
from crm.outreach.parts import AUDIENCES

TAG = "tag"


def choices(brand: Brand) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be chosen, in groups, as keys and labels; all creators is the empty key."""
    tags = Tag.objects.filter(brand=brand).order_by("name", "pk").values_list("key", "name")
    groups = [("Tag", [(f"{TAG}:{key}", name) for key, name in tags])]
    groups += [
        (part.label, [(f"{part.key}:{key}", name) for key, name in part.choices(brand)])
        for part in AUDIENCES
    ]
    return [(label, options) for label, options in groups if options]


def is_there(brand: Brand, chosen: str) -> bool:
    """Whether the brand has what a connector names."""
    return not chosen or any(
        chosen == key for _label, options in choices(brand) for key, _name in options
    )


def in_words(brand: Brand, chosen: str) -> str:
    """As people call it."""
    if not chosen:
        return "All creators"
    for label, options in choices(brand):
        for key, name in options:
            if key == chosen:
                return f"{label}: {name}"
    return f"{chosen} (no longer there)"


def profiles_of(connector: Connector, kind: Kind) -> QuerySet[Profile]:
    """The profiles of a round, in the order in which they are taken up."""
    known = Profile.objects.filter(
        platform__in=kind.platforms,
        creator__relationships__brand=connector.brand_id,
        creator__merged_into=None,
    )
    if connector.chosen:
        known = known.filter(creator__in=_chosen(connector.brand, connector.chosen))
    return known.order_by("pk")


def account_of(profile: Profile) -> Account:
    """A profile as connectors know it."""
    return Account(profile.pk, profile.platform_id, profile.handle, profile.external_id)


def _chosen(brand: Brand, chosen: str) -> QuerySet[Creator]:
    kind, _, key = chosen.partition(":")
    if kind == TAG:
        return Creator.objects.filter(creator_tags__tag__brand=brand, creator_tags__tag__key=key)
    if kind in AUDIENCES:
        return AUDIENCES[kind].members(brand, key)
    return Creator.objects.none()
