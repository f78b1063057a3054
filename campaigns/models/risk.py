"""How risky it is to work with a creator: what was computed, and what a person said instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from campaigns.choices import RiskTier
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser


class RiskAssessmentQuerySet(models.QuerySet["RiskAssessment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Assessments of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def current(self) -> Self:
        """The newest of each creator."""
        return self.filter(superseded_at=None)


class RiskAssessment(models.Model):
    """What the weights made of what was known on a day. A new one closes the one before."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    assessed_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    tier = models.CharField(max_length=6, choices=RiskTier.choices)
    points = models.DecimalField(max_digits=5, decimal_places=1)
    # Keys of the hard gates that make it high whatever the points are.
    gates = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    # Every input with value, points, source and date, as campaigns.risk.Outcome gives them.
    inputs = models.JSONField()
    weights = models.CharField(max_length=20)
    # SHA-256 of what went in: the same input makes no new row.
    digest = models.CharField(max_length=64)

    objects = RiskAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "-assessed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(superseded_at=None),
                name="campaigns_risk_one_current",
            ),
            models.CheckConstraint(
                name="campaigns_risk_valid",
                condition=Q(tier__in=RiskTier.values, points__gte=0, digest__regex="^[0-9a-f]{64}$")
                & (Q(gates=[]) | Q(tier=RiskTier.HIGH)),
            ),
            models.CheckConstraint(
                name="campaigns_risk_order",
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("assessed_at")),
            ),
        ]
        indexes = [
            # Creators of a tier, the riskiest first; how many there are of each.
            models.Index(
                fields=["brand", "-points", "-id"],
                condition=Q(superseded_at=None),
                name="campaigns_risk_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.tier}"


class RiskOverrideQuerySet(models.QuerySet["RiskOverride"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Overrides of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_force(self, at: datetime) -> Self:
        """Those that count at a moment."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), since__lte=at, until__gt=at)


class RiskOverride(models.Model):
    """What a person says of a creator's risk instead, until a day: shown beside the computed."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    tier = models.CharField(max_length=6, choices=RiskTier.choices)
    reason = models.CharField(max_length=500)
    since = models.DateTimeField()
    until = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    # Null with a moment: another one took its place, or it ran out.
    ended_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = RiskOverrideQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(ended_at=None),
                name="campaigns_risk_one_override",
            ),
            models.CheckConstraint(
                name="campaigns_risk_override_valid",
                condition=Q(tier__in=RiskTier.values, until__gt=F("since"))
                & ~Q(reason="")
                & (Q(ended_at=None) | Q(ended_at__gte=F("since"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.tier} until {self.until:%Y-%m-%d}"
