"""Asking for a brand's export, following it, fetching and deleting its file."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from crm import audit
from crm.choices import JobStatus
from crm.models import Brand, Job, User
from crm.services import jobs
from crm.services.round_trip import exporting, places

KIND = "brand.export"
KEPT = timedelta(days=7)


class ExportRefused(Exception):
    """It is not made, fetched or deleted; the message is fit for the user."""


def of_brand(brand: Brand) -> QuerySet[Job]:
    """The exports of a brand, newest first."""
    return Job.objects.filter(brand=brand, kind=KIND).order_by("-created_at", "-pk")


@transaction.atomic
def ask(*, brand: Brand, actor: User, at: datetime) -> Job:
    """Have everything of the brand written into a file. Raises ExportRefused while one is."""
    try:
        with transaction.atomic():
            job = jobs.start(
                brand=brand,
                kind=KIND,
                title=f"Everything of {brand.name}",
                params={},
                actor=actor,
                at=at,
            )
    except IntegrityError as error:
        raise ExportRefused(
            "An export of this brand is being made already. Wait for it, or stop it."
        ) from error
    _record(job, "crm.brand.export_asked", actor, at)
    return job


@transaction.atomic
def fetch(*, job: Job, actor: User, at: datetime) -> Path:
    """The file, and a word in the ledger on who took it out. Raises ExportRefused."""
    found = places.file_of(job)
    if found is None or (job.expires_at is not None and job.expires_at <= at):
        raise ExportRefused("The file of this export is not kept any more. Ask for a new one.")
    Job.objects.filter(pk=job.pk, seen_at=None).update(seen_at=at)
    _record(job, "crm.brand.export_fetched", actor, at, size=job.params.get("size"))
    return found


@transaction.atomic
def delete(*, job: Job, actor: User, at: datetime) -> None:
    """Let go of the file before its time is over. Raises ExportRefused while it is being made."""
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if job.is_under_way:
        raise ExportRefused("The export is still being made. Stop it first.")
    if places.file_of(job) is None:
        raise ExportRefused("The file is gone already.")
    job.expires_at = None
    # From now on nobody finds it, also where its removal has to wait.
    job.params = {key: value for key, value in job.params.items() if key != "file"}
    job.save(update_fields=["expires_at", "params"])
    _record(job, "crm.brand.export_deleted", actor, at)
    transaction.on_commit(lambda: places.remove(job.pk))


def work(job: Job, progress: jobs.Progress) -> None:
    """The worker's side of `ask`."""
    at = job.started_at or job.created_at
    job.done = 0
    progress.begin(exporting.steps())

    def advance() -> None:
        progress.advance(1)
        progress.heed_stop()

    written = exporting.write(job.brand, places.of_job(job.pk), at=at, advance=advance)
    job.params = {
        "file": written.path.name,
        "size": written.size,
        "sha256": written.sha256,
        "rows": written.rows,
        "moment": written.moment,
        "missing_media": len(written.missing),
    }
    job.file_name = written.path.name
    job.expires_at = at + KEPT
    job.save(update_fields=["params", "file_name", "expires_at"])


def tell(job: Job) -> str:
    """What came of it."""
    if job.status != JobStatus.DONE:
        places.remove(job.pk)
        return ""
    lost = job.params.get("missing_media", 0)
    words = f" {lost:,} files that rows name are missing in the store." if lost else ""
    return (
        f"The file with {job.params['rows']:,} rows is ready under “Everything of a brand”.{words}"
    )


JOB = jobs.Kind("Everything of a brand", work, tell)


def _record(job: Job, verb: str, actor: User, at: datetime, **data: Any) -> None:
    audit.record(brand=job.brand, verb=verb, target=job, actor=actor, at=at, data=data)
