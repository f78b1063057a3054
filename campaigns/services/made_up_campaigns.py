"""Some made-up campaigns with creators at every stage, for the demo brand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from campaigns.choices import BudgetKind, EngagementStage, SlotCadence, UseCase
from campaigns.models import Campaign, Deadline, Engagement
from campaigns.models.engagements import PATH
from campaigns.selectors.conflicts import objections
from campaigns.services import calendar, campaigns, competitors, engagements, plans, shortlists
from campaigns.services.campaigns import Act, Values
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm.choices import Role
from crm.models import Brand, Relationship, User
from crm.selectors import TierTable

NUMBER = 16
# Of a running campaign only what was due since is late: somebody keeps its plan.
LATE_FOR = timedelta(days=14)
_REASONS = (
    "Explains ingredients without promising too much",
    "Her followers ask before they buy",
    "Posts every week, in Danish",
    "Worked well with a small brand of the same kind",
)
_FOUND = "Looked at the last 20 posts and their comments: sober claims, paid posts are labelled."


@transaction.atomic
def fill_campaigns(*, brand: Brand, seed: int, at: datetime) -> int:
    """A running, a planned and a completed campaign by the brand's manager; how many there are."""
    held = Campaign.objects.filter(brand=brand).count()
    actor = User.objects.filter(roles__brand=brand, roles__role=Role.MANAGER).first()
    known = list(Relationship.objects.filter(brand=brand).order_by("pk")[seed : seed + NUMBER])
    if held or actor is None or not known:
        return held
    today = today_of(brand, at)
    common: Values = {
        "platforms": ["instagram", "tiktok"],
        "jurisdictions": ["DK", "SE"],
        "category": "skincare",
        "owner": actor,
    }
    running = _plan(
        brand,
        actor,
        at,
        common
        | {
            "name": "Night cream in ten routines",
            "use_case": UseCase.AWARENESS,
            "target": Decimal(250_000),
            "starts_on": today - timedelta(days=7),
            "budget": Decimal(18_000),
            "wanted_creators": 20,
            "audience": "Women of 25 to 40 in Denmark and Sweden who begin with skincare",
        },
    )
    _cut(running, actor, at)
    campaigns.move_campaign(
        campaign_id=running.pk,
        brand=brand,
        act=Act.ACTIVATE,
        actor=actor,
        at=at,
        expected_version=None,
    )
    _engage(running, known, actor, at)
    _slots(running, actor, at)
    finish_steps(running, today - LATE_FOR, actor, at)
    _plan(
        brand,
        actor,
        at,
        common
        | {
            "name": "Spring launch",
            "use_case": UseCase.LAUNCH,
            "target": Decimal(400_000),
            "starts_on": today + timedelta(days=70),
            "budget": Decimal(30_000),
        },
    )
    over = _plan(
        brand,
        actor,
        at,
        common
        | {
            "name": "Autumn education",
            "use_case": UseCase.EDUCATION,
            "target": Decimal(4),
            "starts_on": today - timedelta(days=120),
            "budget": Decimal(9_000),
        },
    )
    for act, words in (
        (Act.ACTIVATE, ""),
        (Act.COMPLETE, "Ask for drafts a week earlier. Two explainers did more than ten reposts."),
    ):
        campaigns.move_campaign(
            campaign_id=over.pk,
            brand=brand,
            act=act,
            words=words,
            actor=actor,
            at=at,
            expected_version=None,
        )
    competitors.save_competitor(
        brand=brand, name="Glow Company", handles=["glowcompany"], actor=actor, at=at
    )
    return Campaign.objects.filter(brand=brand).count()


def _plan(brand: Brand, actor: User, at: datetime, values: Values) -> Campaign:
    return campaigns.create_campaign(brand=brand, values=values, actor=actor, at=at)


def _cut(campaign: Campaign, actor: User, at: datetime) -> None:
    tiers = TierTable.of(campaign.brand).tiers[:2]
    plans.set_budget_lines(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        kind=BudgetKind.TIER,
        lines=[plans.Line(tier.key, tier.name, Decimal(6_000), 8) for tier in tiers],
        actor=actor,
        at=at,
        expected_version=None,
    )


def _engage(campaign: Campaign, known: list[Relationship], actor: User, at: datetime) -> None:
    """On the shortlist, and each a little farther than the one before."""
    refused = objections(campaign.brand, known, at)
    added = shortlists.shortlist(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        picks=[
            shortlists.Pick(row.pk, _REASONS[n % len(_REASONS)], planned_cost=Decimal(600))
            for n, row in enumerate(known)
            if row.pk not in refused
        ],
        actor=actor,
        at=at,
    )
    for n, engagement in enumerate(added.made):
        for to in PATH[1 : 1 + n % (len(PATH) - 1)]:
            if not go_on(engagement, to, actor, at):
                break


def finish_steps(campaign: Campaign, before: date, actor: User, at: datetime) -> None:
    """Say that the steps of the plan that were due before a day are done."""
    for deadline in Deadline.objects.filter(campaign=campaign, due_on__lt=before).order_by("pk"):
        plans.finish_deadline(
            deadline_id=deadline.pk, brand=campaign.brand, is_done=True, actor=actor, at=at
        )


def go_on(engagement: Engagement, to: EngagementStage, actor: User, at: datetime) -> bool:
    """One stage on; whoever is not to be invited stays where they are, as for anybody."""
    changes: engagements.Changes = {"stage": to}
    if to is EngagementStage.VETTED:
        changes["reason"] = _FOUND
    if to is EngagementStage.CONTRACTED:
        changes["agreed_cost"] = Decimal(650)
    try:
        engagements.change(
            engagement_id=engagement.pk,
            brand=engagement.campaign.brand,
            changes=changes,
            actor=actor,
            at=at,
            expected_version=None,
        )
    except CampaignRefused:
        return False
    return True


def _slots(campaign: Campaign, actor: User, at: datetime) -> None:
    slot = calendar.add_slot(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        values={
            "title": "Tuesday routine",
            "segment": "",
            "platform": None,
            "cadence": SlotCadence.WEEKLY,
            "first_on": campaign.starts_on,
            "until": campaign.ends_on,
            "places": 1,
        },
        actor=actor,
        at=at,
    )
    bound = Engagement.objects.filter(campaign=campaign, agreed_cost__isnull=False).open()
    for day, engagement in zip(calendar.days_of(slot)[1:], bound.order_by("pk"), strict=False):
        calendar.fill(
            slot_id=slot.pk,
            brand=campaign.brand,
            on=day,
            engagement_id=engagement.pk,
            actor=actor,
            at=at,
        )
