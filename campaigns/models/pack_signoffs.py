"""What a brand's counsel said of the rule packs, and what the brand asks for beyond them.

Both are kept by a trigger: a signature never changes, an addition only ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import AdditionKind
from crm.models import Brand, User

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser


class PackSignOff(models.Model):
    """Counsel read the rules of a jurisdiction, as they stood, and stands by them."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    jurisdiction = models.CharField(max_length=2)
    pack_version = models.CharField(max_length=40)
    # Of the pack with the brand's additions: any change asks for a new signature.
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=1_000, blank=True, default="")
    signed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # As they were called then: the account may go.
    signed_name = models.CharField(max_length=254)
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["brand", "jurisdiction", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_pack_signoff_whole",
                condition=Q(jurisdiction__regex="^[A-Z]{2}$", digest__regex="^[0-9a-f]{64}$")
                & ~Q(signed_name=""),
            ),
        ]
        indexes = [
            # The newest of each jurisdiction.
            models.Index(fields=["brand", "jurisdiction", "-id"], name="campaigns_signoff_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.pack_version}"


class PackAdditionQuerySet(models.QuerySet["PackAddition"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Additions of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_force(self, on: date) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(until=None) | Q(until__gte=on), starts_on__lte=on)


class PackAddition(models.Model):
    """A wording that the brand refuses or accepts, or a requirement beyond the pack."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    jurisdiction = models.CharField(max_length=2)
    kind = models.CharField(max_length=12, choices=AdditionKind.choices)
    # The wording as people write it and other spellings of it; or the rule of a requirement.
    text = models.CharField(max_length=120, blank=True, default="")
    variants = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    rule = models.CharField(max_length=40, blank=True, default="")
    # Of a wording; empty: whatever the language of the post.
    language = models.CharField(max_length=8, blank=True, default="")
    # The brand's days.
    starts_on = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=500)
    added_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField(max_length=500, blank=True, default="")

    objects = PackAdditionQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "jurisdiction", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_pack_addition_valid",
                condition=Q(jurisdiction__regex="^[A-Z]{2}$")
                & ~Q(reason="")
                & (
                    (Q(kind=AdditionKind.REQUIREMENT, text="") & ~Q(rule=""))
                    | (
                        Q(kind__in=[AdditionKind.INSUFFICIENT, AdditionKind.ACCEPTED], rule="")
                        & ~Q(text="")
                    )
                ),
            ),
            models.CheckConstraint(
                name="campaigns_pack_addition_days",
                # An addition that is ended before it began never held.
                condition=Q(until=None) | Q(until__gte=F("starts_on")) | ~Q(end_reason=""),
            ),
        ]
        indexes = [
            # What a brand's packs are made with.
            models.Index(fields=["brand", "jurisdiction", "id"], name="campaigns_addition_list"),
        ]

    def __str__(self) -> str:
        return self.text or self.rule.replace("_", " ")

    @property
    def is_looser(self) -> bool:
        """Whether it takes something away from what the pack asks."""
        return self.kind == AdditionKind.ACCEPTED
