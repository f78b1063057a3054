"""Who is behind the accounts of a file, and which of them we know.

Builds imp_person: one row per creator of the file; creator_id is given out for the new ones. Rows
about one account, with one e-mail address or with one id are about one person, through any chain.
People are known by platform + handle, then by address, then by id; where these lead to different
creators the rows are rejected.
"""

from __future__ import annotations

from typing import LiteralString

from psycopg import sql

from crm.importers.parsing import Reject
from crm.services.imports.accounts import CREATOR_VALUES
from crm.services.imports.staging import Rejects
from crm.services.imports.statements import Params, fetch, last_known, names, run


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
        SELECT f.person, f.line, COALESCE(k.creator_id,
            nextval('crm_creator_id_seq')) AS creator_id,
            k.creator_id IS NULL AS is_new, f.fallback, f.captured_at, {values}
        FROM (SELECT a.person, {merged} FROM imp_account a {grouping}) f
        LEFT JOIN imp_known k ON k.person = f.person
        """,
        values=names(CREATOR_VALUES, "f"),
        grouping=sql.SQL("GROUP BY a.person") if linked else sql.SQL(""),
        merged=sql.SQL(", ").join(
            [
                sql.SQL(
                    "min(a.line) AS line, (array_agg(COALESCE(a.display_name, a.handle) ORDER BY "
                    "a.a))[1] AS fallback"
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


def _has_several_accounts_per_row(stage: sql.Identifier) -> bool:
    found = fetch(
        "SELECT EXISTS (SELECT FROM {stage} GROUP BY line HAVING count(*) > 1)", stage=stage
    )
    return bool(found[0][0])


def _link_lines(stage: sql.Identifier, given: frozenset[str]) -> None:
    """Give lines that share an account, an address or an id the same person:

    the lowest line among them.
    """
    run(
        "CREATE TEMPORARY TABLE imp_line ON COMMIT DROP AS SELECT DISTINCT line, line AS person "
        "FROM {stage}",
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
            JOIN (SELECT key, min(person) AS person FROM imp_link JOIN imp_line USING (line)
                GROUP BY key) g USING (key)
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
                "SELECT l.person, c.creator_id, 'the address ' || s.email FROM {stage} s JOIN "
                "imp_line l USING (line)"
                " JOIN crm_contactpoint c ON c.brand_id = %(brand)s AND c.kind = 'email' AND "
                "c.value = s.email"
            ).format(stage=stage)
        )
    if "external_id" in given:
        sources.append(
            sql.SQL(
                "SELECT l.person, x.creator_id, 'the id ' || s.external_id FROM {stage} s JOIN "
                "imp_line l USING (line)"
                " JOIN crm_externalid x ON x.brand_id = %(brand)s AND x.source = %(source)s AND "
                "x.value = s.external_id"
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
    """Reject the lines of accounts that are two here, and of people whose keys lead to two
    creators.
    """
    run(
        """
        CREATE TEMPORARY TABLE imp_conflict ON COMMIT DROP AS
        SELECT a.person, min(m.conflict) AS reason, 'account_conflict' AS code
        FROM imp_account a JOIN imp_match m USING (a) WHERE m.conflict IS NOT NULL GROUP BY 1
        UNION ALL
        SELECT person, format('This is the same account as “%s” on line %s.',
            first_handle, first_line), 'account_conflict'
        FROM (
            SELECT a.person, a.handle, first_value(a.handle) OVER w AS first_handle,
                first_value(a.line) OVER w AS first_line
            FROM imp_account a JOIN imp_match m USING (a) WHERE m.profile_id IS NOT NULL
            WINDOW w AS (PARTITION BY m.profile_id ORDER BY a.line, a.a)
        ) t WHERE handle <> first_handle
        UNION ALL
        SELECT k.person, 'The keys of this row lead to different creators: '
            || string_agg(DISTINCT k.key || ' to “' || c.name || '”', ', ') || '.', 'key_conflict'
        FROM imp_key k JOIN crm_creator c ON c.id = k.creator_id
        GROUP BY k.person HAVING min(k.creator_id) < max(k.creator_id)
        UNION ALL
        SELECT a.person, min(format('The keys of this row lead to “%s”, who has another name '
            'and the handle “%s” here.', c.name, p.handle)), 'key_conflict'
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
