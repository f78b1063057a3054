"""Whose a link or a code is: the creator, and the campaign in which they have it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F

from campaigns.models import Campaign, Engagement, PromoCode, TrackingLink
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import Brand, Profile, Relationship


@dataclass(frozen=True)
class Place:
    """A creator of the brand, in a campaign or beside all of them."""

    relationship: Relationship
    engagement: Engagement | None = None
    campaign: Campaign | None = None

    @classmethod
    def of(cls, engagement: Engagement) -> Place:
        """A creator in a campaign."""
        return cls(engagement.relationship, engagement, engagement.campaign)


@dataclass(frozen=True)
class Account:
    """The creator's account that a link is named after."""

    platform: str = ""
    handle: str = ""


def checked(place: Place, brand: Brand) -> Place:
    """The place, its campaign said. Raises CampaignRefused where its parts do not fit."""
    if place.relationship.brand_id != brand.pk:
        msg = "Your brand does not know this creator."
        raise CampaignRefused(msg, code="unknown_creator", field="creator")
    engagement = place.engagement
    if engagement is None:
        campaign = place.campaign
    elif engagement.relationship_id != place.relationship.pk:
        msg = "That place in a campaign is another creator's."
        raise CampaignRefused(msg, code="unknown_engagement", field="engagement")
    else:
        campaign = engagement.campaign
    if campaign is not None and campaign.brand_id != brand.pk:
        msg = "There is no such campaign in your brand."
        raise CampaignRefused(msg, code="unknown_campaign", field="campaign")
    return Place(place.relationship, engagement, campaign)


def accounts_of(creators: Iterable[int], platforms: Iterable[str] = ()) -> dict[int, Account]:
    """The account of each creator with most followers, on one of `platforms` first: one query."""
    wanted = set(platforms)
    rows = Profile.objects.filter(creator__in=list(creators)).order_by(
        F("followers").desc(nulls_last=True), "pk"
    )
    found: dict[int, Account] = {}
    here: set[int] = set()
    for creator, platform, handle in rows.values_list("creator", "platform__key", "handle"):
        is_wanted = platform in wanted
        if creator not in found or (is_wanted and creator not in here):
            found[creator] = Account(platform, handle)
        if is_wanted:
            here.add(creator)
    return found


def refuse_old(row: TrackingLink | PromoCode, expected_version: int | None) -> None:
    """Raises CampaignOutdated where somebody changed the row since it was read."""
    if expected_version is not None and row.version != expected_version:
        msg = "Somebody else changed it in the meantime. Look at it again."
        raise CampaignOutdated(msg)
