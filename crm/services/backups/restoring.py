"""Put a backup back: nothing is touched before all of it was checked, and the database at once."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from crm.models import Brand
from crm.services.backups import archive, making, programs
from crm.services.backups.archive import BackupRefused, Manifest
from crm.services.ledger import verifying

# Whoever still works with the tables is waited for that long.
_BEFORE = """BEGIN;
SET lock_timeout = '30s';
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""


@dataclass(frozen=True)
class Restored:
    """What was put back; `before`: where the uploads from before are, which nobody deletes."""

    manifest: Manifest
    brands: int
    entries: int
    before: Path | None


def restore(*, file: Path, at: datetime, replace: str | None = None) -> Restored:
    """Put the backup `file` back into an empty database and an empty folder of uploads.

    With `replace`, which has to be the name of the database, over what is there. Migrations that
    came since the backup are applied; counts and ledgers are verified. Raises BackupRefused: before
    the database was touched unless it says otherwise.
    """
    media = Path(settings.MEDIA_ROOT)
    _refuse_unless_empty(media, replace)
    media.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="restoring-", dir=media.parent))
    try:
        manifest = archive.unpack(file, place, before=_refuse_unless_known)
        _load(place / archive.DATABASE)
        before = _swap(place / archive.MEDIA, media, at)
    except OSError as error:
        raise BackupRefused(f"The backup cannot be put back: {error}.") from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
    _compare(manifest)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    entries = _verify()
    return Restored(manifest, Brand.objects.count(), entries, before)


def check(*, file: Path) -> Manifest:
    """Read the whole backup and compare each file with its hash. Raises BackupRefused."""
    with tempfile.TemporaryDirectory(dir=file.parent, prefix="checking-") as place:
        try:
            return archive.unpack(file, Path(place), before=_refuse_unless_known)
        except OSError as error:
            raise BackupRefused(f"The backup cannot be read: {error}.") from error


def _refuse_unless_empty(media: Path, replace: str | None) -> None:
    name = connection.settings_dict["NAME"]
    if replace is not None:
        if replace != name:
            raise BackupRefused(
                f"To put the backup over what is there, name the database: --replace {name}."
            )
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm')"
        )
        if cursor.fetchone()[0]:
            raise BackupRefused(
                f"The database {name} is not empty. Use an empty one, or lose what is in it:"
                f" --replace {name}."
            )
    if media.is_dir() and any(media.iterdir()):
        raise BackupRefused(f"The folder of uploads {media} is not empty.")


def _refuse_unless_known(manifest: Manifest) -> None:
    known = MigrationLoader(None).disk_migrations.keys()
    newer = [
        f"{app}.{name}"
        for app, names in manifest.migrations.items()
        for name in names
        if (app, name) not in known
    ]
    if newer:
        raise BackupRefused(
            f"The backup is of another Rapport ({manifest.product}), which has migrations that are"
            f" not here: {newer[0]} and {len(newer) - 1} more. Use the version that made it."
        )


def _load(dump: Path) -> None:
    """All of the dump in one transaction: the database is as before, or as in the backup."""
    connection.close()
    environment = programs.environment()
    quiet = [programs.program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    script = [programs.program("pg_restore"), "--no-owner", "--no-acl", "--file=-", str(dump)]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            [*quiet, "--output=/dev/null"], stdin=subprocess.PIPE, stderr=said, env=environment
        ) as psql,
        subprocess.Popen(script, stdout=subprocess.PIPE, stderr=said, env=environment) as source,
    ):
        assert psql.stdin is not None and source.stdout is not None  # noqa: PT018, S101
        try:
            psql.stdin.write(_BEFORE.encode())
            shutil.copyfileobj(source.stdout, psql.stdin, archive.PIECE)
            # Without the last word everything is rolled back.
            if source.wait() == 0:
                psql.stdin.write(b"\nCOMMIT;\n")
            psql.stdin.close()
        except BrokenPipeError:
            source.kill()
        if source.wait() or psql.wait():
            said.seek(0)
            words = programs.complaint(said.read())
            raise BackupRefused(f"The database stays as it was: {words}")


def _swap(fresh: Path, media: Path, at: datetime) -> Path | None:
    """Put the uploads in place; where those from before are now."""
    fresh.mkdir(exist_ok=True)
    before = None
    if media.is_dir() and any(media.iterdir()):
        before = media.with_name(f"{media.name}-before-{at:%Y%m%dT%H%M%S}")
        media.rename(before)
    elif media.is_dir():
        media.rmdir()
    fresh.rename(media)
    return before


def _compare(manifest: Manifest) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = making.count_rows(manifest.counts)
    if other := [table for table, number in manifest.counts.items() if found[table] != number]:
        raise BackupRefused(
            f"It was put back, but {other[0]} has {found[other[0]]} rows and had"
            f" {manifest.counts[other[0]]} when the backup was made."
        )


def _verify() -> int:
    entries = 0
    for brand in Brand.objects.order_by("pk"):
        found = verifying.verify(brand)
        if found.broken:
            raise BackupRefused(
                f"It was put back, but the audit ledger of {brand.slug} does not hold at entry"
                f" {found.broken.number}: {found.broken.problem}."
            )
        entries += found.entries
    return entries
