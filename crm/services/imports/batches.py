"""An import before it is applied:

upload, proposed mapping, the mapping that a person settles on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet

from crm.choices import ImportStatus
from crm.importers import proposal
from crm.importers.fields import with_fields
from crm.importers.mapping import ColumnMapping, Kind, MappingInvalid, check
from crm.importers.vocabulary import Targets
from crm.models import Brand, CustomField, ImportBatch, Platform, SavedMapping, User
from crm.services.imports.files import local_path, propose, samples_of, sha256_of

DEFAULT_SOURCE = "file"
# What can still be given another meaning.
OPEN = (ImportStatus.UPLOADED, ImportStatus.CHECKED, ImportStatus.FAILED)


class ImportRefused(Exception):
    """The import is not in a state that allows this; the message is fit for the user."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person or command says about a file; what is None or empty is found out."""

    kind: Kind | None = None
    source: str = ""
    platform: str = ""
    captured_on: date | None = None
    mapping: Mapping[str, Any] | None = None


def start(
    *, brand: Brand, actor: User | None, path: Path, file_name: str, wishes: Wishes, at: datetime
) -> ImportBatch:
    """A new import of the file at `path`, with a proposed mapping; nothing is stored of the file
    itself.

    Raises Unreadable, MappingInvalid.
    """
    return _start(brand=brand, actor=actor, path=path, file_name=file_name, wishes=wishes, at=at)


def upload(
    *, brand: Brand, actor: User, file: File[bytes], file_name: str, wishes: Wishes, at: datetime
) -> ImportBatch:
    """As `start`, for a file that a browser sent: it is stored with the import."""
    with transaction.atomic():
        batch = ImportBatch(brand=brand, file_name=file_name[:255])
        # Never the sender's name, which may say who is on the list, or be made to do harm.
        batch.file.save(uuid4().hex, file, save=False)
        try:
            with local_path(batch) as path:
                return _start(
                    brand=brand,
                    actor=actor,
                    path=path,
                    file_name=file_name,
                    wishes=wishes,
                    at=at,
                    batch=batch,
                )
        except BaseException:
            batch.file.delete(save=False)
            raise


@transaction.atomic
def settle(*, batch_id: int, mapping: ColumnMapping, captured_at: datetime) -> ImportBatch:
    """Take the mapping that a person settled on. Raises MappingInvalid, ImportRefused."""
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
    if batch.status not in OPEN:
        raise ImportRefused(
            f"This import is {batch.get_status_display().lower()}: its columns are settled."
        )
    problems = check(mapping, batch.reading["columns"], platform_keys(), targets_of(batch.brand))
    if problems:
        raise MappingInvalid(problems)
    batch.kind, batch.mapping, batch.captured_at = (
        mapping.kind.value,
        mapping.to_json(),
        captured_at,
    )
    batch.status = ImportStatus.UPLOADED
    batch.counts, batch.rejected = {}, {}
    batch.save()
    batch.rejects.all().delete()
    return batch


def completed(
    mapping: ColumnMapping, samples: Mapping[str, Sequence[Any]], targets: Targets
) -> ColumnMapping:
    """The mapping with decimal marks, units and date forms told from the cells."""
    return proposal.complete(mapping, samples, targets)


def targets_of(brand: Brand) -> Targets:
    """What a column can mean for the brand: its own fields among it."""
    return with_fields(CustomField.objects.filter(brand=brand).in_use())


def platform_keys() -> frozenset[str]:
    """The platforms of the registry."""
    return frozenset(Platform.objects.values_list("key", flat=True))


def moment_of(day: date) -> datetime:
    """The moment that stands for numbers of a day."""
    return datetime.combine(day, time(), tzinfo=UTC)


def _start(
    *,
    brand: Brand,
    actor: User | None,
    path: Path,
    file_name: str,
    wishes: Wishes,
    at: datetime,
    batch: ImportBatch | None = None,
) -> ImportBatch:
    targets = targets_of(brand)
    how, mapping = propose(path, kind=wishes.kind, file_name=file_name, at=at, targets=targets)
    source = wishes.source or proposal.guess_source(how.columns) or DEFAULT_SOURCE
    if wishes.mapping is not None:
        given = ColumnMapping.from_json(wishes.mapping, mapping.kind)
        stated = replace(given, kind=wishes.kind or given.kind, year=given.year or mapping.year)
        unknown = [name for name in stated.used if name.column not in how.columns]
        if unknown:
            raise MappingInvalid(f"The file has no column “{column.column}”." for column in unknown)
        mapping = completed(stated.for_file(how.columns), samples_of(path, how), targets)
    elif source != DEFAULT_SOURCE:
        mapping = _as_last_time(brand, source, mapping)
    if wishes.platform:
        mapping = replace(mapping, platform=wishes.platform)
    if wishes.captured_on:
        mapping = replace(mapping, captured_on=wishes.captured_on)
    batch = batch or ImportBatch(brand=brand, file_name=file_name[:255])
    batch.created_by, batch.created_at = actor, at
    batch.kind, batch.source = mapping.kind.value, source[:60]
    batch.sha256 = sha256_of(path)
    batch.reading, batch.mapping = how.to_json(), mapping.to_json()
    batch.captured_at = _captured_at(batch, mapping, at)
    batch.save()
    return batch


def _as_last_time(brand: Brand, source: str, proposed: ColumnMapping) -> ColumnMapping:
    """The mapping saved for the source, if the file has the same columns.

    What the file itself says stays.
    """
    saved = SavedMapping.objects.filter(brand=brand, source=source).first()
    if saved is None:
        return proposed
    mapping = ColumnMapping.from_json(saved.mapping)
    same = {column.column for column in mapping.columns} == {
        column.column for column in proposed.columns
    }
    if not same or mapping.kind is not proposed.kind:
        return proposed
    return replace(
        mapping.for_file(column.column for column in proposed.columns),
        platform=proposed.platform or mapping.platform,
        captured_on=proposed.captured_on,
        year=proposed.year,
        warnings=(f"The columns are as last time for “{source}”.",),
    )


def _captured_at(batch: ImportBatch, mapping: ColumnMapping, at: datetime) -> datetime:
    """The day that is said or that the file's name says, else that of the same file before, else
    now.
    """
    if mapping.captured_on:
        return moment_of(mapping.captured_on)
    before: QuerySet[ImportBatch] = ImportBatch.objects.filter(
        brand=batch.brand, sha256=batch.sha256, status=ImportStatus.APPLIED
    )
    same = before.order_by("-applied_at", "-pk").first()
    return same.captured_at if same else at
