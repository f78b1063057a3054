"""What was computed of a creator as of a moment, by published weights; a new one closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

R = TypeVar("R", bound="Reading")


class ReadingQuerySet(models.QuerySet[R], Generic[R]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Readings of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def current(self) -> Self:
        """The newest of each creator."""
        return self.filter(superseded_at=None)


class Reading(models.Model):
    """A number of 100 about a creator for a brand, and how it came about."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    # Since when it comes to this, to a point.
    read_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    # From 0 to 100; null: too little is known to say.
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    # The version by which it was reckoned.
    weights = models.CharField(max_length=20)
    # SHA-256 of what came out, rounded: the same makes no new row.
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True
        ordering = ["relationship", "-read_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.score}"


def constraints_of(name: str, *, order: Q | None = None) -> list[models.BaseConstraint]:
    """One that counts for each creator, a number of 100, and moments in `order`."""
    closed = Q(superseded_at=None) | Q(superseded_at__gte=F("read_at"))
    return [
        models.UniqueConstraint(
            fields=["relationship"],
            condition=Q(superseded_at=None),
            name=f"campaigns_{name}_one_current",
        ),
        models.CheckConstraint(
            name=f"campaigns_{name}_valid",
            condition=(Q(score=None) | Q(score__gte=0, score__lte=100))
            & Q(digest__regex="^[0-9a-f]{64}$"),
        ),
        models.CheckConstraint(
            name=f"campaigns_{name}_order", condition=order & closed if order else closed
        ),
    ]


def indexes_of(name: str) -> list[models.Index]:
    """The list, one for each creator of a brand, the lowest first; what counted at a moment."""
    return [
        models.Index(
            fields=["brand", "score", "id"],
            condition=Q(superseded_at=None),
            name=f"campaigns_{name}_list",
        ),
        models.Index(fields=["relationship", "-read_at", "-id"], name=f"campaigns_{name}_at"),
    ]
