"""After a test that commits, the database is again as the migrations made it.

Django empties every table and, where asked, loads what the migrations wrote from JSON: seconds for
a schema of this size, while such a test writes to a dozen tables. Here only tables that changed are
emptied, and rows that the migrations wrote come back by COPY. The role of the tests has to be a
superuser, as that of the throw-away server is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from psycopg.sql import SQL, Identifier, Literal

# In seconds.
PATIENCE = 10


@dataclass
class Kept:
    """What the migrations left: rows by table, and what tells whether they are still the same."""

    rows: dict[str, bytes] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)


_kept = Kept()


def remember() -> None:
    """Keep what is in the database now: call it before the first test."""
    with connection.cursor() as cursor:
        for table in _filled(cursor, _tables()):
            with cursor.copy(SQL("COPY {} TO STDOUT").format(Identifier(table))) as copy:
                _kept.rows[table] = b"".join(bytes(part) for part in copy)
        _kept.digests = _digests(cursor)


def restore(*_args: object) -> None:
    """Put the database back to what `remember` saw; sequences go on."""
    with connection.cursor() as cursor:
        _wait_for_others(cursor)
        filled = _filled(cursor, [table for table in _tables() if table not in _kept.rows])
        digests = _digests(cursor)
        changed = [table for table in _kept.rows if digests[table] != _kept.digests[table]]
        if not filled and not changed:
            return
        # Without triggers: those of foreign keys, and those that guard ledgers and fixed versions.
        cursor.execute("SET session_replication_role = replica")
        try:
            for table in (*filled, *changed):
                cursor.execute(SQL("DELETE FROM {}").format(Identifier(table)))
            for table in changed:
                with cursor.copy(SQL("COPY {} FROM STDIN").format(Identifier(table))) as copy:
                    copy.write(_kept.rows[table])
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return sorted({one._meta.db_table for one in models if one._meta.managed})


def _filled(cursor: Any, tables: list[str]) -> list[str]:
    part = SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    parts = [part.format(Literal(table), Identifier(table)) for table in tables]
    cursor.execute(SQL(" UNION ALL ").join(parts))
    return [table for (table,) in cursor.fetchall()]


def _digests(cursor: Any) -> dict[str, str]:
    if not _kept.rows:
        return {}
    part = SQL("SELECT {}, md5(string_agg(kept::text, '' ORDER BY kept::text)) FROM {} kept")
    parts = [part.format(Literal(table), Identifier(table)) for table in _kept.rows]
    cursor.execute(SQL(" UNION ALL ").join(parts))
    return dict(cursor.fetchall())


def _wait_for_others(cursor: Any) -> None:
    """Until nobody else is in the middle of a transaction: a page that is still being answered."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            " AND xact_start IS NOT NULL"
        )
        if not cursor.fetchone()[0]:
            return
        time.sleep(0.02)
