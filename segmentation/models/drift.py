"""How much a brand's creators and facts moved between two moments: computed once, then served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from crm.models import Brand
from segmentation.choices import ErrandStatus
from segmentation.models.errands import Errand
from segmentation.models.runs import Run
from segmentation.models.segments import Dimension

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from crm.models import User


class DriftReportQuerySet(models.QuerySet["DriftReport"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Reports of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class DriftReport(Errand):
    """Flows between segments, shifted facts and the age of facts, between the ends of two days."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # Days by the brand's calendar; the moments are their ends, or earlier for a day not over yet.
    since_on = models.DateField()
    until_on = models.DateField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    computed_at = models.DateTimeField(null=True, blank=True)
    # Creators whom the brand knew: {since, until, both}
    creators = models.JSONField(default=dict)
    # [{dimension, kind, known, moved, share, nodes: [...], flows: [[from, to, creators], ...]}]
    dimensions = models.JSONField(default=list)
    # [{fact, test, statistic, p, p_adjusted, verdict, ...}]: FactShift of services.drift.facts
    facts = models.JSONField(default=list)
    # [{source, ages: {band: creators}, creators}]
    freshness = models.JSONField(default=list)

    objects = DriftReportQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-until_on", "-since_on"]
        constraints = [
            # Also the index behind the list of a brand's reports.
            models.UniqueConstraint(
                fields=["brand", "until_on", "since_on"], name="segmentation_drift_once"
            ),
            models.CheckConstraint(
                name="segmentation_drift_order",
                condition=models.Q(until__gt=models.F("since"))
                & models.Q(until_on__gt=models.F("since_on")),
            ),
            models.CheckConstraint(
                name="segmentation_drift_status",
                condition=models.Q(status__in=ErrandStatus.values),
            ),
        ]

    def __str__(self) -> str:
        return f"drift of {self.brand_id}, {self.since_on} to {self.until_on}"


class DriftAlert(models.Model):
    """A run that moved a larger share of a dimension's creators than the dimension allows."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="alerts")
    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="+")
    moved = models.BigIntegerField()
    # Creators whom the brand knew already at the run before.
    known = models.BigIntegerField()
    threshold_percent = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "dimension"], name="segmentation_drift_alert_once"
            ),
            models.CheckConstraint(
                name="segmentation_drift_alert_share",
                condition=models.Q(known__gt=0) & models.Q(moved__lte=models.F("known")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.moved} of {self.known} moved in {self.dimension_id}, run {self.run_id}"
