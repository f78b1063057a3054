"""Putting creators on a campaign's shortlist, many at once, and one in the place of another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from campaigns.choices import EngagementStage
from campaigns.models import Campaign, Engagement, EngagementStay, SlotFill
from campaigns.models.engagements import LEFT
from campaigns.selectors.conflicts import objections
from campaigns.services import engagements
from campaigns.services.campaigns import locked
from campaigns.services.limits import refuse_beyond
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from crm import audit
from crm.models import Brand, Relationship, User
from crm.selectors import TierTable

# As many as anybody looks through.
MAX_AT_ONCE = 1_000


@dataclass(frozen=True)
class Pick:
    """A creator who is to be put on the shortlist, and why."""

    relationship_id: int
    reason: str = ""
    segment: str = ""
    planned_cost: Decimal | None = None


@dataclass(frozen=True)
class Added:
    """What came of it."""

    made: Sequence[Engagement]
    # Relationships that were in the campaign already: they stay as they are.
    present: frozenset[int]


@transaction.atomic
def shortlist(
    *, campaign_id: int, brand: Brand, picks: Sequence[Pick], actor: User | None, at: datetime
) -> Added:
    """Put creators on the shortlist, in a constant number of statements. Raises CampaignRefused.

    Who is in the campaign already stays as they are, whichever stage they have.
    """
    campaign = locked(campaign_id, brand, None)
    _refuse_closed(campaign)
    wanted = {pick.relationship_id: pick for pick in picks}
    if len(wanted) > MAX_AT_ONCE:
        raise CampaignRefused(
            f"At most {MAX_AT_ONCE:,} creators at once: a shortlist is looked through by people.",
            code="too_many",
        )
    known = {
        row.pk: row
        for row in Relationship.objects.filter(brand=brand, pk__in=wanted).select_related(
            "creator__metrics"
        )
    }
    if len(known) < len(wanted):
        strange = len(wanted) - len(known)
        raise CampaignRefused(
            f"{brand} does not know {strange:,} of these creators.", code="unknown_creator"
        )
    present = frozenset(
        Engagement.objects.filter(campaign=campaign, relationship__in=wanted).values_list(
            "relationship", flat=True
        )
    )
    _refuse_unpitched(brand, [known[pk] for pk in wanted if pk not in present], at)
    tiers = TierTable.of(brand)
    new = [
        _engagement(campaign, known[pk], pick, tiers=tiers, actor=actor, at=at)
        for pk, pick in wanted.items()
        if pk not in present
    ]
    refuse_beyond(campaign, new)
    made = Engagement.objects.bulk_create(new)
    EngagementStay.objects.bulk_create(
        EngagementStay(
            engagement=engagement,
            stage=engagement.stage,
            entered_at=at,
            actor=actor,
            reason=wanted[engagement.relationship_id].reason[: engagements.REASON_MAX],
        )
        for engagement in made
    )
    audit.record_many(
        brand=brand,
        verb="campaigns.engagement.created",
        of=Engagement,
        acts=[
            audit.Act(
                engagement.pk,
                engagement.relationship.creator.name,
                {"campaign": campaign.key, "segment": engagement.segment},
            )
            for engagement in made
        ],
        actor=actor,
        at=at,
    )
    return Added(made, present)


@transaction.atomic
def substitute(
    *,
    engagement_id: int,
    brand: Brand,
    relationship_id: int,
    reason: str,
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> Engagement:
    """Give a creator's place to another one, who starts on the shortlist. Returns the new one.

    Owner, plan of costs, segment and days in the calendar from today on go over. Raises
    CampaignRefused.
    """
    old = engagements.locked(engagement_id, brand, expected_version)
    creator, campaign = old.relationship.creator, old.campaign
    _refuse_closed(campaign)
    if not old.is_open or old.stage == EngagementStage.LIVE:
        raise CampaignRefused(
            f"{creator} is at “{old.get_stage_display()}”: there is no place to give away.",
            code="move_not_allowed",
        )
    reason = reason.strip()[: engagements.REASON_MAX]
    if not reason:
        raise ReasonNeeded(f"Say why {creator} goes.")
    relationship = (
        Relationship.objects.filter(brand=brand, pk=relationship_id)
        .select_related("creator__metrics")
        .first()
    )
    if relationship is None or relationship.pk == old.relationship_id:
        raise CampaignRefused(
            f"Choose another creator whom {brand} knows.", code="unknown_creator", field="creator"
        )
    new = (
        Engagement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("relationship__creator", "owner")
        .filter(campaign=campaign, relationship=relationship)
        .first()
    )
    if new and (new.stage in LEFT or new.replaces_id is not None):
        state = "has somebody's place already" if new.replaces_id else "has left this campaign"
        raise CampaignRefused(
            f"{relationship.creator} {state}.", code="substitute_not_free", field="creator"
        )
    words = f"Takes the place of {creator.name}: {reason}"[: engagements.REASON_MAX]
    if new is None:
        _refuse_unpitched(brand, [relationship], at)
        pick = Pick(relationship.pk, words, old.segment, old.planned_cost)
        new = _engagement(
            campaign, relationship, pick, tiers=TierTable.of(brand), actor=actor, at=at
        )
        refuse_beyond(campaign, [new], leaving=old, field="creator")
        new.owner = old.owner
        new.replaces = old
        new.save(force_insert=True)
        EngagementStay.objects.create(
            engagement=new, stage=new.stage, entered_at=at, actor=actor, reason=words
        )
    else:
        new.replaces = old
        new.version += 1
        new.save(update_fields=["replaces", "version"])
    _hand_over(old, new, at)
    entry = engagements.enter(old, EngagementStage.SUBSTITUTED, reason, actor, at)
    old.version += 1
    old.save()
    engagements.record(old, entry, actor, at)
    new.campaign = campaign
    engagements.record(new, engagements.Entry("substitutes", {"replaces": old.pk}), actor, at)
    return new


def _hand_over(old: Engagement, new: Engagement, at: datetime) -> None:
    """The days to come are the new one's, but for those that they fill already."""
    coming = SlotFill.objects.filter(engagement=old, on__gte=at.date())
    own = set(SlotFill.objects.filter(engagement=new).values_list("slot", "on"))
    twice = [fill.pk for fill in coming if (fill.slot_id, fill.on) in own]
    SlotFill.objects.filter(pk__in=twice).delete()
    coming.update(engagement=new)


def _engagement(
    campaign: Campaign,
    relationship: Relationship,
    pick: Pick,
    *,
    tiers: TierTable,
    actor: User | None,
    at: datetime,
) -> Engagement:
    metrics = getattr(relationship.creator, "metrics", None)
    tier = tiers.tier(relationship.creator, metrics.followers if metrics else None)
    return Engagement(
        campaign=campaign,
        relationship=relationship,
        stage_since=at,
        # Who leads the relationship leads here too, until somebody says otherwise.
        owner_id=relationship.owner_id or campaign.owner_id,
        tier=tier.key if tier else "",
        segment=pick.segment,
        planned_cost=pick.planned_cost,
        created_by=actor,
        created_at=at,
    )


def _refuse_unpitched(brand: Brand, relationships: Collection[Relationship], at: datetime) -> None:
    """Nobody is planned whom a playbook says to leave in peace."""
    refuse_named(relationships, objections(brand, relationships, at), code="not_to_be_pitched")


def refuse_named(
    relationships: Collection[Relationship], refused: Mapping[int, Sequence[str]], *, code: str
) -> None:
    """Raise CampaignRefused with the first three by name; `refused` are reasons by relationship."""
    told = [
        f"{row.creator.name}: {' '.join(refused[row.pk])}"
        for row in relationships
        if row.pk in refused
    ]
    if told:
        more = f" And {len(told) - 3} more." if len(told) > 3 else ""
        raise CampaignRefused(
            f"Nobody was added. {' '.join(told[:3])}{more}",
            code=code,
            field="creators",
        )


def _refuse_closed(campaign: Campaign) -> None:
    if not campaign.is_open:
        raise CampaignRefused(
            f"{campaign} is {campaign.get_status_display().lower()}. Open it again to change its "
            "creators.",
            code="campaign_closed",
        )
