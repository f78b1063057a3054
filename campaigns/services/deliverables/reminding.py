"""Whose turn is nearly over is reminded; what is late is told to who looks after the piece."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from campaigns.choices import Gate
from campaigns.models import GateTurn, ReviewPlan
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.services.deliverables import gates, hours

# Of working time that is left.
_REMIND_WITHIN = timedelta(hours=2)
_AT_ONCE = 500


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Tell people about turns that end within two working hours, or are late; each once.

    Returns how many turns were told about. Turns that another worker holds are left to it.
    """
    told = 0
    weeks: dict[int, hours.Week] = {}
    plans: dict[int, ReviewPlan] = {}
    for turn in _due(at)[:_AT_ONCE]:
        piece = turn.draft.deliverable
        campaign = piece.engagement.campaign
        if campaign.brand_id not in weeks:
            weeks[campaign.brand_id] = gates.week_of(campaign.brand)
        if campaign.pk not in plans:
            plans[campaign.pk] = gates.plan_of(campaign)
        week, plan = weeks[campaign.brand_id], plans[campaign.pk]
        if turn.due_at is None:
            continue
        today = at.astimezone(week.zone).date()
        asked = gates.deciders(campaign.brand, turn.gate, plan.keeper_of(turn.gate), today)
        label, words = Gate(turn.gate).label.lower(), hours.words(at, turn.due_at, week)
        if turn.due_at <= at:
            turn.escalated_at = turn.reminded_at = at
            gates.tell(
                piece,
                {*asked, *gates.leaders(piece)},
                f"“{piece}” still waits at the gate “{label}”: {words}.",
                at,
                key=f"gate-late:{turn.pk}",
            )
        elif turn.reminded_at is None and (hours.between(at, turn.due_at, week) <= _REMIND_WITHIN):
            turn.reminded_at = at
            gates.tell(
                piece,
                asked,
                f"“{piece}” waits at the gate “{label}”, {words}.",
                at,
                key=f"gate-soon:{turn.pk}",
            )
        else:
            continue
        turn.save(update_fields=["reminded_at", "escalated_at"])
        told += 1
    return told


def _due(at: datetime) -> QuerySet[GateTurn]:
    # Two working hours are never longer than that, but over the longest of holidays.
    soon = Q(due_at__lte=at + timedelta(days=7), reminded_at=None)
    late = Q(due_at__lte=at, escalated_at=None)
    return (
        GateTurn.objects.waiting()
        .filter(
            soon | late,
            draft__deliverable__engagement__campaign__status__in=OPEN_CAMPAIGNS,
        )
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related(
            "draft__deliverable__engagement__campaign__brand",
            "draft__deliverable__engagement__campaign__owner",
            "draft__deliverable__engagement__owner",
            "draft__deliverable__platform",
        )
        .order_by("due_at", "pk")
    )
