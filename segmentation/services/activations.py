"""Taking creators of a segment into a campaign, with the plan, the reasons and the moment kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from django.db import transaction

from campaigns.choices import BudgetKind
from campaigns.models import Campaign, Engagement
from campaigns.services import plans
from campaigns.services.plans import Line
from campaigns.services.refusals import CampaignRefused
from campaigns.services.shortlists import Pick, shortlist
from crm import audit
from crm.models import Brand, User
from segmentation.choices import SegmentStatus
from segmentation.models import Activation, ActivationPick, Segment, SegmentVersion
from segmentation.selectors.activations import MAX_WEIGHT, MOST, WEIGHTS, Ranking, rank

NOTE_MAX = 300


@dataclass(frozen=True)
class Plan:
    """What is asked for: a number of creators of a segment, by what, for how much and when."""

    segment: str
    as_of: datetime
    wanted: int
    weights: Mapping[str, int] | None = None
    # Only these relationships of the ranking; None: the first that are wanted.
    only: Collection[int] | None = None
    budget: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    note: str = ""


def preview(*, campaign: Campaign, plan: Plan, at: datetime) -> Ranking:
    """Whom a plan would take, without taking them. Raises CampaignRefused."""
    segment = _checked(campaign, plan, at)
    return rank(campaign, segment, as_of=plan.as_of, size=plan.wanted, weights=plan.weights)


@transaction.atomic
def activate(
    *, campaign_id: int, brand: Brand, plan: Plan, actor: User | None, at: datetime
) -> Activation:
    """Put the creators of a plan on the shortlist, each with place and reasons.

    Raises CampaignRefused, and nothing is changed then: also where the segment would have a larger
    share of the campaign than its playbook allows.
    """
    campaign = (
        Campaign.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand")
        .get(pk=campaign_id, brand=brand)
    )
    segment = _checked(campaign, plan, at)
    # Whoever ticked some of the ranking chose among all that it could show.
    size = MOST if plan.only is not None else plan.wanted
    ranking = rank(campaign, segment, as_of=plan.as_of, size=size, weights=plan.weights)
    taken = [row for row in ranking.rows if plan.only is None or row.relationship_id in plan.only]
    if plan.only is not None and len(taken) < len(set(plan.only)):
        raise CampaignRefused(
            "Some of those whom you chose cannot be taken any more. Rank them again.",
            code="changed_meanwhile",
            field="only",
        )
    if not taken:
        raise CampaignRefused(
            f"Nobody of “{segment}” can be taken{_why(ranking)}. Choose another segment or moment.",
            code="nobody",
            field="segment",
        )
    share = ranking.share
    words = share.refusal(len(taken))
    if words:
        # The shortlist refuses it too; here it stands beside what can be made smaller.
        raise CampaignRefused(words, code="share_exceeded", field="wanted")
    cost = _each(plan.budget, len(taken))
    added = shortlist(
        campaign_id=campaign.pk,
        brand=brand,
        picks=[
            Pick(
                row.relationship_id,
                f"{row.rank}. of “{segment}” as of {plan.as_of:%-d %B %Y}. {row.why}",
                segment.key,
                cost,
            )
            for row in taken
        ],
        actor=actor,
        at=at,
    )
    if plan.budget is not None:
        _plan_budget(campaign, segment, amount=plan.budget, creators=len(taken), actor=actor, at=at)
    activation = Activation.objects.create(
        campaign=campaign,
        version=_version(segment),
        as_of=plan.as_of,
        members=ranking.members,
        candidates=ranking.candidates,
        weights=dict(ranking.weights),
        wanted=len(taken),
        budget=plan.budget,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        maximum_share=share.maximum,
        share=share.after(len(taken)),
        note=plan.note.strip()[:NOTE_MAX],
        by=actor,
        at=at,
    )
    by_relationship: dict[int, Engagement] = {row.relationship_id: row for row in added.made}
    ActivationPick.objects.bulk_create(
        ActivationPick(
            activation=activation,
            engagement=by_relationship[row.relationship_id],
            rank=row.rank,
            score=row.score,
            parts=row.kept,
        )
        for row in taken
    )
    audit.record(
        brand=brand,
        verb="segmentation.activation.made",
        target=activation,
        actor=actor,
        at=at,
        data={
            "campaign": campaign.key,
            "segment": segment.key,
            "version": activation.version.number,
            "as_of": plan.as_of,
            "weights": dict(ranking.weights),
            "creators": len(taken),
            "budget": plan.budget,
        },
        label=f"{segment.name} for {campaign.name}",
    )
    return activation


def _checked(campaign: Campaign, plan: Plan, at: datetime) -> Segment:
    segment = (
        Segment.objects.select_related("active_version")
        .filter(brand=campaign.brand_id, key=plan.segment)
        .first()
    )
    if segment is None:
        raise CampaignRefused(
            f"There is no segment {plan.segment!r}.", code="unknown_segment", field="segment"
        )
    if segment.status != SegmentStatus.ACTIVE:
        raise CampaignRefused(
            f"“{segment}” is {segment.get_status_display().lower()}: only creators of active "
            "segments can be taken.",
            code="segment_not_active",
            field="segment",
        )
    if not campaign.is_open:
        raise CampaignRefused(
            f"{campaign} is {campaign.get_status_display().lower()}. Open it again to add "
            "creators.",
            code="campaign_closed",
        )
    if plan.as_of > at:
        raise CampaignRefused(
            "Nobody knows yet who will be in it: choose a moment that has been.",
            code="in_the_future",
            field="as_of",
        )
    if not 1 <= plan.wanted <= MOST:
        raise CampaignRefused(f"From 1 to {MOST} creators.", code="out_of_range", field="wanted")
    weights = plan.weights or WEIGHTS
    if set(weights) - set(WEIGHTS) or any(not 0 <= w <= MAX_WEIGHT for w in weights.values()):
        raise CampaignRefused(
            f"Weights are from 0 to {MAX_WEIGHT}, for {', '.join(WEIGHTS)}.",
            code="out_of_range",
            field="weights",
        )
    if plan.only is not None and not plan.only:
        raise CampaignRefused("Tick at least one creator.", code="nobody", field="only")
    if not any(weights.values()):
        raise CampaignRefused(
            "Something has to count: give one criterion a weight.",
            code="nothing_counts",
            field="weights",
        )
    if plan.budget is not None and plan.budget <= 0:
        raise CampaignRefused("A budget is more than zero.", code="out_of_range", field="budget")
    _check_days(campaign, plan)
    return segment


def _version(segment: Segment) -> SegmentVersion:
    """The wording that took the members in; an active segment has one, as the database sees to."""
    version = segment.active_version
    if version is None:
        raise CampaignRefused(f"“{segment}” has no version yet.", code="segment_not_active")
    return version


def _check_days(campaign: Campaign, plan: Plan) -> None:
    if plan.ends_on and not plan.starts_on:
        raise CampaignRefused("Say from when on, too.", code="out_of_order", field="starts_on")
    for name in ("starts_on", "ends_on"):
        day = getattr(plan, name)
        if day and not campaign.starts_on <= day <= campaign.ends_on:
            raise CampaignRefused(
                f"{campaign} runs from {campaign.starts_on:%-d %B %Y} to "
                f"{campaign.ends_on:%-d %B %Y}.",
                code="out_of_range",
                field=name,
            )
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        raise CampaignRefused(
            "The last day comes before the first.", code="out_of_order", field="ends_on"
        )


def _each(budget: Decimal | None, creators: int) -> Decimal | None:
    if budget is None:
        return None
    return (budget / creators).quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def _plan_budget(
    campaign: Campaign,
    segment: Segment,
    *,
    amount: Decimal,
    creators: int,
    actor: User | None,
    at: datetime,
) -> None:
    """Add the plan to the campaign's budget by segment, which checks its sum."""
    held = {
        line.key: Line(line.key, line.name, line.amount, line.creators)
        for line in campaign.budget_lines.filter(kind=BudgetKind.SEGMENT).order_by("pk")
    }
    before = held.get(segment.key)
    held[segment.key] = Line(
        segment.key,
        segment.name,
        amount + (before.amount if before else 0),
        creators + ((before.creators or 0) if before else 0),
    )
    plans.set_budget_lines(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        kind=BudgetKind.SEGMENT,
        lines=list(held.values()),
        actor=actor,
        at=at,
        expected_version=None,
    )


def _why(ranking: Ranking) -> str:
    told = ", ".join(f"{number:,} {words}" for words, number in ranking.left_out)
    return f": {told}" if told else ""
