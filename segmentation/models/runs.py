"""Runs, their change sets, and the ledger of who was where when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.models import Brand, Creator, Relationship, User
from segmentation.choices import Cause, ChangeKind, RunStatus, Trigger
from segmentation.models.segments import Dimension, Segment, SegmentVersion

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Runs of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Run(models.Model):
    """One evaluation of a brand's active segment versions at one moment."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateTimeField()
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    # Only this dimension; null: all.
    dimension = models.ForeignKey(
        Dimension, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=12, choices=RunStatus.choices, default=RunStatus.QUEUED)
    # The quarter a scheduled run is for: one per brand and quarter, however often beat asks.
    quarter = models.CharField(max_length=6, blank=True, default="")
    is_dry = models.BooleanField(default=False)
    # Apply without waiting, whatever share it moves: asked for by the person who started it.
    apply_now = models.BooleanField(default=False)
    population = models.BigIntegerField(null=True, blank=True)
    moved = models.BigIntegerField(null=True, blank=True, help_text="Creators with any change.")
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decision_reason = models.CharField(max_length=300, blank=True, default="")
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    # Asked for while it runs: the worker stops at the next step and nothing was changed.
    cancel_requested = models.BooleanField(default=False)
    # The moment a run by schedule was due: one per dimension and moment, however often beat asks.
    slot = models.DateTimeField(null=True, blank=True)
    # How often a worker took it up: more than once when one was lost on the way.
    attempts = models.PositiveSmallIntegerField(default=0)
    rolled_back_at = models.DateTimeField(null=True, blank=True)
    rolled_back_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rollback_reason = models.CharField(max_length=300, blank=True, default="")
    # What its rules read, by name; the values of RunEvidence are in this order.
    readings = ArrayField(models.TextField(), default=list, blank=True)
    # When missing facts and near misses were counted: after the run, by a task of their own.
    counted_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_run_status", condition=models.Q(status__in=RunStatus.values)
            ),
            models.CheckConstraint(
                name="segmentation_run_trigger", condition=models.Q(trigger__in=Trigger.values)
            ),
            models.UniqueConstraint(
                fields=["brand", "quarter"],
                condition=models.Q(trigger=Trigger.QUARTERLY),
                name="segmentation_one_run_a_quarter",
            ),
            models.UniqueConstraint(
                fields=["dimension", "slot"],
                condition=models.Q(trigger=Trigger.SCHEDULE),
                name="segmentation_one_run_a_slot",
            ),
        ]
        indexes = [
            models.Index(fields=["brand", "-created_at"], name="segmentation_run_by_time"),
            # Single creators make many runs: each batch asks for the last applied one.
            models.Index(
                fields=["brand", "-as_of", "-id"],
                condition=models.Q(status=RunStatus.APPLIED),
                name="segmentation_run_applied",
            ),
            models.Index(
                fields=["brand", "-applied_at"],
                condition=models.Q(applied_at__isnull=False),
                name="segmentation_run_in_order",
            ),
            models.Index(
                fields=["brand", "-rolled_back_at"],
                condition=models.Q(rolled_back_at__isnull=False),
                name="segmentation_run_rolled_back",
            ),
            # What beat looks for, and what waits for people: few among many.
            models.Index(
                fields=["brand", "status"],
                condition=models.Q(
                    status__in=[RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING]
                ),
                name="segmentation_run_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} as of {self.as_of:%Y-%m-%d}"


class RunSegment(models.Model):
    """What a run found for one segment."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="segments")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(SegmentVersion, on_delete=models.CASCADE, related_name="+")
    members = models.BigIntegerField(default=0)
    joined = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)
    # What its rule read, by name, in the order of the rule: those of Run.readings.
    readings = ArrayField(models.TextField(), default=list, blank=True)
    # Both are empty until the run is counted (Run.counted_at).
    # {fact key: creators of the unknown ones for whom it is missing}
    missing = models.JSONField(default=dict)
    # {fact key: creators within `near_percent` of the threshold, on the outside}
    near = models.JSONField(default=dict)
    # Left as it was when the rest of the change set was approved.
    is_held = models.BooleanField(default=False)
    # Loud, keeps its members and does not block the others.
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["run", "segment"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "segment"], name="segmentation_run_segment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.segment_id}"


class Change(models.Model):
    """One line of a change set: who joins or leaves. What the rule read is in RunEvidence.

    Like the ledger it is written by one statement of a run, under the brand's lock, from rows that
    are there: foreign keys checked row by row took two thirds of a run's time and are left out.
    What hangs on a deleted creator is removed by a trigger (migration creator_deletion).
    """

    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="changes"
    )
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    version = models.ForeignKey(
        SegmentVersion,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    creator = models.ForeignKey(
        Creator,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    kind = models.CharField(max_length=6, choices=ChangeKind.choices)
    cause = models.CharField(max_length=10, choices=Cause.choices, db_default=Cause.RULE)

    class Meta:
        ordering = ["run", "pk"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_change_kind", condition=models.Q(kind__in=ChangeKind.values)
            ),
            models.CheckConstraint(
                name="segmentation_change_cause", condition=models.Q(cause__in=Cause.values)
            ),
        ]
        indexes = [
            # The lists of a run's page: joiners and leavers of a segment.
            models.Index(fields=["run", "segment", "kind", "id"], name="segmentation_change_list"),
        ]

    def __str__(self) -> str:
        return f"{self.creator_id} {self.kind} {self.segment_id}"


class RunEvidence(models.Model):
    """The values that the rules of a run read of a creator who moves: explain it for ever.

    Once for each creator, however many segments they join or leave: with each change they were
    half of what a run wrote. See Change about foreign keys.
    """

    pk = models.CompositePrimaryKey("run_id", "creator_id")
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="evidence"
    )
    creator = models.ForeignKey(
        Creator,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # An array in the order of Run.readings; null is not known.
    values = models.JSONField()

    class Meta:
        verbose_name_plural = "run evidence"

    def __str__(self) -> str:
        return f"what run {self.run_id} read of {self.creator_id}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def as_of(self, moment: datetime) -> Self:
        """Stays that hold at `moment`: entered at or before it, not left at or before it."""
        still_in = models.Q(left_at=None) | models.Q(left_at__gt=moment)
        return self.filter(still_in, entered_at__lte=moment)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Stays in segments of the brands in which `user` has a role."""
        return self.filter(segment__in=Segment.objects.visible_to(user))

    def open(self) -> Self:
        """Stays that count now: of nobody who objects to being sorted, whose the next run ends."""
        known = Relationship.objects.filter(
            brand=models.OuterRef("segment__brand"), creator=models.OuterRef("creator")
        )
        objecting = known.filter(unprofiled_at__isnull=False)
        return self.filter(~models.Exists(objecting), left_at=None)


class Membership(models.Model):
    """A stay of a creator in a segment: closed-open, no end while it lasts. The ledger.

    Its foreign keys are not checked row by row: see Change.
    """

    pk = models.CompositePrimaryKey("segment_id", "creator_id", "entered_at")
    segment = models.ForeignKey(
        Segment,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="memberships",
    )
    creator = models.ForeignKey(
        Creator,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey(
        SegmentVersion,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # The leaf values that decided are in the change of the run that opened or closed the stay.
    entered_cause = models.CharField(max_length=10, choices=Cause.choices, db_default=Cause.RULE)
    left_cause = models.CharField(max_length=10, choices=Cause.choices, blank=True, db_default="")
    entered_run = models.ForeignKey(
        Run, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    left_run = models.ForeignKey(
        Run,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            # One open stay; also the index behind a segment's list of members.
            models.UniqueConstraint(
                fields=["segment", "creator"],
                condition=models.Q(left_at=None),
                name="segmentation_one_open_stay",
            ),
            models.CheckConstraint(
                name="segmentation_stay_order",
                condition=models.Q(left_at=None) | models.Q(left_at__gt=models.F("entered_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.creator_id} in {self.segment_id} from {self.entered_at:%Y-%m-%d}"
