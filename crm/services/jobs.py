"""Work in the background: asked for by a person, done by a worker, told in words, stoppable.

A kind of work is a `Kind` in KINDS, by the key that its jobs name. Its `work` does one small
transaction after the other and notes in each how far it is, so that a job whose worker is killed
goes on where the last transaction ended: `take_up` finds it, since nobody holds its lock any more.
What came of a job is told by its kind's `tell`, also where it was stopped or failed on the way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from crm.choices import JobStatus
from crm.models import Brand, Job, User
from crm.registry import Registry

logger = logging.getLogger(__name__)

# By name: services import no tasks.
RUN_TASK = "crm.tasks.run_job"
# Without a sign of life for so long, a job is offered to a worker again.
LOST_AFTER = timedelta(seconds=90)
# A job that takes its worker with it each time is given up.
MAX_ATTEMPTS = 3
FILES_KEPT = timedelta(days=3)


class JobRefused(Exception):
    """The job is not started, stopped or undone; the message is fit for the user."""


class JobFailed(Exception):
    """Raised by a kind's work: the job ends here, with this message, which is fit for the user."""


class Stopped(Exception):
    """Raised within a kind's work when somebody asked for the job to be stopped."""


class Progress:
    """What a kind's work tells of itself; call it within the transaction that did the work."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def begin(self, total: int) -> None:
        """Say how much there is to do."""
        self.job.total = total
        self._note(total=total, done=self.job.done)

    def advance(self, by: int) -> None:
        """Say that so much more is done."""
        self.job.done += by
        self._note(done=self.job.done)

    def heed_stop(self) -> None:
        """Between two transactions. Raises Stopped where somebody asked for it."""
        if Job.objects.filter(pk=self.job.pk, is_stopping=True).exists():
            raise Stopped

    def _note(self, **values: int) -> None:
        Job.objects.filter(pk=self.job.pk).update(**values, beat_at=Now())


@dataclass(frozen=True)
class Kind:
    """A kind of work. `work` may raise JobFailed; `tell` says what came of it, in any case.

    `undone_by` is the key of the kind that undoes it, within `undo_for` of its end.
    """

    label: str
    work: Callable[[Job, Progress], None]
    tell: Callable[[Job], str]
    undone_by: str = ""
    undo_for: timedelta = timedelta(days=1)
    # Whether there is anything to undo of this job.
    has_undo: Callable[[Job], bool] = lambda _job: True


KINDS: Registry[Kind] = Registry()


def _do_nothing(job: Job, _progress: Progress) -> None:
    raise JobFailed(f"This version of Rapport knows no work of the kind “{job.kind}”.")


# A job may be older, or newer, than the version that meets it: it can be ended, not worked on.
_UNKNOWN = Kind("Unknown", _do_nothing, lambda _job: "")


def _kind_of(job: Job) -> Kind:
    if job.kind in KINDS:
        return KINDS[job.kind]
    return _UNKNOWN


@transaction.atomic
def start(
    *,
    brand: Brand,
    kind: str,
    title: str,
    params: Mapping[str, Any],
    actor: User,
    at: datetime,
    undoes: Job | None = None,
) -> Job:
    """Ask for work of a kind (KeyError for one that is not there); a worker begins at once."""
    if kind not in KINDS:
        raise KeyError(kind)
    job = Job.objects.create(
        brand=brand,
        kind=kind,
        title=title[:200],
        params=dict(params),
        asked_by=actor,
        undoes=undoes,
        created_at=at,
        beat_at=at,
    )
    _offer(job.pk)
    return job


def run(*, job_id: int, at: datetime) -> None:
    """Do a job, or go on with it; one that is at its end, or in other hands, stays as it is."""
    with _only_worker(job_id) as is_ours:
        job = _begin(job_id, at) if is_ours else None
        if job is None:
            return
        try:
            _kind_of(job).work(job, Progress(job))
        except Stopped:
            _end(job, JobStatus.STOPPED, at)
        except JobFailed as failure:
            _end(job, JobStatus.FAILED, at, str(failure))
        except OperationalError:
            # The database went away: the job goes on when it is back.
            raise
        except Exception:
            _end(job, JobStatus.FAILED, at, "Something went wrong on our side.")
            raise
        else:
            _end(job, JobStatus.DONE, at)


@transaction.atomic
def stop(*, job: Job, at: datetime) -> Job:
    """Have a job end after the transaction at which it is. Raises JobRefused."""
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if not job.is_under_way:
        raise JobRefused(f"“{job.title}” is at its end already: nothing is left to stop.")
    job.is_stopping = True
    job.save(update_fields=["is_stopping"])
    if job.status == JobStatus.WAITING:
        _end(job, JobStatus.STOPPED, at)
    return job


@transaction.atomic
def undo(*, job: Job, actor: User, at: datetime) -> Job:
    """Start the job that puts back what this one changed. Raises JobRefused."""
    job = (
        Job.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand")
        .get(pk=job.pk)
    )
    if Job.objects.filter(undoes=job).exists():
        raise JobRefused(f"“{job.title}” was undone already.")
    if job.is_under_way:
        raise JobRefused(f"“{job.title}” is still being worked on. Stop it first.")
    if job.undo_until is None:
        raise JobRefused(f"“{job.title}” changed nothing that could be undone.")
    if job.kind not in KINDS:
        raise JobRefused(f"This version of Rapport cannot undo “{job.title}”.")
    if at >= job.undo_until:
        raise JobRefused(f"The time in which “{job.title}” could be undone is over.")
    return start(
        brand=job.brand,
        kind=KINDS[job.kind].undone_by,
        title=f"Undo: {job.title}",
        params={},
        actor=actor,
        at=at,
        undoes=job,
    )


def take_up(*, at: datetime) -> int:
    """Offer jobs without a sign of life to workers again; how many there were."""
    lost = Job.objects.under_way().filter(beat_at__lt=at - LOST_AFTER)
    for pk in lost.order_by("pk").values_list("pk", flat=True):
        _offer(pk)
    return len(lost)


def put_away(*, job: Job, at: datetime) -> None:
    """Take the result of a job out of the frame of its asker's pages."""
    Job.objects.filter(pk=job.pk, seen_at=None).update(seen_at=at)


def remove_expired(*, at: datetime) -> int:
    """Remove the files whose time is over; how many there were."""
    expired = Job.objects.filter(expires_at__lt=at)
    for job in expired:
        job.file.delete(save=False)
        job.file, job.expires_at = "", None
        job.save(update_fields=["file", "expires_at"])
    return len(expired)


def _begin(job_id: int, at: datetime) -> Job | None:
    """The job, marked as being worked on; None where nothing is left to do."""
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(no_key=True, of=("self",))
            .select_related("brand", "asked_by")
            .filter(pk=job_id)
            .first()
        )
        if job is None or not job.is_under_way:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            words = f"It was begun {MAX_ATTEMPTS} times, and its worker was lost each time."
            _end(job, JobStatus.FAILED, at, words)
            return None
        job.status, job.attempts = JobStatus.RUNNING, job.attempts + 1
        job.started_at = job.started_at or at
        job.save(update_fields=["status", "attempts", "started_at"])
        Job.objects.filter(pk=job.pk).update(beat_at=Now())
    return job


@transaction.atomic
def _end(job: Job, status: JobStatus, at: datetime, error: str = "") -> None:
    kind = _kind_of(job)
    job.refresh_from_db(fields=["total", "done"])
    job.status, job.error, job.finished_at = status, error, max(at, job.started_at or at)
    job.result = kind.tell(job)
    if kind.undone_by and kind.has_undo(job):
        job.undo_until = at + kind.undo_for
    # Not all of it: what the work itself keeps on the job (a file) is not known here.
    job.save(update_fields=["status", "error", "result", "finished_at", "undo_until"])


def _offer(job_id: int) -> None:
    transaction.on_commit(lambda: _send(job_id), robust=True)


def _send(job_id: int) -> None:
    try:
        # Every process with pages has its tasks loaded; a command leaves it to `take_up`.
        task = current_app.tasks.get(RUN_TASK)
        if task is not None:
            task.apply_async(kwargs={"job_id": job_id}, retry=False)
    except (BrokerError, RedisError) as error:
        # `take_up` offers it again.
        logger.warning("Job %s waits for the broker: %s", job_id, error)


@contextmanager
def _only_worker(job_id: int) -> Iterator[bool]:
    """Whether nobody else works on the job; the lock goes with the connection of a killed one."""
    key = f"crm.job:{job_id}"
    if not _locked("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key):
        yield False
        return
    try:
        yield True
    finally:
        if connection.is_usable() and not connection.needs_rollback:
            _locked("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def _locked(statement: str, key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        return bool(cursor.fetchone()[0])
