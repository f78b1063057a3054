"""Work in the background: what was asked, how far it is, what came of it, what it changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from crm.choices import JobStatus, RowOutcome
from crm.models.brands import Brand, User
from crm.models.relationships import Relationship

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What `user` asked for, in the brands in which they still have a role."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(asked_by=user, brand__in=Brand.objects.visible_to(user))

    def under_way(self) -> Self:
        """Jobs that wait for a worker or are being worked on."""
        return self.filter(status__in=[JobStatus.WAITING, JobStatus.RUNNING])


class Job(models.Model):
    """A piece of work that a person asked for and need not wait for (crm/services/jobs.py)."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    # Which worker function does it (crm.services.jobs.KINDS), and with what.
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=JobStatus.choices, default=JobStatus.WAITING)
    done = models.BigIntegerField(default=0)
    # null: not known yet.
    total = models.BigIntegerField(null=True, blank=True)
    result = models.TextField(blank=True, default="")
    error = models.TextField(blank=True, default="")
    # How often a worker began with it: more than once where one was lost on the way.
    attempts = models.PositiveSmallIntegerField(default=0)
    is_stopping = models.BooleanField(default=False)
    undo_until = models.DateTimeField(null=True, blank=True)
    undoes = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="undone_by"
    )
    # What it made, to be fetched by who asked until `expires_at`.
    file = models.FileField(upload_to="jobs/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=120, blank=True, default="")
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    # The worker's last sign of life.
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # When who asked put the result away; until then the frame of every page shows it.
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_job_status_valid", condition=models.Q(status__in=JobStatus.values)
            ),
            models.CheckConstraint(
                name="crm_job_end_noted",
                condition=models.Q(
                    status__in=[JobStatus.WAITING, JobStatus.RUNNING], finished_at=None
                )
                | models.Q(
                    status__in=[JobStatus.DONE, JobStatus.STOPPED, JobStatus.FAILED],
                    finished_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="crm_job_done_within_total",
                condition=models.Q(total=None) | models.Q(done__lte=models.F("total")),
            ),
            # Everything of a brand is taken out once at a time (crm/services/round_trip).
            models.UniqueConstraint(
                fields=["brand"],
                condition=models.Q(
                    kind="brand.export", status__in=[JobStatus.WAITING, JobStatus.RUNNING]
                ),
                name="crm_job_one_brand_export",
            ),
        ]
        indexes = [
            # One's own jobs: the page, and what the frame shows of them.
            models.Index(fields=["asked_by", "brand", "-created_at", "-id"], name="crm_job_mine"),
            # Which jobs lost their worker: few are under way at any time.
            models.Index(
                fields=["beat_at"],
                condition=models.Q(status__in=[JobStatus.WAITING, JobStatus.RUNNING]),
                name="crm_job_under_way",
            ),
            # Which files are to be removed.
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False),
                name="crm_job_expiring",
            ),
            # The exports of a brand: a handful among all its jobs.
            models.Index(
                fields=["brand", "-created_at", "-id"],
                condition=models.Q(kind="brand.export"),
                name="crm_job_brand_exports",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_under_way(self) -> bool:
        """Whether it waits for a worker or is being worked on."""
        return self.status in {JobStatus.WAITING, JobStatus.RUNNING}

    @property
    def percent(self) -> int | None:
        """How much of it is done; None where it is not known how much there is."""
        return round(100 * self.done / self.total) if self.total else None

    @property
    def undoing(self) -> Job | None:
        """The job that undoes this one, if it was asked for; read with `undone_by`."""
        return getattr(self, "undone_by", None)

    def may_be_undone(self, at: datetime) -> bool:
        """Whether there is something to undo, and still time for it."""
        is_time = self.undo_until is not None and at < self.undo_until
        return is_time and not self.is_under_way and self.undoing is None


class JobRow(models.Model):
    """What a job did to one relationship: as it was before and is after, or why it was left."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, db_index=False, related_name="rows")
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(
        max_length=10,
        choices=RowOutcome.choices,
        default=RowOutcome.WAITING,
        db_default=RowOutcome.WAITING,
    )
    # Why it was refused, or kept when the job was undone.
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["job", "relationship"]
        constraints = [
            # Also how a job finds its rows, in order.
            models.UniqueConstraint(fields=["job", "relationship"], name="crm_job_row_once"),
            models.CheckConstraint(
                name="crm_job_row_outcome_valid",
                condition=models.Q(outcome__in=RowOutcome.values),
            ),
        ]
        indexes = [
            # The next of the rows that are still to be done, or the refused ones of a result.
            models.Index(fields=["job", "outcome", "relationship"], name="crm_job_row_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.relationship_id}: {self.outcome}"
