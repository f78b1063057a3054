"""What the people of a file do not have yet: relationship, contact points, ids, niches and tags.

Builds imp_belonging (person, creator_id, kind, value).
"""

from __future__ import annotations

from typing import LiteralString

from psycopg import sql

from crm.services.imports.statements import Params, run

_RELATIONSHIPS: LiteralString = """
    SELECT i.person, i.creator_id, 'relationship' AS kind, '' AS value FROM imp_person i
    WHERE NOT EXISTS (
        SELECT FROM crm_relationship r
        WHERE r.brand_id = %(brand)s AND r.creator_id = i.creator_id
    )
"""
_CONTACTS: LiteralString = """
    SELECT v.person, v.creator_id, {kind}, v.value FROM {given} v
    WHERE NOT EXISTS (
        SELECT FROM crm_contactpoint c
        WHERE c.brand_id = %(brand)s AND c.kind = {kind} AND c.value = v.value
    )
"""
_IDS: LiteralString = """
    SELECT v.person, v.creator_id, 'external_id', v.value FROM {given} v
    WHERE NOT EXISTS (
        SELECT FROM crm_externalid x
        WHERE x.brand_id = %(brand)s AND x.source = %(source)s AND x.value = v.value
    )
"""
_NICHES: LiteralString = """
    SELECT v.person, v.creator_id, 'niche', v.value FROM {given} v
    WHERE NOT EXISTS (
        SELECT FROM crm_creatorniche n JOIN crm_niche k ON k.id = n.niche_id
        WHERE n.creator_id = v.creator_id AND k.key = v.value
    )
"""
_TAGS: LiteralString = """
    SELECT v.person, v.creator_id, 'tag', v.value FROM {given} v
    WHERE NOT EXISTS (
        SELECT FROM crm_creatortag g JOIN crm_tag t ON t.id = g.tag_id
        WHERE g.creator_id = v.creator_id AND t.brand_id = %(brand)s AND lower(t.name) = v.value
    )
"""
# What the staged rows give, by person.
_GIVEN: LiteralString = """
    (SELECT DISTINCT i.person, i.creator_id, {value} AS value FROM {stage} s
    JOIN (SELECT person, platform, handle FROM imp_account) a USING (platform, handle)
    JOIN imp_person i USING (person) {unnested} WHERE {value} IS NOT NULL)
"""


def find(stage: sql.Identifier, given: frozenset[str], params: Params) -> None:
    """Build imp_belonging."""
    parts: list[sql.Composable] = [sql.SQL(_RELATIONSHIPS)]
    parts += [
        sql.SQL(_CONTACTS).format(kind=sql.Literal(kind), given=_given(stage, kind))
        for kind in ("email", "phone")
        if kind in given
    ]
    if "external_id" in given:
        parts.append(sql.SQL(_IDS).format(given=_given(stage, "external_id")))
    for column, wanted in (("niches", _NICHES), ("tags", _TAGS)):
        if column in given:
            words = sql.SQL(_GIVEN).format(
                stage=stage,
                value=sql.Identifier("u", "key"),
                unnested=sql.SQL("CROSS JOIN unnest({}) AS u (key)").format(
                    sql.Identifier("s", column)
                ),
            )
            parts.append(sql.SQL(wanted).format(given=words))
    run(
        "CREATE TEMPORARY TABLE imp_belonging ON COMMIT DROP AS {parts}",
        params,
        parts=sql.SQL(" UNION ALL ").join(parts),
    )


def _given(stage: sql.Identifier, column: str) -> sql.Composed:
    return sql.SQL(_GIVEN).format(
        stage=stage, value=sql.Identifier("s", column), unnested=sql.SQL("")
    )
