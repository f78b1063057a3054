"""What the staged rows change: temporary tables with the rows to add and the rows that differ.

An unknown value never replaces a known one. Newer numbers replace older ones; older numbers only
add to the history, and of two that claim the same moment the first stands, so that importing files
again, in any order, changes nothing. Names and texts of files that are not newer fill what is not
known. Nothing is written here, so a dry run stops after `count`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, LiteralString

from psycopg import sql

from crm.importers.vocabulary import PROFILE_NUMBERS
from crm.services.imports import audience_changes, belongings, post_changes
from crm.services.imports.accounts import CREATOR_VALUES, PROFILE_TEXTS
from crm.services.imports.post_changes import filled
from crm.services.imports.staging import COLUMNS
from crm.services.imports.statements import Params, fetch, names, run, told_by_moment

# Staging's names of what the tables call otherwise.
PROFILE_COLUMNS = {name: {"account_id": "external_id"}.get(name, name) for name in PROFILE_TEXTS}


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
    _profiles(given, params)
    _numbers(stage, given, params)
    audience_changes.find(stage, given, params)
    belongings.find(stage, given, params)
    if posts:
        post_changes.find(stage, given, params)
    else:
        post_changes.none()


def count() -> Counts:
    """How many people, accounts and posts the file holds and what happens to them."""
    run(
        """
        CREATE TEMPORARY TABLE imp_touched ON COMMIT DROP AS
        SELECT person, creator_id, is_new FROM imp_person WHERE is_new OR person IN (
            SELECT person FROM imp_person JOIN imp_creator_change c ON c.id = creator_id
            UNION SELECT a.person FROM imp_account a JOIN imp_match m USING (a)
                LEFT JOIN imp_profile_change c ON c.id = m.profile_id
                WHERE m.profile_id IS NULL OR c.id IS NOT NULL
            UNION SELECT a.person FROM imp_account a JOIN imp_snapshot s USING (a)
                WHERE s.id IS NULL OR s.changed
            UNION SELECT a.person FROM imp_account a JOIN imp_audience s USING (a)
                WHERE s.id IS NULL OR s.changed
            UNION SELECT person FROM imp_belonging
            UNION SELECT person FROM imp_field
            UNION SELECT a.person FROM imp_account a JOIN imp_post p USING (a)
                WHERE p.id IS NULL OR p.changed
            UNION SELECT a.person FROM imp_account a JOIN imp_post USING (a)
                JOIN imp_post_snapshot s USING (p) WHERE s.id IS NULL OR s.changed
        )
        """
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
    """The value after the import:

    the file's where it is newer, else what stood there, never unknown over known.
    """
    old: sql.Composable = sql.Identifier(alias, column)
    if column in _EMPTY_TEXTS:
        old = sql.SQL("NULLIF({}, '')").format(old)
    new = sql.Identifier("a", known)
    empty = sql.SQL("''") if column in _EMPTY_TEXTS else sql.SQL("NULL")
    return sql.SQL(
        "COALESCE(CASE WHEN {then} THEN {new} ELSE {old} END, {old}, {new}, {empty})"
    ).format(
        then=sql.SQL(then),
        new=new,
        old=old,
        empty=empty,
    )


def _creators(given: frozenset[str]) -> None:
    """imp_creator_change: the known creators of whom the file knows something else or more, as they
    become.
    """
    used = [name for name in CREATOR_VALUES if name in given]
    after = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(
            _newer(name, "c", "a.captured_at > COALESCE(m.latest, '-infinity')", name),
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


def _profiles(given: frozenset[str], params: Params) -> None:
    """imp_profile_change: the known profiles that become different, as they become."""
    texts = {
        name: column
        for name, column in PROFILE_COLUMNS.items()
        if name in given | {"url", "account_id"}
    }
    numbers = [name for name in PROFILE_NUMBERS if name in given]
    newer: LiteralString = "a.captured_at > COALESCE(p.metrics_at, '-infinity')"
    after = [
        # An address is made from the handle where the file has none, so it only fills what is not
        # known.
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
            "CASE WHEN {newer} AND a.handle <> lower(a.account_id) THEN a.handle ELSE p.handle "
            "END AS handle"
        ).format(newer=sql.SQL(newer))
    )
    if numbers:
        after.append(
            sql.SQL(
                "CASE WHEN {newer} AND num_nonnulls({numbers}) > 0 THEN a.captured_at ELSE "
                "p.metrics_at END AS metrics_at"
            ).format(newer=sql.SQL(newer), numbers=names(numbers, "a"))
        )
        after.append(
            sql.SQL(
                "CASE WHEN {newer} AND num_nonnulls({numbers}) > 0 THEN {source} ELSE "
                "p.metrics_source END AS metrics_source"
            ).format(
                newer=sql.SQL(newer),
                numbers=names(numbers, "a"),
                source=sql.Literal(params["numbers_source"]),
            )
        )
        columns += ["metrics_at", "metrics_source"]
    run(
        """
        CREATE TEMPORARY TABLE imp_profile_change ON COMMIT DROP AS
        SELECT n.* FROM (
            SELECT p.id, {after} FROM imp_account a JOIN imp_match m USING (a) JOIN crm_profile p
                ON p.id = m.profile_id
        ) n JOIN crm_profile p USING (id) WHERE ({new}) IS DISTINCT FROM ({old})
        """,
        after=sql.SQL(", ").join(after),
        new=names(columns, "n"),
        old=names(columns, "p"),
    )


def _numbers(stage: sql.Identifier, given: frozenset[str], params: Params) -> None:
    """imp_snapshot: the numbers of each account at each moment of the file.

    `id` of the one that is there.
    """
    used = [name for name in PROFILE_NUMBERS if name in given]
    if not used:
        kinds = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(COLUMNS[name]))
            for name in PROFILE_NUMBERS
        )
        run(
            "CREATE TEMPORARY TABLE imp_snapshot (a bigint, captured_at timestamptz, id bigint, "
            "changed boolean, {kinds})"
            " ON COMMIT DROP",
            kinds=kinds,
        )
        return
    run(
        """
        CREATE TEMPORARY TABLE imp_snapshot ON COMMIT DROP AS
        SELECT r.*, s.id, COALESCE(({after}) IS DISTINCT FROM ({old}), false)
            AND s.id IS NOT NULL AS changed
        FROM ({rows}) r JOIN imp_match m USING (a)
        LEFT JOIN crm_metricsnapshot s
            ON s.profile_id = m.profile_id AND s.captured_at = r.captured_at AND s.source = {source}
        WHERE num_nonnulls({known}) > 0
        """,
        params,
        rows=told_by_moment(stage, given, PROFILE_NUMBERS),
        after=filled(used, "r", "s"),
        old=names(used, "s"),
        known=names(used, "r"),
        source=sql.Literal(params["numbers_source"]),
    )
