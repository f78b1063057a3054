"""Check (dry run) and apply an import:

read and stage the file, find what it changes, write it in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from crm import audit
from crm.choices import ImportStatus
from crm.importers.mapping import ColumnMapping, Kind, MappingInvalid, check
from crm.importers.parsing import RowParser, staging_rows
from crm.importers.reading import Reading, read_rows
from crm.importers.rows import Unreadable
from crm.models import Brand, ImportBatch, ImportReject, SavedMapping, User
from crm.performance import planned_for
from crm.services.facts import mark_changed
from crm.services.imports import (
    accounts,
    changes,
    erased,
    field_changes,
    people,
    staging,
    statements,
    writing,
)
from crm.services.imports.batches import DEFAULT_SOURCE, ImportRefused, platform_keys, targets_of
from crm.services.imports.changes import Counts
from crm.services.imports.files import local_path
from crm.services.metrics import refresh_metrics

# Up to this many creators are re-evaluated one by one; above, the whole brand is.
SINGLE_FACTS_MAX = 5_000
# The tables that an import of many rows makes grow, but for its own.
GROWN = ("crm_creatormetrics", "crm_stagechange", *writing.ADDED)
READING, COMPARING, WRITING, MEASURING = "Reading", "Comparing", "Writing", "Computing metrics"


@dataclass(slots=True)
class _Run:
    batch: ImportBatch
    mapping: ColumnMapping
    parser: RowParser
    rejects: staging.Rejects
    table: sql.Identifier
    params: dict[str, Any]
    rows: int = 0


def check_import(*, batch_id: int, at: datetime, path: Path | None = None) -> Counts:
    """Dry run: what the import would do, stored with it and returned; no other table changes.

    `path` is the file where it is not stored with the import. Raises ImportRefused, MappingInvalid,
    Unreadable.
    """
    with only_worker(batch_id):
        batch = _begin(batch_id, ImportStatus.CHECKING)
        with _failure_noted(batch), _staged(batch, path, at) as run, transaction.atomic():
            counts = _compare(run)
            _store(run, counts)
            batch.status, batch.phase = ImportStatus.CHECKED, ""
            batch.save()
            return counts


def apply_import(
    *, batch_id: int, actor: User | None, at: datetime, path: Path | None = None
) -> Counts:
    """Apply the import in one transaction; applying one that is applied only returns its counts.

    Raises ImportRefused, MappingInvalid, Unreadable.
    """
    with only_worker(batch_id):
        batch = _begin(batch_id, ImportStatus.APPLYING)
        if batch.status == ImportStatus.APPLIED:
            return Counts(**{name: batch.counts[name] for name in Counts.__slots__})
        with _failure_noted(batch), _staged(batch, path, at) as run, transaction.atomic():
            run.params["actor"] = actor.pk if actor else None
            counts = _compare(run)
            _note(batch, WRITING)
            with planned_for(run.rows):
                writing.write(
                    params=run.params,
                    niches=run.parser.cells.niches,
                    tags=run.parser.cells.tags,
                    posts=run.mapping.kind is Kind.POSTS,
                )
            _follow_up(run, at)
            _store(run, counts)
            batch.status, batch.applied_at, batch.phase, batch.error = (
                ImportStatus.APPLIED,
                at,
                "",
                "",
            )
            batch.save()
            if batch.source != DEFAULT_SOURCE:
                SavedMapping.objects.update_or_create(
                    brand=batch.brand, source=batch.source, defaults={"mapping": batch.mapping}
                )
            audit.record(
                brand=batch.brand,
                verb="crm.import.applied",
                target=batch,
                actor=actor,
                at=at,
                data=counts.to_json(),
            )
            return counts


def _begin(batch_id: int, status: ImportStatus) -> ImportBatch:
    """The import, marked as being worked on; one that is applied is given back as it is."""
    with transaction.atomic():
        batch = (
            ImportBatch.objects.select_for_update(no_key=True, of=("self",))
            .select_related("brand")
            .get(pk=batch_id)
        )
        if batch.status == ImportStatus.APPLIED and status is ImportStatus.APPLYING:
            return batch
        if batch.status in {ImportStatus.APPLIED, ImportStatus.UNDOING, ImportStatus.UNDONE}:
            raise ImportRefused(
                f"This import is {batch.get_status_display().lower()}. Upload the file again."
            )
        batch.status, batch.phase, batch.error, batch.rows_done = status, READING, "", 0
        batch.save()
        return batch


@contextmanager
def _staged(batch: ImportBatch, path: Path | None, at: datetime) -> Iterator[_Run]:
    """The file's rows in the staging table."""
    mapping, how = ColumnMapping.from_json(batch.mapping), Reading.from_json(batch.reading)
    platforms = platform_keys()
    targets = targets_of(batch.brand)
    problems = check(mapping, how.columns, platforms, targets)
    if problems:
        raise MappingInvalid(problems)
    year = mapping.year or batch.captured_at.year
    parser = RowParser(mapping, year=year, platforms=platforms, targets=targets)
    params = {
        "batch": batch.pk,
        "brand": batch.brand_id,
        "source": batch.source,
        "numbers_source": batch.numbers_source,
        "captured_at": batch.captured_at,
        "at": at,
    }
    with staging.staging_table(batch.pk) as table:
        run = _Run(batch, mapping, parser, staging.Rejects(), table, params)
        with _file(batch, path) as file:
            rows = staging_rows(
                _counted(run, read_rows(file, how, parser.wanted)), parser, run.rejects.add
            )
            staging.fill(table, parser.fields, rows, lambda _taken: _note(batch, READING, run.rows))
        _note(batch, COMPARING, run.rows)
        yield run


@contextmanager
def _file(batch: ImportBatch, path: Path | None) -> Iterator[Path]:
    if path is not None:
        yield path
    else:
        with local_path(batch) as stored:
            yield stored


def _counted(run: _Run, rows: Iterator[Any]) -> Iterator[Any]:
    for row in rows:
        run.rows += 1
        yield row


def _compare(run: _Run) -> Counts:
    """Find accounts, people and changes.

    Imports are compared one after the other, or two would add one account.
    """
    statements.run("SELECT pg_advisory_xact_lock(hashtextextended('crm.import', 0))")
    statements.clear()
    given = frozenset(run.parser.fields)
    with planned_for(run.rows):
        erased.refuse_erased(run.table, given=given, params=run.params, rejects=run.rejects)
        accounts.find_accounts(run.table, given=given, params=run.params, rejects=run.rejects)
        people.find_people(run.table, given=given, params=run.params, rejects=run.rejects)
        with_posts = run.mapping.kind is Kind.POSTS
        changes.find(run.table, given=given, params=run.params, posts=with_posts)
        field_changes.find(run.table, run.parser.brand_fields, run.params)
        counts = changes.count()
    counts.rows = run.rows
    counts.rejected = dict(sorted(run.rejects.counts.items()))
    return counts


def _store(run: _Run, counts: Counts) -> None:
    """Counts and rejected rows, on the import."""
    batch = run.batch
    batch.counts = counts.to_json()
    batch.counts["ignored"] = {
        column: {"count": ignored.count, "examples": ignored.examples}
        for column, ignored in run.parser.cells.ignored.items()
    }
    batch.rejected = counts.rejected
    batch.rows_done = batch.rows_total = run.rows
    ImportReject.objects.filter(batch=batch).delete()
    ImportReject.objects.bulk_create(
        (
            ImportReject(
                batch=batch,
                line=reject.line,
                column=reject.column[:200],
                value=reject.value[:300].replace("\0", "�"),
                reason=reject.reason[:300].replace("\0", "�"),
            )
            for reject in sorted(run.rejects.kept, key=lambda reject: reject.line)
        ),
        batch_size=5_000,
    )


def _follow_up(run: _Run, at: datetime) -> None:
    """Metrics and outbox for the creators whom the import touched."""
    touched = [row[0] for row in statements.fetch("SELECT creator_id FROM imp_touched")]
    if not touched:
        return
    _note(run.batch, MEASURING)
    refresh_metrics(creator_ids=touched, as_of=at)
    if len(touched) > SINGLE_FACTS_MAX:
        # The next page or run must not plan for the small tables of before.
        statements.run("ANALYZE {tables}", tables=sql.SQL(", ").join(map(sql.Identifier, GROWN)))
    tell_facts(touched)


def tell_facts(creator_ids: list[int]) -> None:
    """Put the creators in the outbox, for every brand that knows them.

    Many at once as whole brands.
    """
    if len(creator_ids) <= SINGLE_FACTS_MAX:
        mark_changed(brand=None, creator_ids=creator_ids, cause="import")
        return
    for brand in Brand.objects.filter(
        pk__in=[
            row[0]
            for row in statements.fetch(
                "SELECT DISTINCT brand_id FROM crm_relationship WHERE creator_id = ANY(%(ids)s)",
                {"ids": creator_ids},
            )
        ]
    ):
        mark_changed(brand=brand, creator_ids=None, cause="import")


def _note(batch: ImportBatch, phase: str, rows: int | None = None) -> None:
    """Progress, seen by others at once where it is noted outside a transaction."""
    batch.phase = phase
    if rows is not None:
        batch.rows_done = rows
    ImportBatch.objects.filter(pk=batch.pk).update(phase=phase, rows_done=batch.rows_done)


@contextmanager
def only_worker(batch_id: int) -> Iterator[None]:
    """Refuse a second worker on the same import.

    The lock goes with the connection of a killed one.
    """
    key = f"crm.import:{batch_id}"
    if not _locked("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key):
        raise ImportRefused("This import is being worked on already.")
    try:
        yield
    finally:
        if connection.is_usable() and not connection.needs_rollback:
            _locked("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def _locked(statement: str, key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        return bool(cursor.fetchone()[0])


@contextmanager
def _failure_noted(batch: ImportBatch) -> Iterator[None]:
    """Leave the reason on an import that fails; what it wrote is rolled back."""
    try:
        yield
    except Exception as error:
        known = isinstance(error, Unreadable | MappingInvalid | ImportRefused)
        words = (
            str(error)
            if known
            else "Something went wrong while the file was read. Nothing was changed; try again."
        )
        if not connection.needs_rollback:
            ImportBatch.objects.filter(pk=batch.pk).update(
                status=ImportStatus.FAILED, phase="", error=words
            )
        raise
