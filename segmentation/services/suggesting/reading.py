"""What classifiers read: creators' newest words, and what people have said of creators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from crm.models import Brand
from segmentation.classifying.documents import Document, Text, without_standing_lines
from segmentation.services.suggesting.subjects import LANGUAGE, NICHES, Subject

# Of each creator; older posts say what they used to do.
POSTS, LETTERS = 30, 2_000
# In a night and fact. Where there are more to ask, each is asked every so many nights.
MOST_ASKED, MOST_LEARNED = 20_000, 20_000

_POSTS = """
SELECT c.id, p.id, left(concat_ws(E'\\n', nullif(p.title, ''), nullif(p.caption, '')), %(letters)s)
FROM unnest(%(creators)s::bigint[]) AS c (id)
CROSS JOIN LATERAL (
  SELECT o.id, o.title, o.caption FROM crm_post o
  WHERE o.creator_id = c.id AND (o.title <> '' OR o.caption <> '')
  ORDER BY o.posted_at DESC NULLS LAST, o.id DESC LIMIT %(posts)s
) p
"""
_ABOUT = """
SELECT creator_id, left(string_agg(bio, E'\\n' ORDER BY id), %(letters)s) FROM crm_profile
WHERE creator_id = ANY(%(creators)s) AND bio <> '' GROUP BY creator_id
"""
# Whoever objected to being sorted, and whom somebody else became, is read by nobody.
_PEOPLE = """
FROM crm_relationship r JOIN crm_creator c ON c.id = r.creator_id
WHERE r.brand_id = %(brand)s AND r.unprofiled_at IS NULL AND r.erased_at IS NULL
  AND c.merged_into_id IS NULL"""
_ASKED = f"""
SELECT id FROM (
SELECT c.id, newest.posted_at, CASE WHEN count(*) OVER () <= %(most)s THEN 1
  ELSE ceil(count(*) OVER () / (0.9 * %(most)s))::bigint END AS turns
FROM (SELECT c.id, c.language {_PEOPLE}) c
CROSS JOIN LATERAL (
  SELECT p.posted_at FROM crm_post p
  WHERE p.creator_id = c.id AND (p.title <> '' OR p.caption <> '')
  ORDER BY p.posted_at DESC NULLS LAST, p.id DESC LIMIT 1
) newest
WHERE NOT ({{known}})
  AND NOT EXISTS (SELECT FROM segmentation_suggestedvalue s
    WHERE s.creator_id = c.id AND s.brand_id = %(brand)s AND s.fact = %(fact)s
      AND s.quiet_until > %(at)s)
) asked WHERE id %% turns = %(night)s %% turns
ORDER BY posted_at DESC NULLS LAST, id LIMIT %(most)s
"""  # noqa: S608 - statements of ours
_HELD = """
SELECT v.text, v.tags, v.since, v.source, v.author_id FROM crm_fieldvalue v
WHERE v.field_id = %(field)s AND v.creator_id = c.id AND v.since <= %(at)s
ORDER BY v.since DESC, v.id DESC LIMIT 1"""
_KNOWN = {
    LANGUAGE: "c.language <> ''",
    NICHES: "EXISTS (SELECT FROM crm_creatorniche n WHERE n.creator_id = c.id)",
}
_KNOWN_FIELD = f"""EXISTS (SELECT FROM ({_HELD}) held
  WHERE held.text IS NOT NULL OR cardinality(held.tags) > 0)"""
# What was accepted with many others nobody has looked at: to learn from it is to believe oneself.
# Niches are shared, so that any brand may have accepted them.
_LOOKED_AT = """NOT EXISTS (SELECT FROM segmentation_suggestedvalue s
    WHERE s.creator_id = c.id AND s.fact = %(fact)s AND s.in_bulk AND s.status = 'accepted'
      AND (%(field)s::bigint IS NULL
        OR s.brand_id = %(brand)s AND s.closed_at = held.since))"""
_SAID_FIELD = f"""
SELECT c.id, c.uid, coalesce(held.tags, ARRAY[held.text])
FROM (SELECT c.id, c.uid {_PEOPLE}) c
CROSS JOIN LATERAL ({_HELD}) held
WHERE (held.text IS NOT NULL OR cardinality(held.tags) > 0)
  AND (held.source <> 'estimated' OR held.author_id IS NOT NULL) AND {_LOOKED_AT}
ORDER BY held.since DESC, c.id LIMIT %(most)s
"""  # noqa: S608 - as above
_SAID_NICHES = f"""
SELECT c.id, c.uid, held.keys
FROM (SELECT c.id, c.uid {_PEOPLE}) c
CROSS JOIN LATERAL (
  SELECT array_agg(i.key ORDER BY i.key) AS keys, NULL::timestamptz AS since
  FROM crm_creatorniche n JOIN crm_niche i ON i.id = n.niche_id
  WHERE n.creator_id = c.id
) held
WHERE held.keys IS NOT NULL AND {_LOOKED_AT}
ORDER BY c.id DESC LIMIT %(most)s
"""  # noqa: S608 - as above


def documents_of(creator_ids: Sequence[int]) -> list[Document]:
    """What each of them wrote, in their order. Two statements."""
    names = {"creators": list(creator_ids), "posts": POSTS, "letters": LETTERS}
    texts: dict[int, list[Text]] = defaultdict(list)
    for creator, post, words in _rows(_POSTS, names):
        texts[creator].append(Text(post, words))
    about = dict(_rows(_ABOUT, names))
    return [
        Document(pk, without_standing_lines(texts.get(pk, ())), about.get(pk, ""))
        for pk in creator_ids
    ]


def to_ask(brand: Brand, subject: Subject, at: datetime) -> list[int]:
    """Creators of whom the fact is not known and who wrote something, the newest post first.

    MOST_ASKED of them at most; of more, every night other ones, until everybody had a turn.
    """
    known = _KNOWN.get(subject.fact, _KNOWN_FIELD)
    names = _names(brand, subject, at) | {"most": MOST_ASKED, "night": at.toordinal()}
    return [row[0] for row in _rows(_ASKED.format(known=known), names)]


def said(brand: Brand, subject: Subject, at: datetime) -> list[tuple[int, UUID, list[str]]]:
    """What people said of creators: (creator, uid, values). Nothing for the language."""
    if subject.fact == LANGUAGE:
        return []
    query = _SAID_NICHES if subject.fact == NICHES else _SAID_FIELD
    return _rows(query, _names(brand, subject, at) | {"most": MOST_LEARNED})


def still_unknown(
    brand: Brand, subject: Subject, creator_ids: Sequence[int], at: datetime
) -> set[int]:
    """Which of them still have no value, and may be sorted."""
    known = _KNOWN.get(subject.fact, _KNOWN_FIELD)
    query = f"SELECT c.id FROM (SELECT c.id, c.language {_PEOPLE}) c WHERE c.id = ANY(%(creators)s) AND NOT ({known})"  # noqa: E501, S608 - statements of ours
    found = _rows(query, _names(brand, subject, at) | {"creators": list(creator_ids)})
    return {row[0] for row in found}


def _names(brand: Brand, subject: Subject, at: datetime) -> dict[str, Any]:
    return {
        "brand": brand.pk,
        "fact": subject.fact,
        "field": None if subject.field is None else subject.field.pk,
        "at": at,
    }


def _rows(query: str, names: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, names)
        return list(cursor.fetchall())
