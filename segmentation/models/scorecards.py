"""Precomputed scorecards: one row per segment and period, served as they are."""

from __future__ import annotations

from django.db import models

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
