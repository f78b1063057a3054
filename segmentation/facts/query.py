"""What the facts of creators are, as SQL: all that records of any kind say of them by a moment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.causes.taxonomy import standard as causes
from crm import performance

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
    "audience_aqs": "audience.aqs",
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


@dataclass(frozen=True)
class Part:
    """What records of one kind say of creators: a query with a row for each, or none.

    owner  the column of the creators' rows that names the record's owner
    key    the column of the records that does, under the name that the query selects it by
    sql    the query, with {mine} between its tables and its conditions
    """

    owner: str
    key: str
    sql: str

    def of_all(self) -> str:
        """The query of everybody's records, to be joined by the key."""
        rows = "metrics m" if self.owner.startswith("m.") else "related"
        return self.sql.replace("{mine}", f"JOIN {rows} ON {self.owner} = {self.key} WHERE")

    def of_one(self) -> str:
        """The query of the records of the one creator beside whose row it stands."""
        return self.sql.replace("{mine}", f"WHERE {self.key} = {self.owner} AND")


def _newest(table: str, columns: str, since: str, condition: str = "TRUE") -> Part:
    """The newest record of a relationship by the moment `since`, of those that meet a condition."""
    return Part(
        "related.id",
        "a.relationship_id",
        f"""SELECT DISTINCT ON (a.relationship_id) a.relationship_id, {columns}
  FROM {table} a {{mine}} a.{since} <= %(as_of)s AND {condition}
  ORDER BY a.relationship_id, a.{since} DESC, a.id DESC""",  # noqa: S608 - names of ours
    )


_SCORE = "a.score::float8 AS score"
# Of each the newest that is known: a file with one number must not hide what others told before.
_NEWEST_KNOWN = ", ".join(
    f"(array_agg(a.{name} ORDER BY a.captured_at DESC, a.id DESC) "
    f"FILTER (WHERE a.{name} IS NOT NULL))[1] AS {name}"
    for name in ("countries", "ages", "genders", "quality", "aqs")
)
_PARTS: Mapping[str, Part] = {
    "stays": _newest(
        "crm_stagechange",
        "a.stage, a.entered_at",
        "entered_at",
        "(a.left_at IS NULL OR a.left_at > %(as_of)s)",
    ),
    "subjects": Part(
        "related.creator_id",
        "n.creator_id",
        """SELECT n.creator_id, array_agg(n.niche_id::integer ORDER BY n.niche_id) AS niches
  FROM crm_creatorniche n {mine} TRUE GROUP BY n.creator_id""",
    ),
    "addresses": Part(
        "related.creator_id",
        "p.creator_id",
        """SELECT DISTINCT p.creator_id
  FROM crm_contactpoint p {mine} p.brand_id = %(brand_id)s AND p.kind = 'email'
    AND p.barred_at IS NULL""",
    ),
    "words": Part(
        "related.creator_id",
        "g.creator_id",
        """SELECT g.creator_id, array_agg(g.tag_id::integer ORDER BY g.tag_id) AS tags
  FROM crm_creatortag g JOIN crm_tag t ON t.id = g.tag_id AND t.brand_id = %(brand_id)s
  {mine} TRUE GROUP BY g.creator_id""",
    ),
    "risks": _newest(
        "campaigns_riskassessment", "a.tier, a.points::float8 AS points", "assessed_at"
    ),
    "risk_said": _newest(
        "campaigns_riskoverride",
        "a.tier",
        "since",
        "(a.ended_at IS NULL OR a.ended_at > %(as_of)s)",
    ),
    # What the brand's own comments say of the same accounts stands beside what all posts do.
    "flags": Part(
        "related.creator_id",
        "p.creator_id",
        """WITH looked AS (
    (SELECT DISTINCT ON (a.profile_id) p.creator_id, related.id AS relationship_id, a.profile_id,
      a.raised
    FROM campaigns_authenticityreading a JOIN crm_profile p ON p.id = a.profile_id
    {mine} a.read_at <= %(as_of)s
    ORDER BY a.profile_id, a.read_at DESC, a.id DESC)
    UNION ALL
    (SELECT DISTINCT ON (a.profile_id) p.creator_id, related.id, a.profile_id, a.raised
    FROM campaigns_commenterreading a JOIN crm_profile p ON p.id = a.profile_id
    {mine} a.brand_id = %(brand_id)s AND a.read_at <= %(as_of)s
    ORDER BY a.profile_id, a.read_at DESC, a.id DESC)
  ), signs AS (
    SELECT relationship_id, profile_id, unnest(raised) AS flag FROM looked
  )
  SELECT l.creator_id,
    count(DISTINCT s.flag) FILTER (WHERE s.flag IS NOT NULL AND d.id IS NULL)::integer AS number
  FROM looked l
  LEFT JOIN signs s ON s.profile_id = l.profile_id
  LEFT JOIN campaigns_flagdismissal d ON d.relationship_id = s.relationship_id
    AND d.profile_id = s.profile_id AND d.flag = s.flag AND d.since <= %(as_of)s
    AND d.until > %(as_of)s AND (d.ended_at IS NULL OR d.ended_at > %(as_of)s)
  GROUP BY l.creator_id""",
    ),
    "reliable": _newest("campaigns_reliabilityreading", _SCORE, "read_at"),
    "authentic": _newest("campaigns_authenticityscore", _SCORE, "read_at"),
    "trusted": _newest("campaigns_trustreading", _SCORE, "read_at"),
    "stances": Part(
        "related.id",
        "t.relationship_id",
        f"""SELECT t.relationship_id, array_agg(k.number ORDER BY k.number) AS causes
  FROM campaigns_causetag t JOIN {CAUSES} k (key, number) ON k.key = t.cause
  {{mine}} t.created_at <= %(as_of)s AND (t.removed_at IS NULL OR t.removed_at > %(as_of)s)
  GROUP BY t.relationship_id""",  # noqa: S608 - names of ours
    ),
    "audience": Part(
        "m.primary_profile_id",
        "a.profile_id",
        f"""SELECT a.profile_id, {_NEWEST_KNOWN}
  FROM crm_audiencesnapshot a {{mine}} a.captured_at <= %(as_of)s GROUP BY a.profile_id""",  # noqa: S608 - names of ours
    ),
    "said": Part(
        "related.creator_id",
        "v.creator_id",
        """SELECT v.creator_id, jsonb_object_agg(v.key, coalesce(to_jsonb(v.number),
    to_jsonb(v.text), to_jsonb(v.flag), to_jsonb(v.day), to_jsonb(v.tags::text))) AS held
  FROM (
    SELECT DISTINCT ON (v.field_id, v.creator_id) v.*, f.key
    FROM crm_customfield f JOIN crm_fieldvalue v ON v.field_id = f.id
    {mine} f.brand_id = %(brand_id)s AND v.since <= %(as_of)s
    ORDER BY v.field_id, v.creator_id, v.since DESC
  ) v
  WHERE num_nonnulls(v.number, v.text, v.flag, v.day, v.tags) > 0
  GROUP BY v.creator_id""",
    ),
}
_RELATED = """SELECT r.id, r.creator_id, r.since, r.stage, r.stage_since, r.next_step_on,
    r.owner_id IS NOT NULL AS has_owner
  FROM crm_relationship r
  WHERE r.brand_id = %(brand_id)s AND r.since <= %(as_of)s AND r.unprofiled_at IS NULL"""
_SOME = "AND r.creator_id = ANY(%(creator_ids)s)"
_FACTS = f"""
SELECT related.creator_id, {", ".join(f"m.{name}" for name in MEASURED)},
  {", ".join(f"{sql} AS {name}" for name, sql in COMPOSED.items())}
FROM related
JOIN crm_creator person ON person.id = related.creator_id
JOIN metrics m ON m.creator_id = related.creator_id"""  # noqa: S608 - names of ours


def facts_query(*, some: bool) -> tuple[str, str]:
    """The facts of a brand's creators as (the named queries, the query that uses them).

    The result has creator_id and COLUMNS. Parameters: those of crm.performance, brand_id and, for
    `some` creators, creator_ids.
    """
    measured = performance.creator_metrics("SELECT creator_id AS id FROM related")
    named = {
        "related AS MATERIALIZED": f"{_RELATED} {_SOME if some else ''}",
        "metrics AS MATERIALIZED": measured,
        **{f"{name} AS": part.of_all() for name, part in _PARTS.items()},
    }
    joins = "".join(
        f"\nLEFT JOIN {name} ON {name}.{part.key.partition('.')[2]} = {part.owner}"
        for name, part in _PARTS.items()
    )
    return _with(named), _FACTS + joins


def facts_of_few() -> str:
    """The query of a few creators' facts, each looked up by itself: a plan that is soon set up.

    For creators whose metrics were brought to the same moment before: those are read as they are
    stored, instead of posts and snapshots.
    """
    stored = """SELECT m.*, p.id AS primary_profile_id, p.is_verified
  FROM crm_creatormetrics m LEFT JOIN crm_profile p
    ON p.platform_id = m.primary_platform_id AND p.handle = m.primary_handle"""
    joins = "".join(
        f"\nLEFT JOIN LATERAL (\n  {part.of_one()}\n) {name} ON TRUE"
        for name, part in _PARTS.items()
    )
    return _with({"related AS": f"{_RELATED} {_SOME}", "metrics AS": stored}) + _FACTS + joins


def _with(named: Mapping[str, str]) -> str:
    return "\nWITH " + ", ".join(f"{name} (\n  {sql}\n)" for name, sql in named.items())


# What the rows hold, in short: rows of another definition are of an earlier release.
DEFINITION = hashlib.sha256("".join(facts_query(some=False)).encode()).hexdigest()
