"""Who the staged rows are about: accounts, the people behind them, and whom we know already.

Builds temporary tables that live until the transaction ends:

    imp_account   one row per platform + handle, the file's rows about it merged: the last known value wins
    imp_match     the profile and creator of each account, where known
    imp_person    one row per creator of the file; creator_id is given out for the new ones

Rows whose keys point to different creators are taken out of the staging table and rejected, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from django.db import connection
from psycopg import sql

from crm.importers.parsing import Reject
from crm.importers.vocabulary import PROFILE_NUMBERS
from crm.services.imports.staging import COLUMNS, Rejects

PROFILE_TEXTS = ("url", "account_id", "display_name", "bio", "is_verified")
CREATOR_VALUES = ("name", "country", "language", "profession")
_ACCOUNT_VALUES = (*PROFILE_TEXTS, *PROFILE_NUMBERS, *CREATOR_VALUES)

Params = dict[str, Any]


_TABLES = (
    "account", "match", "person", "line", "link", "key", "known", "conflict", "creator_change", "profile_change",
    "snapshot", "snapshot_change", "belonging", "post", "post_change", "post_snapshot", "post_snapshot_change", "touched",
    "doomed",
)  # fmt: skip


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
    """The value of a group's newest row that knows it; null for a column that the file does not have."""
    kind = sql.SQL(COLUMNS[name].removesuffix(" NOT NULL"))  # type: ignore[arg-type]  # a literal of ours
    if name not in given:
        return sql.SQL("NULL::{kind} AS {name}").format(kind=kind, name=sql.Identifier(name))
    return sql.SQL(
        "(array_agg({name} ORDER BY {order}) FILTER (WHERE {name} IS NOT NULL))[1] AS {name}"
    ).format(name=sql.Identifier(name), order=sql.SQL(order))


def find_accounts(
    stage: sql.Identifier, *, given: frozenset[str], params: Params, rejects: Rejects
) -> None:
    """Build imp_account and imp_match."""
    if "account_id" in given:
        _reject_mixed_ids(stage, rejects)
    for key in ("email", "external_id"):
        if key in given and "name" in given:
            _reject_shared_keys(stage, key, rejects)
    values = [name for name in _ACCOUNT_VALUES if name in given]
    run(
        """
        CREATE TEMPORARY TABLE imp_account ON COMMIT DROP AS
        WITH repeated AS MATERIALIZED (
            SELECT platform, handle FROM {stage} GROUP BY 1, 2 HAVING count(*) > 1
        )
        SELECT row_number() OVER () AS a, row_number() OVER () AS person, found.* FROM (
            SELECT line, platform, handle, COALESCE(captured_at, %(captured_at)s) AS captured_at, {values}
            FROM {stage} s
            WHERE NOT EXISTS (
                SELECT FROM repeated r WHERE r.platform = s.platform AND r.handle = s.handle
            )
            UNION ALL
            SELECT min(line), platform, handle, max(COALESCE(captured_at, %(captured_at)s)), {merged}
            FROM {stage} JOIN repeated USING (platform, handle) GROUP BY platform, handle
        ) found
        """,
        params,
        stage=stage,
        values=names(_ACCOUNT_VALUES),
        merged=sql.SQL(", ").join(
            last_known(name, frozenset(values), "captured_at DESC NULLS LAST, line DESC")
            for name in _ACCOUNT_VALUES
        ),
    )
    run("ANALYZE imp_account")
    run(
        """
        CREATE TEMPORARY TABLE imp_match ON COMMIT DROP AS
        SELECT a.a, COALESCE(q.id, p.id) AS profile_id, COALESCE(q.creator_id, p.creator_id) AS creator_id,
            CASE WHEN q.id <> p.id THEN format(
                    'The handle “%%s” is one account here and the id %%s another.', a.handle, a.account_id)
                WHEN q.id IS NULL AND p.external_id <> a.account_id AND p.external_id <> '' THEN format(
                    'The handle “%%s” has the id %%s here, but %%s in the file: the handle may have changed hands.',
                    a.handle, p.external_id, a.account_id)
            END AS conflict
        FROM imp_account a
        LEFT JOIN crm_profile p ON p.platform_id = a.platform AND p.handle = a.handle
        LEFT JOIN crm_profile q
            ON q.platform_id = a.platform AND q.external_id = a.account_id AND q.external_id <> ''
        """,
        {},
    )
    run("CREATE INDEX ON imp_match (a)")
    run("ANALYZE imp_match")


def find_people(
    stage: sql.Identifier, *, given: frozenset[str], params: Params, rejects: Rejects
) -> None:
    """Build imp_person and imp_account.person; take out the people whose keys disagree."""
    linked = bool(given & {"email", "external_id"}) or _has_several_accounts_per_row(stage)
    if linked:
        _link_lines(stage, given)
    _known_creators(stage, given=given, params=params)
    _reject_conflicts(stage, rejects)
    # Rows about two accounts of one creator whom we know are about one person.
    linked = (
        bool(
            run(
                """
            UPDATE imp_account a SET person = k.first FROM (
                SELECT person, min(person) OVER (PARTITION BY creator_id) AS first FROM imp_known
            ) k WHERE k.person = a.person AND k.first < a.person
            """
            )
        )
        or linked
    )
    run(
        """
        CREATE TEMPORARY TABLE imp_person ON COMMIT DROP AS
        SELECT f.person, f.line, COALESCE(k.creator_id, nextval('crm_creator_id_seq')) AS creator_id,
            k.creator_id IS NULL AS is_new, f.fallback, f.captured_at, {values}
        FROM (SELECT a.person, {merged} FROM imp_account a {grouping}) f
        LEFT JOIN imp_known k ON k.person = f.person
        """,
        values=names(CREATOR_VALUES, "f"),
        grouping=sql.SQL("GROUP BY a.person") if linked else sql.SQL(""),
        merged=sql.SQL(", ").join(
            [
                sql.SQL(
                    "min(a.line) AS line, (array_agg(COALESCE(a.display_name, a.handle) ORDER BY a.a))[1] AS fallback"
                )
                if linked
                else sql.SQL("a.line, COALESCE(a.display_name, a.handle) AS fallback"),
                sql.SQL("max(a.captured_at) AS captured_at")
                if linked
                else sql.SQL("a.captured_at"),
                *(
                    last_known(name, given, "a.captured_at DESC, a.line DESC")
                    if linked
                    else sql.Identifier("a", name)
                    for name in CREATOR_VALUES
                ),
            ]
        ),
    )
    run("CREATE INDEX ON imp_person (person)")
    run("ANALYZE imp_person")


def take_out(
    stage: sql.Identifier, query: LiteralString, rejects: Rejects, code: str, column: str
) -> None:
    """Delete the lines that `query` finds (line, value, reason) from the staging table and reject them."""
    found = fetch(query, stage=stage)
    if not found:
        return
    for line, value, reason in found:
        rejects.add(Reject(line, code, reason, column, str(value or "")[:300]))
    run(
        "DELETE FROM {stage} WHERE line = ANY(%(lines)s)",
        {"lines": [row[0] for row in found]},
        stage=stage,
    )


def _reject_mixed_ids(stage: sql.Identifier, rejects: Rejects) -> None:
    """In the file, a handle has one id and an id has one handle; the first row wins."""
    take_out(
        stage,
        """
        SELECT DISTINCT ON (line) line, account_id,
            format('The handle “%s” has the id %s on line %s.', handle, first_id, first_line)
        FROM (
            SELECT line, handle, account_id, first_value(account_id) OVER w AS first_id, first_value(line) OVER w AS first_line
            FROM {stage} WHERE account_id IS NOT NULL WINDOW w AS (PARTITION BY platform, handle ORDER BY line)
        ) t WHERE account_id <> first_id
        """,
        rejects,
        "account_conflict",
        "account_id",
    )
    take_out(
        stage,
        """
        SELECT DISTINCT ON (line) line, handle,
            format('The id %s has the handle “%s” on line %s.', account_id, first_handle, first_line)
        FROM (
            SELECT line, handle, account_id, first_value(handle) OVER w AS first_handle, first_value(line) OVER w AS first_line
            FROM {stage} WHERE account_id IS NOT NULL WINDOW w AS (PARTITION BY platform, account_id ORDER BY line)
        ) t WHERE handle <> first_handle
        """,
        rejects,
        "account_conflict",
        "handle",
    )


_SHARED: dict[str, LiteralString] = {
    "email": """
        SELECT DISTINCT ON (line) line, email, format(
            '%s is also the address of “%s” on line %s, another name with another account. '
            'One address is one creator: leave it out of one of the rows.', email, first_name, first_line)
        FROM (
            SELECT line, handle, name, email, first_value(handle) OVER w AS first_handle,
                first_value(name) OVER w AS first_name, first_value(line) OVER w AS first_line
            FROM {stage} WHERE email IS NOT NULL WINDOW w AS (PARTITION BY email, platform ORDER BY line)
        ) t WHERE handle <> first_handle AND lower(name) <> lower(first_name)
    """,
    "external_id": """
        SELECT DISTINCT ON (line) line, external_id, format(
            'The id %s is also that of “%s” on line %s, another name with another account.',
            external_id, first_name, first_line)
        FROM (
            SELECT line, handle, name, external_id, first_value(handle) OVER w AS first_handle,
                first_value(name) OVER w AS first_name, first_value(line) OVER w AS first_line
            FROM {stage} WHERE external_id IS NOT NULL
            WINDOW w AS (PARTITION BY external_id, platform ORDER BY line)
        ) t WHERE handle <> first_handle AND lower(name) <> lower(first_name)
    """,
}


def _reject_shared_keys(stage: sql.Identifier, key: str, rejects: Rejects) -> None:
    """An agency's address on many rows is no key: the first row keeps it, others with other names are rejected."""
    take_out(stage, _SHARED[key], rejects, "key_conflict", key)


def _has_several_accounts_per_row(stage: sql.Identifier) -> bool:
    found = fetch(
        "SELECT EXISTS (SELECT FROM {stage} GROUP BY line HAVING count(*) > 1)", stage=stage
    )
    return bool(found[0][0])


def _link_lines(stage: sql.Identifier, given: frozenset[str]) -> None:
    """Give lines that share an account, an address or an id the same person: the lowest line among them."""
    run(
        "CREATE TEMPORARY TABLE imp_line ON COMMIT DROP AS SELECT DISTINCT line, line AS person FROM {stage}",
        stage=stage,
    )
    run("CREATE UNIQUE INDEX ON imp_line (line)")
    keys: list[LiteralString] = ["'a' || platform || ' ' || handle"]
    keys += ["'e' || email"] if "email" in given else []
    keys += ["'x' || external_id"] if "external_id" in given else []
    run(
        """
        CREATE TEMPORARY TABLE imp_link ON COMMIT DROP AS
        WITH links AS MATERIALIZED ({links})
        SELECT line, key FROM links
        JOIN (SELECT key FROM links GROUP BY key HAVING min(line) < max(line)) shared USING (key)
        """,
        stage=stage,
        links=sql.SQL(" UNION ").join(
            sql.SQL("SELECT line, {key} AS key FROM {stage} WHERE {key} IS NOT NULL").format(
                key=sql.SQL(key), stage=stage
            )
            for key in keys
        ),
    )
    run("ANALYZE imp_link")
    while run(
        """
        UPDATE imp_line l SET person = m.person FROM (
            SELECT k.line, min(g.person) AS person FROM imp_link k
            JOIN (SELECT key, min(person) AS person FROM imp_link JOIN imp_line USING (line) GROUP BY key) g USING (key)
            GROUP BY k.line
        ) m WHERE m.line = l.line AND m.person < l.person
        """
    ):
        pass
    run("UPDATE imp_account a SET person = l.person FROM imp_line l WHERE l.line = a.line")


def _known_creators(stage: sql.Identifier, *, given: frozenset[str], params: Params) -> None:
    """imp_key: the creators that each person's keys lead to; imp_known: those that are one."""
    sources: list[sql.Composable] = [
        sql.SQL(
            "SELECT a.person, m.creator_id, 'the handle “' || a.handle || '”' AS key"
            " FROM imp_account a JOIN imp_match m USING (a) WHERE m.creator_id IS NOT NULL"
        )
    ]
    if "email" in given:
        sources.append(
            sql.SQL(
                "SELECT l.person, c.creator_id, 'the address ' || s.email FROM {stage} s JOIN imp_line l USING (line)"
                " JOIN crm_contactpoint c ON c.brand_id = %(brand)s AND c.kind = 'email' AND c.value = s.email"
            ).format(stage=stage)
        )
    if "external_id" in given:
        sources.append(
            sql.SQL(
                "SELECT l.person, x.creator_id, 'the id ' || s.external_id FROM {stage} s JOIN imp_line l USING (line)"
                " JOIN crm_externalid x ON x.brand_id = %(brand)s AND x.source = %(source)s AND x.value = s.external_id"
            ).format(stage=stage)
        )
    run(
        "CREATE TEMPORARY TABLE imp_key ON COMMIT DROP AS {sources}",
        params,
        sources=sql.SQL(" UNION ").join(sources),
    )
    run(
        "CREATE TEMPORARY TABLE imp_known ON COMMIT DROP AS"
        " SELECT person, min(creator_id) AS creator_id FROM imp_key GROUP BY person"
        " HAVING min(creator_id) = max(creator_id)"
    )
    run("ANALYZE imp_known")


def _reject_conflicts(stage: sql.Identifier, rejects: Rejects) -> None:
    """Reject the lines of accounts that are two here, and of people whose keys lead to two creators."""
    run(
        """
        CREATE TEMPORARY TABLE imp_conflict ON COMMIT DROP AS
        SELECT a.person, min(m.conflict) AS reason, 'account_conflict' AS code
        FROM imp_account a JOIN imp_match m USING (a) WHERE m.conflict IS NOT NULL GROUP BY 1
        UNION ALL
        SELECT person, format('This is the same account as “%s” on line %s.', first_handle, first_line), 'account_conflict'
        FROM (
            SELECT a.person, a.handle, first_value(a.handle) OVER w AS first_handle, first_value(a.line) OVER w AS first_line
            FROM imp_account a JOIN imp_match m USING (a) WHERE m.profile_id IS NOT NULL
            WINDOW w AS (PARTITION BY m.profile_id ORDER BY a.line, a.a)
        ) t WHERE handle <> first_handle
        UNION ALL
        SELECT k.person, 'The keys of this row lead to different creators: '
            || string_agg(DISTINCT k.key || ' to “' || c.name || '”', ', ') || '.', 'key_conflict'
        FROM imp_key k JOIN crm_creator c ON c.id = k.creator_id
        GROUP BY k.person HAVING min(k.creator_id) < max(k.creator_id)
        UNION ALL
        SELECT a.person, min(format('The keys of this row lead to “%s”, who has another name and the handle “%s” here.',
            c.name, p.handle)), 'key_conflict'
        FROM imp_account a JOIN imp_match m USING (a) JOIN imp_known k USING (person)
        JOIN crm_creator c ON c.id = k.creator_id
        JOIN crm_profile p ON p.creator_id = c.id AND p.platform_id = a.platform
        WHERE m.profile_id IS NULL AND lower(a.name) <> lower(c.name) GROUP BY 1
        """
    )
    lines = fetch(
        """
        SELECT DISTINCT ON (s.line) s.line, x.code, s.handle, x.reason
        FROM imp_conflict x JOIN imp_account a USING (person)
        JOIN {stage} s ON s.platform = a.platform AND s.handle = a.handle ORDER BY s.line, x.code
        """,
        stage=stage,
    )
    if not lines:
        return
    for line, code, handle, reason in lines:
        rejects.add(Reject(line, code, reason[:300], "handle", handle))
    run(
        "DELETE FROM {stage} WHERE line = ANY(%(lines)s)",
        {"lines": [row[0] for row in lines]},
        stage=stage,
    )
    run("DELETE FROM imp_account a USING imp_conflict x WHERE a.person = x.person")
