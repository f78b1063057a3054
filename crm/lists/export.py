"""The list of creators as a file: at once, or by a worker where it is long."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.files.base import File
from django.utils import timezone

from crm import audit
from crm.choices import JobStatus
from crm.exports import About, Format, TooLong, counted, write
from crm.filters import CreatorFilter
from crm.lists.columns import Choice, Column
from crm.lists.selection import FilterRefused, Selection, creators
from crm.models import Brand, Job, User
from crm.paging import capped_count, in_order
from crm.selectors import CreatorRow, TierTable, creator_rows
from crm.services import jobs

KIND = "creators.export"
# Longer lists are written by a worker: nobody waits that long for a page.
LONG = 10_000
CHUNK = 1_000
# Who it is about comes first, whatever is chosen.
ALWAYS = ("uid", "name", "profiles")
USUAL = (
    "country",
    "primary_platform",
    "followers",
    "tier",
    "engagement_rate",
    "stage",
    "stage_since",
    "owner",
    "next_step",
    "next_step_on",
    "last_post_at",
    "added_at",
)


def columns_of(brand: Brand, asked: str) -> Sequence[Column]:
    """The columns chosen for the list; unless any are, those that most spreadsheets want."""
    return Choice.of(brand, asked or ",".join(USUAL)).shown


def head(columns: Sequence[Column]) -> list[str]:
    """The first line."""
    return [*ALWAYS, *(column.key for column in columns)]


def lines(brand: Brand, found: CreatorFilter, columns: Sequence[Column]) -> Iterator[list[Any]]:
    """The lines after it, in the list's order: read in parts, with as many queries for each."""
    tiers = TierTable.of(brand)
    rows = in_order(found.qs.with_creator(), found.order).iterator(chunk_size=CHUNK)
    while part := list(islice(rows, CHUNK)):
        made = creator_rows(part, tiers)
        cells = [column.exported(brand, made) for column in columns]
        for at, row in enumerate(made):
            yield [*_who(row), *(column[at] for column in cells)]


def about(brand: Brand, query: str, at: datetime) -> About:
    """What the file is, for its second sheet."""
    return (
        ("List", "Creators"),
        ("Brand", brand.name),
        ("Filter", query or "none"),
        ("Made at", at),
        ("Times are in", brand.timezone),
    )


def name_of(brand: Brand, at: datetime) -> str:
    """What the file is called, without its ending."""
    return f"creators-{brand.slug}-{timezone.localtime(at):%Y-%m-%d}"


def note(brand: Brand, actor: User | None, at: datetime, query: str, number: int | None) -> None:
    """Say in the ledger that the list was taken out."""
    data = {"query": query[:1_000]} | ({} if number is None else {"creators": number})
    audit.record(
        brand=brand, verb="crm.creators.exported", target=brand, actor=actor, at=at, data=data
    )


def ask(
    *,
    brand: Brand,
    selection: Selection,
    columns: str,
    form: Format,
    actor: User,
    at: datetime,
) -> Job:
    """Have the file made by a worker. Raises FilterRefused."""
    number = selection.size(brand, at)
    return jobs.start(
        brand=brand,
        kind=KIND,
        title=f"Export {creators(number)} as {form.upper()}",
        params={**selection.params, "columns": columns, "form": form.value},
        actor=actor,
        at=at,
    )


def work(job: Job, progress: jobs.Progress) -> None:
    """The worker's side of `ask`: one file, of the list as it is now."""
    at = job.started_at or job.created_at
    selection = Selection.of_job(job.params)
    form = Format(job.params["form"])
    try:
        found = selection.filter(job.brand, at)
    except FilterRefused as error:
        raise jobs.JobFailed(str(error)) from error
    columns = columns_of(job.brand, job.params["columns"])
    # Begun anew where a worker was lost: half a file is of no use.
    job.done = 0
    progress.begin(capped_count(found.qs, cap=10**9).number)

    def tell(rows: int) -> None:
        # Who joins the list meanwhile is in the file, but not in the count.
        progress.advance(min(rows, (job.total or 0) - job.done))
        progress.heed_stop()

    with timezone.override(job.brand.timezone), tempfile.TemporaryFile() as file:
        rows = counted(lines(job.brand, found, columns), tell)
        try:
            described = about(job.brand, selection.query, at)
            write(file, head(columns), rows, form=form, about=described)
        except TooLong as error:
            raise jobs.JobFailed(str(error)) from error
        file.seek(0)
        job.file_name = f"{name_of(job.brand, at)}.{form.value}"
        job.file.save(job.file_name, File(file), save=False)
        job.expires_at = at + jobs.FILES_KEPT
        job.save(update_fields=["file", "file_name", "expires_at"])
    note(job.brand, job.asked_by, at, selection.query, job.done)


def tell(job: Job) -> str:
    """What came of an export."""
    if job.status == JobStatus.DONE:
        return f"{creators(job.done)}. The file is kept for {jobs.FILES_KEPT.days} days."
    return "No file was made."


def _who(row: CreatorRow) -> list[Any]:
    accounts = " ".join(f"{account.platform_id}:{account.handle}" for account in row.profiles)
    return [row.creator.uid, row.creator.name, accounts]


def is_long(found: CreatorFilter) -> bool:
    """Whether a worker had better write the list."""
    rows: Any = found.qs
    return capped_count(rows, cap=LONG).is_capped
