"""The creators of a job, some hundred at a time: each part is one transaction and notes its rows.

A row of the job is written before anything is changed, so that a job that is stopped or whose
worker is lost knows for each creator whether it was changed, refused, or not yet looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from crm.choices import RowOutcome
from crm.images import ImageEncoder
from crm.models import Brand, Job, JobRow, Relationship, User
from crm.services.jobs import Progress

SIZE = 1_000

_SELECT = """
INSERT INTO crm_jobrow (job_id, relationship_id)
SELECT %s, chosen.id FROM ({chosen}) AS chosen
ON CONFLICT DO NOTHING"""
_NOTE = """
UPDATE crm_jobrow r SET outcome = n.outcome, reason = n.reason,
  before = coalesce(n.before, r.before), after = coalesce(n.after, r.after)
FROM jsonb_to_recordset(%s::jsonb)
  AS n (id bigint, outcome text, reason text, before jsonb, after jsonb)
WHERE r.job_id = %s AND r.relationship_id = n.id"""


@dataclass(frozen=True)
class Outcome:
    """What became of one creator; `before` and `after` are what undo needs to know."""

    outcome: RowOutcome
    reason: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


SAME = Outcome(RowOutcome.SAME)


@dataclass(frozen=True)
class Batch:
    """Some relationships of a job, locked, each with its creator and its owner."""

    job: Job
    rows: list[Relationship]
    # Of the job that is being undone: what was done to each of them.
    done: Mapping[int, JobRow] = field(default_factory=dict)

    @property
    def brand(self) -> Brand:
        """Whose creators they are."""
        return self.job.brand

    @property
    def actor(self) -> User | None:
        """Who asked for the job."""
        return self.job.asked_by

    @property
    def at(self) -> datetime:
        """When the job began: one moment for all its parts."""
        return self.job.started_at or self.job.created_at

    @property
    def creator_ids(self) -> list[int]:
        """Of the rows, in order."""
        return [row.creator_id for row in self.rows]

    @property
    def params(self) -> Mapping[str, Any]:
        """Of the job, or of the one that it undoes."""
        params: Mapping[str, Any] = (self.job.undoes or self.job).params
        return params

    @property
    def after(self) -> dict[int, dict[str, Any]]:
        """What the job that is undone noted of each row it changed."""
        return {pk: row.after or {} for pk, row in self.done.items()}

    @property
    def before(self) -> dict[int, dict[str, Any]]:
        """How the rows were before the job that is undone."""
        return {pk: row.before or {} for pk, row in self.done.items()}


Work = Callable[[Batch], Mapping[int, Outcome]]


@transaction.atomic
def choose(job: Job, rows: QuerySet[Relationship], progress: Progress) -> None:
    """Write down which relationships the job is about; a job that has its rows keeps them."""
    if job.total is not None:
        return
    chosen, params = rows.order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_SELECT.format(chosen=chosen), [job.pk, *params])
        progress.begin(cursor.rowcount)


@transaction.atomic
def choose_changed(job: Job, progress: Progress) -> None:
    """Write down what a job that undoes another is about: the rows that the other changed."""
    if job.total is not None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crm_jobrow (job_id, relationship_id)"
            " SELECT %s, relationship_id FROM crm_jobrow WHERE job_id = %s AND outcome = %s"
            " ON CONFLICT DO NOTHING",
            [job.pk, job.undoes_id, RowOutcome.CHANGED],
        )
        progress.begin(cursor.rowcount)


def work_through(job: Job, progress: Progress, work: Work) -> None:
    """Do `work` to all rows of the job that wait, part by part. Raises jobs.Stopped."""
    while True:
        progress.heed_stop()
        with transaction.atomic():
            batch = _next(job)
            if not batch.rows:
                return
            _note(job, work(batch))
            progress.advance(len(batch.rows))


def counts(job: Job) -> dict[RowOutcome, int]:
    """How many creators had each outcome."""
    found = JobRow.objects.filter(job=job).values_list("outcome").annotate(number=Count("pk"))
    return {RowOutcome(outcome): number for outcome, number in found.order_by("outcome")}


def _next(job: Job) -> Batch:
    waiting = JobRow.objects.filter(job=job, outcome=RowOutcome.WAITING)
    ids = [*waiting.order_by("relationship").values_list("relationship", flat=True)[:SIZE]]
    rows = (
        Relationship.objects.select_for_update(no_key=True, of=("self",))
        .select_related("creator", "owner")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    done = {}
    if job.undoes_id is not None:
        of_job = JobRow.objects.filter(job=job.undoes_id, relationship__in=ids)
        done = {row.relationship_id: row for row in of_job}
    return Batch(job, [*rows], done)


def _note(job: Job, outcomes: Mapping[int, Outcome]) -> None:
    noted = [
        {
            "id": pk,
            "outcome": one.outcome,
            "reason": one.reason[:300],
            "before": one.before,
            "after": one.after,
        }
        for pk, one in outcomes.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [json.dumps(noted, cls=ImageEncoder), job.pk])
