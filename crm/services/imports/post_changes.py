"""What the staged posts add and change; the rules are those of changes.py.

Builds imp_post, the file's posts merged, and imp_post_snapshot, their counts at each moment.
"""

from __future__ import annotations

from typing import LiteralString

from psycopg import sql

from crm.importers.vocabulary import POST_NUMBERS
from crm.services.imports.statements import Params, last_known, names, run

POST_TEXTS = (
    "posted_at",
    "post_kind",
    "title",
    "caption",
    "post_url",
    "post_language",
    "is_paid_partnership",
)


_POST_VALUES = (*POST_TEXTS, "followers_at_post", *POST_NUMBERS)


POST_COLUMNS = {
    name: {"post_kind": "kind", "post_url": "url", "post_language": "language"}.get(name, name)
    for name in POST_TEXTS
}


def find(stage: sql.Identifier, given: frozenset[str], params: Params) -> None:
    """imp_post: the file's posts, merged, with the `id` of those that are there.

    Imp_post_snapshot: their counts.
    """
    run("CREATE INDEX ON imp_account (platform, handle)")
    order: LiteralString = "captured_at DESC NULLS LAST, line DESC"
    merged = sql.SQL(", ").join(last_known(name, given, order) for name in _POST_VALUES)
    newer: LiteralString = "r.captured_at > COALESCE(p.metrics_at, '-infinity')"
    texts = {name: column for name, column in POST_COLUMNS.items() if name in given}
    numbers = [name for name in ("followers_at_post", *POST_NUMBERS) if name in given]
    after: list[sql.Composable] = []
    for name, column in texts.items():
        unknown = {
            "kind": "'other'",
            "title": "''",
            "caption": "''",
            "url": "''",
            "language": "''",
        }.get(column)
        old = sql.Identifier("p", column)
        held = sql.SQL("NULLIF({}, {})").format(old, sql.SQL(unknown)) if unknown else old
        new: sql.Composable = sql.Identifier("r", name)
        if column == "kind":
            new = sql.SQL("NULLIF({}, 'other')").format(new)
        after.append(
            sql.SQL(
                "COALESCE(CASE WHEN {newer} THEN {new} ELSE {held} END, {held}, {new}, {unknown})"
            ).format(
                newer=sql.SQL(newer),
                new=new,
                held=held,
                unknown=sql.SQL(unknown or "NULL"),
            )
        )
    after += [
        sql.SQL("CASE WHEN {newer} THEN COALESCE(r.{name}, p.{name}) ELSE p.{name} END").format(
            newer=sql.SQL(newer), name=sql.Identifier(name)
        )
        for name in numbers
    ]
    known = [name for name in POST_NUMBERS if name in given]
    columns = [*texts.values(), *numbers]
    if known:
        for column, value in (
            ("metrics_at", sql.SQL("r.captured_at")),
            ("metrics_source", sql.Literal(params["numbers_source"])),
        ):
            after.append(
                sql.SQL(
                    "CASE WHEN {newer} AND num_nonnulls({known}) > 0 THEN {value} ELSE p.{column} "
                    "END"
                ).format(
                    newer=sql.SQL(newer),
                    known=names(known, "r"),
                    value=value,
                    column=sql.Identifier(column),
                )
            )
            columns.append(column)
    run(
        """
        CREATE TEMPORARY TABLE imp_post ON COMMIT DROP AS
        SELECT row_number() OVER () AS p, r.*, m.profile_id, p.id,
            p.id IS NOT NULL AND ({after}) IS DISTINCT FROM ({old}) AS changed, {after_named}
        FROM (
            SELECT a.a, s.post_id, max(COALESCE(s.captured_at, %(captured_at)s)) AS captured_at,
                {merged}
            FROM {stage} s JOIN (SELECT a, platform, handle FROM imp_account) a USING (platform,
                handle)
            GROUP BY a.a, s.post_id
        ) r JOIN imp_match m USING (a)
        LEFT JOIN crm_post p ON p.profile_id = m.profile_id AND p.external_id = r.post_id
        """,
        params,
        stage=stage,
        merged=merged,
        after=sql.SQL(", ").join(after),
        old=names(columns, "p"),
        after_named=sql.SQL(", ").join(
            sql.SQL("{} AS {}").format(value, sql.Identifier(f"new_{column}"))
            for value, column in zip(after, columns, strict=True)
        ),
    )
    run("ANALYZE imp_post")
    _post_numbers(stage, given, params, known)


def _post_numbers(
    stage: sql.Identifier, given: frozenset[str], params: Params, known: list[str]
) -> None:
    """imp_post_snapshot: the counts of each post at each moment of the file."""
    if not known:
        none(only_snapshots=True)
        return
    merged = sql.SQL(", ").join(last_known(name, given, "line DESC") for name in POST_NUMBERS)
    run(
        """
        CREATE TEMPORARY TABLE imp_post_snapshot ON COMMIT DROP AS
        SELECT r.*, s.id, s.id IS NOT NULL AND ({after}) IS DISTINCT FROM ({old}) AS changed
        FROM (
            SELECT i.p, i.id AS existing, COALESCE(s.captured_at, %(captured_at)s) AS captured_at,
                {merged}
            FROM (SELECT platform, handle, post_id, line, captured_at, {numbers} FROM {stage}) s
            JOIN (SELECT a, platform, handle FROM imp_account) a USING (platform, handle)
            JOIN (SELECT p, a, post_id, id FROM imp_post) i USING (a, post_id)
            GROUP BY i.p, i.id, COALESCE(s.captured_at, %(captured_at)s)
        ) r
        LEFT JOIN crm_postmetricsnapshot s
            ON s.post_id = r.existing AND s.captured_at = r.captured_at AND s.source = {source}
        WHERE num_nonnulls({known}) > 0
        """,
        params,
        stage=stage,
        merged=merged,
        numbers=names(POST_NUMBERS),
        after=filled(known, "r", "s"),
        old=names(known, "s"),
        known=names(known, "r"),
        source=sql.Literal(params["numbers_source"]),
    )


def filled(columns: list[str], new: str, old: str) -> sql.Composable:
    """Each column as it becomes: what stood there, else what the file knows."""
    return sql.SQL(", ").join(
        sql.SQL("COALESCE({}, {})").format(sql.Identifier(old, name), sql.Identifier(new, name))
        for name in columns
    )


def none(*, only_snapshots: bool = False) -> None:
    """Empty tables where the file has no posts, or posts without counts."""
    if not only_snapshots:
        run(
            "CREATE TEMPORARY TABLE imp_post (p bigint, a bigint, id bigint, changed boolean) ON "
            "COMMIT DROP"
        )
    run(
        "CREATE TEMPORARY TABLE imp_post_snapshot (p bigint, id bigint, changed boolean) ON "
        "COMMIT DROP"
    )
