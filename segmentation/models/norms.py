"""What is usual among peers, computed once per run and stored with it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.models import Brand
from segmentation.models.runs import Run


class RunNorm(models.Model):
    """The percentile of a fact among the creators who are equal in the facts `by`.

    A rule compares with it: `engagement_rate >= p75(platform, tier)`. One changed creator is
    compared with the norms of the brand's last full run.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # The unique constraint's index begins with it.
    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="norms")
    fact = models.CharField(max_length=100)
    percentile = models.PositiveSmallIntegerField()
    # Fact keys, in the order of the rule; `peers` has the values of a group in the same order.
    by = ArrayField(models.CharField(max_length=100))
    peers = models.JSONField()
    value = models.FloatField()
    # Creators of the group whose fact is known.
    creators = models.BigIntegerField()

    class Meta:
        ordering = ["run", "fact", "percentile", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "fact", "percentile", "by", "peers"], name="segmentation_norm_once"
            ),
        ]
        indexes = [
            # A single creator is compared with the last run's: found among those of years.
            models.Index(
                fields=["brand", "fact", "percentile", "-run"], name="segmentation_norm_last"
            ),
        ]

    def __str__(self) -> str:
        return f"p{self.percentile} of {self.fact} in run {self.run_id}: {self.value}"
