"""Pieces of the demo brand that were published over weeks: what a lift by segment is told by."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from campaigns.choices import EngagementStage, ReviewStage, UseCase
from campaigns.models import (
    Campaign,
    Deliverable,
    DisclosureReview,
    Engagement,
    Publication,
)
from campaigns.models.engagements import PATH
from campaigns.selectors.conflicts import objections
from campaigns.services import campaigns, shortlists
from campaigns.services.campaigns import Act
from campaigns.services.days import today_of
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures.gathering import gather
from campaigns.services.made_up_campaigns import NUMBER, finish_steps, go_on
from campaigns.services.made_up_content import (
    LABELLED,
    Hand,
    find_sufficient,
    hand_of,
    publish_one,
)
from crm.models import Brand, Relationship

CREATORS = 8
# Nine days apart, so that no weekday is always one of new pieces: there are others to compare with.
DAYS_AGO = (5, 14, 23, 32, 41, 50)
# So many on each of these days.
TOGETHER = 2
# Legal has looked at what is older: the newest ones alone wait.
REVIEWED_AFTER = timedelta(days=7)
_NAME = "Evenings with the cream"
_WAY = PATH[1 : PATH.index(EngagementStage.IN_PRODUCTION) + 1]


@transaction.atomic
def fill_pieces(*, brand: Brand, seed: int, at: datetime) -> int:
    """A campaign of two months, and twelve pieces of eight creators; how many pieces it has."""
    hand = hand_of(brand, at)
    first = seed + NUMBER
    known = list(Relationship.objects.filter(brand=brand).order_by("pk")[first : first + CREATORS])
    pieces = Deliverable.objects.filter(engagement__campaign__brand=brand).filter(
        engagement__campaign__name=_NAME
    )
    if hand is None or not known or Campaign.objects.filter(brand=brand, name=_NAME).exists():
        return pieces.count()
    campaign = campaigns.create_campaign(
        brand=brand,
        values={
            "name": _NAME,
            "use_case": UseCase.AWARENESS,
            "target": Decimal(120_000),
            "starts_on": today_of(brand, at) - timedelta(days=60),
            "budget": Decimal(9_000),
            "platforms": ["instagram"],
            "jurisdictions": ["DK"],
            "category": "skincare",
            "owner": hand.manager,
        },
        actor=hand.manager,
        at=at,
    )
    campaigns.move_campaign(
        campaign_id=campaign.pk,
        brand=brand,
        act=Act.ACTIVATE,
        actor=hand.manager,
        at=at,
        expected_version=None,
    )
    refused = objections(brand, known, at)
    added = shortlists.shortlist(
        campaign_id=campaign.pk,
        brand=brand,
        picks=[
            shortlists.Pick(row.pk, "Told of it before, and well", planned_cost=Decimal(600))
            for row in known
            if row.pk not in refused
        ],
        actor=hand.manager,
        at=at,
    )
    places = [
        place for place in added.made if all(go_on(place, to, hand.manager, at) for to in _WAY)
    ]
    for number, days in enumerate(DAYS_AGO if places else ()):
        for turn in range(TOGETHER):
            place = places[(number * TOGETHER + turn) % len(places)]
            published_at = at - timedelta(days=days, minutes=5 * turn)
            published = publish_one(
                Engagement.objects.select_related("campaign__brand").get(pk=place.pk),
                number + turn,
                hand,
                published_at=published_at,
            )
            if at - published_at > REVIEWED_AFTER:
                review(published, published_at, hand)
    finish_steps(campaign, today_of(brand, at), hand.manager, at)
    return pieces.count()


def review(published: Publication, published_at: datetime, hand: Hand) -> None:
    """Somebody kept what the published piece says, and legal found its label sufficient."""
    gather(
        deliverable_id=published.deliverable_id,
        brand=hand.brand,
        seen={"text": LABELLED.format(brand=hand.brand), "platform_tool": True},
        captured_at=published_at + timedelta(hours=2),
        actor=Actor(hand.manager),
        at=hand.at,
    )
    waiting = DisclosureReview.objects.open().filter(stage=ReviewStage.LIVE)
    review = waiting.get(deliverable=published.deliverable_id)
    find_sufficient(review, "Seen in the post.", hand)


def new_days(brand: Brand) -> set[date]:
    """The days on which a piece of the brand was new, and those after."""
    moments = Deliverable.objects.filter(
        engagement__campaign__brand=brand, published_at__isnull=False
    ).values_list("published_at", flat=True)
    days = {moment.astimezone(ZoneInfo(brand.timezone)).date() for moment in moments if moment}
    return days | {day + timedelta(days=1) for day in days}
