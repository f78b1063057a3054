"""Putting some of those whom a page suggests on a campaign's shortlist, each with the reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from campaigns.services.shortlists import Added, Pick, shortlist
from crm.models import Brand, Relationship, User
from segmentation.services.matches.asking import refuse_barred


@transaction.atomic
def put_on_shortlist(
    *,
    brand: Brand,
    reasons: Mapping[int, str],
    campaign_key: str,
    only: Collection[int],
    actor: User | None,
    at: datetime,
) -> Added:
    """Put some (relationships) of those whom `reasons` are given for on a campaign's shortlist.

    Whoever may not be invited is refused by name, and then nobody is added. Raises CampaignRefused.
    """
    campaign = Campaign.objects.filter(brand=brand, key=campaign_key).first()
    if campaign is None:
        raise CampaignRefused("Choose a campaign.", code="unknown_campaign", field="campaign")
    wanted = set(only)
    if not wanted:
        raise CampaignRefused("Tick at least one creator.", code="nobody", field="creators")
    if not wanted <= reasons.keys():
        raise CampaignRefused(
            "Some of those whom you chose are not suggested any more. Look again.",
            code="unknown_creator",
            field="creators",
        )
    known = Relationship.objects.filter(brand=brand, pk__in=wanted).select_related("creator")
    refuse_barred(brand, list(known), at)
    return shortlist(
        campaign_id=campaign.pk,
        brand=brand,
        picks=[Pick(pk, reason) for pk, reason in reasons.items() if pk in wanted],
        actor=actor,
        at=at,
    )
