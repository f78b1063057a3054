"""Which accounts the staged rows are about.

Builds temporary tables that live until the transaction ends:

    imp_account   one row per platform + handle, the file's rows about it merged
    imp_match     the profile and creator of each account, where known

Rows that contradict each other within the file are taken out of staging and rejected.
"""

from __future__ import annotations

from typing import LiteralString

from psycopg import sql

from crm.importers.parsing import ALL_FOLLOWERS, Reject
from crm.importers.vocabulary import AUDIENCE_NUMBERS, PROFILE_NUMBERS
from crm.services.imports.staging import Rejects
from crm.services.imports.statements import Params, fetch, last_known, names, run

PROFILE_TEXTS = ("url", "account_id", "display_name", "bio", "is_verified")


CREATOR_VALUES = ("name", "country", "language", "profession")


_ACCOUNT_VALUES = (*PROFILE_TEXTS, *PROFILE_NUMBERS, *AUDIENCE_NUMBERS, *CREATOR_VALUES)


def find_accounts(
    stage: sql.Identifier, *, given: frozenset[str], params: Params, rejects: Rejects
) -> None:
    """Build imp_account and imp_match."""
    if "account_id" in given:
        _reject_mixed_ids(stage, rejects)
    for key in ("email", "external_id"):
        if key in given and "name" in given:
            _reject_shared_keys(stage, key, rejects)
    _reject_mixed_audiences(stage, given, rejects)
    values = [name for name in _ACCOUNT_VALUES if name in given]
    run(
        """
        CREATE TEMPORARY TABLE imp_account ON COMMIT DROP AS
        WITH repeated AS MATERIALIZED (
            SELECT platform, handle FROM {stage} GROUP BY 1, 2 HAVING count(*) > 1
        )
        SELECT row_number() OVER () AS a, row_number() OVER () AS person, found.* FROM (
            SELECT line, platform, handle, COALESCE(captured_at, %(captured_at)s) AS captured_at,
                {values}
            FROM {stage} s
            WHERE NOT EXISTS (
                SELECT FROM repeated r WHERE r.platform = s.platform AND r.handle = s.handle
            )
            UNION ALL
            SELECT min(line), platform, handle, max(COALESCE(captured_at, %(captured_at)s)),
                {merged}
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
        SELECT a.a, COALESCE(q.id, p.id) AS profile_id,
            COALESCE(q.creator_id, p.creator_id) AS creator_id,
            CASE WHEN q.id <> p.id THEN
                    format('The handle “%s” is one account here and the id %s another.',
                        a.handle, a.account_id)
                WHEN q.id IS NULL AND p.external_id <> a.account_id AND p.external_id <> '' THEN
                    format('The handle “%s” has the id %s here, but %s in the file: '
                        'the handle may have changed hands.', a.handle, p.external_id, a.account_id)
            END AS conflict
        FROM imp_account a
        LEFT JOIN crm_profile p ON p.platform_id = a.platform AND p.handle = a.handle
        LEFT JOIN crm_profile q
            ON q.platform_id = a.platform AND q.external_id = a.account_id AND q.external_id <> ''
        """
    )
    run("CREATE INDEX ON imp_match (a)")
    run("ANALYZE imp_match")


def take_out(
    stage: sql.Identifier,
    query: LiteralString,
    rejects: Rejects,
    code: str,
    column: str,
    **parts: sql.Composable,
) -> None:
    """Delete the lines that `query` finds (line, value, reason) from the staging table and reject
    them.
    """
    found = fetch(query, None, stage=stage, **parts)
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
            SELECT line, handle, account_id, first_value(account_id) OVER w AS first_id,
                first_value(line) OVER w AS first_line
            FROM {stage} WHERE account_id IS NOT NULL WINDOW w AS (PARTITION BY platform, handle
                ORDER BY line)
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
            format('The id %s has the handle “%s” on line %s.', account_id, first_handle,
                first_line)
        FROM (
            SELECT line, handle, account_id, first_value(handle) OVER w AS first_handle,
                first_value(line) OVER w AS first_line
            FROM {stage} WHERE account_id IS NOT NULL WINDOW w AS (PARTITION BY platform,
                account_id ORDER BY line)
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
            'One address is one creator: leave it out of one of the rows.', email, first_name,
                first_line)
        FROM (
            SELECT line, handle, name, email, first_value(handle) OVER w AS first_handle,
                first_value(name) OVER w AS first_name, first_value(line) OVER w AS first_line
            FROM {stage} WHERE email IS NOT NULL WINDOW w AS (PARTITION BY email, platform
                ORDER BY line)
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
    """An agency's address on many rows is no key:

    the first row keeps it, others with other names are rejected.
    """
    take_out(stage, _SHARED[key], rejects, "key_conflict", key)


# What one line says of an audience, another says otherwise of the same account and moment.
_TOLD_OTHERWISE: LiteralString = """
    SELECT line, {number}::text, format('“%s” has %s here, and %s on line %s of the same moment.',
        handle, {number}, first, first_line)
    FROM (
        SELECT line, handle, {number}, first_value({number}) OVER w AS first,
            first_value(line) OVER w AS first_line
        FROM {stage} WHERE {number} IS NOT NULL
        WINDOW w AS (PARTITION BY platform, handle, captured_at ORDER BY line)
    ) t WHERE {number} <> first
"""
_MORE_THAN_ALL: LiteralString = """
    SELECT line, fake_followers::text, format('“%s” has %s of suspicious followers here, and %s of '
        'real ones on another line of the same moment: that is more than all.',
        handle, fake_followers, real)
    FROM (
        SELECT line, handle, fake_followers,
            max(audience_quality) OVER (PARTITION BY platform, handle, captured_at) AS real
        FROM {stage}
    ) t WHERE fake_followers + real > {all}
"""


def _reject_mixed_audiences(stage: sql.Identifier, given: frozenset[str], rejects: Rejects) -> None:
    """An account has one audience at a moment; the first row wins."""
    for name in AUDIENCE_NUMBERS:
        if name in given:
            number = sql.Identifier(name)
            take_out(stage, _TOLD_OTHERWISE, rejects, "audience_conflict", name, number=number)
    if given.issuperset({"audience_quality", "fake_followers"}):
        everybody = sql.Literal(ALL_FOLLOWERS)
        code, column = "audience_conflict", "fake_followers"
        take_out(stage, _MORE_THAN_ALL, rejects, code, column, all=everybody)
