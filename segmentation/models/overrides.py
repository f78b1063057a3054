"""What people decided about a creator and a segment: it wins over the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from crm.models import Brand, Creator, User
from segmentation.choices import OverrideKind
from segmentation.models.segments import Segment

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser


class OverrideQuerySet(models.QuerySet["Override"]):
    def in_force(self, moment: datetime) -> Self:
        """Overrides that hold at `moment`."""
        still = models.Q(ends_at=None) | models.Q(ends_at__gt=moment)
        return self.filter(still, starts_at__lte=moment)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Overrides in segments of the brands in which `user` has a role."""
        return self.filter(segment__brand__in=Brand.objects.visible_to(user))


class Override(models.Model):
    """Always in or never in, with reason, author and expiry. Withdrawn by setting `ends_at`."""

    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, db_index=False, related_name="overrides"
    )
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=3, choices=OverrideKind.choices)
    reason = models.CharField(max_length=300)
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # Closed-open; no end: until somebody withdraws it.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_override_kind", condition=models.Q(kind__in=OverrideKind.values)
            ),
            models.CheckConstraint(
                name="segmentation_override_reasoned", condition=~models.Q(reason="")
            ),
            # What holds until it is withdrawn holds once.
            models.UniqueConstraint(
                fields=["segment", "creator"],
                condition=models.Q(ends_at=None),
                name="segmentation_one_open_override",
            ),
            models.CheckConstraint(
                name="segmentation_override_order",
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
            ),
        ]
        indexes = [
            # A run reads those of a segment; the panel of a creator those of both.
            models.Index(fields=["segment", "creator"], name="segmentation_override_by_who"),
        ]

    def __str__(self) -> str:
        return f"{self.creator_id} {self.kind} {self.segment_id}"
