"""How the modules of an import talk to the database: composed SQL, never text put together from
values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from django.db import connection
from psycopg import sql

from crm.services.imports.staging import COLUMNS

Params = dict[str, Any]


_TABLES = (
    "account",
    "match",
    "person",
    "line",
    "link",
    "key",
    "known",
    "conflict",
    "creator_change",
    "profile_change",
    "snapshot",
    "snapshot_change",
    "audience",
    "audience_change",
    "belonging",
    "field",
    "post",
    "post_change",
    "post_snapshot",
    "post_snapshot_change",
    "touched",
    "doomed",
)


def clear() -> None:
    """Drop the temporary tables of an import before in the same transaction."""
    run(
        "DROP TABLE IF EXISTS {tables}",
        tables=sql.SQL(", ").join(sql.Identifier("pg_temp", f"imp_{name}") for name in _TABLES),
    )


def run(
    statement: LiteralString | sql.Composable, params: Params | None = None, **parts: sql.Composable
) -> int:
    """Execute one statement with its {parts} and %(params)s; the number of rows it concerned."""
    whole = statement if isinstance(statement, sql.Composable) else sql.SQL(statement)
    if parts:
        whole = sql.SQL(statement).format(**parts) if isinstance(statement, str) else whole
    with connection.cursor() as cursor:
        cursor.execute(whole, params)
        return int(cursor.rowcount)


def fetch(
    statement: LiteralString, params: Params | None = None, **parts: sql.Composable
) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**parts), params)
        return list(cursor.fetchall())


def names(columns: Sequence[str], alias: str = "") -> sql.Composable:
    """Columns, comma separated, each of the table `alias`."""
    if alias:
        return sql.SQL(", ").join(sql.Identifier(alias, name) for name in columns)
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def last_known(name: str, given: frozenset[str], order: LiteralString) -> sql.Composable:
    """The value of a group's newest row that knows it.

    Null for a column that the file does not have.
    """
    kind = sql.SQL(COLUMNS[name].removesuffix(" NOT NULL"))
    if name not in given:
        return sql.SQL("NULL::{kind} AS {name}").format(kind=kind, name=sql.Identifier(name))
    return sql.SQL(
        "(array_agg({name} ORDER BY {order}) FILTER (WHERE {name} IS NOT NULL))[1] AS {name}"
    ).format(name=sql.Identifier(name), order=sql.SQL(order))


def told_by_moment(
    stage: sql.Identifier, given: frozenset[str], numbers: Sequence[str]
) -> sql.Composable:
    """What a file says of each account (`a`) at each moment (`captured_at`), a query.

    Of lines about one moment, the last that knows a number says it. Where the file has no column
    of moments, imp_account has the one moment of the whole file.
    """
    if "captured_at" not in given:
        return sql.SQL("SELECT a, captured_at, {numbers} FROM imp_account").format(
            numbers=names(numbers)
        )
    return sql.SQL(
        "SELECT a.a, COALESCE(s.captured_at, %(captured_at)s) AS captured_at, {merged}"
        " FROM (SELECT platform, handle, line, captured_at, {numbers} FROM {stage}) s"
        " JOIN (SELECT a, platform, handle FROM imp_account) a USING (platform, handle) GROUP BY "
        "1, 2"
    ).format(
        merged=sql.SQL(", ").join(last_known(name, given, "line DESC") for name in numbers),
        numbers=names(numbers),
        stage=stage,
    )
