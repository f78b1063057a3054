"""The state of the tables that imports write, for comparing before and after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import connection

from crm.importers.mapping import Kind
from crm.models import Brand, ImportBatch, User
from crm.services.imports import batches, running
from crm.services.imports.changes import Counts
from tests.factories import NOW

# Everything but the import's own record, the ledger and the outbox, which only grow.
TABLES = (
    *(
        "crm_creator",
        "crm_profile",
        "crm_niche",
        "crm_creatorniche",
        "crm_contactpoint",
        "crm_externalid",
        "crm_fieldvalue",
    ),
    *(
        "crm_relationship",
        "crm_stagechange",
        "crm_note",
        "crm_metricsnapshot",
        "crm_audiencesnapshot",
    ),
    *("crm_post", "crm_postmetricsnapshot", "crm_importbeforeimage"),
)


def dump() -> dict[str, list[str]]:
    """Every row of those tables as JSON, and the counts per stage; metrics without their moment."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY id")  # noqa: S608 - ours
            found[table] = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT (to_jsonb(m) - 'as_of')::text FROM crm_creatormetrics m ORDER BY creator_id"
        )
        found["metrics"] = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT brand_id || stage || creators FROM crm_stagecount WHERE creators > 0 ORDER BY 1"
        )
        found["stages"] = [row[0] for row in cursor.fetchall()]
    return found


def start(brand: Brand, path: Path, *, at: Any = NOW, **wishes: Any) -> ImportBatch:
    """A new import of the file, with its proposed mapping."""
    wishes.setdefault("kind", Kind.CREATORS)
    return batches.start(
        brand=brand,
        actor=None,
        path=path,
        file_name=path.name,
        wishes=batches.Wishes(**wishes),
        at=at,
    )


def imported(
    brand: Brand, path: Path, *, actor: User | None = None, at: Any = NOW, **wishes: Any
) -> tuple[ImportBatch, Counts]:
    """The file imported with its proposed mapping."""
    batch = start(brand, path, at=at, **wishes)
    counts = running.apply_import(batch_id=batch.pk, actor=actor, at=at, path=path)
    batch.refresh_from_db()
    return batch, counts


def staging_tables() -> int:
    """How many staging tables are left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'crm_import_staging%'")
        return int(cursor.fetchone()[0])


def json_lines(*rows: dict[str, Any]) -> str:
    """Rows as JSON lines."""
    return "\n".join(json.dumps(row) for row in rows) + "\n"
