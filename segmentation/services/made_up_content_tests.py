"""A made-up content test for the demo brand: two first sentences, and the clicks they brought."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from campaigns.choices import ClickKind, EngagementStage, Gate, UseCase
from campaigns.models import Campaign, Deliverable
from campaigns.models.engagements import PATH
from campaigns.selectors.conflicts import objections
from campaigns.services import campaigns, shortlists
from campaigns.services.campaigns import Act
from campaigns.services.days import today_of
from campaigns.services.deliverables.settings import set_plan
from campaigns.services.made_up_campaigns import NUMBER, finish_steps, go_on
from campaigns.services.made_up_content import Hand, bring_out, hand_of, planned
from campaigns.services.made_up_pieces import CREATORS, review
from campaigns.services.tracking import writing
from campaigns.services.tracking.queue import Followed
from crm.models import Brand, Relationship, User
from segmentation.choices import ContentElement, OutcomeMetric
from segmentation.models import ContentTest
from segmentation.services.content_tests import pieces, planning, reading
from segmentation.services.content_tests.planning import Plan, Wording

TAKING_PART = 18
STARTED, PUBLISHED, FIRST_READ = timedelta(days=28), timedelta(days=24), timedelta(days=18)
# Clicks of a piece, in the mean, by whether it begins as always.
_CLICKS = {True: 8.0, False: 18.0}
_WAY = PATH[1 : PATH.index(EngagementStage.IN_PRODUCTION) + 1]
_PLAN = Plan(
    name="The first sentence",
    question="Do more people follow the link when the video begins with a question?",
    element=ContentElement.HOOK,
    metric=OutcomeMetric.CLICKS,
    planned_lift=0.5,
    floor=10,
    target="https://shop.demo.example/night-cream",
    variants=(
        Wording("As always", "Begin with what you do this evening."),
        Wording("A question", "Begin with a question that your followers ask you."),
    ),
)


@transaction.atomic
def fill_content_tests(*, brand: Brand, seed: int, at: datetime) -> int:
    """A test in a campaign of its own, read twice; how many content tests there are."""
    held = ContentTest.objects.filter(brand=brand).count()
    hand = hand_of(brand, at - STARTED)
    skipped = seed + NUMBER + CREATORS
    known = Relationship.objects.filter(brand=brand, unprofiled_at=None).order_by("pk")
    people = list(known[skipped : skipped + TAKING_PART])
    if held or hand is None or not people:
        return held
    campaign = _campaign(hand, people)
    test = planning.create(
        brand=brand,
        campaign=campaign,
        plan=_PLAN,
        actor=hand.manager,
        at=hand.at,
        seed=f"demo-{seed}",
    )
    planning.start(test_id=test.pk, actor=hand.manager, at=hand.at)
    pieces.assign(test_id=test.pk, actor=hand.manager, at=hand.at)
    _bring_out(test, replace(hand, at=at - PUBLISHED))
    _clicks(test, seed, at)
    for moment in (at - FIRST_READ, at):
        _read(test, hand.manager, moment)
    finish_steps(campaign, today_of(brand, at), hand.manager, at)
    return 1


def _campaign(hand: Hand, people: list[Relationship]) -> Campaign:
    """It runs, and each of the people owes a piece; its manager alone looks at drafts."""
    campaign = campaigns.create_campaign(
        brand=hand.brand,
        values={
            "name": "Questions before bed",
            "use_case": UseCase.AWARENESS,
            "target": Decimal(90_000),
            "starts_on": today_of(hand.brand, hand.at),
            "budget": Decimal(9_000),
            "platforms": ["instagram"],
            "jurisdictions": ["DK"],
            "category": "skincare",
            "owner": hand.manager,
        },
        actor=hand.manager,
        at=hand.at,
    )
    campaigns.move_campaign(
        campaign_id=campaign.pk,
        brand=hand.brand,
        act=Act.ACTIVATE,
        actor=hand.manager,
        at=hand.at,
        expected_version=None,
    )
    set_plan(
        campaign_id=campaign.pk,
        brand=hand.brand,
        values={"gates": [Gate.MANAGER.value]},
        actor=hand.manager,
        at=hand.at,
        expected_version=None,
    )
    refused = objections(hand.brand, people, hand.at)
    added = shortlists.shortlist(
        campaign_id=campaign.pk,
        brand=hand.brand,
        picks=[
            shortlists.Pick(row.pk, "Speaks to the camera", planned_cost=Decimal(600))
            for row in people
            if row.pk not in refused
        ],
        actor=hand.manager,
        at=hand.at,
    )
    for number, place in enumerate(added.made):
        if all(go_on(place, to, hand.manager, hand.at) for to in _WAY):
            planned(place, number, hand)
    return campaign


def _bring_out(test: ContentTest, hand: Hand) -> None:
    """All pieces are published within a day and found sufficient, but the last one."""
    rows = Deliverable.objects.filter(engagement__campaign=test.campaign).order_by("pk")
    *most, _last = rows.select_related("engagement__campaign__brand")
    for number, piece in enumerate(most):
        published_at = hand.at - timedelta(hours=2 + number)
        review(bring_out(piece, hand, published_at=published_at), published_at, hand)


def _clicks(test: ContentTest, seed: int, at: datetime) -> None:
    """Creators differ; who begins with a question brings more."""
    random = Random(f"content test {seed}")  # noqa: S311 - made-up data
    zone = ZoneInfo(test.brand.timezone)
    followed = []
    out = test.pieces.filter(deliverable__published_at__isnull=False).order_by("number")
    for piece in out.select_related("variant", "link"):
        if piece.link is None:
            continue
        clicks = _CLICKS[piece.variant.is_control] * random.lognormvariate(0, 0.3)
        for _ in range(round(clicks)):
            moment = at - random.random() * PUBLISHED
            followed.append(
                Followed(
                    id=UUID(int=random.getrandbits(128), version=4),
                    brand_id=test.brand_id,
                    link_id=piece.link.pk,
                    at=moment,
                    day=moment.astimezone(zone).date(),
                    kind=ClickKind.PERSON,
                    visitor=random.getrandbits(40),
                    referrer_host="instagram.com",
                    country="DK",
                )
            )
    writing.write(followed)


def _read(test: ContentTest, actor: User, at: datetime) -> None:
    asked = reading.ask(test_id=test.pk, actor=actor, at=at)
    reading.read(reading_id=asked.pk, at=at)
