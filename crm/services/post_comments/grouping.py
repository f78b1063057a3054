"""Themes: comments of one kind with a word, or two in a row, in common.

Among the comments of a kind of the last 90 days, the term that most writers use and no theme has
yet becomes the next theme, and takes the comments that have it; until fewer than three writers
share one. Two words that nearly always stand together are one term. What somebody said of a kind
counts before what the machine said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection, transaction

from crm.choices import CommentKind, ThemeState
from crm.models import Brand, CommentTheme
from crm.services.learning.weighing import tokens
from crm.services.post_comments.kinds import signs_of_all
from crm.services.post_comments.plain_words import PLAIN

DAYS, RECENT = 90, 28
COMMENTS_MAX = 20_000
WRITERS_MIN = 3
THEMES_MAX = 40
# A pair takes the place of its word where it has so much of the word's comments.
PAIR_SHARE = 0.6
KINDS = (
    CommentKind.QUESTION,
    CommentKind.PROBLEM,
    CommentKind.OBJECTION,
    CommentKind.PRAISE,
)
_COMMENTS = """
SELECT c.id, coalesce(c.author, -c.id), coalesce(nullif(l.kind, ''), k.kind) AS kind, c.text
FROM crm_postcomment c
JOIN crm_commentsorting k ON k.comment_id = c.id
LEFT JOIN crm_commentlabel l ON l.comment_id = c.id
WHERE c.brand_id = %(brand)s AND c.text <> ''
  AND coalesce(c.published_at, c.created_at) >= %(since)s
  AND coalesce(nullif(l.kind, ''), k.kind) = ANY(%(kinds)s)
ORDER BY c.id DESC LIMIT %(most)s
"""
_PUT = """
UPDATE crm_commentsorting k SET theme_id = t.theme
FROM crm_postcomment c LEFT JOIN unnest(%(comments)s::bigint[], %(themes)s::bigint[])
  AS t (comment, theme) ON t.comment = c.id
WHERE c.id = k.comment_id AND c.brand_id = %(brand)s AND k.theme_id IS DISTINCT FROM t.theme
"""
_COUNT = """
UPDATE crm_commenttheme t SET comments = coalesce(n.comments, 0), writers = coalesce(n.writers, 0),
  recent = coalesce(n.recent, 0), earlier = coalesce(n.earlier, 0), counted_at = %(at)s
FROM crm_commenttheme o LEFT JOIN (
  SELECT k.theme_id, count(*) AS comments, count(DISTINCT coalesce(c.author, -c.id)) AS writers,
    count(*) FILTER (WHERE coalesce(c.published_at, c.created_at) >= %(recent)s) AS recent,
    count(*) FILTER (WHERE coalesce(c.published_at, c.created_at) < %(recent)s
      AND coalesce(c.published_at, c.created_at) >= %(earlier)s) AS earlier
  FROM crm_commentsorting k JOIN crm_postcomment c ON c.id = k.comment_id
  WHERE c.brand_id = %(brand)s AND k.theme_id IS NOT NULL GROUP BY 1
) n ON n.theme_id = o.id
WHERE o.id = t.id AND t.brand_id = %(brand)s
"""


@dataclass(frozen=True)
class Heard:
    """A comment of some kind; `writer` is a number, of the comment's own where nobody is known."""

    pk: int
    writer: int
    text: str


@transaction.atomic
def group(*, brand: Brand, at: datetime) -> int:
    """Make the themes anew, and count them. Returns how many have comments.

    A theme that somebody decided about stays, also without comments.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    heard = _heard(brand, at)
    known = {(one.kind, one.term): one for one in CommentTheme.objects.filter(brand=brand)}
    found = {
        (kind.value, term): comments
        for kind in KINDS
        for term, comments in themes_of(heard.get(kind.value, ())).items()
    }
    CommentTheme.objects.bulk_create(
        [
            CommentTheme(brand=brand, kind=kind, term=term, created_at=at)
            for kind, term in found
            if (kind, term) not in known
        ],
        ignore_conflicts=True,
    )
    numbers = {
        (kind, term): pk
        for pk, kind, term in CommentTheme.objects.filter(brand=brand).values_list(
            "pk", "kind", "term"
        )
    }
    put = [(pk, numbers[key]) for key, comments in found.items() for pk in comments]
    with connection.cursor() as cursor:
        cursor.execute(
            _PUT,
            {
                "brand": brand.pk,
                "comments": [pk for pk, _theme in put],
                "themes": [theme for _pk, theme in put],
            },
        )
        cursor.execute(
            _COUNT,
            {
                "brand": brand.pk,
                "at": at,
                "recent": at - timedelta(days=RECENT),
                "earlier": at - timedelta(days=2 * RECENT),
            },
        )
    CommentTheme.objects.filter(brand=brand, state=ThemeState.OPEN, comments=0).delete()
    return len(found)


def themes_of(comments: Sequence[Heard]) -> dict[str, list[int]]:
    """Terms with the comments that each takes, those of the most writers first."""
    having: dict[str, set[int]] = defaultdict(set)
    by_number = {one.pk: one for one in comments}
    for one in comments:
        for term in _terms(one.text):
            having[term].add(one.pk)
    # A term of too few can never become a theme.
    having = {
        term: found
        for term, found in having.items()
        if len({by_number[pk].writer for pk in found}) >= WRITERS_MIN
    }
    themes: dict[str, list[int]] = {}
    while having and len(themes) < THEMES_MAX:
        best = _next(having, by_number)
        if best is None:
            break
        taken = having[best]
        themes[best] = sorted(taken)
        having = {other: left for other, found in having.items() if (left := found - taken)}
    return themes


def _next(having: Mapping[str, set[int]], by_number: Mapping[int, Heard]) -> str | None:
    writers = {term: len({by_number[pk].writer for pk in found}) for term, found in having.items()}
    best = min(writers, key=lambda term: (-writers[term], term))
    if writers[best] < WRITERS_MIN:
        return None
    pairs = [
        term
        for term, number in writers.items()
        if " " in term
        and best in term.split()
        and number >= max(WRITERS_MIN, PAIR_SHARE * writers[best])
    ]
    return min(pairs, key=lambda term: (-writers[term], term)) if pairs else best


def _terms(text: str) -> set[str]:
    """Words that say something, and pairs of these that stand side by side."""
    words = [word if _says_something(word) else "" for word in tokens(text)]
    pairs = {f"{one} {other}" for one, other in pairwise(words) if one and other}
    return {word for word in words if word} | pairs


def _says_something(word: str) -> bool:
    return (
        len(word) >= 3
        and word not in PLAIN
        and not any(word in signs for signs in signs_of_all().values())
    )


def _heard(brand: Brand, at: datetime) -> Mapping[str, list[Heard]]:
    values: dict[str, Any] = {
        "brand": brand.pk,
        "since": at - timedelta(days=DAYS),
        "kinds": [kind.value for kind in KINDS],
        "most": COMMENTS_MAX,
    }
    found = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_COMMENTS, values)
        for pk, writer, kind, text in cursor.fetchall():
            found[kind].append(Heard(pk, writer, text))
    return found
