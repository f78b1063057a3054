"""Dimensions, segments and their dated versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.models import Brand, User
from segmentation.choices import Cadence, SegmentStatus, UnknownPolicy

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class DimensionQuerySet(models.QuerySet["Dimension"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Dimensions of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Dimension(models.Model):
    """A way of looking at creators (size, niche, persona ...) that holds segments."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    # Single-valued: the first matching segment in order is the member, the others "also match".
    is_exclusive = models.BooleanField(default=False)
    # Multi-valued with precedence: the first in order is the effective one (personas).
    has_precedence = models.BooleanField(default=False)
    # How often its segments are evaluated anew without being asked; cron has five fields.
    cadence = models.CharField(max_length=10, choices=Cadence.choices, default=Cadence.QUARTERLY)
    cron = models.CharField(max_length=100, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=100)
    # The pack it was installed from, with its version; empty for the brand's own.
    origin = models.CharField(max_length=80, blank=True, default="")
    # A run that moves a larger share of the creators known before raises an alert; 0: never.
    drift_alert_percent = models.PositiveSmallIntegerField(default=20)

    objects = DimensionQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="segmentation_dimension_once"),
            models.CheckConstraint(
                name="segmentation_dimension_cadence",
                condition=models.Q(cadence__in=Cadence.values),
            ),
            models.CheckConstraint(
                name="segmentation_drift_percent", condition=models.Q(drift_alert_percent__lte=100)
            ),
            models.CheckConstraint(
                name="segmentation_cron_with_cadence",
                condition=models.Q(cadence=Cadence.CRON) & ~models.Q(cron="")
                | ~models.Q(cadence=Cadence.CRON) & models.Q(cron=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentQuerySet(models.QuerySet["Segment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Segments of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def active(self) -> Self:
        """Segments that take part in runs."""
        return self.filter(status=SegmentStatus.ACTIVE)


class Segment(models.Model):
    """A rule in a dimension, with a job to do. Its rule lives in versions."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="segments")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    purpose = models.TextField(blank=True, default="")
    # What the segment is, as one would write it in a document: the rule says it for machines.
    definition = models.TextField(blank=True, default="")
    primary_kpi = models.CharField(max_length=60, blank=True, default="")
    kpis = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Order of precedence within the dimension: lower comes first.
    position = models.PositiveSmallIntegerField(default=100)
    # Its place in the member masks of CreatorFacts; never used again by another segment.
    bit = models.PositiveIntegerField()
    status = models.CharField(
        max_length=10, choices=SegmentStatus.choices, default=SegmentStatus.DRAFT
    )
    broken_reason = models.CharField(max_length=300, blank=True, default="")
    unknown_policy = models.CharField(
        max_length=10, choices=UnknownPolicy.choices, default=UnknownPolicy.LEAVE_OUT
    )
    active_version = models.ForeignKey(
        "segmentation.SegmentVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    # Open stays, kept by each applied run: a page need not count.
    members_count = models.BigIntegerField(default=0)
    origin = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["dimension", "position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="segmentation_segment_once"),
            models.UniqueConstraint(fields=["brand", "bit"], name="segmentation_segment_bit_once"),
            models.CheckConstraint(
                name="segmentation_segment_status",
                condition=models.Q(status__in=SegmentStatus.values),
            ),
            models.CheckConstraint(
                name="segmentation_segment_unknown",
                condition=models.Q(unknown_policy__in=UnknownPolicy.values),
            ),
            models.CheckConstraint(
                name="segmentation_active_has_version",
                condition=~models.Q(status=SegmentStatus.ACTIVE)
                | models.Q(active_version__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentVersion(models.Model):
    """One wording of a segment's rule; never changed after it was saved.

    A draft until it is activated: then `activated_at` is set, once.
    """

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    rule = models.JSONField(help_text="The rule language, JSON version 1.")
    rule_text = models.TextField(help_text="The same rule in text notation.")
    # Steadiness. Who is in stays while this looser rule holds; null: the rule itself decides.
    stay_rule = models.JSONField(null=True, blank=True)
    stay_rule_text = models.TextField(blank=True, default="")
    # Nobody leaves by rule before so many days in the segment.
    minimum_stay_days = models.PositiveIntegerField(default=0)
    # A creator is a near miss within so many percent of a threshold.
    near_percent = models.PositiveSmallIntegerField(default=10)
    # Becomes the segment's own when the version is activated: runs read it there.
    unknown_policy = models.CharField(
        max_length=10, choices=UnknownPolicy.choices, default=UnknownPolicy.LEAVE_OUT
    )
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True, default="")
    # The pack that worded it, with its version; empty where the brand did.
    origin = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["segment", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["segment", "number"], name="segmentation_version_once"),
            models.CheckConstraint(
                name="segmentation_version_unknown",
                condition=models.Q(unknown_policy__in=UnknownPolicy.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} v{self.number}"
