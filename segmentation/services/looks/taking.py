"""Putting creators who are like somebody on a campaign's shortlist."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from campaigns.services.shortlists import Added, Pick, shortlist
from crm.models import Brand, Relationship, User
from segmentation.selectors.looks import Likes
from segmentation.services.matches.asking import refuse_barred


@transaction.atomic
def take(
    *,
    brand: Brand,
    likes: Likes,
    like_whom: str,
    campaign_key: str,
    only: Collection[int],
    actor: User | None,
    at: datetime,
) -> Added:
    """Put some of the alike (their relationships) on a shortlist, each with the reasons.

    Whoever may not be invited is refused by name, and then nobody is added. Raises CampaignRefused.
    """
    campaign = Campaign.objects.filter(brand=brand, key=campaign_key).first()
    if campaign is None:
        raise CampaignRefused("Choose a campaign.", code="unknown_campaign", field="campaign")
    wanted = set(only)
    if not wanted:
        raise CampaignRefused("Tick at least one creator.", code="nobody", field="creators")
    rows = [row for row in likes.rows if row.relationship in wanted]
    if len(rows) < len(wanted):
        raise CampaignRefused(
            "Some of those whom you chose are not among the alike any more. Look again.",
            code="unknown_creator",
            field="creators",
        )
    known = Relationship.objects.filter(brand=brand, pk__in=wanted).select_related("creator")
    refuse_barred(brand, list(known), at)
    return shortlist(
        campaign_id=campaign.pk,
        brand=brand,
        picks=[
            Pick(
                row.relationship,
                f"Like {like_whom}: {row.likeness.score:.0f} of 100."
                + (f" Both use {', '.join(row.shared_terms)}." if row.shared_terms else ""),
            )
            for row in rows
        ],
        actor=actor,
        at=at,
    )
