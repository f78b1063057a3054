"""Creators in a campaign: the moves that are allowed, who leads, what comes next, what it costs.

A creator goes from the shortlist over vetting to approval, is invited, and from the contract on is
bound. Out of a campaign one goes with a reason, and may come back to its shortlist with one.
Everything else is refused. The relationship's own stage is not touched by any of it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypedDict

from django.db import transaction

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.models import Campaign, Engagement, EngagementStay
from campaigns.models.engagements import BOUND, LEFT
from campaigns.selectors.conflicts import barred, vetted
from campaigns.services.limits import refuse_beyond
from campaigns.services.refusals import CampaignOutdated, CampaignRefused, ReasonNeeded
from crm import audit
from crm.models import AuditEntry, Brand, User, UserRole

S = EngagementStage
# Where one may go, and whether that takes a reason.
MOVES: dict[EngagementStage, dict[EngagementStage, bool]] = {
    # What vetting found is a reason too, unless reviews have said it.
    S.SHORTLISTED: {S.VETTED: True, S.DROPPED: True},
    S.VETTED: {S.APPROVED: False, S.SHORTLISTED: True, S.DROPPED: True},
    S.APPROVED: {S.INVITED: False, S.VETTED: True, S.DROPPED: True},
    S.INVITED: {S.NEGOTIATING: False, S.CONTRACTED: False, S.DECLINED: True, S.DROPPED: True},
    S.NEGOTIATING: {S.CONTRACTED: False, S.INVITED: True, S.DECLINED: True, S.DROPPED: True},
    S.CONTRACTED: {S.IN_PRODUCTION: False, S.NEGOTIATING: True, S.DROPPED: True},
    S.IN_PRODUCTION: {S.LIVE: False, S.CONTRACTED: True, S.DROPPED: True},
    S.LIVE: {S.COMPLETED: False, S.IN_PRODUCTION: True, S.DROPPED: True},
    S.COMPLETED: {S.LIVE: True},
    S.DECLINED: {S.SHORTLISTED: True},
    S.DROPPED: {S.SHORTLISTED: True},
    # Somebody else has the place.
    S.SUBSTITUTED: {},
}
# What a campaign lets its creators do, by where it stands itself.
_PLANNED = frozenset({S.SHORTLISTED, S.VETTED, S.APPROVED, S.DROPPED, S.DECLINED})
OPEN_IN: dict[CampaignStatus, frozenset[EngagementStage]] = {
    CampaignStatus.DRAFT: _PLANNED,
    CampaignStatus.ACTIVE: frozenset(S),
    CampaignStatus.COMPLETED: frozenset(),
    CampaignStatus.CANCELLED: frozenset(),
}
NEXT_STEP_MAX, REASON_MAX = 200, 500
COST_MAX = Decimal(10) ** 10


class Changes(TypedDict, total=False):
    """What to change of an engagement; what is left out stays."""

    stage: EngagementStage
    reason: str
    owner: User | None
    next_step: str
    next_step_on: date | None
    planned_cost: Decimal | None
    agreed_cost: Decimal | None


class Entry(NamedTuple):
    """What the audit ledger will say."""

    verb: str
    data: dict[str, object]


def allowed_moves(
    stage: EngagementStage | str, status: CampaignStatus | str, *, is_vetted: bool = False
) -> dict[EngagementStage, bool]:
    """Where a creator may go in a campaign of this status, and whether that takes a reason.

    `is_vetted`: reviews of the creator have been settled, which is what vetting has to say.
    """
    possible = OPEN_IN[CampaignStatus(status)]
    return {
        to: takes_reason and not (to is S.VETTED and is_vetted and stage == S.SHORTLISTED)
        for to, takes_reason in MOVES[EngagementStage(stage)].items()
        if to in possible
    }


@transaction.atomic
def change(
    *,
    engagement_id: int,
    brand: Brand,
    changes: Changes,
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> Engagement:
    """Make several changes as one, or none of them. Returns the engagement as it then is.

    Raises CampaignRefused, and Engagement.DoesNotExist where the brand has none of that number.
    """
    engagement = locked(engagement_id, brand, expected_version)
    if not engagement.campaign.is_open:
        status = engagement.campaign.get_status_display().lower()
        raise CampaignRefused(
            f"{engagement.campaign} is {status}. Open it again to change its creators.",
            code="campaign_closed",
        )
    entries: list[Entry] = []
    # First, since a contract asks for what was agreed in the same breath.
    entries += _cost(engagement, changes)
    if "stage" in changes and changes["stage"] != engagement.stage:
        to = EngagementStage(changes["stage"])
        entries.append(_move(engagement, to, changes.get("reason", ""), actor, at))
    if "owner" in changes and changes["owner"] != engagement.owner:
        entries.append(_give(engagement, changes["owner"]))
    entries += _plan(engagement, changes)
    if not entries:
        return engagement
    engagement.version += 1
    engagement.save()
    for entry in entries:
        record(engagement, entry, actor, at)
    return engagement


def locked(engagement_id: int, brand: Brand, expected_version: int | None) -> Engagement:
    """The row and its campaign, held until the transaction ends, the campaign first."""
    campaign_id = Engagement.objects.values_list("campaign", flat=True).get(
        pk=engagement_id, campaign__brand=brand
    )
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    engagement = (
        Engagement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("relationship__creator", "relationship__brand", "owner")
        .get(pk=engagement_id)
    )
    campaign.brand = engagement.relationship.brand
    engagement.campaign = campaign
    if expected_version is not None and engagement.version != expected_version:
        raise CampaignOutdated(_who_changed(engagement))
    return engagement


def enter(
    engagement: Engagement, to: EngagementStage, reason: str, actor: User | None, at: datetime
) -> Entry:
    """End the stay and begin the next one; the caller saves the engagement and writes the entry."""
    here = engagement.stage
    if at < engagement.stage_since:
        raise CampaignRefused(
            f"{engagement.relationship.creator} came to “{engagement.get_stage_display()}” later "
            "than the moment of this move.",
            code="move_not_allowed",
        )
    EngagementStay.objects.filter(engagement=engagement, left_at=None).update(left_at=at)
    EngagementStay.objects.create(
        engagement=engagement,
        from_stage=here,
        stage=to,
        entered_at=at,
        actor=actor,
        reason=reason,
    )
    engagement.stage, engagement.stage_since = to, at
    data: dict[str, object] = {"stage": [here, to]}
    return Entry("moved", data | ({"reason": reason} if reason else {}))


def record(engagement: Engagement, entry: Entry, actor: User | None, at: datetime) -> None:
    """Write what was done in the ledger."""
    audit.record(
        brand=engagement.campaign.brand,
        verb=f"campaigns.engagement.{entry.verb}",
        target=engagement,
        actor=actor,
        at=at,
        data={"campaign": engagement.campaign.key} | entry.data,
        label=engagement.relationship.creator.name,
    )


def _move(
    engagement: Engagement, to: EngagementStage, reason: str, actor: User | None, at: datetime
) -> Entry:
    campaign, creator = engagement.campaign, engagement.relationship.creator
    here = EngagementStage(engagement.stage)
    found = ""
    if here is S.SHORTLISTED and to is S.VETTED:
        found = vetted([engagement.relationship_id], at).get(engagement.relationship_id, "")
    moves = allowed_moves(here, campaign.status, is_vetted=bool(found))
    if to not in moves:
        raise CampaignRefused(_why_not(engagement, here, to, moves), code="move_not_allowed")
    reason = reason.strip()[:REASON_MAX]
    if moves[to] and not reason:
        if to is S.VETTED and here is S.SHORTLISTED:
            raise ReasonNeeded(
                f"Nobody has reviewed {creator} yet. Ask for reviews, or write down what you "
                "looked at and what you found."
            )
        raise ReasonNeeded(f"Say why {creator} goes to “{to.label}”.")
    if to is S.VETTED and here is S.SHORTLISTED and not reason:
        reason = found
    if here in LEFT:
        refuse_beyond(campaign, [engagement], field="stage")
    if to is S.INVITED:
        _refuse_barred(engagement, at)
    if to is S.CONTRACTED and engagement.agreed_cost is None:
        raise CampaignRefused(
            f"Write down what was agreed with {creator} first: an amount, or 0 where no money "
            "flows.",
            code="cost_needed",
            field="agreed_cost",
        )
    if to is S.LIVE and campaign.embargo_until and at < campaign.embargo_until:
        raise CampaignRefused(
            f"{campaign} is under embargo until {campaign.embargo_until:%-d %B %Y %H:%M} UTC: "
            "nothing can be live before.",
            code="embargo",
        )
    return enter(engagement, to, reason, actor, at)


def _why_not(
    engagement: Engagement,
    here: EngagementStage,
    to: EngagementStage,
    moves: dict[EngagementStage, bool],
) -> str:
    campaign, creator = engagement.campaign, engagement.relationship.creator
    if to in MOVES[here]:
        return f"{campaign} is still a draft. Activate it, then {creator} can go to “{to.label}”."
    if to is S.SUBSTITUTED:
        return f"To substitute {creator}, say on their page in the campaign who takes the place."
    possible = ", ".join(f"“{stage.label}”" for stage in moves) or "none"
    return (
        f"{creator} cannot go from “{here.label}” to “{to.label}” in one move. "
        f"Possible now: {possible}."
    )


def _refuse_barred(engagement: Engagement, at: datetime) -> None:
    relationship = engagement.relationship
    found = barred(relationship.brand, [relationship], at).get(relationship.pk)
    if found:
        raise CampaignRefused(
            f"{relationship.creator} is not to be invited. {' '.join(found)}", code="barred"
        )


def _give(engagement: Engagement, owner: User | None) -> Entry:
    brand = engagement.campaign.brand
    if owner and not UserRole.objects.filter(brand=brand, user=owner).exists():
        raise CampaignRefused(
            f"{owner} has no role in {brand}. An admin can give one.",
            code="owner_not_allowed",
            field="owner",
        )
    before, engagement.owner = engagement.owner, owner
    return Entry("given", {"owner": [before and before.email, owner and owner.email]})


def _plan(engagement: Engagement, changes: Changes) -> list[Entry]:
    text = changes.get("next_step", engagement.next_step).strip()[:NEXT_STEP_MAX]
    on = changes.get("next_step_on", engagement.next_step_on)
    if not text and changes.get("next_step_on") is not None:
        raise CampaignRefused(
            "Say what is to be done on that day.", code="step_needed", field="next_step"
        )
    on = on if text else None
    before = {"next_step": engagement.next_step, "next_step_on": engagement.next_step_on}
    if before == {"next_step": text, "next_step_on": on}:
        return []
    engagement.next_step, engagement.next_step_on = text, on
    return [
        Entry("planned", {"next_step_on": [before["next_step_on"], on], "next_step": bool(text)})
    ]


def _cost(engagement: Engagement, changes: Changes) -> list[Entry]:
    data: dict[str, object] = {}
    for name in ("planned_cost", "agreed_cost"):
        if name not in changes:
            continue
        before, after = getattr(engagement, name), changes[name]
        if after is not None and not 0 <= after < COST_MAX:
            raise CampaignRefused("A cost is zero or more.", code="out_of_range", field=name)
        if before != after:
            data[name] = [before, after]
            setattr(engagement, name, after)
    to = changes.get("stage", engagement.stage)
    if "agreed_cost" in data and engagement.agreed_cost is None and to in BOUND:
        raise CampaignRefused(
            "What was agreed stays written down while the contract stands.",
            code="cost_needed",
            field="agreed_cost",
        )
    return [Entry("costed", data)] if data else []


def _who_changed(engagement: Engagement) -> str:
    last = (
        AuditEntry.objects.filter(
            brand=engagement.campaign.brand,
            target_type="campaigns.engagement",
            target_id=engagement.pk,
        )
        .select_related("actor")
        .order_by("-number")
        .first()
    )
    who = last.actor.display_name if last and last.actor else "Somebody"
    return (
        f"{who} changed {engagement.relationship.creator} in this campaign since you loaded this "
        f"page. The stage is “{engagement.get_stage_display()}” now; nothing of yours was saved."
    )
