"""Experiments: what was planned, who got which arm, and what each look at the result found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.models import Campaign
from crm.models import Brand, Relationship, User
from segmentation.choices import (
    ErrandStatus,
    ExperimentDesign,
    ExperimentReading,
    ExperimentStatus,
    LookSource,
    OutcomeMetric,
)
from segmentation.models.errands import Errand
from segmentation.models.segments import Dimension, Segment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LOOKS_MAX = 52
DAYS_MAX = 365


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Experiments of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Experiment(models.Model):
    """The same offer, different roles: a question, and how it will be answered.

    Once it runs, the database refuses to change what was planned.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=120)
    # What somebody wants to know, in words.
    question = models.TextField(max_length=1_000)
    design = models.CharField(max_length=10, choices=ExperimentDesign.choices)
    # Who takes part: the creators of a campaign, of a segment, or those who are in both.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Arms are balanced among the creators of each segment of this dimension; null: over all.
    dimension = models.ForeignKey(
        Dimension, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    metric = models.CharField(max_length=20, choices=OutcomeMetric.choices)
    level = models.FloatField(default=0.95)
    reading = models.CharField(
        max_length=10, choices=ExperimentReading.choices, default=ExperimentReading.ONCE
    )
    looks_planned = models.PositiveSmallIntegerField(default=1)
    # The difference it is made for: 0.2 is a fifth more.
    planned_lift = models.FloatField(default=0.2)
    # From the start to the last planned look.
    days = models.PositiveSmallIntegerField(default=28)
    # What chance is made of: anybody can repeat the assignment with it.
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
    # What the brand does now, or why the experiment was stopped.
    decision = models.CharField(max_length=500, blank=True, default="")
    # Raised with each change of a draft: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_experiment_named", condition=~Q(name="") & ~Q(question="")
            ),
            models.CheckConstraint(
                name="segmentation_experiment_choices",
                condition=Q(
                    design__in=ExperimentDesign.values,
                    metric__in=OutcomeMetric.values,
                    reading__in=ExperimentReading.values,
                    status__in=ExperimentStatus.values,
                ),
            ),
            # Whom chance hands out has to be said; otherwise the arms' segments say it.
            models.CheckConstraint(
                name="segmentation_experiment_people",
                condition=Q(design=ExperimentDesign.SEGMENTS, segment=None)
                | Q(design=ExperimentDesign.CHANCE, campaign__isnull=False)
                | Q(design=ExperimentDesign.CHANCE, segment__isnull=False),
            ),
            models.CheckConstraint(
                name="segmentation_experiment_looks",
                condition=(
                    Q(reading=ExperimentReading.PLANNED)
                    & Q(looks_planned__gte=2, looks_planned__lte=LOOKS_MAX)
                    & Q(looks_planned__lte=F("days"))
                )
                | (~Q(reading=ExperimentReading.PLANNED) & Q(looks_planned=1)),
            ),
            models.CheckConstraint(
                name="segmentation_experiment_numbers",
                condition=Q(level__gte=0.5, level__lt=1)
                & Q(planned_lift__gt=0, planned_lift__lte=10)
                & Q(days__gte=1, days__lte=DAYS_MAX),
            ),
            models.CheckConstraint(
                name="segmentation_experiment_dates",
                condition=Q(status=ExperimentStatus.DRAFT, started_at=None, ended_at=None)
                | Q(status=ExperimentStatus.RUNNING, started_at__isnull=False, ended_at=None)
                | (
                    Q(status__in=[ExperimentStatus.COMPLETED, ExperimentStatus.STOPPED])
                    & Q(ended_at__gte=F("started_at"))
                    & ~Q(decision="")
                ),
            ),
        ]
        indexes = [
            # A brand's experiments, the newest first.
            models.Index(
                fields=["brand", "-created_at", "-id"], name="segmentation_experiment_list"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.status == ExperimentStatus.DRAFT

    @property
    def is_running(self) -> bool:
        """Whether outcomes come in."""
        return self.status == ExperimentStatus.RUNNING

    @property
    def is_by_chance(self) -> bool:
        """Whether chance hands out the arms."""
        return self.design == ExperimentDesign.CHANCE


class ExperimentArm(models.Model):
    """One of the things that are compared: what a creator gets, or who a creator is."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, db_index=False, related_name="arms"
    )
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    # What creators of this arm get that others do not: the note for who works with them.
    treatment = models.TextField(max_length=1_000, blank=True, default="")
    # Its weight against the others.
    share = models.PositiveSmallIntegerField(default=1)
    is_control = models.BooleanField(default=False)
    # Whose creators are compared, where chance does not hand out the arms.
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The wording by which they were in it when the experiment began.
    segment_version = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["experiment", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="segmentation_arm_once"),
            models.UniqueConstraint(
                fields=["experiment"],
                condition=Q(is_control=True),
                name="segmentation_arm_one_control",
            ),
            models.UniqueConstraint(
                fields=["experiment", "segment"], name="segmentation_arm_segment_once"
            ),
            models.CheckConstraint(
                name="segmentation_arm_named", condition=~Q(name="") & ~Q(key="")
            ),
            models.CheckConstraint(
                name="segmentation_arm_share", condition=Q(share__gte=1, share__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExperimentAssignment(models.Model):
    """A creator's arm. Nobody is moved to another one: the database refuses it."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, db_index=False, related_name="assignments"
    )
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    arm = models.ForeignKey(ExperimentArm, on_delete=models.CASCADE, related_name="assignments")
    # The key of the segment among whose creators arms were balanced; empty: none.
    stratum = models.CharField(max_length=60, blank=True, default="")
    # The number under which they were drawn: late joiners come after the first draw.
    number = models.PositiveIntegerField()
    assigned_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)

    class Meta:
        ordering = ["experiment", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "relationship"], name="segmentation_assigned_once"
            ),
            # Also the order in which they are listed.
            models.UniqueConstraint(
                fields=["experiment", "number"], name="segmentation_assigned_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id} #{self.number}: {self.arm_id}"


class ExperimentLook(Errand):
    """A look at the result: computed by a worker, then kept with its digest."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, db_index=False, related_name="looks"
    )
    number = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10, choices=LookSource.choices)
    computed_at = models.DateTimeField(null=True, blank=True)
    # {arms, comparisons, words, method}: services.experiments.results; empty until computed.
    result = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["experiment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "number"], name="segmentation_look_once"),
            models.CheckConstraint(
                name="segmentation_look_choices",
                condition=Q(status__in=ErrandStatus.values, source__in=LookSource.values),
            ),
            models.CheckConstraint(
                name="segmentation_look_kept",
                condition=Q(computed_at=None, digest="")
                | Q(computed_at__isnull=False, digest__regex="^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"look {self.number} of {self.experiment_id}"


class ExperimentOutcome(models.Model):
    """What had come of a creator at a look. No events: nobody knows."""

    look = models.ForeignKey(
        ExperimentLook, on_delete=models.CASCADE, db_index=False, related_name="outcomes"
    )
    assignment = models.ForeignKey(ExperimentAssignment, on_delete=models.CASCADE, related_name="+")
    events = models.FloatField(null=True, blank=True)
    weight = models.FloatField(default=1.0)

    class Meta:
        ordering = ["look", "assignment"]
        constraints = [
            models.UniqueConstraint(
                fields=["look", "assignment"], name="segmentation_outcome_once"
            ),
            models.CheckConstraint(
                name="segmentation_outcome_numbers",
                condition=Q(weight__gte=0) & (Q(events=None) | Q(events__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.look_id}/{self.assignment_id}: {self.events} of {self.weight}"
