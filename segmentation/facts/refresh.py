"""Fill the fact table as of a moment: one statement for a brand, or for some of its creators."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from campaigns.causes.taxonomy import standard as causes
from crm import performance
from crm.models import Brand
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.facts.norms import refresh_norms
from segmentation.models import FactsMoment

# Facts taken as they are from crm.performance.
MEASURED = (
    "followers",
    "followers_at",
    "followers_total",
    "follower_growth_90d",
    "is_verified",
    "engagement_rate",
    "engagement_posts",
    "view_rate",
    "avg_views",
    "avg_likes",
    "avg_comments",
    "posts_30d",
    "posts_90d",
    "posts_365d",
    "last_post_at",
    "video_share",
    "paid_share",
)
# The others: column and what fills it.
COMPOSED = {
    "is_celebrity": "person.is_celebrity",
    "platforms": "nullif(m.platforms, '{}')",
    "platforms_count": "nullif(m.platforms_count, 0)",
    "primary_platform": "m.primary_platform_id",
    "platform_rates": "m.platform_rates",
    "niches": "subjects.niches",
    "country": "nullif(person.country, '')",
    "language": "nullif(person.language, '')",
    "creator_type": "nullif(person.creator_type, '')",
    "profession": "nullif(person.profession, '')",
    "audience_country": "audience.countries",
    "audience_age": "audience.ages",
    "audience_gender": "audience.genders",
    "audience_quality": "audience.quality",
    "stage": "coalesce(stays.stage, "
    "CASE WHEN related.stage_since <= %(as_of)s THEN related.stage END)",
    "stage_since": "coalesce(stays.entered_at, "
    "CASE WHEN related.stage_since <= %(as_of)s THEN related.stage_since END)",
    "known_since": "related.since",
    "has_owner": "related.has_owner",
    "next_step_on": "related.next_step_on",
    "has_email": "addresses.creator_id IS NOT NULL",
    "tags": "coalesce(words.tags, '{}')",
    "risk_tier": "coalesce(risk_said.tier, risks.tier)",
    "risk_points": "risks.points",
    "audience_flags": "flags.number",
    "reliability": "reliable.score",
    "authenticity": "authentic.score",
    "trust": "trusted.score",
    "causes": "coalesce(stances.causes, '{}')",
    "custom": "coalesce(said.held, '{}')",
}
COLUMNS = (*MEASURED, *COMPOSED)

# Causes by the numbers that facts keep.
_NUMBERS = ", ".join(f"('{cause.key}', {cause.number})" for cause in causes().causes.values())
CAUSES = f"(VALUES {_NUMBERS}) AS"


# What crm.performance would find, where it was stored as of the moment already.
_STORED_METRICS = """SELECT m.*, p.id AS primary_profile_id, p.is_verified
  FROM crm_creatormetrics m
  LEFT JOIN crm_profile p ON p.platform_id = m.primary_platform_id AND p.handle = m.primary_handle
  WHERE m.creator_id IN (SELECT creator_id FROM related)"""


def facts_query(*, some: bool, is_measured: bool = False) -> tuple[str, str]:
    """The facts of a brand's creators as (the named queries, the query that uses them).

    The result has creator_id and COLUMNS. Parameters: those of crm.performance, brand_id and, for
    `some` creators, creator_ids. Where the creators' metrics were brought to the same moment
    before, `is_measured`, those are read instead of posts and snapshots.
    """
    measure = performance.creator_metrics("SELECT creator_id AS id FROM related")
    only = "AND r.creator_id = ANY(%(creator_ids)s)" if some else ""
    measured = ", ".join(f"m.{name}" for name in MEASURED)
    composed = ", ".join(f"{sql} AS {name}" for name, sql in COMPOSED.items())
    named = f"""
WITH related AS MATERIALIZED (
  SELECT r.id, r.creator_id, r.since, r.stage, r.stage_since, r.next_step_on,
    r.owner_id IS NOT NULL AS has_owner
  FROM crm_relationship r
  WHERE r.brand_id = %(brand_id)s AND r.since <= %(as_of)s AND r.unprofiled_at IS NULL {only}
), metrics AS MATERIALIZED (
  {_STORED_METRICS if is_measured else measure}
), stays AS (
  SELECT DISTINCT ON (s.relationship_id) s.relationship_id, s.stage, s.entered_at
  FROM crm_stagechange s JOIN related ON related.id = s.relationship_id
  WHERE s.entered_at <= %(as_of)s AND (s.left_at IS NULL OR s.left_at > %(as_of)s)
  ORDER BY s.relationship_id, s.entered_at DESC, s.id DESC
), subjects AS (
  SELECT n.creator_id, array_agg(n.niche_id::integer ORDER BY n.niche_id) AS niches
  FROM crm_creatorniche n WHERE n.creator_id IN (SELECT creator_id FROM related)
  GROUP BY n.creator_id
), addresses AS (
  SELECT DISTINCT p.creator_id FROM crm_contactpoint p
  WHERE p.brand_id = %(brand_id)s AND p.kind = 'email'
    AND p.barred_at IS NULL AND p.creator_id IN (SELECT creator_id FROM related)
), words AS (
  SELECT g.creator_id, array_agg(g.tag_id::integer ORDER BY g.tag_id) AS tags
  FROM crm_creatortag g JOIN crm_tag t ON t.id = g.tag_id AND t.brand_id = %(brand_id)s
  WHERE g.creator_id IN (SELECT creator_id FROM related) GROUP BY g.creator_id
), risks AS (
  SELECT DISTINCT ON (a.relationship_id) a.relationship_id, a.tier, a.points::float8 AS points
  FROM campaigns_riskassessment a JOIN related ON related.id = a.relationship_id
  WHERE a.assessed_at <= %(as_of)s
  ORDER BY a.relationship_id, a.assessed_at DESC, a.id DESC
), risk_said AS (
  SELECT DISTINCT ON (o.relationship_id) o.relationship_id, o.tier
  FROM campaigns_riskoverride o JOIN related ON related.id = o.relationship_id
  WHERE o.since <= %(as_of)s AND (o.ended_at IS NULL OR o.ended_at > %(as_of)s)
  ORDER BY o.relationship_id, o.since DESC, o.id DESC
), looked AS (
  (SELECT DISTINCT ON (a.profile_id) p.creator_id, related.id AS relationship_id, a.profile_id,
    a.raised
  FROM campaigns_authenticityreading a JOIN crm_profile p ON p.id = a.profile_id
  JOIN related ON related.creator_id = p.creator_id
  WHERE a.read_at <= %(as_of)s
  ORDER BY a.profile_id, a.read_at DESC, a.id DESC)
  UNION ALL
  -- What the brand's own comments say of the same accounts.
  (SELECT DISTINCT ON (a.profile_id) p.creator_id, related.id, a.profile_id, a.raised
  FROM campaigns_commenterreading a JOIN crm_profile p ON p.id = a.profile_id
  JOIN related ON related.creator_id = p.creator_id
  WHERE a.brand_id = %(brand_id)s AND a.read_at <= %(as_of)s
  ORDER BY a.profile_id, a.read_at DESC, a.id DESC)
), signs AS (
  SELECT relationship_id, profile_id, unnest(raised) AS flag FROM looked
), flags AS (
  SELECT l.creator_id,
    count(DISTINCT s.flag) FILTER (WHERE s.flag IS NOT NULL AND d.id IS NULL)::integer AS number
  FROM looked l
  LEFT JOIN signs s ON s.profile_id = l.profile_id
  LEFT JOIN campaigns_flagdismissal d ON d.relationship_id = s.relationship_id
    AND d.profile_id = s.profile_id AND d.flag = s.flag AND d.since <= %(as_of)s
    AND d.until > %(as_of)s AND (d.ended_at IS NULL OR d.ended_at > %(as_of)s)
  GROUP BY l.creator_id
), reliable AS (
  SELECT DISTINCT ON (a.relationship_id) a.relationship_id, a.score::float8 AS score
  FROM campaigns_reliabilityreading a JOIN related ON related.id = a.relationship_id
  WHERE a.read_at <= %(as_of)s
  ORDER BY a.relationship_id, a.read_at DESC, a.id DESC
), authentic AS (
  SELECT DISTINCT ON (a.relationship_id) a.relationship_id, a.score::float8 AS score
  FROM campaigns_authenticityscore a JOIN related ON related.id = a.relationship_id
  WHERE a.read_at <= %(as_of)s
  ORDER BY a.relationship_id, a.read_at DESC, a.id DESC
), trusted AS (
  SELECT DISTINCT ON (a.relationship_id) a.relationship_id, a.score::float8 AS score
  FROM campaigns_trustreading a JOIN related ON related.id = a.relationship_id
  WHERE a.read_at <= %(as_of)s
  ORDER BY a.relationship_id, a.read_at DESC, a.id DESC
), stances AS (
  SELECT t.relationship_id, array_agg(k.number ORDER BY k.number) AS causes
  FROM campaigns_causetag t JOIN related ON related.id = t.relationship_id
  JOIN {CAUSES} k (key, number) ON k.key = t.cause
  WHERE t.created_at <= %(as_of)s AND (t.removed_at IS NULL OR t.removed_at > %(as_of)s)
  GROUP BY t.relationship_id
), audience AS (
  SELECT DISTINCT ON (a.profile_id) a.profile_id, a.countries, a.ages, a.genders, a.quality
  FROM crm_audiencesnapshot a JOIN metrics m ON m.primary_profile_id = a.profile_id
  WHERE a.captured_at <= %(as_of)s
  ORDER BY a.profile_id, a.captured_at DESC, a.id DESC
), said AS (
  SELECT v.creator_id, jsonb_object_agg(v.key, coalesce(to_jsonb(v.number), to_jsonb(v.text),
    to_jsonb(v.flag), to_jsonb(v.day), to_jsonb(v.tags::text))) AS held
  FROM (
    SELECT DISTINCT ON (v.field_id, v.creator_id) v.*, f.key
    FROM crm_customfield f JOIN crm_fieldvalue v ON v.field_id = f.id
    WHERE f.brand_id = %(brand_id)s AND v.since <= %(as_of)s
      AND v.creator_id IN (SELECT creator_id FROM related)
    ORDER BY v.field_id, v.creator_id, v.since DESC
  ) v
  WHERE num_nonnulls(v.number, v.text, v.flag, v.day, v.tags) > 0
  GROUP BY v.creator_id
)"""  # noqa: S608 - names of ours; values are parameters
    query = f"""
SELECT related.creator_id, {measured}, {composed}
FROM related
JOIN crm_creator person ON person.id = related.creator_id
JOIN metrics m ON m.creator_id = related.creator_id
LEFT JOIN stays ON stays.relationship_id = related.id
LEFT JOIN subjects ON subjects.creator_id = related.creator_id
LEFT JOIN addresses ON addresses.creator_id = related.creator_id
LEFT JOIN words ON words.creator_id = related.creator_id
LEFT JOIN risks ON risks.relationship_id = related.id
LEFT JOIN risk_said ON risk_said.relationship_id = related.id
LEFT JOIN flags ON flags.creator_id = related.creator_id
LEFT JOIN reliable ON reliable.relationship_id = related.id
LEFT JOIN authentic ON authentic.relationship_id = related.id
LEFT JOIN trusted ON trusted.relationship_id = related.id
LEFT JOIN stances ON stances.relationship_id = related.id
LEFT JOIN audience ON audience.profile_id = m.primary_profile_id
LEFT JOIN said ON said.creator_id = related.creator_id"""  # noqa: S608 - names of ours
    return named, query


# What the rows hold, in short: rows of another definition are of an earlier release.
DEFINITION = hashlib.sha256("".join(facts_query(some=False)).encode()).hexdigest()


def parameters(brand: Brand, as_of: datetime, creator_ids: Sequence[int] | None) -> dict[str, Any]:
    """What `facts_query` needs."""
    values: dict[str, Any] = {**performance.parameters(as_of), "brand_id": brand.pk}
    if creator_ids is not None:
        values["creator_ids"] = list(creator_ids)
    return values


@transaction.atomic(savepoint=False)
def refresh_facts(
    *,
    brand: Brand,
    as_of: datetime,
    creator_ids: Sequence[int] | None = None,
    table: str = FACTS_TABLE,
    looked_at: bool = False,
    is_measured: bool = False,
) -> int:
    """Fill the facts of `brand` as of `as_of`, of all its creators or of `creator_ids`.

    Writes only rows that differ and leaves the segment masks as they are, so that a row's own
    `as_of` is when its facts last changed; that of all rows that were `looked_at`, where the caller
    says so. A creator whom the brand does not know as of the moment loses `known_since`, and the
    row once they are in no segment any more. Returns rows written. `is_measured` promises that
    crm.services.metrics was told to refresh the same creators as of the same moment.

    After a refresh of everybody come the peer norms, which are stored beside the table.
    """
    some = creator_ids is not None
    statement = _statement(table, some=some, looked_at=looked_at, is_measured=is_measured)
    values = parameters(brand, as_of, creator_ids)
    many = None if creator_ids is None else len(creator_ids)
    with performance.planned_for(many), connection.cursor() as cursor:
        cursor.execute(*performance.for_creators(statement, values, many))
        written = int(cursor.rowcount)
        if looked_at and written == many:
            return written  # the brand knows each of them
        for statement in _forget(table, some=some, looked_at=looked_at):
            cursor.execute(statement, values)
            written += int(cursor.rowcount)
        if creator_ids is None:
            refresh_norms(brand, as_of, table)
    if creator_ids is None and table == FACTS_TABLE:
        FactsMoment.objects.bulk_create(
            [FactsMoment(brand=brand, as_of=as_of, definition=DEFINITION)],
            update_conflicts=True,
            update_fields=["as_of", "definition"],
            unique_fields=["brand"],
        )
    return written


@lru_cache(maxsize=16)
def _statement(table: str, *, some: bool, looked_at: bool, is_measured: bool) -> str:
    """What fills the table."""
    named, query = facts_query(some=some, is_measured=is_measured)
    listed = ", ".join(COLUMNS)
    return f"""{named}
INSERT INTO {table} AS f (brand_id, as_of, member_bits, unknown_bits, creator_id, {listed})
SELECT %(brand_id)s, %(as_of)s, '{{}}', '{{}}', found.* FROM ({_ordered(query)}) found
ON CONFLICT (brand_id, creator_id) DO UPDATE
SET as_of = excluded.as_of, {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
{"" if looked_at else _DIFFERS}"""  # noqa: S608 - own names


_DIFFERS = f"""WHERE ({", ".join(f"f.{name}" for name in COLUMNS)})
  IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in COLUMNS)})"""


def _ordered(query: str) -> str:
    """Rows are written in the order of ids, so that two writers wait instead of dead-locking."""
    return f"{query} ORDER BY related.creator_id"


def _forget(table: str, *, some: bool, looked_at: bool) -> tuple[str, str]:
    """Statements for creators whom the brand does not know (any more) as of the moment."""
    only = "AND f.creator_id = ANY(%(creator_ids)s)" if some else ""
    differs = "" if looked_at else "AND f.known_since IS NOT NULL"
    return (
        f"""UPDATE {table} f SET known_since = NULL, as_of = %(as_of)s
WHERE f.brand_id = %(brand_id)s {differs} {only} AND NOT EXISTS (
  SELECT FROM crm_relationship r WHERE r.brand_id = %(brand_id)s AND r.creator_id = f.creator_id
    AND r.since <= %(as_of)s AND r.unprofiled_at IS NULL)""",  # noqa: S608 - names of ours
        f"""DELETE FROM {table} f
WHERE f.brand_id = %(brand_id)s AND f.known_since IS NULL AND 0 = ALL(f.member_bits) {only}""",  # noqa: S608 - names of ours
    )
