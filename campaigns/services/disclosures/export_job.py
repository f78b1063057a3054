"""The archive of many pieces, made by a worker."""

from __future__ import annotations

import tempfile
from datetime import datetime

from django.core.files.base import File

from campaigns.services.disclosures.exporting import Scope, name_of, note, write
from campaigns.services.refusals import CampaignRefused
from crm.choices import JobStatus
from crm.models import Brand, Job, User
from crm.services import jobs

KIND = "campaigns.evidence"


def ask(*, brand: Brand, scope: Scope, actor: User, at: datetime) -> Job:
    """Have the archive made. Raises CampaignRefused where there is nothing to prove."""
    if scope.since and scope.until and scope.since > scope.until:
        raise CampaignRefused("The first day is after the last one.", field="until")
    count = scope.pieces(brand).count()
    if not count:
        raise CampaignRefused(
            "Nothing was reviewed or captured there: choose another campaign or time.",
            field="campaign",
        )
    return jobs.start(
        brand=brand,
        kind=KIND,
        title=f"Evidence of {_pieces(count)}: {scope.words()}",
        params=scope.params(),
        actor=actor,
        at=at,
    )


def work(job: Job, progress: jobs.Progress) -> None:
    """The worker's side of `ask`: one file, of the records as they are now."""
    at, scope = job.started_at or job.created_at, Scope.of(job.params)
    # Begun anew where a worker was lost: half an archive proves nothing.
    job.done = 0
    progress.begin(scope.pieces(job.brand).count())

    def tell(pieces: int) -> None:
        progress.advance(min(pieces, (job.total or 0) - job.done))
        progress.heed_stop()

    with tempfile.TemporaryFile() as file:
        count = write(file, brand=job.brand, scope=scope, at=at, tell=tell)
        file.seek(0)
        job.file_name = name_of(job.brand, scope, at)[:120]
        job.file.save(job.file_name, File(file), save=False)
        job.expires_at = at + jobs.FILES_KEPT
        job.save(update_fields=["file", "file_name", "expires_at"])
    note(brand=job.brand, scope=scope, count=count, actor=job.asked_by, at=at)


def tell(job: Job) -> str:
    """What came of it."""
    if job.status == JobStatus.DONE:
        return f"{_pieces(job.done)}. The file is kept for {jobs.FILES_KEPT.days} days."
    return "No file was made."


JOB = jobs.Kind(label="Evidence", work=work, tell=tell)


def _pieces(count: int) -> str:
    return f"{count:,} piece{'' if count == 1 else 's'}"
