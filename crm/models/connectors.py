"""Connectors: what a brand pulls from platforms and tools, and what came of each pull.

What a connector can do is code (crm/connectors); here is how a brand set one up. A pull is one
round over the profiles. Where it stands is written after each answer, so that a worker that is
killed leaves nothing half done: the next one goes on from there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Lower

from crm.choices import PullStatus
from crm.models.brands import Brand, User
from crm.models.imports import ImportBatch

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# What is counted of a pull.
CAME = (
    *("profiles", "creators_changed", "creators_unchanged", "snapshots_new", "posts", "posts_new"),
    "audiences_new",
)
# The most that a connector is left alone, whatever the other side asks for.
REST_MAX = timedelta(days=2)


class ConnectorQuerySet(models.QuerySet["Connector"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Connectors of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def awake(self, at: datetime) -> Self:
        """Those to which a worker may turn: not paused, and no other one is at it.

        None rests longer than `REST_MAX`: one that would was put to rest by a clock that was ahead.
        """
        rested = (
            models.Q(rests_until=None)
            | models.Q(rests_until__lte=at)
            | models.Q(rests_until__gt=at + REST_MAX)
        )
        return self.filter(rested, is_paused=False)


class Connector(models.Model):
    """A platform or tool from which a brand pulls, with the key that opens it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # Who is told when it does not work.
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The key of a file in crm/connectors.
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    # A JSON object by field of the kind, encrypted (crm/outreach/secrets.py).
    credentials = models.TextField(editable=False)
    # Whose profiles: empty for all creators of the brand, else "tag:vip", "segment:educators".
    chosen = models.CharField(max_length=120, blank=True, default="")
    # The newest posts of each profile, so many; 0: none.
    posts_each = models.PositiveSmallIntegerField(default=25)
    # Hours between the beginnings of two pulls; null: only when somebody asks.
    every_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    next_pull_at = models.DateTimeField(null=True, blank=True)
    is_paused = models.BooleanField(default=False)
    # Why it was paused without anybody asking for it; empty: a person did.
    pause_reason = models.CharField(max_length=300, blank=True, default="")
    # Until when no worker turns to it: one is at it, or it waits for a quota or after a failure.
    rests_until = models.DateTimeField(null=True, blank=True)
    rest_reason = models.CharField(max_length=300, blank=True, default="")
    # Failures in a row, and since when.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    pulled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = ConnectorQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "name", "pk"]
        constraints = [
            # Also how the connectors of a brand are found.
            models.UniqueConstraint("brand", Lower("name"), name="crm_connector_name_once"),
            models.CheckConstraint(
                name="crm_connector_posts_bounded", condition=models.Q(posts_each__lte=200)
            ),
            models.CheckConstraint(
                name="crm_connector_hours_sensible",
                condition=models.Q(every_hours=None)
                | models.Q(every_hours__gte=1, every_hours__lte=24 * 92),
            ),
            models.CheckConstraint(
                name="crm_connector_failing_whole",
                condition=models.Q(failures=0, failing_since=None)
                | models.Q(failures__gt=0, failing_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConnectorSpend(models.Model):
    """What a connector used up of its quota on a day, as the other side counts days."""

    connector = models.ForeignKey(
        Connector, on_delete=models.CASCADE, db_index=False, related_name="spends"
    )
    day = models.DateField()
    units = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["connector", "-day"]
        constraints = [
            models.UniqueConstraint(fields=["connector", "day"], name="crm_spend_once"),
        ]

    def __str__(self) -> str:
        return f"{self.connector_id} on {self.day}"


class Pull(models.Model):
    """One round over the profiles of a connector: where it stands, and what came of it."""

    connector = models.ForeignKey(
        Connector, on_delete=models.CASCADE, db_index=False, related_name="pulls"
    )
    # null: its time had come.
    started_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=10, choices=PullStatus.choices, default=PullStatus.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Where to go on: the last profile that was taken up, and the calls that still wait.
    cursor = models.JSONField(default=dict)
    # Of the last answer; also how many there were.
    answers_count = models.PositiveIntegerField(default=0)
    units = models.PositiveIntegerField(default=0)
    profiles_total = models.PositiveIntegerField(default=0)
    profiles_done = models.PositiveIntegerField(default=0)
    # What the imports of it did: counts by name, rejected rows by reason.
    counts = models.JSONField(default=dict)
    rejected = models.JSONField(default=dict)
    # Why it ended before its end.
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_pull_status_valid", condition=models.Q(status__in=PullStatus.values)
            ),
            models.CheckConstraint(
                name="crm_pull_runs_or_ended",
                condition=models.Q(status=PullStatus.RUNNING, ended_at=None)
                | models.Q(~models.Q(status=PullStatus.RUNNING), ended_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["connector"],
                condition=models.Q(status=PullStatus.RUNNING),
                name="crm_pull_one_at_a_time",
            ),
        ]
        indexes = [
            # The log of a connector, newest first.
            models.Index(fields=["connector", "-started_at", "-id"], name="crm_pull_log"),
            # What is old enough to be forgotten.
            models.Index(
                fields=["ended_at"],
                condition=models.Q(ended_at__isnull=False),
                name="crm_pull_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"pull {self.pk} of {self.connector_id}"

    @property
    def came(self) -> dict[str, int]:
        """What its imports did, each by its name (CAME)."""
        return {name: self.counts.get(name, 0) for name in CAME}

    @property
    def not_taken(self) -> int:
        """Of how many profiles and rows nothing came."""
        return sum(self.rejected.values())


class PullAnswer(models.Model):
    """One answer of the other side, or why there was none: where the numbers of a pull come from.

    The answer itself is not kept but its digest. Its rows wait here until an import took them.
    """

    pull = models.ForeignKey(Pull, on_delete=models.CASCADE, db_index=False, related_name="answers")
    number = models.PositiveIntegerField()
    # What was asked for, in the words of the connector: "channels", "videos".
    step = models.CharField(max_length=40)
    fetched_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    units = models.PositiveIntegerField(default=0)
    # SHA-256 of the answer's bytes; empty: there was none.
    digest = models.CharField(max_length=64, blank=True, default="")
    # Empty: it was taken.
    error = models.CharField(max_length=300, blank=True, default="")
    # {"creators": [...], "posts": [...], "audiences": [...]}; null once they are imported.
    rows = models.JSONField(null=True, blank=True)
    rows_count = models.PositiveIntegerField(default=0)
    # What of it was not taken: [{"profile": 7, "code": "missing", "reason": "..."}].
    rejected = models.JSONField(default=list)
    creators_import = models.ForeignKey(
        ImportBatch,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    posts_import = models.ForeignKey(
        ImportBatch,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        ordering = ["pull", "number"]
        constraints = [
            models.UniqueConstraint(fields=["pull", "number"], name="crm_pull_answer_once"),
        ]
        indexes = [
            # What of a pull still waits to be imported.
            models.Index(
                fields=["pull"],
                condition=models.Q(rows__isnull=False),
                name="crm_pull_answer_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pull_id}/{self.number}"
