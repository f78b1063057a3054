"""Creators of a brand who are like one of them: by what is known, each with the reasons. No model.

What two share is weighed and summed up; whoever shares nothing but a country is not alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from crm.models import Relationship
from crm.selectors import CreatorRow, TierTable, creator_rows, relationships_of

SHOWN = 5
LISTED_FROM = 40
_WEIGHTS = {
    "niche": 40,
    "size": 20,
    "platform": 15,
    "country": 15,
    "language": 10,
    "engagement": 10,
}
_SIMILAR = """
WITH one AS (
  SELECT c.id, c.country, c.language, m.followers, m.engagement_rate, m.primary_platform_id
  FROM crm_creator c LEFT JOIN crm_creatormetrics m ON m.creator_id = c.id WHERE c.id = %(creator)s
), wanted AS (
  SELECT niche_id FROM crm_creatorniche WHERE creator_id = %(creator)s
), shared AS (
  SELECT n.creator_id, count(*) AS number FROM crm_creatorniche n
  WHERE n.niche_id IN (SELECT niche_id FROM wanted) GROUP BY n.creator_id
), compared AS (
  SELECT r.id, c.id AS creator_id,
    coalesce(s.number, 0) AS niches,
    m.followers BETWEEN one.followers / 2 AND one.followers * 2 AS size,
    m.primary_platform_id = one.primary_platform_id AS platform,
    c.country = one.country AND c.country <> '' AS country,
    c.language = one.language AND c.language <> '' AS language,
    m.engagement_rate BETWEEN one.engagement_rate * 0.7 AND one.engagement_rate * 1.3 AS engagement
  FROM one, crm_relationship r
  JOIN crm_creator c ON c.id = r.creator_id
  LEFT JOIN crm_creatormetrics m ON m.creator_id = c.id
  LEFT JOIN shared s ON s.creator_id = c.id
  WHERE r.brand_id = %(brand)s AND c.id <> one.id
), weighed AS (
  SELECT *, (
    -- Of the subjects that this one works in, the part that both share.
    %(niche)s * niches::double precision / greatest(1, (SELECT count(*) FROM wanted))
    + CASE WHEN size THEN %(size)s ELSE 0 END
    + CASE WHEN platform THEN %(platform)s ELSE 0 END
    + CASE WHEN country THEN %(country)s ELSE 0 END
    + CASE WHEN language THEN %(language)s ELSE 0 END
    + CASE WHEN engagement THEN %(engagement)s ELSE 0 END
  ) AS score FROM compared
)
SELECT id, score, niches, size, platform, country, language, engagement FROM weighed
WHERE score >= %(listed)s ORDER BY score DESC, creator_id LIMIT %(shown)s"""


@dataclass(frozen=True)
class Alike:
    """Somebody who is like the creator, and what the two share, in words."""

    row: CreatorRow
    score: int
    reasons: list[str]


def similar(relationship: Relationship) -> list[Alike]:
    """The creators of the brand who are most alike, at most SHOWN; two queries and the tiers."""
    values = {
        **_WEIGHTS,
        "creator": relationship.creator_id,
        "brand": relationship.brand_id,
        "listed": LISTED_FROM,
        "shown": SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIMILAR, values)
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    rows = relationships_of(relationship.brand).filter(pk__in=found).with_creator()
    by_pk = {
        row.relationship.pk: row for row in creator_rows(rows, TierTable.of(relationship.brand))
    }
    return [
        Alike(by_pk[pk], round(score), _reasons(by_pk[pk], shared))
        for pk, (score, *shared) in found.items()
        if pk in by_pk
    ]


def _reasons(row: CreatorRow, shared: list[object]) -> list[str]:
    niches, size, platform, country, language, engagement = shared
    found = []
    if niches:
        found.append(f"{niches} shared niche{'' if niches == 1 else 's'}")
    if size:
        found.append("about as many followers")
    if platform:
        found.append("the same main platform")
    if country:
        found.append(f"also {row.creator.country}")
    if language:
        found.append(f"also {row.creator.language}")
    if engagement:
        found.append("about the same engagement rate")
    return found
