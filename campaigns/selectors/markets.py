"""Whose rules concern a creator: those of where they are based, and of their campaigns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.choices import OfferState
from campaigns.models import (
    ConnectionEntry,
    Engagement,
    Gift,
    Offer,
    Permit,
    RuleAlert,
    RuleFact,
)
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.models.engagements import LEFT
from campaigns.selectors.rule_view import RuleView
from crm.models import Brand, Relationship


def markets(views: Mapping[int, RuleView]) -> dict[int, list[str]]:
    """By relationship the keys of the packs that concern them, in order: one query."""
    found: dict[int, set[str]] = defaultdict(set)
    for pk, view in views.items():
        if view.seat:
            found[pk].add(view.seat)
    rows = Engagement.objects.filter(
        relationship__in=views, campaign__status__in=OPEN_CAMPAIGNS, campaign__archived_at=None
    ).exclude(stage__in=LEFT)
    for pk, keys in rows.values_list("relationship", "campaign__jurisdictions"):
        found[pk].update(keys)
    return {pk: sorted(found[pk]) for pk in views}


def business_with(brand: Brand) -> QuerySet[Relationship]:
    """The creators with whom the brand has dealings: prospects alone raise no alert."""
    of_them = {"relationship": OuterRef("pk")}
    return Relationship.objects.filter(
        Exists(Engagement.objects.filter(**of_them))
        | Exists(Offer.objects.filter(**of_them, state=OfferState.ACCEPTED))
        | Exists(Gift.objects.filter(**of_them, shipped_on__isnull=False))
        | Exists(ConnectionEntry.objects.filter(**of_them))
        | Exists(Permit.objects.filter(**of_them))
        | Exists(RuleFact.objects.filter(**of_them))
        | Exists(RuleAlert.objects.filter(**of_them).open()),
        brand=brand,
    )


def these(brand: Brand, numbers: Collection[int]) -> QuerySet[Relationship]:
    """Some creators of the brand, as the look takes them."""
    return Relationship.objects.filter(brand=brand, pk__in=numbers).select_related(
        "creator", "owner", "brand"
    )
