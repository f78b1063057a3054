"""Precomputed scorecards: one row per segment and period, served as they are."""

from __future__ import annotations

from django.db import models

from crm.models import Brand
from segmentation.choices import ErrandStatus
from segmentation.models.errands import Errand
from segmentation.models.segments import Segment


class Scorecard(models.Model):
    """The numbers of a segment over a period, computed with membership as of each event."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="scorecards")
    # 2026Q3 by the brand's fiscal calendar.
    period = models.CharField(max_length=6)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # The end of what was looked at: earlier than `ends_at` while the period runs.
    as_of = models.DateTimeField()
    computed_at = models.DateTimeField()
    size = models.BigIntegerField()
    # The metrics list of the REST shape (design interfaces), in the catalogue's order.
    metrics = models.JSONField()

    class Meta:
        ordering = ["segment", "-period"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "period"], name="segmentation_scorecard_once"
            ),
            models.CheckConstraint(
                name="segmentation_scorecard_span",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.period}"


class ScorecardOrder(Errand):
    """Somebody looks at a quarter, or wants it computed anew: one row for all who ask for it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    period = models.CharField(max_length=6)
    # Null: of all segments in use. A segment that is not in use is computed for itself.
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering = ["brand", "-period"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "period", "segment"],
                nulls_distinct=False,
                name="segmentation_scorecard_order_once",
            ),
            models.CheckConstraint(
                name="segmentation_scorecard_order_status",
                condition=models.Q(status__in=ErrandStatus.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} of {self.brand_id}"
