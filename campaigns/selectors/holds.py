"""What stands still: the page of pauses, and a campaign's schedule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db.models import Q

from campaigns.models import Campaign, CampaignHold, Engagement
from crm.models import Brand, Hold
from crm.models.holds import Holding

PAST_MAX = 50


@dataclass(frozen=True)
class Paused:
    """What of a campaign stands still: all of it, or some of its creators (their relationships)."""

    is_brand: bool
    is_campaign: bool
    relationships: frozenset[int]

    def words(self, relationship_id: int) -> str:
        """Why a piece of a creator is not published now; empty where nothing is paused."""
        if self.is_brand:
            return "Paused: everything of the brand stands still."
        if self.is_campaign:
            return "Paused: the campaign stands still."
        return "Paused: work with the creator stands still." * (
            relationship_id in self.relationships
        )


def is_all(hold: Holding) -> bool:
    """Whether everything of the brand stands still."""
    return isinstance(hold, Hold) and hold.relationship_id is None


def is_legals(hold: Holding) -> bool:
    """Whether lifting it takes somebody who handles incidents."""
    return hold.incident_id is not None or is_all(hold)


def paused_in(campaign: Campaign, at: datetime) -> Paused:
    """What of a campaign stands still: two queries."""
    creators = Engagement.objects.filter(campaign=campaign).values("relationship")
    holds = Hold.objects.filter(
        Q(relationship=None) | Q(relationship__in=creators), brand=campaign.brand_id
    ).in_force(at)
    on: set[int | None] = set(holds.values_list("relationship", flat=True))
    is_campaign = CampaignHold.objects.filter(campaign=campaign).in_force(at).exists()
    return Paused(None in on, is_campaign, frozenset(filter(None, on)))


@dataclass(frozen=True)
class Pauses:
    """The page: what stands still now, and what did."""

    now: Sequence[Holding]
    past: Sequence[Holding]


def pauses_of(brand: Brand, at: datetime) -> Pauses:
    """Both kinds of holds of a brand, the newest first; of the past ones the last: four queries."""
    people = ("by", "lifted_by", "incident", "brand")
    creators = Hold.objects.filter(brand=brand).select_related("relationship__creator", *people)
    campaigns = CampaignHold.objects.filter(brand=brand).select_related("campaign", *people)
    now = [*creators.in_force(at), *campaigns.in_force(at)]
    over = Q(lifted_at__lte=at) | Q(until__lte=at)
    past = chain(creators.filter(over)[:PAST_MAX], campaigns.filter(over)[:PAST_MAX])
    newest = sorted(past, key=lambda hold: hold.since, reverse=True)
    return Pauses(sorted(now, key=lambda hold: hold.since, reverse=True), newest[:PAST_MAX])
