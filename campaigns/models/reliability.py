"""How reliable a creator was to work with: what the published weights made of what is on file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ReliabilityReadingQuerySet(models.QuerySet["ReliabilityReading"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Readings of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def current(self) -> Self:
        """The newest of each creator."""
        return self.filter(superseded_at=None)


class ReliabilityReading(models.Model):
    """A creator's reliability for a brand as of a moment. A new one closes the one before."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    read_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    # From 0 to 100; null: too few things are known to say.
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    # How many things that happened it rests on.
    events = models.PositiveIntegerField()
    # Every component with value, interval, n, weight, source and day, and the quarters.
    components = models.JSONField()
    weights = models.CharField(max_length=20)
    # SHA-256 of what came out: the same makes no new row.
    digest = models.CharField(max_length=64)

    objects = ReliabilityReadingQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "-read_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(superseded_at=None),
                name="campaigns_reliability_one_current",
            ),
            models.CheckConstraint(
                name="campaigns_reliability_valid",
                condition=(Q(score=None) | Q(score__gte=0, score__lte=100))
                & Q(digest__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="campaigns_reliability_order",
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("read_at")),
            ),
        ]
        indexes = [
            # The list: one for each brand, the least reliable first.
            models.Index(
                fields=["brand", "score", "id"],
                condition=Q(superseded_at=None),
                name="campaigns_reliability_list",
            ),
            # What counted at a moment, for facts.
            models.Index(
                fields=["relationship", "-read_at", "-id"], name="campaigns_reliability_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.score}"
