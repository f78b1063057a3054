"""Pieces of content as pages show them: lists, counts, the queue of what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from campaigns.choices import DeliverableState, DraftState, Gate
from campaigns.models import (
    Campaign,
    Correction,
    Delegation,
    Deliverable,
    Draft,
    Engagement,
    GateTurn,
    ReviewPlan,
)
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.services.deliverables.gates import CAN
from crm.models import Brand, User
from crm.permissions import may


def deliverables_of(campaign: Campaign) -> QuerySet[Deliverable]:
    """A campaign's pieces with what a row shows."""
    return with_review(Deliverable.objects.filter(engagement__campaign=campaign))


def with_review(rows: QuerySet[Deliverable]) -> QuerySet[Deliverable]:
    """Pieces with their creator and the gate whose turn it is (`drafts_in_review`)."""
    drafts = Draft.objects.filter(state=DraftState.IN_REVIEW).prefetch_related(
        Prefetch("turns", queryset=GateTurn.objects.waiting(), to_attr="waiting")
    )
    return rows.select_related(
        "platform", "engagement__campaign", "engagement__relationship__creator", "engagement__owner"
    ).prefetch_related(Prefetch("drafts", queryset=drafts, to_attr="drafts_in_review"))


def counts_of(campaign: Campaign) -> dict[str, int]:
    """How many pieces a campaign has in each state."""
    rows = (
        Deliverable.objects.filter(engagement__campaign=campaign)
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"))
    )
    found = dict(rows)
    return {state: found.get(state, 0) for state in DeliverableState.values}


def of_engagement(engagement: Engagement) -> list[Deliverable]:
    """A creator's pieces in a campaign."""
    return list(
        with_review(Deliverable.objects.filter(engagement=engagement)).order_by(
            "draft_due_on", "pk"
        )
    )


def queue(brand: Brand, *, gate: str = "") -> QuerySet[GateTurn]:
    """What waits for a decision in open campaigns."""
    rows = (
        GateTurn.objects.waiting()
        .filter(
            draft__deliverable__engagement__campaign__brand=brand,
            draft__deliverable__engagement__campaign__status__in=OPEN_CAMPAIGNS,
        )
        .select_related(
            "draft__deliverable__platform",
            "draft__deliverable__engagement__campaign",
            "draft__deliverable__engagement__relationship__creator",
            "draft__deliverable__engagement__owner",
        )
    )
    found: QuerySet[GateTurn] = rows.filter(gate=gate) if gate else rows
    return found


def for_person(
    rows: QuerySet[GateTurn], user: User, role: str, brand: Brand, today: date
) -> QuerySet[GateTurn]:
    """Of these the ones that are this person's to decide: by role, by name, or in a stead."""
    place = "draft__deliverable__engagement__"
    mine = Q(pk__in=[])
    for gate in Gate:
        if not may(role, CAN[gate]):
            continue
        givers = Delegation.objects.filter(brand=brand, gate=gate, receiver=user).on(today)
        name = f"{gate.value}_keeper"
        kept = ReviewPlan.objects.filter(
            **{"campaign": OuterRef(f"{place}campaign"), f"{name}__isnull": False}
        )
        by_me = kept.filter(Q(**{name: user}) | Q(**{f"{name}__in": givers.values("giver")}))
        nobodys = Q(~Exists(kept))
        if gate == Gate.MANAGER:
            # Without a name it is first of all that of who leads the creator, else the campaign.
            leads = Q(**{f"{place}owner": user}) | Q(**{f"{place}owner": None}) & (
                Q(**{f"{place}campaign__owner": user}) | Q(**{f"{place}campaign__owner": None})
            )
            nobodys &= leads
        mine |= Q(gate=gate) & (Q(Exists(by_me)) | nobodys)
    return rows.filter(mine)


@dataclass(frozen=True)
class Step:
    """A gate on the way of a draft, for the line of gates on a page."""

    turn: GateTurn
    is_now: bool
    corrections: Sequence[Correction]


def steps_of(draft: Draft) -> list[Step]:
    """The gates of the draft's current opening, in order, with what they said."""
    turns = (
        draft.turns.filter(opening=draft.opening)
        .select_related("decided_by", "on_behalf_of")
        .prefetch_related("corrections__done_by", "corrections__link", "checklist")
        .order_by("position")
    )
    return [
        Step(
            turn,
            is_now=turn.began_at is not None and turn.decided_at is None and not turn.is_dropped,
            corrections=list(turn.corrections.all()),
        )
        for turn in turns
    ]
