"""Make a backup while everything goes on: one moment of the database, then the uploads.

A file is stored before the row that names it is written, so that the uploads read afterwards have
all that the database knows of.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg.sql import SQL, Identifier

from crm.services.backups import archive, programs
from crm.services.backups.archive import BackupRefused, Manifest

PATTERN = "rapport-*.tar"
# Of files that are still being written (config/storage.py).
UNFINISHED = ".part"


@dataclass(frozen=True)
class Made:
    """A backup that was made, and how many old ones went."""

    file: Path
    bytes: int
    files: int
    rows: int
    removed: int


def make(*, to: Path, at: datetime, keep: int | None = None) -> Made:
    """Write a backup to the file `to`, or under its time into the folder `to`.

    With `keep`, which asks for a folder, only that many of the newest stay. Raises BackupRefused;
    then there is no new file, and every old one.
    """
    if keep is not None and (keep < 1 or not to.is_dir()):
        raise BackupRefused("Backups are kept by number in a folder: name one, and at least 1.")
    file = to / f"rapport-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar" if to.is_dir() else to
    if file.exists():
        raise BackupRefused(f"{file} is there already.")
    if not file.parent.is_dir():
        raise BackupRefused(f"There is no folder {file.parent}.")
    parts = [file.with_name(f"{file.name}{ending}") for ending in (".part", ".dump")]
    try:
        manifest = _write(*parts, at=at)
        parts[0].replace(file)
    except OSError as error:
        raise BackupRefused(f"The backup cannot be written: {error}.") from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    removed = 0 if keep is None else _let_go(file.parent, keep)
    size = file.stat().st_size
    return Made(file, size, len(manifest.members) - 1, sum(manifest.counts.values()), removed)


def count_rows(tables: Iterable[str]) -> dict[str, int]:
    """How many rows each table has."""
    counts = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table)))
            counts[table] = int(cursor.fetchone()[0])
    return counts


def _write(part: Path, dump: Path, *, at: datetime) -> Manifest:
    # The counts are of the same moment as the dump.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version_num')::int")
        snapshot, version = cursor.fetchone()
        manifest = Manifest(
            format=archive.FORMAT,
            product=settings.RAPPORT_VERSION,
            made_at=at.isoformat(),
            postgres=version,
            migrations=_migrations(),
            counts=count_rows(_tables()),
        )
        _dump(dump, snapshot)
    with _opened(part) as file, tarfile.open(fileobj=file, mode="w") as tar:
        archive.add(tar, archive.DATABASE, dump, manifest)
        dump.unlink()
        root = Path(settings.MEDIA_ROOT)
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            if path.suffix != UNFINISHED:
                name = f"{archive.MEDIA}/{path.relative_to(root).as_posix()}"
                # It was deleted meanwhile, as by a night's clean-up.
                with suppress(FileNotFoundError):
                    archive.add(tar, name, path, manifest)
        archive.close(tar, manifest)
    return manifest


def _opened(part: Path) -> IO[bytes]:
    """Readable by nobody else: everything that brands know is in it."""
    return open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")  # noqa: PTH123


def _dump(to: Path, snapshot: str) -> None:
    command = [programs.program("pg_dump"), "--format=custom", f"--snapshot={snapshot}"]
    command += ["--no-owner", "--no-acl", "--lock-wait-timeout=60s", f"--file={to}"]
    to.touch(mode=0o600, exist_ok=False)
    done = subprocess.run(command, env=programs.environment(), capture_output=True, check=False)
    if done.returncode:
        raise BackupRefused(f"pg_dump: {programs.complaint(done.stderr)}")


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return sorted({one._meta.db_table for one in models if one._meta.managed})


def _migrations() -> dict[str, list[str]]:
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return applied


def _let_go(folder: Path, keep: int) -> int:
    old = sorted(folder.glob(PATTERN))[:-keep]
    for file in old:
        file.unlink()
    return len(old)
