"""Write what changes.py found:

additions name the import, changed rows leave their former self to undo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import LiteralString

from django.db import connection
from psycopg import sql

from crm.importers.vocabulary import POST_NUMBERS, PROFILE_NUMBERS
from crm.services.imports import audience_changes, field_changes
from crm.services.imports.statements import Params, fetch, names, run
from crm.services.tags import free_key

# What an import adds, children first.
ADDED: tuple[LiteralString, ...] = (
    "crm_postmetricsnapshot",
    "crm_post",
    "crm_audiencesnapshot",
    "crm_metricsnapshot",
    "crm_creatorniche",
    "crm_creatortag",
    "crm_fieldvalue",
    "crm_externalid",
    "crm_contactpoint",
    "crm_relationship",
    "crm_profile",
    "crm_creator",
)
# The columns that an import may change, by table: what is compared and put back at undo.
CHANGEABLE: Mapping[str, Sequence[str]] = {
    "crm_creator": ("name", "country", "language", "profession"),
    "crm_profile": (
        "handle",
        "display_name",
        "url",
        "external_id",
        "bio",
        "is_verified",
        *PROFILE_NUMBERS,
        "metrics_at",
        "metrics_source",
    ),
    "crm_metricsnapshot": PROFILE_NUMBERS,
    "crm_audiencesnapshot": audience_changes.COLUMNS,
    "crm_post": (
        "posted_at",
        "kind",
        "title",
        "caption",
        "url",
        "language",
        "is_paid_partnership",
        "followers_at_post",
        *POST_NUMBERS,
        "metrics_at",
        "metrics_source",
    ),
    "crm_postmetricsnapshot": POST_NUMBERS,
}


def write(
    *, params: Params, niches: Mapping[str, str], tags: Mapping[str, str], posts: bool
) -> None:
    """Add and change everything.

    `niches` and `tags` have the label of each key; params: batch, brand, source, numbers_source,
    at, captured_at.
    """
    _creators(params)
    _profiles(params)
    _belongings(params, niches)
    if tags:
        _tags(params, tags)
    field_changes.write(params)
    _snapshots(params)
    if posts:
        _posts(params)


def _creators(params: Params) -> None:
    run(
        """
        INSERT INTO crm_creator (id, uid, name, creator_type, country, language, profession,
            is_celebrity,
            import_batch_id, created_at, updated_at)
        SELECT creator_id, gen_random_uuid(), left(COALESCE(name, fallback), 200), 'external',
            COALESCE(country, ''),
            COALESCE(language, ''), COALESCE(profession, ''), NULL, %(batch)s, %(at)s, %(at)s
        FROM imp_person WHERE is_new ORDER BY creator_id
        """,
        params,
    )
    _change("crm_creator", "imp_creator_change", params, extra="updated_at = %(at)s")


def _profiles(params: Params) -> None:
    _change("crm_profile", "imp_profile_change", params)
    run(
        """
        UPDATE imp_match m SET profile_id = nextval('crm_profile_id_seq')
        FROM imp_account a WHERE a.a = m.a AND m.profile_id IS NULL
        """
    )
    run(
        """
        INSERT INTO crm_profile (id, creator_id, platform_id, handle, display_name, url,
            external_id, bio, is_verified,
            {numbers}, metrics_at, metrics_source, import_batch_id, created_at)
        SELECT m.profile_id, i.creator_id, a.platform, a.handle, COALESCE(a.display_name, ''),
            COALESCE(a.url, ''),
            COALESCE(a.account_id, ''), COALESCE(a.bio, ''), a.is_verified, {values},
            CASE WHEN num_nonnulls({values}) > 0 THEN a.captured_at END, {source}, %(batch)s, %(at)s
        FROM imp_account a JOIN imp_match m USING (a) JOIN imp_person i USING (person)
        WHERE m.creator_id IS NULL
        """,
        params,
        numbers=names(PROFILE_NUMBERS),
        values=names(PROFILE_NUMBERS, "a"),
        source=sql.Literal(params["numbers_source"]),
    )


def _belongings(params: Params, niches: Mapping[str, str]) -> None:
    run(
        """
        WITH added AS (
            INSERT INTO crm_relationship (brand_id, creator_id, stage, stage_since, since,
                next_step, version,
                import_batch_id, created_at)
            SELECT %(brand)s, creator_id, 'prospect', {since}, {since}, '', 1, %(batch)s, %(at)s
            FROM imp_belonging WHERE kind = 'relationship' RETURNING id
        )
        INSERT INTO crm_stagechange (relationship_id, from_stage, stage, entered_at, actor_id,
            reason)
        SELECT id, '', 'prospect', {since}, %(actor)s, 'Imported' FROM added
        """,
        params,
        # Who brings numbers of a day knew the creators on that day: runs as of then include them.
        since=sql.SQL("LEAST(%(at)s, %(captured_at)s)"),
    )
    run(
        """
        INSERT INTO crm_contactpoint (brand_id, creator_id, kind, value, import_batch_id,
            created_at)
        SELECT %(brand)s, creator_id, kind, value, %(batch)s, %(at)s
        FROM imp_belonging WHERE kind IN ('email', 'phone') ON CONFLICT (brand_id, kind,
            value) DO NOTHING
        """,
        params,
    )
    run(
        """
        INSERT INTO crm_externalid (brand_id, creator_id, source, value, import_batch_id)
        SELECT %(brand)s, creator_id, %(source)s, value, %(batch)s
        FROM imp_belonging WHERE kind = 'external_id' ON CONFLICT (brand_id, source,
            value) DO NOTHING
        """,
        params,
    )
    if not niches:
        return
    # An empty former self says that the row was not there: undo removes the niche unless it has
    # come into use.
    run(
        """
        WITH added AS (
            INSERT INTO crm_niche (key, label)
            SELECT key, label FROM unnest(%(keys)s::text[], %(labels)s::text[]) AS given (key,
                label)
            WHERE key IN (SELECT value FROM imp_belonging WHERE kind = 'niche')
            ORDER BY key ON CONFLICT (key) DO NOTHING RETURNING id
        )
        INSERT INTO crm_importbeforeimage (batch_id, table_name, row_id, before)
        SELECT %(batch)s, 'crm_niche', id, '{}' FROM added
        """,
        {**params, "keys": list(niches.keys()), "labels": list(niches.values())},
    )
    run(
        """
        INSERT INTO crm_creatorniche (creator_id, niche_id, source, import_batch_id)
        SELECT b.creator_id, n.id, {source}, %(batch)s
        FROM imp_belonging b JOIN crm_niche n ON n.key = b.value WHERE b.kind = 'niche'
        """,
        params,
        source=sql.Literal(params["numbers_source"]),
    )


def _tags(params: Params, tags: Mapping[str, str]) -> None:
    """Words that the brand does not have yet, and who gets which."""
    wanted = {row[0] for row in fetch("SELECT value FROM imp_belonging WHERE kind = 'tag'")}
    known = fetch("SELECT lower(name), key FROM crm_tag WHERE brand_id = %(brand)s", params)
    taken = {key for _name, key in known}
    new: dict[str, str] = {}
    for word in sorted(wanted - {name for name, _key in known}):
        key = free_key(tags[word], taken)
        taken.add(key)
        new[key] = tags[word]
    # As for niches: an empty former self says that the word was not there.
    run(
        """
        WITH added AS (
            INSERT INTO crm_tag (brand_id, key, name)
            SELECT %(brand)s, key, name FROM unnest(%(keys)s::text[], %(names)s::text[])
                AS given (key, name)
            ON CONFLICT DO NOTHING RETURNING id
        )
        INSERT INTO crm_importbeforeimage (batch_id, table_name, row_id, before)
        SELECT %(batch)s, 'crm_tag', id, '{}' FROM added
        """,
        {**params, "keys": list(new), "names": list(new.values())},
    )
    run(
        """
        INSERT INTO crm_creatortag (tag_id, creator_id, author_id, created_at, import_batch_id)
        SELECT t.id, b.creator_id, %(actor)s, %(at)s, %(batch)s FROM imp_belonging b
        JOIN crm_tag t ON t.brand_id = %(brand)s AND lower(t.name) = b.value WHERE b.kind = 'tag'
        ON CONFLICT (tag_id, creator_id) DO NOTHING
        """,
        params,
    )


def _snapshots(params: Params) -> None:
    run(
        """
        INSERT INTO crm_metricsnapshot (profile_id, captured_at, source, {numbers}, import_batch_id)
        SELECT m.profile_id, s.captured_at, {source}, {values}, %(batch)s
        FROM imp_snapshot s JOIN imp_match m USING (a) WHERE s.id IS NULL
        """,
        params,
        numbers=names(PROFILE_NUMBERS),
        values=names(PROFILE_NUMBERS, "s"),
        source=sql.Literal(params["numbers_source"]),
    )
    _fill("crm_metricsnapshot", "imp_snapshot", PROFILE_NUMBERS, params)
    audience_changes.add(params)
    _fill("crm_audiencesnapshot", "imp_audience", audience_changes.COLUMNS, params)


def _posts(params: Params) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(attname, 5) FROM pg_attribute"
            " WHERE attrelid = 'imp_post'::regclass AND attnum > 0 AND attname LIKE 'new\\_%'"
        )
        changed = [row[0] for row in cursor.fetchall()]
    run(
        "CREATE TEMPORARY TABLE imp_post_change ON COMMIT DROP AS SELECT id, {columns} FROM "
        "imp_post WHERE changed",
        columns=sql.SQL(", ").join(
            sql.SQL("{} AS {}").format(sql.Identifier(f"new_{name}"), sql.Identifier(name))
            for name in changed
        ),
    )
    _change("crm_post", "imp_post_change", params)
    run("ALTER TABLE imp_post ADD COLUMN is_new boolean")
    run("UPDATE imp_post SET is_new = true, id = nextval('crm_post_id_seq') WHERE id IS NULL")
    run(
        """
        INSERT INTO crm_post (id, profile_id, creator_id, external_id, posted_at, kind, title,
            caption, url, language,
            is_paid_partnership, followers_at_post, {numbers}, metrics_at, metrics_source,
                import_batch_id, created_at)
        SELECT p.id, m.profile_id, f.creator_id, p.post_id, p.posted_at, COALESCE(p.post_kind,
            'other'),
            COALESCE(p.title, ''), COALESCE(p.caption, ''), COALESCE(p.post_url, ''),
                COALESCE(p.post_language, ''),
            p.is_paid_partnership, p.followers_at_post, {values},
            CASE WHEN num_nonnulls({values}) > 0 THEN p.captured_at END, {source}, %(batch)s, %(at)s
        FROM imp_post p JOIN imp_match m USING (a) JOIN crm_profile f ON f.id = m.profile_id
        WHERE p.is_new ORDER BY p.id
        """,
        params,
        numbers=names(POST_NUMBERS),
        values=names(POST_NUMBERS, "p"),
        source=sql.Literal(params["numbers_source"]),
    )
    run(
        """
        INSERT INTO crm_postmetricsnapshot (post_id, captured_at, source, {numbers},
            import_batch_id)
        SELECT p.id, s.captured_at, {source}, {values}, %(batch)s
        FROM imp_post_snapshot s JOIN imp_post p USING (p) WHERE s.id IS NULL
        """,
        params,
        numbers=names(POST_NUMBERS),
        values=names(POST_NUMBERS, "s"),
        source=sql.Literal(params["numbers_source"]),
    )
    _fill("crm_postmetricsnapshot", "imp_post_snapshot", POST_NUMBERS, params)


def _change(table: str, changes: LiteralString, params: Params, extra: LiteralString = "") -> None:
    """Store the former self of each row of `changes` and set its columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND "
            "attname <> 'id'",
            [changes],
        )
        columns = [row[0] for row in cursor.fetchall()]
    if not columns:
        return
    run(
        """
        INSERT INTO crm_importbeforeimage (batch_id, table_name, row_id, before)
        SELECT %(batch)s, {name}, t.id, jsonb_build_object('old', to_jsonb(o), 'new',
            to_jsonb(c) - 'id')
        FROM {changes} c JOIN {table} t ON t.id = c.id CROSS JOIN LATERAL (SELECT {old}) o
        """,
        params,
        name=sql.Literal(table),
        old=names([*columns, "updated_at"] if table == "crm_creator" else columns, "t"),
        table=sql.Identifier(table),
        changes=sql.Identifier(changes),
    )
    assignments: list[sql.Composable] = [
        sql.SQL("{0} = c.{0}").format(sql.Identifier(name)) for name in columns
    ]
    assignments += [sql.SQL(extra)] if extra else []
    run(
        "UPDATE {table} t SET {assignments} FROM {changes} c WHERE c.id = t.id",
        params,
        table=sql.Identifier(table),
        changes=sql.Identifier(changes),
        assignments=sql.SQL(", ").join(assignments),
    )


def _fill(
    table: LiteralString, found: LiteralString, columns: Sequence[str], params: Params
) -> None:
    """Complete the snapshots that are there with what the file knows of the same moment."""
    changes: LiteralString = found + "_change"
    run(
        "CREATE TEMPORARY TABLE {changes} ON COMMIT DROP AS SELECT t.id, {values}"
        " FROM {found} s JOIN {table} t ON t.id = s.id WHERE s.changed",
        changes=sql.Identifier(changes),
        found=sql.Identifier(found),
        table=sql.Identifier(table),
        values=sql.SQL(", ").join(
            sql.SQL("COALESCE(t.{0}, s.{0}) AS {0}").format(sql.Identifier(name))
            for name in columns
        ),
    )
    _change(table, changes, params)
