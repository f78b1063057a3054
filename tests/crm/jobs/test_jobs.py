"""Jobs: progress, stopping, failing, going on after a lost worker, undoing, files that expire."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, OperationalError, connection, transaction

import crm.tasks  # noqa: F401 - as in every process that answers requests
from crm.choices import JobStatus
from crm.models import Job
from crm.registry import Registry
from crm.services import jobs
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def kinds(monkeypatch):
    """Kinds of these tests only."""
    registry = Registry()
    monkeypatch.setattr(jobs, "KINDS", registry)
    return registry


def counting(*, parts=3, fail_at=None, error=None, ask_stop_at=None):
    """Work of `parts` of ten each; raises `error`, or is asked to stop, before the part named."""

    def work(job, progress):
        if job.total is None:
            progress.begin(10 * parts)
        while job.done < job.total:
            if job.done // 10 == ask_stop_at:
                Job.objects.filter(pk=job.pk).update(is_stopping=True)
            progress.heed_stop()
            if job.done // 10 == fail_at:
                raise error
            progress.advance(10)

    return work


def told(job):
    return f"{job.done} of {job.total}."


@pytest.fixture
def start(brand, manager, kinds):
    def begin(kind=None, **options):
        if kind is None:
            kinds.add("test", jobs.Kind("Test", counting(**options), told))
        return jobs.start(
            brand=brand, kind=kind or "test", title="Count", params={}, actor=manager, at=NOW
        )

    return begin


def after(job):
    return Job.objects.get(pk=job.pk)


def test_a_job_runs_to_its_end_and_says_what_came_of_it(start):
    job = start()
    assert (job.status, job.total, job.percent) == ("waiting", None, None)
    jobs.run(job_id=job.pk, at=NOW)
    job = after(job)
    assert (job.status, job.done, job.total, job.percent) == ("done", 30, 30, 100)
    assert (job.result, job.error, job.attempts) == ("30 of 30.", "", 1)
    assert (job.started_at, job.finished_at, job.undo_until) == (NOW, NOW, None)


def test_a_job_that_is_done_is_not_done_twice(start):
    job = start()
    jobs.run(job_id=job.pk, at=NOW)
    jobs.run(job_id=job.pk, at=NOW + timedelta(hours=1))
    assert (after(job).attempts, after(job).finished_at) == (1, NOW)


def test_a_worker_is_offered_the_job_when_the_transaction_holds(
    start, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job = start()
    assert after(job).status == "done"


def test_who_stops_a_job_reads_how_far_it_came(start):
    job = start(ask_stop_at=2)
    jobs.run(job_id=job.pk, at=NOW)
    assert (after(job).status, after(job).result) == ("stopped", "20 of 30.")


def test_a_waiting_job_stops_at_once_and_never_runs(start):
    job = start()
    jobs.stop(job=job, at=NOW)
    jobs.run(job_id=job.pk, at=NOW)
    assert (after(job).status, after(job).attempts) == ("stopped", 0)
    with pytest.raises(jobs.JobRefused, match="at its end already"):
        jobs.stop(job=job, at=NOW)


def test_a_failure_is_told_in_the_words_of_the_work(start):
    job = start(fail_at=1, error=jobs.JobFailed("The list is gone."))
    jobs.run(job_id=job.pk, at=NOW)
    job = after(job)
    assert (job.status, job.error, job.result) == ("failed", "The list is gone.", "10 of 30.")


def test_an_error_of_ours_is_told_without_its_text_and_reaches_the_log(start):
    job = start(fail_at=1, error=ValueError("secret detail"))
    with pytest.raises(ValueError, match="secret detail"):
        jobs.run(job_id=job.pk, at=NOW)
    assert (after(job).status, after(job).error) == ("failed", "Something went wrong on our side.")


def test_a_job_whose_database_went_away_goes_on_where_it_was(start, kinds):
    job = start(fail_at=1, error=OperationalError("server closed"))
    with pytest.raises(OperationalError):
        jobs.run(job_id=job.pk, at=NOW)
    assert (after(job).status, after(job).done) == ("running", 10)
    kinds._parts["test"] = jobs.Kind("Test", counting(), told)
    jobs.run(job_id=job.pk, at=NOW + timedelta(minutes=2))
    job = after(job)
    assert (job.status, job.done, job.attempts, job.started_at) == ("done", 30, 2, NOW)


def test_a_job_that_takes_its_worker_with_it_is_given_up(start):
    job = start()
    Job.objects.update(status=JobStatus.RUNNING, attempts=jobs.MAX_ATTEMPTS, started_at=NOW)
    jobs.run(job_id=job.pk, at=NOW)
    assert after(job).status == "failed"
    assert "begun 3 times" in after(job).error


def test_jobs_without_a_sign_of_life_are_offered_again(start, django_capture_on_commit_callbacks):
    job = start()
    Job.objects.update(status=JobStatus.RUNNING, beat_at=NOW, attempts=1, started_at=NOW)
    assert jobs.take_up(at=NOW + jobs.LOST_AFTER) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs.take_up(at=NOW + jobs.LOST_AFTER + timedelta(seconds=1)) == 1
    assert (after(job).status, after(job).attempts) == ("done", 2)


def test_two_workers_do_not_share_a_job(start):
    job = start()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"crm.job:{job.pk}"]
            )
        jobs.run(job_id=job.pk, at=NOW)
        assert after(job).status == "waiting"
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    jobs.run(job_id=job.pk, at=NOW)
    assert after(job).status == "done"


@pytest.fixture
def undoable(kinds, start):
    kinds.add("back", jobs.Kind("Back", counting(parts=1), told))
    kinds.add("test", jobs.Kind("Test", counting(), told, undone_by="back"))
    return start("test")


def test_undo_is_a_job_of_its_own_and_happens_once(undoable, manager):
    with pytest.raises(jobs.JobRefused, match="still being worked on"):
        jobs.undo(job=undoable, actor=manager, at=NOW)
    jobs.run(job_id=undoable.pk, at=NOW)
    assert after(undoable).undo_until == NOW + timedelta(days=1)
    back = jobs.undo(job=undoable, actor=manager, at=NOW)
    assert (back.kind, back.title, back.undoes) == ("back", "Undo: Count", undoable)
    with pytest.raises(jobs.JobRefused, match="undone already"):
        jobs.undo(job=undoable, actor=manager, at=NOW)
    jobs.run(job_id=back.pk, at=NOW)
    assert after(back).undo_until is None
    with pytest.raises(jobs.JobRefused, match="nothing that could be undone"):
        jobs.undo(job=back, actor=manager, at=NOW)
    assert Job.objects.count() == 2


def test_undo_ends_after_a_day(undoable, manager):
    jobs.run(job_id=undoable.pk, at=NOW)
    with pytest.raises(jobs.JobRefused, match="is over"):
        jobs.undo(job=undoable, actor=manager, at=NOW + timedelta(days=1))
    assert Job.objects.count() == 1


def test_files_are_removed_when_their_time_is_over(start):
    job = start()
    jobs.run(job_id=job.pk, at=NOW)
    job = after(job)
    job.file.save("list.csv", ContentFile(b"name"))
    name = job.file.name
    Job.objects.update(expires_at=NOW)
    assert jobs.remove_expired(at=NOW) == 0
    assert jobs.remove_expired(at=NOW + timedelta(seconds=1)) == 1
    assert (after(job).file.name, after(job).expires_at) == ("", None)
    assert not job.file.storage.exists(name)


def test_a_person_sees_their_own_jobs_only(start, manager, analyst, outsider):
    job = start()
    assert [*Job.objects.visible_to(manager)] == [job]
    assert not Job.objects.visible_to(analyst).exists()
    assert not Job.objects.visible_to(outsider).exists()
    manager.roles.all().delete()
    assert not Job.objects.visible_to(manager).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"status": "lost"},
        {"status": "done"},
        {"done": 2, "total": 1},
        {"finished_at": NOW},
    ],
)
def test_the_database_refuses_what_cannot_be(start, values):
    job = start()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**values)


def test_a_kind_that_is_not_there_is_no_job(brand, manager, kinds):
    with pytest.raises(KeyError):
        jobs.start(brand=brand, kind="none", title="", params={}, actor=manager, at=NOW)
    assert not Job.objects.exists()


def test_a_job_of_a_kind_that_is_not_there_is_ended_not_worked_on(start, kinds, monkeypatch):
    waiting, next_one = start(), start(kind="test")
    monkeypatch.setattr(jobs, "KINDS", Registry())
    assert jobs.stop(job=waiting, at=NOW).status == JobStatus.STOPPED
    jobs.run(job_id=next_one.pk, at=NOW)
    failed = after(next_one)
    assert failed.status == JobStatus.FAILED
    assert "no work of the kind “test”" in failed.error
    Job.objects.filter(pk=failed.pk).update(undo_until=NOW + timedelta(days=1))
    with pytest.raises(jobs.JobRefused, match="cannot undo"):
        jobs.undo(job=after(failed), actor=failed.asked_by, at=NOW)
