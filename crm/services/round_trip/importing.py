"""Takes a brand in from its file: in one transaction, so all of it or nothing.

Rows are streamed into the database (COPY) and turned into rows of their tables there. Foreign keys
are checked by the database; triggers count stages and tell who was touched, as always. At the end
the ledger is followed from its first entry on, before anything is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from crm import audit
from crm.models import AuditEntry, Brand
from crm.services.ledger import verifying
from crm.services.ledger.checkpoints import CheckpointRefused
from crm.services.round_trip import documents, exporting, places
from crm.services.round_trip.decisions import SHARED, Taken, foreign_keys, in_order, label_of
from crm.services.round_trip.keys import Keys, cell, lay_out, origins
from crm.services.round_trip.reading import Archive, ImportRefused
from crm.services.round_trip.statements import numbered


@dataclass(frozen=True)
class Arrival:
    """What came of an import."""

    brand: Brand
    rows: int
    tables: int
    media: int
    entries: int
    shift: int
    people: list[str]
    handles: list[str]
    absent: dict[str, list[str]]


def load(
    path: Path,
    *,
    slug: str = "",
    at: datetime,
    tell: Callable[[str, int], None] = lambda _label, _rows: None,
) -> Arrival:
    """The brand of a file, under its own slug or another one. Raises ImportRefused.

    `tell` hears of each table that is written, and how many rows it had.
    """
    written: list[str] = []
    with Archive(path) as archive:
        _compare(archive)
        try:
            with transaction.atomic():
                found = _load(archive, slug, at, tell, written)
        except BaseException as error:
            for place in written:
                default_storage.delete(place)
            if isinstance(error, DatabaseError | psycopg.Error):
                raise ImportRefused(_in_words(error)) from error
            raise
    _analyze()
    return found


def _load(
    archive: Archive,
    slug: str,
    at: datetime,
    tell: Callable[[str, int], None],
    written: list[str],
) -> Arrival:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('crm.brand.import', 0))")
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
    slug = slug or archive.manifest["brand"]["slug"]
    if Brand.objects.filter(slug=slug).exists():
        raise ImportRefused(f"There is a brand “{slug}” here already. Name another with --as.")
    _refuse_known_creators(archive)
    keys = lay_out(archive)
    _stage(keys)
    rows = 0
    for one in in_order():
        count = archive.tables[one.label]["rows"]
        if count:
            _table(archive, one, keys, slug)
            _only_own(one, keys, count, archive.manifest["highest"])
        rows += count
        tell(one.label, count)
    _check_now()
    brand = Brand.objects.get(pk=keys.brand)
    brand.full_clean(exclude=["tier_scheme"])
    entries = _ledger(archive, brand, keys, at)
    _media(archive, brand, written)
    audit.record(
        brand=brand,
        verb="crm.brand.imported",
        target=brand,
        at=at,
        data={"rows": rows, "moved": keys.shift, "people": len(keys.people)},
        text={"moment": archive.manifest["moment"]},
    )
    return Arrival(
        brand=brand,
        rows=rows,
        tables=len(archive.tables),
        media=len(archive.media),
        entries=entries,
        shift=keys.shift,
        people=keys.people,
        handles=keys.handles,
        absent=archive.manifest.get("absent", {}),
    )


def _compare(archive: Archive) -> None:
    """Refuse a file of another version: its columns may mean something else."""
    here = exporting.versions()
    if not all(here.values()):
        raise ImportRefused(
            "This installation has no tables yet: start the product once, or run manage.py migrate."
        )
    if archive.manifest["product"] != here:
        raise ImportRefused(
            f"The file is of another version ({_said(archive.manifest['product'])}) than this "
            f"installation ({_said(here)}). Bring both to the same one and export again."
        )
    for one in in_order():
        if archive.tables[one.label].get("columns") != one.columns:
            raise ImportRefused(f"Rows of {one.label} have other columns than here.")


def _said(versions: dict[str, str]) -> str:
    return ", ".join(f"{app} {name}" for app, name in sorted(versions.items()))


def _refuse_known_creators(archive: Archive) -> None:
    """A creator or account that is here already would be there twice."""
    _lines_in(archive.lines("crm.Creator"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(c.uid::text) FROM trip_lines l"
            " JOIN crm_creator c ON c.uid = (l.line ->> 'uid')::uuid"
        )
        count, uid = cursor.fetchone()
    if count:
        raise ImportRefused(
            f"{count:,} creators of the file are in this installation already, such as {uid}. "
            "A brand is taken into an installation that does not know its creators."
        )
    _lines_in(archive.lines("crm.Profile"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(p.platform_id || '/' || p.handle) FROM trip_lines l"
            " JOIN crm_profile p ON p.platform_id = l.line ->> 'platform_id'"
            " AND p.handle = l.line ->> 'handle'"
        )
        count, name = cursor.fetchone()
    if count:
        raise ImportRefused(
            f"{count:,} accounts of the file are in this installation already, such as {name}. "
            "A brand is taken into an installation that does not know its creators."
        )


def _lines_in(lines: Iterable[bytes]) -> None:
    """Have the database read rows of the file."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS trip_lines (line json) ON COMMIT DROP")
        cursor.execute("TRUNCATE trip_lines")
    with (
        connection.connection.cursor() as raw,
        raw.copy("COPY trip_lines (line) FROM STDIN") as copy,
    ):
        for line in lines:
            copy.write(line.replace(b"\\", b"\\\\"))


def _stage(keys: Keys) -> None:
    """The numbers that are mapped one by one, where statements find them."""
    rows = [
        (label.lower(), there, here)
        for label, found in keys.here.items()
        for there, here in found.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE trip_keys (label text, there bigint, here bigint,"
            " PRIMARY KEY (label, there)) ON COMMIT DROP"
        )
        cursor.executemany("INSERT INTO trip_keys VALUES (%s, %s, %s)", rows)
        cursor.execute("ANALYZE trip_keys")


def _table(archive: Archive, one: Taken, keys: Keys, slug: str) -> None:
    lines: Iterable[bytes] = archive.lines(one.label)
    if one.inside:
        lines = documents.moved(lines, one, keys, archive.manifest["highest"])
    _lines_in(lines)
    table = sql.Identifier(one.model._meta.db_table)
    fields = one.model._meta.concrete_fields
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {cells} FROM trip_lines l,"
        " json_populate_record(NULL::{table}, l.line) r"
    ).format(
        table=table,
        columns=sql.SQL(", ").join(sql.Identifier(str(column.column)) for column in fields),
        cells=sql.SQL(", ").join(cell(one.label, column, keys) for column in fields),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"slug": slug})


def _only_own(one: Taken, keys: Keys, count: int, highest: int) -> None:
    """Refuse rows that name rows of others: every number is one of those that came along."""
    if not keys.shift:
        return  # There are no others.
    names = [
        str(key.column)
        for key in foreign_keys(one.model)
        if label_of(key) not in SHARED and label_of(key) not in keys.here
    ]
    anchors = [str(one.model._meta.pk.column)] if numbered(one.model) else []
    known = [*anchors, *names]
    if one.label == "crm.Brand" or not known:
        return
    inside = [
        sql.SQL("({0} IS NULL OR {0} > {1} AND {0} <= {2})").format(
            sql.Identifier(name), keys.shift, keys.shift + highest
        )
        for name in known
    ]
    # Rows of before have no number so high.
    statement = sql.SQL("SELECT count(*) FROM {} WHERE {} > {} AND {}").format(
        sql.Identifier(one.model._meta.db_table),
        sql.Identifier(known[0]),
        keys.shift,
        sql.SQL(" AND ").join(inside),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        if cursor.fetchone()[0] < count:
            raise ImportRefused(f"Rows of {one.label} name rows that are not in the file.")


def _check_now() -> None:
    """Have the database check all foreign keys, so that a refusal is ours."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _ledger(archive: Archive, brand: Brand, keys: Keys, at: datetime) -> int:
    """Say where the entries were written, and follow them; how many there are."""
    last = AuditEntry.objects.filter(brand=brand).order_by("-number").first()
    for origin in origins(archive, keys, last=last.number if last else 0):
        origin.brand, origin.at = brand, at
        origin.save(force_insert=True)
    try:
        found = verifying.verify(brand)
    except CheckpointRefused as error:
        raise ImportRefused(f"The ledger of the file: {error}") from error
    if found.broken:
        raise ImportRefused(f"The ledger of the file: {verifying.in_words(found)}")
    return found.entries


def _media(archive: Archive, brand: Brand, written: list[str]) -> None:
    """Files that rows name; where they lie is said by what is in them."""
    stores = places.stores()
    for name in archive.media:
        _, store, digest = name.split("/")
        if not stores[store].has(brand.pk, digest):
            written.append(stores[store].path(brand.pk, digest))
            with archive.open(name) as file:
                stores[store].keep(brand.pk, digest, File(file, name=digest))


def _analyze() -> None:
    """Tell the planner of the new rows; where that is not allowed, the database does it later."""
    with connection.cursor() as cursor:
        for one in in_order():
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(one.model._meta.db_table)))


def _in_words(error: BaseException) -> str:
    """What the database refused, in one line."""
    cause: Any = error.__cause__ if isinstance(error, DatabaseError) else error
    said = getattr(getattr(cause, "diag", None), "message_primary", None) or str(error)
    where = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return f"The database refused the file: {said.splitlines()[0]}" + (
        f" ({where})." if where else "."
    )
