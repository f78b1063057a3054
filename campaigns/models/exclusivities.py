"""What creators promised to others: found out, not agreed with us."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.models import Relationship, User


class ExclusiveElsewhere(models.Model):
    """A creator is exclusive to somebody else for something, as far as the brand knows."""

    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    # To whom, as people say it; empty: not known.
    to = models.CharField(max_length=120, blank=True, default="")
    category = models.CharField(max_length=200)
    # The last day; null: not known.
    until = models.DateField(null=True, blank=True)
    # How the brand knows.
    source = models.CharField(max_length=500)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["relationship", "-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_elsewhere_said", condition=~Q(category="") & ~Q(source="")
            ),
        ]

    def __str__(self) -> str:
        return self.category
