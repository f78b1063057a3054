"""Find what is on the rise: each night, for the last two whole weeks of each brand.

Counted are creators, not posts, so that nobody makes a topic alone; people who object to profiling
are left out. Each term is compared with its own twelve weeks before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from campaigns.choices import TermKind, TopicState
from campaigns.models import RisingTopic, TopicWeek
from campaigns.services.days import today_of
from campaigns.services.keywords.text import spoken
from campaigns.services.topics.testing import Counted, Tested, false_shares, test
from crm.models import Brand

WEEKS_BEFORE, WEEKS_BEFORE_MIN = 12, 4
WEEKS = 2
CREATORS_MIN = 3
# One in ten of what is shown may be chance.
FALSE_SHARE = 0.1
TIMES_MIN = 1.5
TOPICS_MAX = 100
EVIDENCE = 5
LETTERS_MIN = 4
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Term:
    """A term, how it was counted, and what came of the test."""

    kind: TermKind
    term: str
    counted: Counted
    tested: Tested
    false_share: float


# The weeks' posts with their words.
_POSTS = """
posts AS MATERIALIZED (
  SELECT p.id, p.creator_id, p.posted_at, crm_fold(p.title || ' ' || p.caption) AS folded,
    date_trunc('week', p.posted_at AT TIME ZONE %(zone)s)::date AS week
  FROM crm_post p JOIN crm_relationship r ON r.creator_id = p.creator_id
  WHERE r.brand_id = %(brand)s AND r.unprofiled_at IS NULL
    AND p.posted_at >= (%(first)s::date::timestamp AT TIME ZONE %(zone)s)
    AND p.posted_at < (%(end)s::date::timestamp AT TIME ZONE %(zone)s)
)"""
# Hashtags are no words, nor are names with @; numbers say nothing.
_TERMS = f"""
terms AS MATERIALIZED (
  SELECT DISTINCT id, creator_id, week, 'hashtag' AS kind, left(m[1], 100) AS term
  FROM posts CROSS JOIN LATERAL
    regexp_matches(folded, '#([[:alnum:]_]*[[:alpha:]][[:alnum:]_]*)', 'g') m
  UNION ALL
  SELECT id, creator_id, week, 'word', left(one, 100)
  FROM posts CROSS JOIN LATERAL unnest(tsvector_to_array(to_tsvector('simple',
    {spoken("regexp_replace(folded, '[#@][[:alnum:]_.]+', ' ', 'g')")}))) one
  WHERE length(one) >= {LETTERS_MIN} AND one ~ '[[:alpha:]]'
)"""  # noqa: S608 - own SQL
_COUNT = f"""
WITH {_POSTS}, active AS MATERIALIZED (
  SELECT week, count(DISTINCT creator_id)::float8 AS n FROM posts GROUP BY 1
), {_TERMS}, weekly AS (
  SELECT kind, term, week, count(DISTINCT creator_id)::float8 AS c FROM terms GROUP BY 1, 2, 3
)
SELECT w.kind, w.term, sum(w.c) FILTER (WHERE w.week = %(week)s)::int,
  coalesce(sum(w.c) FILTER (WHERE w.week < %(week)s), 0)::int,
  coalesce(sum(w.c * w.c / a.n) FILTER (WHERE w.week < %(week)s), 0)
FROM weekly w JOIN active a ON a.week = w.week
GROUP BY 1, 2
HAVING sum(w.c) FILTER (WHERE w.week = %(week)s) >= {CREATORS_MIN}
ORDER BY 1, 2
"""  # noqa: S608
_ACTIVE = f"""
WITH {_POSTS}
SELECT week, count(DISTINCT creator_id), count(*) FROM posts GROUP BY 1 ORDER BY 1
"""  # noqa: S608
# One post of each of the creators who used it, the newest.
_SHOW = f"""
WITH {_POSTS}, {_TERMS}
INSERT INTO campaigns_topicpost (topic_id, post_id)
SELECT topic, post FROM (
  SELECT o.topic, t.id AS post, row_number() OVER (PARTITION BY o.topic ORDER BY t.id DESC) AS place
  FROM unnest(%(topics)s::bigint[], %(kinds)s::text[], %(terms)s::text[]) AS o (topic, kind, term)
  JOIN (SELECT kind, term, creator_id, max(id) AS id FROM terms GROUP BY 1, 2, 3) t
    ON t.kind = o.kind AND t.term = o.term
) ranked WHERE place <= {EVIDENCE} ORDER BY 1, 2
"""  # noqa: S608


def find_rising(*, brand: Brand, at: datetime) -> int:
    """Look at the last whole weeks; returns how many topics are kept of them."""
    today = today_of(brand, at)
    monday = today - timedelta(days=today.weekday())
    return sum(find_in(brand=brand, week=monday - n * _WEEK, at=at) for n in range(1, WEEKS + 1))


def fill_topics(*, brand: Brand, seed: int, at: datetime) -> int:
    """For the demo brand: what rises among made-up captions; how many topics are kept."""
    return find_rising(brand=brand, at=at)


@transaction.atomic
def find_in(*, brand: Brand, week: date, at: datetime) -> int:
    """Look at one week anew; what somebody decided about stays as it was."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    values: dict[str, Any] = {
        "brand": brand.pk,
        "zone": brand.timezone,
        "first": week - WEEKS_BEFORE * _WEEK,
        "week": week,
        "end": week + _WEEK,
    }
    active = {day: (creators, posts) for day, creators, posts in _rows(_ACTIVE, values)}
    before = {day: found for day, found in active.items() if day < week}
    creators, posts = active.get(week, (0, 0))
    active_before = sum(number for number, _posts in before.values())
    is_enough = creators and len(before) >= WEEKS_BEFORE_MIN
    rows = _rows(_COUNT, values) if is_enough else []
    terms = _tested(
        [
            (kind, term, Counted(now, then, creators, active_before, len(before), spread))
            for kind, term, now, then, spread in rows
        ]
    )
    kept, _made = TopicWeek.objects.update_or_create(
        brand=brand,
        week=week,
        defaults={
            "terms": len(rows),
            "creators": creators,
            "posts": posts,
            "before": active_before,
            "weeks_before": len(before),
            "computed_at": at,
        },
    )
    return _keep(kept, terms, values)


def _tested(counted: Sequence[tuple[str, str, Counted]]) -> list[Term]:
    """The terms that rose, those that chance makes least first."""
    tested = [test(one) for _kind, _term, one in counted]
    shares = false_shares([one.chance for one in tested])
    terms = [
        Term(TermKind(kind), term, one, result, share)
        for (kind, term, one), result, share in zip(counted, tested, shares, strict=True)
        if share <= FALSE_SHARE and (result.times is None or result.times >= TIMES_MIN)
    ]
    terms.sort(key=lambda one: (one.tested.chance, -one.counted.creators, one.term))
    return terms[:TOPICS_MAX]


def _keep(week: TopicWeek, terms: Sequence[Term], values: dict[str, Any]) -> int:
    topics = RisingTopic.objects.filter(week=week)
    topics.filter(state=TopicState.OPEN).delete()
    decided = set(topics.values_list("kind", "term"))
    made = RisingTopic.objects.bulk_create(
        RisingTopic(
            week=week,
            kind=one.kind,
            term=one.term,
            creators=one.counted.creators,
            before=one.counted.before,
            times=one.tested.times,
            low=one.tested.low,
            high=one.tested.high,
            chance=one.tested.chance,
            false_share=one.false_share,
        )
        for one in terms
        if (one.kind.value, one.term) not in decided
    )
    if made:
        with connection.cursor() as cursor:
            cursor.execute(
                _SHOW,
                {
                    **values,
                    "first": week.week,
                    "topics": [one.pk for one in made],
                    "kinds": [one.kind for one in made],
                    "terms": [one.term for one in made],
                },
            )
    return len(made) + len(decided)


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
