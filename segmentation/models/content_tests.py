"""Content tests: variants of what a brief asks for, who makes which, and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from campaigns.models import Campaign, Deliverable, TrackingLink
from crm.models import Brand, User
from segmentation.choices import (
    ContentElement,
    ErrandStatus,
    ExperimentStatus,
    OutcomeMetric,
)
from segmentation.models.audiences import AudienceSegment
from segmentation.models.errands import Errand

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MOST_VARIANTS = 6
# What of new creators each variant gets at least, in percent: with less it teaches nothing more.
LEAST_FLOOR, MOST_FLOOR = 1, 16
# What is counted of a piece of content.
MEASURES = (
    OutcomeMetric.ORDERS_PER_CLICK,
    OutcomeMetric.CLICKS,
    OutcomeMetric.ENGAGEMENTS,
    OutcomeMetric.SAVES,
)


class ContentTestQuerySet(models.QuerySet["ContentTest"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Content tests of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ContentTest(models.Model):
    """Which of several wordings works better: read at any time, and more of what works is made."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    # What somebody wants to know, in words.
    question = models.TextField(max_length=1_000)
    element = models.CharField(max_length=14, choices=ContentElement.choices)
    metric = models.CharField(max_length=20, choices=[(one.value, one.label) for one in MEASURES])
    level = models.FloatField(default=0.95)
    # The difference it is made for: 0.2 is a fifth more.
    planned_lift = models.FloatField(default=0.2)
    # What of new creators each variant gets at least, in percent.
    floor = models.PositiveSmallIntegerField(default=10)
    # Where the links of its pieces lead; empty: pieces get none.
    target = models.CharField(max_length=2_000, blank=True, default="")
    # What chance is made of: anybody can repeat assignments and suggestions with it.
    seed = models.CharField(max_length=64)
    status = models.CharField(
        max_length=10, choices=ExperimentStatus.choices, default=ExperimentStatus.DRAFT
    )
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What the brand does now.
    decision = models.CharField(max_length=500, blank=True, default="")
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = ContentTestQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_content_test_named", condition=~Q(name="") & ~Q(question="")
            ),
            models.CheckConstraint(
                name="segmentation_content_test_choices",
                condition=Q(
                    element__in=ContentElement.values,
                    metric__in=[one.value for one in MEASURES],
                    status__in=[
                        ExperimentStatus.DRAFT,
                        ExperimentStatus.RUNNING,
                        ExperimentStatus.COMPLETED,
                    ],
                ),
            ),
            models.CheckConstraint(
                name="segmentation_content_test_numbers",
                condition=Q(level__gte=0.5, level__lt=1)
                & Q(planned_lift__gt=0, planned_lift__lte=10)
                & Q(floor__gte=LEAST_FLOOR, floor__lte=MOST_FLOOR),
            ),
            models.CheckConstraint(
                name="segmentation_content_test_dates",
                condition=Q(status=ExperimentStatus.DRAFT, started_at=None, ended_at=None)
                | Q(status=ExperimentStatus.RUNNING, started_at__isnull=False, ended_at=None)
                | (
                    Q(status=ExperimentStatus.COMPLETED, ended_at__gte=F("started_at"))
                    & ~Q(decision="")
                ),
            ),
        ]
        indexes = [
            # A brand's tests, the newest first.
            models.Index(fields=["brand", "-created_at", "-id"], name="segmentation_content_list"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.status == ExperimentStatus.DRAFT

    @property
    def is_running(self) -> bool:
        """Whether pieces are assigned and outcomes come in."""
        return self.status == ExperimentStatus.RUNNING


class ContentVariant(models.Model):
    """One of the wordings that are compared; the first is the one that others are held against."""

    test = models.ForeignKey(
        ContentTest, on_delete=models.CASCADE, db_index=False, related_name="variants"
    )
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    # What creators of this variant are asked to say or do.
    text = models.TextField(max_length=2_000)
    # Whom it speaks to; null: everybody.
    audience = models.ForeignKey(
        AudienceSegment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_control = models.BooleanField(default=False)
    # What of new creators it gets, in percent.
    share = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["test", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["test", "key"], name="segmentation_variant_once"),
            models.UniqueConstraint(
                fields=["test"],
                condition=Q(is_control=True),
                name="segmentation_variant_one_control",
            ),
            models.CheckConstraint(
                name="segmentation_variant_named", condition=~Q(name="") & ~Q(key="") & ~Q(text="")
            ),
            models.CheckConstraint(
                name="segmentation_variant_share", condition=Q(share__gte=1, share__lte=99)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContentPiece(models.Model):
    """A piece of content and the variant it is made by; all pieces of a creator have the same."""

    test = models.ForeignKey(
        ContentTest, on_delete=models.CASCADE, db_index=False, related_name="pieces"
    )
    deliverable = models.ForeignKey(Deliverable, on_delete=models.CASCADE, related_name="+")
    variant = models.ForeignKey(ContentVariant, on_delete=models.CASCADE, related_name="pieces")
    # What brings people from it to the shop.
    link = models.ForeignKey(
        TrackingLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The order in which they were drawn.
    number = models.PositiveIntegerField()
    assigned_at = models.DateTimeField()

    class Meta:
        ordering = ["test", "number"]
        constraints = [
            models.UniqueConstraint(fields=["test", "deliverable"], name="segmentation_piece_once"),
            models.UniqueConstraint(fields=["test", "number"], name="segmentation_piece_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.test_id} #{self.number}: {self.variant_id}"


class ContentReading(Errand):
    """What had come of the variants at a moment, and how new creators are better shared out."""

    test = models.ForeignKey(
        ContentTest, on_delete=models.CASCADE, db_index=False, related_name="readings"
    )
    number = models.PositiveIntegerField()
    computed_at = models.DateTimeField(null=True, blank=True)
    # {arms, comparisons, words, method, pieces}: services.content_tests.reading says what it holds.
    result = models.JSONField(default=dict)
    # {variant: percent} that is suggested; empty: too little is known.
    suggested = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True, default="")
    # What a person made of it: {variant: percent}; empty: nothing.
    applied = models.JSONField(default=dict)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["test", "number"]
        constraints = [
            models.UniqueConstraint(fields=["test", "number"], name="segmentation_reading_once"),
            models.CheckConstraint(
                name="segmentation_reading_status", condition=Q(status__in=ErrandStatus.values)
            ),
            models.CheckConstraint(
                name="segmentation_reading_kept",
                condition=Q(computed_at=None, digest="")
                | Q(computed_at__isnull=False, digest__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="segmentation_reading_applied",
                condition=Q(applied_at=None, applied={})
                | (Q(applied_at__isnull=False) & ~Q(applied={})),
            ),
        ]

    def __str__(self) -> str:
        return f"reading {self.number} of {self.test_id}"
