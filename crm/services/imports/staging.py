"""The staging table of an import: parsed rows of the file, in a table of their own without write-
ahead log.

One table per import, made, filled by COPY in blocks and dropped. It lives outside the transaction
that applies the import, so that progress is seen while a large file is read. A table left by a
killed worker is dropped when the import is run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, LiteralString

from django.db import connection
from psycopg import sql

from crm.importers.parsing import Reject
from crm.importers.vocabulary import AUDIENCE_NUMBERS, POST_NUMBERS, PROFILE_NUMBERS

BLOCK = 50_000
# More rejected rows than this are counted, but not listed one by one.
REJECTS_KEPT = 100_000

_WHOLE = ("followers", "following", "posts_count", "followers_at_post", *POST_NUMBERS)
_TYPES: dict[str, LiteralString] = {
    "line": "bigint NOT NULL",
    "platform": "text NOT NULL",
    "handle": "text NOT NULL",
    "is_verified": "boolean",
    "is_paid_partnership": "boolean",
    "captured_at": "timestamptz",
    "posted_at": "timestamptz",
    "niches": "text[]",
    "tags": "text[]",
    "fields": "jsonb",
    **dict.fromkeys(_WHOLE, "bigint"),
    **{name: "double precision" for name in PROFILE_NUMBERS if name not in _WHOLE},
    **dict.fromkeys(AUDIENCE_NUMBERS, "double precision"),
}
_TEXTS = (
    "url",
    "account_id",
    "display_name",
    "bio",
    "name",
    "email",
    "phone",
    "external_id",
    "country",
    "language",
    "profession",
    "post_id",
    "post_url",
    "post_kind",
    "title",
    "caption",
    "post_language",
)
COLUMNS: dict[str, LiteralString] = {**_TYPES, **dict.fromkeys(_TEXTS, "text")}


@dataclass(slots=True)
class Rejects:
    """The rejected rows of a run: all of them counted by code, the first REJECTS_KEPT kept."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[Reject] = field(default_factory=list)

    def add(self, reject: Reject) -> None:
        """Count one rejected row."""
        self.counts[reject.code] += 1
        if len(self.kept) < REJECTS_KEPT:
            self.kept.append(reject)


def table_of(batch_id: int) -> sql.Identifier:
    """The name of the import's staging table."""
    return sql.Identifier(f"crm_import_staging_{batch_id}")


@contextmanager
def staging_table(batch_id: int) -> Iterator[sql.Identifier]:
    """The import's staging table, empty; dropped at the end, whatever happens."""
    table = table_of(batch_id)
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind))
        for name, kind in COLUMNS.items()
    )
    _run(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
    _run(sql.SQL("CREATE UNLOGGED TABLE {} ({})").format(table, columns))
    try:
        yield table
    finally:
        if connection.is_usable() and not connection.needs_rollback:
            _run(sql.SQL("DROP TABLE IF EXISTS {}").format(table))


def fill(
    table: sql.Identifier,
    fields: Sequence[str],
    rows: Iterable[list[tuple[Any, ...]]],
    progress: Callable[[int], None],
) -> int:
    """COPY the staging rows of each file row into the table.

    `progress` hears how many were taken. Their number.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        table, sql.SQL(", ").join(map(sql.Identifier, fields))
    )
    taken = 0
    source = iter(rows)
    while block := list(islice(source, BLOCK)):
        connection.ensure_connection()
        with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
            write = copy.write_row
            for accounts in block:
                for account in accounts:
                    write(account)
        taken += len(block)
        progress(taken)
    # Two spellings in other letters than Python's and PostgreSQL's lower() agree on would be
    # refused by a constraint.
    _run(
        sql.SQL("UPDATE {} SET handle = lower(handle) WHERE handle <> lower(handle)").format(table)
    )
    _run(sql.SQL("ANALYZE {}").format(table))
    return taken


def _run(statement: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
