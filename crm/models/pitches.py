"""That somebody else says yes before a creator is pitched, where a mistake would cost much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from crm.choices import PitchDepth, PitchStatus
from crm.models.brands import Brand, User
from crm.models.relationships import Relationship

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser


class PitchApprovalQuerySet(models.QuerySet["PitchApproval"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Approvals of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def waiting(self) -> Self:
        """Those that nobody has answered."""
        return self.filter(status=PitchStatus.WAITING)

    def in_force(self, at: datetime) -> Self:
        """Those that allow a pitch at a moment."""
        return self.filter(status=PitchStatus.APPROVED, decided_at__lte=at, until__gt=at)


class PitchApproval(models.Model):
    """One asking whether a creator may be pitched (a first mail, an offer), and the answer.

    One at a time waits for a creator. The service sees to it: a constraint would let a merge of
    two creators with one each throw one away.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="pitch_approvals"
    )
    # What asked for it when it was asked: who has to say yes, and whose playbook says so.
    depth = models.CharField(max_length=10, choices=PitchDepth.choices)
    segment = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    status = models.CharField(
        max_length=10, choices=PitchStatus.choices, default=PitchStatus.WAITING
    )
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True, default="")
    # Until when a yes holds.
    until = models.DateTimeField(null=True, blank=True)

    objects = PitchApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_pitch_choices", condition=Q(depth__in=PitchDepth.values)
            ),
            models.CheckConstraint(name="crm_pitch_said_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="crm_pitch_status_valid",
                condition=Q(status=PitchStatus.WAITING, decided_at=None, until=None)
                | Q(
                    status=PitchStatus.APPROVED,
                    decided_at__gte=F("asked_at"),
                    until__gt=F("decided_at"),
                )
                # Who refuses says why.
                | (
                    Q(status=PitchStatus.REFUSED, decided_at__gte=F("asked_at"), until=None)
                    & ~Q(note="")
                ),
            ),
        ]
        indexes = [
            # The guard asks for a creator's own; their page shows the newest.
            models.Index(fields=["relationship", "-asked_at"], name="crm_pitch_of_one"),
            # The list: what waits, and what was answered, newest first.
            models.Index(fields=["brand", "status", "-asked_at", "-id"], name="crm_pitch_list"),
        ]

    def __str__(self) -> str:
        return f"Pitch approval {self.pk}"
