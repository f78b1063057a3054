"""Writes everything of a brand into one archive, out of one snapshot of the database.

All tables are read in one transaction that sees the database as it was when it began (REPEATABLE
READ), on a connection of its own. Rows are streamed by COPY, so that memory does not grow with the
brand. Each finished table is noted with a fingerprint of the rows' states. A worker that goes on
after a kill begins with a new snapshot, and writes anew only the tables whose fingerprint is
another one by now: so the archive is always of one moment, the newer one.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from crm import exports
from crm.models import Brand, LedgerOrigin
from crm.services.privacy.parts import FILES
from crm.services.round_trip import places, statements
from crm.services.round_trip.decisions import APPS, LEFT, SHARED, TAKEN, in_order
from crm.services.round_trip.sheets import SHEETS

STATE = "finished.json"
BLOCK = 1 << 20
LEVEL = 3  # of compression: half the size of the slowest in a fifth of its time


@dataclass
class Written:
    """What came of an export."""

    path: Path
    size: int
    sha256: str
    rows: int
    moment: str
    missing: list[str] = field(default_factory=list)


class Snapshot:
    """The database as it was at one moment, and the brand's part of it."""

    def __init__(self, raw: psycopg.Connection[Any], brand: Brand) -> None:
        self.raw = raw
        self.brand = brand

    def one(self, statement: sql.Composed) -> tuple[Any, ...]:
        """The first row of an answer."""
        row: tuple[Any, ...] = self.raw.execute(statement).fetchone() or ()
        return row

    def copy(self, statement: sql.Composed, target: Path) -> tuple[int, str]:
        """The lines of a COPY into a file; how many there were, and the digest of the file."""
        digest, count = hashlib.sha256(), 0
        with target.open("wb") as file, self.raw.cursor().copy(statement) as lines:
            for line in lines:
                # JSON has no raw control characters: only backslashes were doubled.
                block = bytes(line).replace(b"\\\\", b"\\")
                digest.update(block)
                file.write(block)
                count += 1
        return count, digest.hexdigest()


@contextmanager
def snapshot(brand: Brand) -> Iterator[Snapshot]:
    """Read as of now, until the end of the block; on a connection of its own."""
    other = connection.copy()
    other.ensure_connection()
    raw = other.connection
    try:
        raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        raw.execute("SET LOCAL TIME ZONE 'UTC'")
        raw.execute("SET LOCAL work_mem TO '64MB'")
        for statement in statements.gather(brand.pk):
            raw.execute(statement)
        yield Snapshot(raw, brand)
        raw.execute("ROLLBACK")
    finally:
        other.close()


def steps() -> int:
    """How many steps an export has."""
    return len(in_order()) + len(SHARED) + len(list(SHEETS)) + 1


def write(brand: Brand, folder: Path, *, at: datetime, advance: Callable[[], None]) -> Written:
    """The archive of a brand in `folder`, going on where an earlier try ended.

    `advance` is called after each step, and may end the export by raising.
    """
    state = _state(folder)
    with snapshot(brand) as seen:
        moment = (
            seen.one(sql.SQL("SELECT now()").format())[0]
            .astimezone(UTC)
            .isoformat(timespec="microseconds")
        )
        tables = {}
        for one in in_order():
            tables[one.label] = _table(seen, one.label, folder, state)
            advance()
        shared = {}
        for label in SHARED:
            statement = statements.shared_lines(label, apps.get_model(label))
            shared[label] = _lines(seen, statement, folder, label)
            advance()
        for name, query in SHEETS:
            _sheet(seen, query, folder / f"{name}.csv")
            advance()
        manifest = {
            "format": places.FORMAT,
            "product": versions(),
            "moment": moment,
            "brand": {"id": brand.pk, "slug": brand.slug, "name": brand.name},
            "highest": seen.one(statements.highest())[0],
            "gone_accounts": [
                pk for (pk,) in seen.raw.execute(statements.gone_accounts(brand.pk)).fetchall()
            ],
            "origins": _origins(brand),
            "tables": tables,
            "shared": shared,
            "sheets": [name for name, _ in SHEETS],
            "absent": {one.label: sorted(one.absent) for one in in_order() if one.absent},
            "left": LEFT,
        }
        digests = _digests(seen)
    found = _pack(brand, folder, manifest, digests, at)
    advance()
    return found


def versions() -> dict[str, str]:
    """The newest change of tables of each app that was applied: who reads a file has the same.

    Empty for an app without tables.
    """
    applied = MigrationRecorder(connection).applied_migrations()
    return {app: max((name for label, name in applied if label == app), default="") for app in APPS}


def _table(
    seen: Snapshot, label: str, folder: Path, state: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    one = TAKEN[label]
    count, total = seen.one(statements.fingerprint(one, seen.brand.pk))
    kept = state.get(label)
    if kept and kept["fingerprint"] == [count, total] and (folder / f"{label}.jsonl").exists():
        said: dict[str, Any] = kept["said"]
        return said
    said = _lines(seen, statements.lines(one, seen.brand.pk), folder, label)
    said["columns"] = one.columns
    state[label] = {"fingerprint": [count, total], "said": said}
    _note(folder, state)
    return said


def _lines(seen: Snapshot, statement: sql.Composed, folder: Path, label: str) -> dict[str, Any]:
    made = folder / f"{label}.part"
    count, digest = seen.copy(statement, made)
    size = made.stat().st_size
    made.rename(folder / f"{label}.jsonl")
    return {"rows": count, "bytes": size, "sha256": digest}


def _sheet(seen: Snapshot, query: Any, target: Path) -> None:
    with seen.raw.cursor("sheet") as cursor, target.open("w", encoding="utf-8", newline="") as file:
        cursor.itersize = 5_000
        cursor.execute(query, {"brand": seen.brand.pk})
        head = [column.name for column in cursor.description or ()]
        file.writelines(exports.lines(head, cursor))


def _digests(seen: Snapshot) -> list[tuple[str, str]]:
    """The files that the brand's rows name: store and digest, each once."""
    found: set[tuple[str, str]] = set()
    for one in FILES:
        table = TAKEN[one.label]
        column = table.model._meta.get_field(one.column).column  # type: ignore[union-attr]
        rows = seen.raw.execute(
            sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE ({2}) AND {0} <> ''").format(
                sql.Identifier(str(column)),
                sql.Identifier(table.model._meta.db_table),
                statements.whose(table, seen.brand.pk),
            )
        )
        found.update((one.store.folder, digest) for (digest,) in rows)
    return sorted(found)


def _pack(
    brand: Brand,
    folder: Path,
    manifest: dict[str, Any],
    digests: list[tuple[str, str]],
    at: datetime,
) -> Written:
    """Put all parts into the archive; the parts go afterwards."""
    made = folder / "archive.part"
    stores = places.stores()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        archive.writestr(places.README, _readme(manifest))
        for label in [*manifest["tables"], *manifest["shared"]]:
            archive.write(folder / f"{label}.jsonl", places.table_name(label))
        for name in manifest["sheets"]:
            archive.write(folder / f"{name}.csv", f"csv/{name}.csv")
        media, missing = {}, []
        for store, digest in digests:
            # One column may name files of several stores.
            if stores[store].has(brand.pk, digest):
                name = places.media_name(store, digest)
                media[name] = _file(archive, name, stores[store].open(brand.pk, digest))
            elif not any(one.has(brand.pk, digest) for one in stores.values()):
                missing.append(digest)
        manifest |= {"media": media, "missing_media": sorted(set(missing))}
        said = json.dumps(manifest, indent=1, ensure_ascii=False)
        archive.writestr(places.MANIFEST, said)
        archive.writestr(places.CHECKSUMS, hashlib.sha256(said.encode()).hexdigest() + "\n")
    path = folder / f"{brand.slug}-{at:%Y%m%d-%H%M}.zip"
    made.chmod(0o600)
    made.rename(path)
    for part in folder.iterdir():
        if part != path:
            part.unlink()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return Written(
        path, path.stat().st_size, digest, rows, manifest["moment"], manifest["missing_media"]
    )


def _file(archive: zipfile.ZipFile, name: str, source: Any) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with source, archive.open(name, "w", force_zip64=True) as target:
        while block := source.read(BLOCK):
            digest.update(block)
            size += len(block)
            target.write(block)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _origins(brand: Brand) -> list[Any]:
    rows = LedgerOrigin.objects.filter(brand=brand).order_by("number")
    return list(rows.values("number", "shift", "keys"))


def _state(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, dict[str, Any]] = json.loads((folder / STATE).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


def _note(folder: Path, state: dict[str, dict[str, Any]]) -> None:
    part = folder / f"{STATE}.part"
    part.write_text(json.dumps(state))
    part.rename(folder / STATE)


def _readme(manifest: dict[str, Any]) -> str:
    brand = manifest["brand"]
    rows = sum(table["rows"] for table in manifest["tables"].values())
    absent = [f"  {label}: {', '.join(columns)}" for label, columns in manifest["absent"].items()]
    left = [f"  {label}: {reason}" for label, reason in sorted(manifest["left"].items())]
    return "\n".join(
        [
            f"Everything of {brand['name']} as of {manifest['moment']}: {rows:,} rows.",
            "",
            "csv/      the tables that people read, for a spreadsheet",
            "tables/   every table, a JSON object a line by column: decimals are text, moments UTC",
            "          crm.User and the other tables that brands share are there as well",
            "media/    files that rows name, by the SHA-256 of what is in them",
            "manifest.json    what is in here, with the number of rows and SHA-256 of each table",
            "",
            "Into another installation of the same version:  manage.py import_brand FILE",
            "The audit ledger is in tables/crm.AuditEntry.jsonl and tables/crm.AuditText.jsonl;",
            "after the import  manage.py verify_ledger  follows it from its first entry on.",
            "",
            "Not readable by another installation, and therefore absent:",
            *absent,
            "",
            "Not taken along:",
            *left,
            "",
        ]
    )
