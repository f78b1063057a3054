"""The gates of a review: which a draft needs, who decides there, and by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from campaigns.choices import DraftState, Gate, ReviewStage
from campaigns.models import (
    Campaign,
    Delegation,
    Deliverable,
    Draft,
    FastLane,
    GateTurn,
    ReviewPlan,
    WorkingWeek,
)
from campaigns.services.deliverables import hours
from campaigns.services.deliverables.record import page_of
from campaigns.services.disclosures import opening
from campaigns.services.refusals import CampaignRefused
from crm.choices import NotificationKind, Role
from crm.models import Brand, User, UserRole
from crm.permissions import CAPABILITIES, Can, may, who_may
from crm.services.notifications import notify_all

CAN = {
    Gate.MANAGER: Can.RUN_CAMPAIGNS,
    Gate.BRAND: Can.APPROVE_CONTENT,
    Gate.LEGAL: Can.CLEAR_LEGAL,
}


def week_row(brand: Brand) -> WorkingWeek:
    """What the brand said of its working hours; unsaved, with the defaults, where nothing."""
    return WorkingWeek.objects.filter(brand=brand).first() or WorkingWeek.usual(brand)


def week_of(brand: Brand, row: WorkingWeek | None = None) -> hours.Week:
    """The brand's working hours."""
    row = row or week_row(brand)
    return hours.Week(
        ZoneInfo(brand.timezone), frozenset(row.days), row.starts, row.ends, row.country
    )


def plan_of(campaign: Campaign) -> ReviewPlan:
    """What the campaign asks of its drafts; unsaved, with the defaults, where nobody said."""
    return ReviewPlan.objects.filter(campaign=campaign).first() or ReviewPlan.usual(campaign)


def gates_of(deliverable: Deliverable, plan: ReviewPlan, *, is_legal_always: bool) -> list[Gate]:
    """The gates that a piece goes through, in order."""
    asked = set(plan.gates if deliverable.gates is None else deliverable.gates)
    if is_legal_always:
        asked.add(Gate.LEGAL.value)
    return [gate for gate in Gate if gate.value in asked]


def rounds_of(deliverable: Deliverable, plan: ReviewPlan) -> int:
    """How many drafts are agreed."""
    return deliverable.rounds if deliverable.rounds is not None else plan.rounds


def may_decide_at(brand: Brand, gate: Gate | str) -> QuerySet[User]:
    """Everybody of the brand whose role may decide at a gate."""
    roles = [role for role in Role if CAN[Gate(gate)] in CAPABILITIES[role]]
    return User.objects.filter(roles__brand=brand, roles__role__in=roles, is_active=True)


def deciders(brand: Brand, gate: Gate | str, keeper: int | None, day: date) -> list[User]:
    """Who is asked: the gate's keeper and whom they handed it to, or everybody who may."""
    rows = may_decide_at(brand, gate)
    if keeper is not None:
        handed = Delegation.objects.filter(brand=brand, gate=gate, giver=keeper).on(day)
        asked = list(rows.filter(Q(pk=keeper) | Q(pk__in=handed.values("receiver"))).order_by("pk"))
        if asked:
            return asked
        # The keeper has left, or has another role now: it must not wait for ever.
    return list(rows.order_by("pk"))


def stead(
    user: User, brand: Brand, gate: Gate | str, keeper: int | None, day: date
) -> tuple[str, User | None]:
    """Why `user` may not decide (empty: they may), and in whose stead they do."""
    role = UserRole.objects.filter(user=user, brand=brand).values_list("role", flat=True).first()
    gate = Gate(gate)
    if not may(role, CAN[gate]):
        held = Role(role).label.lower() if role else "nobody of this brand"
        return (
            f"The gate “{gate.label}” is decided by a {who_may(CAN[gate])}; you are {held}.",
            None,
        )
    if keeper is None or keeper == user.pk:
        return "", None
    asked = deciders(brand, gate, keeper, day)
    if user in asked:
        return "", next((one for one in asked if one.pk == keeper), None)
    if role == Role.ADMIN:
        return "", None
    names = " or ".join(one.display_name for one in asked)
    words = f"The gate “{gate.label}” of this campaign is {names}'s."
    return f"{words} They can hand it over to you, or an admin can decide.", None


def open_review(deliverable: Deliverable, draft: Draft, at: datetime) -> list[Gate]:
    """Lay out the gates of this opening and give the first its turn; the caller holds the piece."""
    campaign = deliverable.engagement.campaign
    week = week_row(campaign.brand)
    plan = plan_of(campaign)
    gates = gates_of(deliverable, plan, is_legal_always=week.is_legal_always)
    turns = GateTurn.objects.bulk_create(
        GateTurn(draft=draft, opening=draft.opening, gate=gate, position=number)
        for number, gate in enumerate(gates, 1)
    )
    begin(deliverable, turns[0], plan, week_of(campaign.brand, week), at)
    return gates


def begin(
    deliverable: Deliverable, turn: GateTurn, plan: ReviewPlan, week: hours.Week, at: datetime
) -> None:
    """It is this gate's turn: the clock runs, and who decides is told."""
    turn.began_at = at
    turn.due_at = hours.due_at(at, _hours(deliverable, turn.gate, plan), week)
    turn.save(update_fields=["began_at", "due_at"])
    brand = deliverable.engagement.campaign.brand
    keeper = plan.keeper_of(turn.gate) or _leads(deliverable, turn.gate)
    tell(
        deliverable,
        deciders(brand, turn.gate, keeper, at.astimezone(week.zone).date()),
        f"“{deliverable}” by {deliverable.engagement.relationship.creator} waits for your decision "
        f"({Gate(turn.gate).label.lower()}), {hours.words(at, turn.due_at, week)}.",
        at,
        key=f"gate:{turn.pk}",
    )
    if turn.gate == Gate.LEGAL:
        opening.open_for_draft(deliverable, turn, at)


def drop_turns(draft: Draft) -> None:
    """What has not been decided of this opening comes to nothing."""
    GateTurn.objects.filter(draft=draft, decided_at=None).update(is_dropped=True)
    opening.drop(draft.deliverable, ReviewStage.DRAFT)


def waiting_turn(deliverable: Deliverable) -> GateTurn | None:
    """Whose turn it is."""
    return (
        GateTurn.objects.waiting()
        .filter(draft__deliverable=deliverable, draft__state=DraftState.IN_REVIEW)
        .select_related("draft")
        .first()
    )


def who_decided(draft: Draft) -> set[User]:
    """Those who said something about a version at a gate."""
    turns = GateTurn.objects.filter(draft=draft, decided_by__isnull=False)
    return set(User.objects.filter(pk__in=turns.values("decided_by")))


def tell(
    deliverable: Deliverable, users: Iterable[User], text: str, at: datetime, *, key: str = ""
) -> None:
    """Tell people of the brand something about the piece."""
    notify_all(
        users=users,
        brand=deliverable.engagement.campaign.brand,
        kind=NotificationKind.CAMPAIGN,
        text=text,
        url=page_of(deliverable),
        at=at,
        key=key,
    )


def leaders(deliverable: Deliverable) -> Sequence[User]:
    """Who looks after the piece: who leads the creator in this campaign, else the campaign."""
    found = deliverable.engagement.owner or deliverable.engagement.campaign.owner
    return [found] if found is not None else []


def refuse_unless_gates(gates: Iterable[str], field: str = "gates") -> list[str]:
    """Gates in order, each once. Raises CampaignRefused."""
    asked = set(gates)
    if not asked or not asked <= set(Gate.values):
        raise CampaignRefused("Choose at least one gate.", field=field)
    return [gate.value for gate in Gate if gate.value in asked]


def _hours(deliverable: Deliverable, gate: str, plan: ReviewPlan) -> int:
    """Working hours that a gate has for the piece: fewer where its creator is on the fast lane."""
    lane = FastLane.objects.filter(engagement=deliverable.engagement_id)
    most = lane.values_list("gate_hours", flat=True).first()
    usual = plan.hours_of(gate)
    return usual if most is None else min(usual, most)


def _leads(deliverable: Deliverable, gate: str) -> int | None:
    """The manager's gate is first of all that of who leads the creator; nobody else is woken."""
    leads = leaders(deliverable)
    return leads[0].pk if gate == Gate.MANAGER and leads else None
