"""Published posts whose look is nearly due are reminded of; what is late is told further.

Drafts need none of this: legal's gate has its own clock (services/deliverables/reminding.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from campaigns.choices import Gate, ReviewStage
from campaigns.models import DisclosureReview, ReviewPlan
from campaigns.services.deliverables import gates, hours
from crm.choices import Role
from crm.models import User

# Of working time that is left.
_REMIND_WITHIN = timedelta(hours=2)
_AT_ONCE = 500


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Tell people about reviews that are due within two working hours, or late; each once.

    Of what is late the brand's admins hear, too. Returns how many reviews were told about; those
    that another worker holds are left to it.
    """
    told = 0
    weeks: dict[int, hours.Week] = {}
    plans: dict[int, ReviewPlan] = {}
    for review in _due(at)[:_AT_ONCE]:
        campaign = review.deliverable.engagement.campaign
        if campaign.brand_id not in weeks:
            weeks[campaign.brand_id] = gates.week_of(campaign.brand)
        if campaign.pk not in plans:
            plans[campaign.pk] = gates.plan_of(campaign)
        week = weeks[campaign.brand_id]
        is_late = review.due_at <= at
        if not is_late and (
            review.reminded_at or hours.between(at, review.due_at, week) > _REMIND_WITHIN
        ):
            continue
        _tell(review, plans[campaign.pk], week, at, is_late=is_late)
        review.reminded_at = at
        if is_late:
            review.escalated_at = at
        review.save(update_fields=["reminded_at", "escalated_at"])
        told += 1
    return told


def _tell(
    review: DisclosureReview,
    plan: ReviewPlan,
    week: hours.Week,
    at: datetime,
    *,
    is_late: bool,
) -> None:
    piece, brand = review.deliverable, review.deliverable.engagement.campaign.brand
    today = at.astimezone(week.zone).date()
    asked = set(gates.deciders(brand, Gate.LEGAL, plan.keeper_of(Gate.LEGAL), today))
    if is_late:
        asked |= set(
            User.objects.filter(roles__brand=brand, roles__role=Role.ADMIN, is_active=True)
        )
    # Who asked does not decide, and who decided first does not decide again.
    not_theirs = {review.requested_by_id, *review.decisions.values_list("by", flat=True)}
    gates.tell(
        piece,
        [user for user in asked if user.pk not in not_theirs],
        f"The disclosure of “{piece}”, which is published, waits for a look: "
        f"{hours.words(at, review.due_at, week)}.",
        at,
        key=f"review-{'late' if is_late else 'soon'}:{review.pk}",
    )


def _due(at: datetime) -> QuerySet[DisclosureReview]:
    # Two working hours are never longer than that, but over the longest of holidays.
    soon = Q(due_at__lte=at + timedelta(days=7), reminded_at=None)
    late = Q(due_at__lte=at, escalated_at=None)
    return (
        DisclosureReview.objects.open()
        .filter(soon | late, stage=ReviewStage.LIVE)
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related(
            "deliverable__engagement__campaign__brand",
            "deliverable__engagement__campaign__owner",
            "deliverable__engagement__owner",
        )
        .order_by("due_at", "pk")
    )
