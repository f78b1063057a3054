"""An offer carries the creator's place in the campaign along: stage and agreed cost.

It only ever advances a place, and leaves it where people have put it further, or the campaign's own
rules refuse the move: what was written down of the offer stands in either case.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from campaigns.choices import Compensation, EngagementStage, OfferAct, Per
from campaigns.models import Engagement, Offer, OfferVersion
from campaigns.services import engagements
from campaigns.services.offers.wanted import OfferRefused
from campaigns.services.refusals import CampaignRefused
from crm.models import Relationship, User

_ADVANCES = {
    OfferAct.SEND: (EngagementStage.APPROVED, EngagementStage.INVITED),
    OfferAct.COUNTER: (EngagementStage.INVITED, EngagementStage.NEGOTIATING),
}
# Nothing of it is money.
_MONEYLESS = (Compensation.GIFT, Compensation.EVENT)


def checked_engagement(
    relationship: Relationship, engagement: Engagement | None
) -> Engagement | None:
    """A place of this creator in a campaign, in which something can still be agreed."""
    if engagement is None:
        return None
    if engagement.relationship_id != relationship.pk:
        raise OfferRefused(f"{relationship.creator} has no such place in a campaign.", "campaign")
    if not engagement.is_open:
        raise OfferRefused(
            f"{relationship.creator} is “{engagement.get_stage_display().lower()}” in "
            f"{engagement.campaign}: nothing is to be agreed there any more.",
            "campaign",
        )
    return engagement


def carry(offer: Offer, act: OfferAct, actor: User | None, at: datetime) -> None:
    """Advance the place that the offer is about, or write down what was agreed."""
    if offer.engagement_id is None:
        return
    changes: engagements.Changes = {}
    engagement = Engagement.objects.select_related("campaign").get(pk=offer.engagement_id)
    if act in _ADVANCES and engagement.stage == _ADVANCES[act][0]:
        changes = {"stage": _ADVANCES[act][1]}
    elif act == OfferAct.ACCEPT and engagement.is_open and offer.current is not None:
        cost = cost_of(offer.current)
        is_same = offer.current.currency == engagement.campaign.currency
        if cost is not None and (is_same or not cost):
            changes = {"agreed_cost": cost}
    if not changes:
        return
    try:
        with transaction.atomic():
            engagements.change(
                engagement_id=engagement.pk,
                brand=offer.brand,
                changes=changes,
                actor=actor,
                at=at,
                expected_version=None,
            )
    except CampaignRefused:
        return


def cost_of(version: OfferVersion) -> Decimal | None:
    """What a version costs in money, as far as it is known before: without commissions.

    None where it depends on what is sold. Products are no money; their value is the offer's.
    """
    if version.amount is None:
        return Decimal(0) if version.compensation in _MONEYLESS else None
    if version.per == Per.MONTH:
        return version.amount * version.months if version.months else None
    if version.per == Per.POST:
        pieces = sum(version.deliverables.values_list("count", flat=True))
        return version.amount * pieces if pieces else None
    return version.amount
