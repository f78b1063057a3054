"""What the staged rows change: temporary tables with the rows to add and the rows that differ.

An unknown value never replaces a known one. Numbers replace numbers that are as old or older; older numbers only add
to the history. Names and texts of older files fill what is not known. Nothing is written here, so a dry run stops
after `count`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, LiteralString

from psycopg import sql

from crm.importers.vocabulary import POST_NUMBERS, PROFILE_NUMBERS
from crm.services.imports.matching import (
    CREATOR_VALUES,
    PROFILE_TEXTS,
    Params,
    fetch,
    last_known,
    names,
    run,
)
from crm.services.imports.staging import COLUMNS

SOURCE = "vendor"
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
# Staging's names of what the tables call otherwise.
PROFILE_COLUMNS = {name: {"account_id": "external_id"}.get(name, name) for name in PROFILE_TEXTS}
POST_COLUMNS = {
    name: {"post_kind": "kind", "post_url": "url", "post_language": "language"}.get(name, name)
    for name in POST_TEXTS
}
# Text columns say "not known" by the empty text.
_EMPTY_TEXTS = frozenset(
    {
        "external_id",
        "display_name",
        "url",
        "bio",
        "name",
        "country",
        "language",
        "profession",
        "title",
        "caption",
    }
)


@dataclass(slots=True)
class Counts:
    """What a run would do or did, by people: rows of the file, creators, profiles, posts."""

    rows: int = 0
    creators_new: int = 0
    creators_updated: int = 0
    unchanged: int = 0
    profiles: int = 0
    profiles_new: int = 0
    posts: int = 0
    posts_new: int = 0
    snapshots_new: int = 0
    rejected: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As commands print it and the import stores it."""
        return {name: getattr(self, name) for name in self.__slots__}


def find(stage: sql.Identifier, *, given: frozenset[str], params: Params, posts: bool) -> None:
    """Build the tables of additions and changes for what matching.py found."""
    _creators(given)
    _profiles(given)
    _numbers(stage, given, params)
    _belongings(stage, given, params)
    _posts(stage, given, params) if posts else _no_posts()


def count() -> Counts:
    """How many people, accounts and posts the file holds and what happens to them."""
    changed: LiteralString = " UNION ".join(
        (
            "SELECT person FROM imp_person JOIN imp_creator_change c ON c.id = creator_id",
            "SELECT person FROM imp_account JOIN imp_match USING (a) WHERE profile_id IS NULL",
            "SELECT person FROM imp_account JOIN imp_match USING (a) JOIN imp_profile_change c ON c.id = profile_id",
            "SELECT person FROM imp_account JOIN imp_snapshot s USING (a) WHERE s.id IS NULL OR s.changed",
            "SELECT person FROM imp_belonging",
            "SELECT person FROM imp_account JOIN imp_post p USING (a) WHERE p.id IS NULL OR p.changed",
            "SELECT person FROM imp_account JOIN imp_post p USING (a) JOIN imp_post_snapshot s USING (p)"
            " WHERE s.id IS NULL OR s.changed",
        )
    )
    run(
        "CREATE TEMPORARY TABLE imp_touched ON COMMIT DROP AS SELECT person, creator_id, is_new FROM imp_person"
        " WHERE is_new OR person IN ({changed})",
        changed=sql.SQL(changed),
    )
    (found,) = fetch(
        """
        SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),
            (SELECT count(*) FROM imp_person), (SELECT count(*) FROM imp_account),
            (SELECT count(*) FROM imp_match JOIN imp_account USING (a) WHERE profile_id IS NULL),
            (SELECT count(*) FROM imp_post), (SELECT count(*) FROM imp_post WHERE id IS NULL),
            (SELECT count(*) FROM imp_snapshot WHERE id IS NULL)
        FROM imp_touched
        """
    )
    new, updated, people, profiles, profiles_new, posts, posts_new, snapshots = found
    return Counts(
        creators_new=new,
        creators_updated=updated,
        unchanged=people - new - updated,
        profiles=profiles,
        profiles_new=profiles_new,
        posts=posts,
        posts_new=posts_new,
        snapshots_new=snapshots,
    )


def _newer(column: str, alias: str, then: str, known: str) -> sql.Composable:
    """The value after the import: the file's where it is newer, else what stood there, never unknown over known."""
    old: sql.Composable = sql.Identifier(alias, column)
    if column in _EMPTY_TEXTS:
        old = sql.SQL("NULLIF({}, '')").format(old)
    new = sql.Identifier("a", known)
    empty = sql.SQL("''") if column in _EMPTY_TEXTS else sql.SQL("NULL")
    return sql.SQL(
        "COALESCE(CASE WHEN {then} THEN {new} ELSE {old} END, {old}, {new}, {empty})"
    ).format(
        then=sql.SQL(then),  # type: ignore[arg-type]  # a literal of ours
        new=new,
        old=old,
        empty=empty,
    )


def _creators(given: frozenset[str]) -> None:
    """imp_creator_change: the known creators of whom the file knows something else or more, as they become."""
    used = [name for name in CREATOR_VALUES if name in given]
    after = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(
            _newer(name, "c", "a.captured_at >= COALESCE(m.latest, '-infinity')", name),
            sql.Identifier(name),
        )
        for name in used
    )
    if not used:
        run("CREATE TEMPORARY TABLE imp_creator_change (id bigint) ON COMMIT DROP")
        return
    run(
        """
        CREATE TEMPORARY TABLE imp_creator_change ON COMMIT DROP AS
        SELECT n.* FROM (
            SELECT c.id, {after} FROM imp_person a JOIN crm_creator c ON c.id = a.creator_id
            LEFT JOIN (
                SELECT p.creator_id, max(p.metrics_at) AS latest FROM crm_profile p
                JOIN imp_person i ON i.creator_id = p.creator_id AND NOT i.is_new GROUP BY 1
            ) m ON m.creator_id = c.id
            WHERE NOT a.is_new
        ) n JOIN crm_creator c USING (id) WHERE ({new}) IS DISTINCT FROM ({old})
        """,
        after=after,
        new=names(used, "n"),
        old=names(used, "c"),
    )


def _profiles(given: frozenset[str]) -> None:
    """imp_profile_change: the known profiles that become different, as they become."""
    texts = {
        name: column
        for name, column in PROFILE_COLUMNS.items()
        if name in given | {"url", "account_id"}
    }
    numbers = [name for name in PROFILE_NUMBERS if name in given]
    newer: LiteralString = "a.captured_at >= COALESCE(p.metrics_at, '-infinity')"
    after = [
        # An address is made from the handle where the file has none, so it only fills what is not known.
        sql.SQL("{} AS {}").format(
            _newer(column, "p", "false" if name in {"url", "account_id"} else newer, name),
            sql.Identifier(column),
        )
        for name, column in texts.items()
    ]
    after += [
        sql.SQL(
            "CASE WHEN {newer} THEN COALESCE(a.{name}, p.{name}) ELSE p.{name} END AS {name}"
        ).format(newer=sql.SQL(newer), name=sql.Identifier(name))
        for name in numbers
    ]
    columns = [*texts.values(), *numbers, "handle"]
    after.append(
        # The platform's id says that it is the same account: a newer file knows its newer handle.
        sql.SQL(
            "CASE WHEN {newer} AND a.handle <> lower(a.account_id) THEN a.handle ELSE p.handle END AS handle"
        ).format(newer=sql.SQL(newer))
    )
    if numbers:
        after.append(
            sql.SQL(
                "CASE WHEN {newer} AND num_nonnulls({numbers}) > 0 THEN a.captured_at ELSE p.metrics_at END AS metrics_at"
            ).format(newer=sql.SQL(newer), numbers=names(numbers, "a"))
        )
        after.append(
            sql.SQL(
                "CASE WHEN {newer} AND num_nonnulls({numbers}) > 0 THEN {source} ELSE p.metrics_source END AS metrics_source"
            ).format(newer=sql.SQL(newer), numbers=names(numbers, "a"), source=sql.Literal(SOURCE))
        )
        columns += ["metrics_at", "metrics_source"]
    run(
        """
        CREATE TEMPORARY TABLE imp_profile_change ON COMMIT DROP AS
        SELECT n.* FROM (
            SELECT p.id, {after} FROM imp_account a JOIN imp_match m USING (a) JOIN crm_profile p ON p.id = m.profile_id
        ) n JOIN crm_profile p USING (id) WHERE ({new}) IS DISTINCT FROM ({old})
        """,
        after=sql.SQL(", ").join(after),
        new=names(columns, "n"),
        old=names(columns, "p"),
    )


def _numbers(stage: sql.Identifier, given: frozenset[str], params: Params) -> None:
    """imp_snapshot: the numbers of each account at each moment of the file; `id` of the one that is there."""
    used = [name for name in PROFILE_NUMBERS if name in given]
    if not used:
        kinds = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(COLUMNS[name]))
            for name in PROFILE_NUMBERS
        )
        run(
            "CREATE TEMPORARY TABLE imp_snapshot (a bigint, captured_at timestamptz, id bigint, changed boolean, {kinds})"
            " ON COMMIT DROP",
            kinds=kinds,
        )
        return
    rows: sql.Composable
    if "captured_at" in given:
        merged = sql.SQL(", ").join(
            last_known(name, given, "line DESC") for name in PROFILE_NUMBERS
        )
        rows = sql.SQL(
            "SELECT a.a, COALESCE(s.captured_at, %(captured_at)s) AS captured_at, {merged}"
            " FROM (SELECT platform, handle, line, captured_at, {numbers} FROM {stage}) s"
            " JOIN (SELECT a, platform, handle FROM imp_account) a USING (platform, handle) GROUP BY 1, 2"
        ).format(merged=merged, stage=stage, numbers=names(PROFILE_NUMBERS))
    else:
        rows = sql.SQL("SELECT a, captured_at, {numbers} FROM imp_account").format(
            numbers=names(PROFILE_NUMBERS)
        )
    run(
        """
        CREATE TEMPORARY TABLE imp_snapshot ON COMMIT DROP AS
        SELECT r.*, s.id, COALESCE(({after}) IS DISTINCT FROM ({old}), false) AND s.id IS NOT NULL AS changed
        FROM ({rows}) r JOIN imp_match m USING (a)
        LEFT JOIN crm_metricsnapshot s
            ON s.profile_id = m.profile_id AND s.captured_at = r.captured_at AND s.source = {source}
        WHERE num_nonnulls({known}) > 0
        """,
        params,
        rows=rows,
        after=_filled(used, "r", "s"),
        old=names(used, "s"),
        known=names(used, "r"),
        source=sql.Literal(SOURCE),
    )


def _belongings(stage: sql.Identifier, given: frozenset[str], params: Params) -> None:
    """imp_belonging: relationships, contact points, ids and niches that the people of the file do not have yet."""
    parts: list[sql.Composable] = [
        sql.SQL(
            "SELECT i.person, i.creator_id, 'relationship' AS kind, '' AS value FROM imp_person i"
            " WHERE NOT EXISTS (SELECT FROM crm_relationship r WHERE r.brand_id = %(brand)s AND r.creator_id = i.creator_id)"
        )
    ]
    rows = sql.SQL(
        "(SELECT DISTINCT i.person, i.creator_id, {value} AS value FROM {stage} s"
        " JOIN (SELECT person, platform, handle FROM imp_account) a USING (platform, handle)"
        " JOIN imp_person i USING (person) {extra} WHERE {value} IS NOT NULL) v"
    )
    for kind in ("email", "phone"):
        if kind in given:
            parts.append(
                sql.SQL(
                    "SELECT v.person, v.creator_id, {kind}, v.value FROM {rows} WHERE NOT EXISTS (SELECT FROM"
                    " crm_contactpoint c WHERE c.brand_id = %(brand)s AND c.kind = {kind} AND c.value = v.value)"
                ).format(
                    kind=sql.Literal(kind),
                    rows=rows.format(
                        stage=stage, value=sql.Identifier("s", kind), extra=sql.SQL("")
                    ),
                )
            )
    if "external_id" in given:
        parts.append(
            sql.SQL(
                "SELECT v.person, v.creator_id, 'external_id', v.value FROM {rows} WHERE NOT EXISTS (SELECT FROM"
                " crm_externalid x WHERE x.brand_id = %(brand)s AND x.source = %(source)s AND x.value = v.value)"
            ).format(
                rows=rows.format(
                    stage=stage, value=sql.Identifier("s", "external_id"), extra=sql.SQL("")
                )
            )
        )
    if "niches" in given:
        parts.append(
            sql.SQL(
                "SELECT v.person, v.creator_id, 'niche', v.value FROM {rows} WHERE NOT EXISTS (SELECT FROM"
                " crm_creatorniche n JOIN crm_niche k ON k.id = n.niche_id"
                " WHERE n.creator_id = v.creator_id AND k.key = v.value)"
            ).format(
                rows=rows.format(
                    stage=stage,
                    value=sql.Identifier("u", "key"),
                    extra=sql.SQL("CROSS JOIN unnest(s.niches) AS u(key)"),
                )
            )
        )
    run(
        "CREATE TEMPORARY TABLE imp_belonging ON COMMIT DROP AS {parts}",
        params,
        parts=sql.SQL(" UNION ALL ").join(parts),
    )


def _posts(stage: sql.Identifier, given: frozenset[str], params: Params) -> None:
    """imp_post: the file's posts, merged, with the `id` of those that are there; imp_post_snapshot: their counts."""
    run("CREATE INDEX ON imp_account (platform, handle)")
    order: LiteralString = "captured_at DESC NULLS LAST, line DESC"
    merged = sql.SQL(", ").join(last_known(name, given, order) for name in _POST_VALUES)
    newer: LiteralString = "r.captured_at >= COALESCE(p.metrics_at, '-infinity')"
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
        held = sql.SQL("NULLIF({}, {})").format(old, sql.SQL(unknown)) if unknown else old  # type: ignore[arg-type]
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
                unknown=sql.SQL(unknown or "NULL"),  # type: ignore[arg-type]
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
            ("metrics_source", sql.Literal(SOURCE)),
        ):
            after.append(
                sql.SQL(
                    "CASE WHEN {newer} AND num_nonnulls({known}) > 0 THEN {value} ELSE p.{column} END"
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
            SELECT a.a, s.post_id, max(COALESCE(s.captured_at, %(captured_at)s)) AS captured_at, {merged}
            FROM {stage} s JOIN (SELECT a, platform, handle FROM imp_account) a USING (platform, handle)
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
        _no_posts(only_snapshots=True)
        return
    merged = sql.SQL(", ").join(last_known(name, given, "line DESC") for name in POST_NUMBERS)
    run(
        """
        CREATE TEMPORARY TABLE imp_post_snapshot ON COMMIT DROP AS
        SELECT r.*, s.id, s.id IS NOT NULL AND ({after}) IS DISTINCT FROM ({old}) AS changed
        FROM (
            SELECT i.p, i.id AS existing, COALESCE(s.captured_at, %(captured_at)s) AS captured_at, {merged}
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
        after=_filled(known, "r", "s"),
        old=names(known, "s"),
        known=names(known, "r"),
        source=sql.Literal(SOURCE),
    )


def _filled(columns: list[str], new: str, old: str) -> sql.Composable:
    """Each column as it becomes: the file's value, else the one that stood there."""
    return sql.SQL(", ").join(
        sql.SQL("COALESCE({}, {})").format(sql.Identifier(new, name), sql.Identifier(old, name))
        for name in columns
    )


def _no_posts(*, only_snapshots: bool = False) -> None:
    """Empty tables where the file has no posts, or posts without counts."""
    if not only_snapshots:
        run(
            "CREATE TEMPORARY TABLE imp_post (p bigint, a bigint, id bigint, changed boolean) ON COMMIT DROP"
        )
    run(
        "CREATE TEMPORARY TABLE imp_post_snapshot (p bigint, id bigint, changed boolean) ON COMMIT DROP"
    )
