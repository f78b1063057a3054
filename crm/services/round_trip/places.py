"""Where the files of exports are, and what lies in one of them."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings

from crm.models import Job
from crm.services.privacy.parts import FILES
from crm.stored import Store

FORMAT = "rapport-brand-1"
MANIFEST, README, CHECKSUMS = "manifest.json", "README.txt", "manifest.sha256"


def folder() -> Path:
    """Of all exports: read by nobody but the product."""
    made = Path(settings.RAPPORT_HOME) / "brand-exports"
    made.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made


def of_job(job_id: int) -> Path:
    """Of one export, finished or under way."""
    made = folder() / str(job_id)
    made.mkdir(mode=0o700, exist_ok=True)
    return made


def file_of(job: Job) -> Path | None:
    """The finished file; None where it is not there (any more)."""
    name = job.params.get("file")
    found = folder() / str(job.pk) / str(name)
    return found if name and found.is_file() else None


def remove(job_id: int) -> None:
    """Everything of one export."""
    shutil.rmtree(folder() / str(job_id), ignore_errors=True)


def remove_old(at: datetime) -> int:
    """The files of exports whose time is over, that failed or that nobody knows; how many."""
    removed = 0
    for place in sorted(folder().iterdir()):
        job = Job.objects.filter(pk=int(place.name)).first() if place.name.isdecimal() else None
        keeps = job is not None and (
            job.is_under_way or (job.expires_at is not None and job.expires_at > at)
        )
        if not keeps:
            shutil.rmtree(place, ignore_errors=True)
            removed += 1
    return removed


def stores() -> dict[str, Store]:
    """Of files that rows name by their digest, by their folder."""
    return {one.store.folder: one.store for one in FILES}


def table_name(label: str) -> str:
    """The lines of a table within the file."""
    return f"tables/{label}.jsonl"


def media_name(store: str, digest: str) -> str:
    """A file that rows name, within the file."""
    return f"media/{store}/{digest}"
