"""A quarter's scorecards by the tiers of a scheme, whether or not the brand segments by it."""

from __future__ import annotations

from django.db import models

from crm.models import Brand, TierScheme
from segmentation.choices import ErrandStatus
from segmentation.models.errands import Errand


class TierScorecards(Errand):
    """The metrics of each tier of a scheme over a quarter, by followers as of each post."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    scheme = models.ForeignKey(TierScheme, on_delete=models.CASCADE, related_name="+")
    # 2026Q3 by the brand's fiscal calendar.
    period = models.CharField(max_length=6)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # The end of what was looked at, and when; null until it is computed.
    as_of = models.DateTimeField(null=True, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    # [{key, name, low, high, size, metrics: the rows of a scorecard}], in the order of the scheme.
    tiers = models.JSONField(default=list)

    class Meta:
        ordering = ["brand", "scheme", "-period"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "scheme", "period"], name="segmentation_tier_scorecards_once"
            ),
            models.CheckConstraint(
                name="segmentation_tier_scorecards_status",
                condition=models.Q(status__in=ErrandStatus.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.period} of {self.brand_id}"
