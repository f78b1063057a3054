"""What creators have in common, read by one statement for each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.models import Brand

# A map of more creators is nobody's to read: those with the largest audiences are on it.
CREATORS_MOST = 50_000
# The newest of a creator.
POSTS_EACH = 50
PEOPLE_EACH = 5_000
# What many have says nothing of two of them, and makes pairs with the square.
ITEMS_MOST = 5_000_000

_CREATORS = """
SELECT r.creator_id FROM crm_relationship r
LEFT JOIN segmentation_creatorfacts f ON f.brand_id = r.brand_id AND f.creator_id = r.creator_id
WHERE r.brand_id = %(brand)s AND r.unprofiled_at IS NULL
ORDER BY f.followers_total DESC NULLS LAST, r.creator_id LIMIT %(most)s
"""
# Who writes below posts, and who is in the newest sample of an account: one kind of people.
_PEOPLE = """
WITH asked AS (SELECT unnest(%(creators)s::bigint[]) AS creator_id), told AS (
  SELECT p.creator_id, c.author AS person
  FROM crm_postcomment c JOIN crm_post p ON p.id = c.post_id JOIN asked USING (creator_id)
  WHERE c.brand_id = %(brand)s AND c.author IS NOT NULL
  UNION
  SELECT f.creator_id, unnest(s.members)
  FROM crm_profile f JOIN asked USING (creator_id) CROSS JOIN LATERAL (
    SELECT s.members FROM crm_audiencesample s
    WHERE s.brand_id = %(brand)s AND s.profile_id = f.id AND s.members <> '{}'
    ORDER BY s.taken_on DESC LIMIT 1) s
), counted AS (
  SELECT creator_id, person, count(*) OVER (PARTITION BY person) AS with_whom,
    row_number() OVER (PARTITION BY creator_id ORDER BY person) AS place FROM told
)
SELECT creator_id, person FROM counted
WHERE with_whom BETWEEN 2 AND %(most_with)s AND place <= %(each)s
ORDER BY creator_id, person LIMIT %(most)s
"""
# Words of captions that begin with a mark. A creator's own account is among those they mention, so
# that to mention somebody is to have an account in common with them.
_MARKED = """
WITH asked AS (SELECT unnest(%(creators)s::bigint[]) AS creator_id), told AS (
  SELECT DISTINCT a.creator_id, rtrim(m.found[1], '._') AS item
  FROM asked a CROSS JOIN LATERAL (
    SELECT p.title, p.caption FROM crm_post p WHERE p.creator_id = a.creator_id
    ORDER BY p.posted_at DESC NULLS LAST, p.id DESC LIMIT %(posts)s) p
  CROSS JOIN LATERAL regexp_matches(
    lower(p.title || ' ' || p.caption), %(pattern)s, 'g') AS m (found)
  UNION
  SELECT f.creator_id, f.handle FROM crm_profile f JOIN asked USING (creator_id) WHERE %(own)s
), counted AS (
  SELECT creator_id, item, count(*) OVER (PARTITION BY item) AS with_whom FROM told
  WHERE length(item) BETWEEN 2 AND 60
)
SELECT creator_id, item FROM counted WHERE with_whom BETWEEN 2 AND %(most_with)s
ORDER BY creator_id, item LIMIT %(most)s
"""
HASHTAG = r"(?<![[:alnum:]_&])#([[:alnum:]_]+)"
MENTION = r"(?<![[:alnum:]_.])@([[:alnum:]_][[:alnum:]_.]*)"


@dataclass(frozen=True)
class Gathered:
    """The creators, and by kind which of them has what: (creator id, item)."""

    creators: Sequence[int]
    had: Mapping[str, Sequence[tuple[int, Any]]]


def gather(brand: Brand) -> Gathered:
    """Read it all. Who objected to profiling is not among the creators."""
    creators = [row[0] for row in _rows(_CREATORS, brand=brand.pk, most=CREATORS_MOST)]
    # A hashtag that every twentieth uses is no sign of a circle.
    most_with = max(50, min(200, len(creators) // 20))
    given = {"creators": creators, "most_with": most_with, "most": ITEMS_MOST}
    marked = {**given, "posts": POSTS_EACH}
    return Gathered(
        creators,
        {
            "people": _rows(_PEOPLE, **given, brand=brand.pk, each=PEOPLE_EACH),
            "hashtags": _rows(_MARKED, **marked, pattern=HASHTAG, own=False),
            "mentions": _rows(_MARKED, **marked, pattern=MENTION, own=True),
        },
    )


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
