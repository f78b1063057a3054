"""What a segment's numbers are to reach, and since which quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from crm.models import Brand, User
from segmentation.models.segments import Segment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class MetricTargetQuerySet(models.QuerySet["MetricTarget"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Targets of the brands in which `user` has a role."""
        return self.filter(segment__brand__in=Brand.objects.visible_to(user))

    def holding_in(self, period: str) -> Self:
        """Of each segment and metric the newest word on a quarter, which may be: no target."""
        rows = self.filter(from_period__lte=period)
        return rows.order_by("segment_id", "metric", "-from_period").distinct(
            "segment_id", "metric"
        )


class MetricTarget(models.Model):
    """From a quarter on, a metric of a segment is to reach a value; until the next word on it.

    Which direction is good is the metric's own business (segmentation.metrics.catalogue).
    """

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="targets")
    # The key of a row of a scorecard, with its part where it has one: stage_share:core.
    metric = models.CharField(max_length=120)
    # 2026Q3 by the brand's fiscal calendar.
    from_period = models.CharField(max_length=6)
    # Null: from then on there is none.
    value = models.FloatField(null=True, blank=True)
    set_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    set_at = models.DateTimeField()

    objects = MetricTargetQuerySet.as_manager()

    class Meta:
        ordering = ["segment", "metric", "-from_period"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "metric", "from_period"], name="segmentation_target_once"
            ),
            models.CheckConstraint(
                name="segmentation_target_positive",
                condition=models.Q(value=None) | models.Q(value__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} of {self.segment_id} from {self.from_period}"
