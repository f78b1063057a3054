"""The gates that drafts go through: what a campaign asks for, whose turn it is, what they said."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from campaigns.choices import (
    CheckAnswer,
    CheckKind,
    Gate,
    GateOutcome,
)
from campaigns.models.campaigns import Campaign
from campaigns.models.drafts import Draft
from campaigns.models.guests import GuestLink
from crm.models import Brand, User

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser


WORKING_DAYS = (0, 1, 2, 3, 4)
USUAL_GATES = (Gate.MANAGER, Gate.LEGAL)


class WorkingWeek(models.Model):
    """When a brand works: what the clock of a gate counts. No row: the usual one."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    # 0 is Monday, as Python counts.
    days = ArrayField(models.PositiveSmallIntegerField(), default=list)
    # In the brand's time zone.
    starts = models.TimeField(default=time(9))
    ends = models.TimeField(default=time(17))
    # Whose public holidays are free, ISO 3166-1; empty: none are.
    country = models.CharField(max_length=2, blank=True, default="")
    # Every piece of every campaign goes past legal, the fast lane too.
    is_legal_always = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaigns_week_valid",
                condition=Q(ends__gt=F("starts"))
                & ~Q(days=[])
                & Q(days__contained_by=list(range(7))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts:%H:%M} to {self.ends:%H:%M}"

    @classmethod
    def usual(cls, brand: Brand) -> Self:
        """Of a brand about which nobody said anything: Monday to Friday, not saved."""
        return cls(brand=brand, days=list(WORKING_DAYS))


class ReviewPlan(models.Model):
    """What a campaign asks of its drafts. No row: the usual one."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="+")
    gates = ArrayField(models.CharField(max_length=10, choices=Gate.choices), default=list)
    # Drafts of one piece, the first included; more take a reason.
    rounds = models.PositiveSmallIntegerField(default=3)
    # Working hours that each gate has.
    manager_hours = models.PositiveSmallIntegerField(default=8)
    brand_hours = models.PositiveSmallIntegerField(default=16)
    legal_hours = models.PositiveSmallIntegerField(default=16)
    # Who decides; null: everybody who may.
    manager_keeper = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    brand_keeper = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    legal_keeper = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaigns_review_plan_valid",
                condition=Q(gates__contained_by=Gate.values, rounds__range=(1, 20))
                & ~Q(gates=[])
                & Q(
                    manager_hours__range=(1, 400),
                    brand_hours__range=(1, 400),
                    legal_hours__range=(1, 400),
                ),
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(self.gates)

    @classmethod
    def usual(cls, campaign: Campaign) -> Self:
        """Of a campaign about which nobody said anything: manager and legal, not saved."""
        return cls(campaign=campaign, gates=[gate.value for gate in USUAL_GATES])

    def hours_of(self, gate: Gate | str) -> int:
        """Working hours that a gate has."""
        hours: int = getattr(self, f"{Gate(gate).value}_hours")
        return hours

    def keeper_of(self, gate: Gate | str) -> int | None:
        """Who decides at a gate (their id); None: everybody who may."""
        keeper: int | None = getattr(self, f"{Gate(gate).value}_keeper_id")
        return keeper


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def on(self, day: date) -> Self:
        """Those that hold on a day of the brand."""
        return self.filter(starts_on__lte=day, ends_on__gte=day, ended_at=None)


class Delegation(models.Model):
    """Somebody hands a gate to a colleague for some days, both days included."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    gate = models.CharField(max_length=10, choices=Gate.choices)
    giver = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    receiver = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    created_at = models.DateTimeField()
    # Taken back before its last day.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_delegation_valid",
                condition=Q(gate__in=Gate.values, ends_on__gte=F("starts_on"))
                & ~Q(giver=F("receiver")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} to {self.receiver_id}: {self.gate}"


class GateTurnQuerySet(models.QuerySet["GateTurn"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Turns in campaigns of the brands in which `user` has a role."""
        return self.filter(
            draft__deliverable__engagement__campaign__brand__in=Brand.objects.visible_to(user)
        )

    def waiting(self) -> Self:
        """Those whose turn it is."""
        return self.filter(began_at__isnull=False, decided_at=None, is_dropped=False)


class GateTurn(models.Model):
    """One gate of one opening of a draft's review: since when it is its turn, what it said."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, db_index=False, related_name="turns")
    opening = models.PositiveSmallIntegerField()
    gate = models.CharField(max_length=10, choices=Gate.choices)
    position = models.PositiveSmallIntegerField()
    # null: an earlier gate has not decided yet.
    began_at = models.DateTimeField(null=True, blank=True)
    # By the working hours of the brand as they were when the turn began.
    due_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    # It came to nothing: an earlier gate sent the draft back, it was taken back or called off.
    is_dropped = models.BooleanField(default=False)

    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # In whose stead.
    on_behalf_of = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=12, choices=GateOutcome.choices, blank=True, default="")
    reason = models.CharField(max_length=2_000, blank=True, default="")

    objects = GateTurnQuerySet.as_manager()

    class Meta:
        ordering = ["draft", "opening", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "opening", "gate"], name="campaigns_gate_once"
            ),
            # One gate after the other.
            models.UniqueConstraint(
                fields=["draft"],
                condition=Q(began_at__isnull=False, decided_at=None, is_dropped=False),
                name="campaigns_gate_one_turn",
            ),
            models.CheckConstraint(
                name="campaigns_gate_valid",
                condition=Q(gate__in=Gate.values, outcome__in=["", *GateOutcome.values]),
            ),
            models.CheckConstraint(
                name="campaigns_gate_decided",
                condition=Q(decided_at=None, outcome="")
                | (Q(decided_at__gte=F("began_at"), is_dropped=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="campaigns_gate_clock",
                condition=Q(began_at=None, due_at=None) | Q(due_at__gt=F("began_at")),
            ),
            models.CheckConstraint(
                name="campaigns_gate_reasoned",
                condition=~Q(outcome=GateOutcome.NEEDS_WORK) | ~Q(reason=""),
            ),
        ]
        indexes = [
            # The queue, what is late first; reminders.
            models.Index(
                fields=["due_at", "id"],
                condition=Q(began_at__isnull=False, decided_at=None, is_dropped=False),
                name="campaigns_gate_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}: {self.gate}"


class Correction(models.Model):
    """Something to put right before publication; the creator says when it is done."""

    turn = models.ForeignKey(GateTurn, on_delete=models.CASCADE, related_name="corrections")
    text = models.CharField(max_length=500)
    done_at = models.DateTimeField(null=True, blank=True)
    # The creator behind a link, or somebody of the brand who saw that it is done.
    done_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["turn", "pk"]
        constraints = [
            models.CheckConstraint(name="campaigns_correction_said", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text


class ChecklistEntry(models.Model):
    """What was asked at a gate, in the words of that day, and what its keeper answered."""

    turn = models.ForeignKey(
        GateTurn, on_delete=models.CASCADE, db_index=False, related_name="checklist"
    )
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=CheckKind.choices)
    question = models.CharField(max_length=500)
    answer = models.CharField(max_length=14, choices=CheckAnswer.choices)
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["turn", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["turn", "key"], name="campaigns_checklist_once"),
            models.CheckConstraint(
                name="campaigns_checklist_valid",
                condition=Q(kind__in=CheckKind.values, answer__in=CheckAnswer.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.answer}"
