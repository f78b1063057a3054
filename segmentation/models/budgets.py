"""Budget plans: what a worker would spend a campaign's budget on, for people to decide about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from campaigns.models import Campaign
from crm.models import Brand, Relationship, User
from segmentation.choices import ErrandStatus, PriceSource, Wish
from segmentation.models.errands import Errand

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class BudgetPlanQuerySet(models.QuerySet["BudgetPlan"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Plans for campaigns of the brands in which `user` has a role."""
        return self.filter(campaign__brand__in=Brand.objects.visible_to(user))


class BudgetPlan(Errand):
    """One way to spend a campaign's budget: what was asked, and what a worker found."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    name = models.CharField(max_length=80)
    # services.budgets.asks says what it holds: budget, measure, pieces, caps, assumed prices ...
    asks = models.JSONField(default=dict)
    # {spent, brings, bound, gap, limits, sensitivity, ...}; empty until it is worked out.
    result = models.JSONField(default=dict)
    computed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    # When its creators were put on the shortlist.
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = BudgetPlanQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "name"], name="segmentation_budget_plan_once"
            ),
            models.CheckConstraint(
                name="segmentation_budget_plan_status",
                condition=~Q(name="") & Q(status__in=ErrandStatus.values),
            ),
            models.CheckConstraint(
                name="segmentation_budget_plan_taken",
                condition=Q(taken_at=None) | Q(computed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BudgetPick(models.Model):
    """A creator in a plan: who is in with how many pieces, who came next, whom somebody named."""

    plan = models.ForeignKey(
        BudgetPlan, on_delete=models.CASCADE, db_index=False, related_name="picks"
    )
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    wish = models.CharField(max_length=6, choices=Wish.choices, blank=True, default="")
    # null: not worked out yet.
    pieces = models.PositiveSmallIntegerField(null=True, blank=True)
    platform = models.CharField(max_length=30, blank=True, default="")
    # Of a piece, in the campaign's currency; null: nobody knows.
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    price_source = models.CharField(
        max_length=10, choices=PriceSource.choices, blank=True, default=""
    )
    # What its pieces are expected to bring together.
    brings = models.FloatField(null=True, blank=True)
    # {code, ...}: why in or out, in numbers (services.budgets.reasons puts it into words).
    reason = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["plan", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "relationship"], name="segmentation_budget_pick_once"
            ),
            models.CheckConstraint(
                name="segmentation_budget_pick_choices",
                condition=Q(wish__in=["", *Wish.values], price_source__in=["", *PriceSource.values])
                & (Q(price=None) | Q(price__gte=0)),
            ),
        ]
        indexes = [
            # A plan in order.
            models.Index(fields=["plan", "position", "id"], name="segmentation_budget_pick_order"),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id} in {self.plan_id}: {self.pieces}"
