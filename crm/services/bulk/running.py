"""A change of many as a job: what it works through, what it tells, and how it is undone."""

from __future__ import annotations

from django.db.models import QuerySet

from crm.choices import JobStatus, RowOutcome
from crm.models import Job, JobRow, Relationship
from crm.services.bulk import batches
from crm.services.bulk.changes import BulkRefused, kind_of, made
from crm.services.jobs import JobFailed, Progress

CHANGE, UNDO = "creators.change", "creators.change.undo"


def change(job: Job, progress: Progress, rows: QuerySet[Relationship]) -> None:
    """Make the change that the job describes to these relationships of its brand."""
    try:
        wanted = made(job.brand, job.params)
    except BulkRefused as refusal:
        raise JobFailed(str(refusal)) from refusal
    batches.choose(job, rows, progress)
    batches.work_through(job, progress, wanted.make)


def undo(job: Job, progress: Progress) -> None:
    """Put back what the job that this one undoes has changed."""
    if job.undoes is None:
        raise JobFailed("There is nothing to undo.")
    batches.choose_changed(job, progress)
    batches.work_through(job, progress, kind_of(job.undoes.params).put_back)


def has_changed(job: Job) -> bool:
    """Whether a job has changed anything."""
    return JobRow.objects.filter(job=job, outcome=RowOutcome.CHANGED).exists()


def tell_change(job: Job) -> str:
    """What came of a change, with what is as it was."""
    counted = batches.counts(job)
    parts = [f"{_creators(counted.get(RowOutcome.CHANGED, 0))} changed"]
    if same := counted.get(RowOutcome.SAME):
        parts.append(f"{same:,} {_were(same)} so already")
    if refused := counted.get(RowOutcome.REFUSED):
        parts.append(f"{refused:,} refused")
    sentences = [", ".join(parts) + "."]
    expected = job.params.get("expected")
    if job.total is not None and expected is not None and expected > job.total:
        gone = expected - job.total
        sentences.append(f"{gone:,} did not match any more when this began and {_were(gone)} left.")
    return " ".join([*sentences, *_rest(job, counted)])


def tell_undo(job: Job) -> str:
    """What came of undoing, with who was kept."""
    counted = batches.counts(job)
    sentences = [f"{_creators(counted.get(RowOutcome.UNDONE, 0))} as before."]
    if kept := counted.get(RowOutcome.KEPT):
        sentences.append(f"{kept:,} {_were(kept)} changed since and kept.")
    return " ".join([*sentences, *_rest(job, counted)])


def _rest(job: Job, counted: dict[RowOutcome, int]) -> list[str]:
    """Never half without saying so."""
    sentences = []
    if waiting := counted.get(RowOutcome.WAITING):
        sentences.append(f"The other {waiting:,} are as they were.")
    elif job.status != JobStatus.DONE and job.total is None:
        sentences.append("It had not begun.")
    if job.attempts > 1:
        sentences.append("Its worker was lost on the way; it went on where it was.")
    return sentences


def _creators(number: int) -> str:
    return f"{number:,} creator{'' if number == 1 else 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
