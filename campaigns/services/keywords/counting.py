"""Which posts have the words of a search: read off all posts of a brand's creators.

Exact: the words of the search stand there as they are typed, side by side. Variant: all of them
stand there in any order, endings aside by the rules of the list's language; or written as one, as
in hashtags. Addresses are not words. A statement takes a span of posts, and finds the searches
that may be in one by their longest word, so that not every search is held against every post.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from campaigns.choices import WordLanguage
from campaigns.models import KeywordList
from campaigns.services.keywords.text import spoken
from crm.models import Brand

SPAN = 5_000
_NEXT = """
SELECT max(id) FROM (
  SELECT p.id FROM crm_post p JOIN crm_relationship r ON r.creator_id = p.creator_id
  WHERE r.brand_id = %(brand)s AND p.id > %(after)s ORDER BY p.id LIMIT %(span)s) taken
"""


def _count(language: WordLanguage) -> str:
    ends = f"'{language.value}'::regconfig"
    return f"""
WITH wanted AS MATERIALIZED (
  SELECT k.id, k.folded, to_tsvector({ends}, k.folded) AS ended,
    to_tsvector('simple', k.folded) AS plain
  FROM campaigns_keyword k JOIN campaigns_keywordlist l ON l.id = k.keyword_list_id
  WHERE l.brand_id = %(brand)s AND l.language = %(language)s
), signs AS MATERIALIZED (
  -- A search of nothing but stop words ("how to be") is only looked for as it is typed.
  SELECT id, folded, plainto_tsquery({ends}, folded) AS variant, true AS is_ended,
    (SELECT one FROM unnest(tsvector_to_array(ended)) one ORDER BY length(one) DESC, one LIMIT 1)
      AS sign
  FROM wanted WHERE length(ended) > 0
  UNION ALL
  SELECT id, folded, NULL, false,
    (SELECT one FROM unnest(tsvector_to_array(plain)) one ORDER BY length(one) DESC, one LIMIT 1)
  FROM wanted WHERE length(ended) = 0
  UNION ALL
  SELECT id, folded, NULL, NULL, replace(folded, ' ', '') FROM wanted WHERE folded LIKE '%% %%'
), read AS MATERIALIZED (
  SELECT p.id, {spoken("p.title || ' ' || p.caption")} AS words
  FROM crm_post p JOIN crm_relationship r ON r.creator_id = p.creator_id
  WHERE r.brand_id = %(brand)s AND p.id > %(after)s AND p.id <= %(last)s
), vectors AS MATERIALIZED (
  SELECT id, to_tsvector({ends}, words) AS ended, to_tsvector('simple', words) AS plain FROM read
), found AS MATERIALIZED (
  SELECT s.id AS keyword_id, v.id AS post_id,
    v.plain @@ phraseto_tsquery('simple', s.folded) AS same
  FROM vectors v CROSS JOIN LATERAL unnest(tsvector_to_array(v.ended)) one
  JOIN signs s ON s.is_ended AND s.sign = one AND v.ended @@ s.variant
  UNION ALL
  SELECT s.id, v.id, s.is_ended IS NOT NULL
  FROM vectors v CROSS JOIN LATERAL unnest(tsvector_to_array(v.plain)) one
  JOIN signs s ON s.is_ended IS NOT TRUE AND s.sign = one
    AND (s.is_ended IS NULL OR v.plain @@ phraseto_tsquery('simple', s.folded))
), uses AS (
  SELECT keyword_id, post_id, bool_or(same) AS is_exact FROM found GROUP BY 1, 2
), gone AS (
  DELETE FROM campaigns_keyworduse u USING wanted w
  WHERE u.keyword_id = w.id AND u.post_id > %(after)s AND u.post_id <= %(last)s
    AND NOT EXISTS (SELECT FROM uses f WHERE f.keyword_id = w.id AND f.post_id = u.post_id)
)
INSERT INTO campaigns_keyworduse (keyword_id, post_id, is_exact)
SELECT keyword_id, post_id, is_exact FROM uses ORDER BY 1, 2
ON CONFLICT (keyword_id, post_id) DO UPDATE SET is_exact = excluded.is_exact
  WHERE campaigns_keyworduse.is_exact <> excluded.is_exact
"""  # noqa: S608 - own SQL, values are parameters


def count_uses(*, brand: Brand, at: datetime) -> int:
    """Read the posts of the brand's creators for all of its lists; returns how many lists.

    Each span of posts is a transaction. Words that come meanwhile wait for the next time.
    """
    lists = dict(KeywordList.objects.filter(brand=brand).values_list("pk", "language"))
    for language in sorted(set(lists.values())):
        statement = _count(WordLanguage(language))
        for after, last in spans(brand):
            values = {"brand": brand.pk, "language": language, "after": after, "last": last}
            _run(statement, values)
    return KeywordList.objects.filter(pk__in=lists, created_at__lte=at).update(counted_at=at)


def spans(brand: Brand) -> Iterator[tuple[int, int]]:
    """Numbers of posts of the brand's creators, in bites: behind the first, up to the second."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, {"brand": brand.pk, "after": after, "span": SPAN})
            last = cursor.fetchone()[0]
        if last is None:
            return
        yield after, last
        after = last


@transaction.atomic
def _run(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
