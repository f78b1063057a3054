"""Links to scorecards for people without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from crm.models import Brand, User
from segmentation.models.segments import Segment

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser


class ScorecardShareQuerySet(models.QuerySet["ScorecardShare"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Links of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open_at(self, at: datetime) -> Self:
        """Those that open something at a moment."""
        return self.filter(revoked_at=None, expires_at__gt=at)


class ScorecardShare(models.Model):
    """Somebody may see the scorecards of some segments in a quarter, until the link ends."""

    # What the address holds, signed: a copy of the database alone opens nothing.
    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    segments = models.ManyToManyField(Segment, related_name="+")
    # 2026Q3 by the brand's fiscal calendar.
    period = models.CharField(max_length=6)
    # Keys of rows, in order; empty: those of each segment's own KPI set.
    metrics = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    # Who it is for.
    name = models.CharField(max_length=120)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ScorecardShareQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="segmentation_share_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="segmentation_share_ends", condition=Q(expires_at__gt=F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"Scorecards of {self.period}, for {self.name}"
