"""Who was in which segments from when to when, with stays cut to the quarter."""

from __future__ import annotations

from segmentation.metrics.stretches.ends import STAGE_THEN
from segmentation.metrics.stretches.names import (
    HELD,
    MANY,
    SEGMENTS,
    SOME,
    SPANS,
    WAS,
    together,
    words_together,
)

BEGAN_OR_ENDED = "entered_at > %(start)s OR coalesce(left_at < %(until)s, false)"
# Who of SOME stands otherwise than before, perhaps. The others' times are known already.
_OF_SOME = f"AND creator_id IN (SELECT creator_id FROM {SOME} WHERE standing)"  # noqa: S608 - a name of ours
_AS_BEFORE = f"""creator_id NOT IN (SELECT creator_id FROM {SOME} WHERE standing)"""  # noqa: S608 - a name of ours
_WHOLE_BEFORE = f"""
  UNION ALL
  SELECT creator_id, segments, stage FROM {WAS} WHERE number = 0 AND {_AS_BEFORE}"""  # noqa: S608 - names of ours
_BEFORE = f"""
UNION ALL
SELECT creator_id, number, kind, unit, segments, since, until, days, open_since
FROM {WAS} WHERE number > 0 AND {_AS_BEFORE}"""  # noqa: S608 - names of ours


def held(stays: str) -> str:
    """What fills HELD: the stays of those in the quarter, which both readings below are of."""
    return f"CREATE TEMP TABLE {HELD} ON COMMIT DROP AS {_held(stays)} {_OF_SOME}"


def whole(*, stays: str, segments: int, some: bool) -> str:
    """Queries of a WITH: `whole`, the segments in which creators were from beginning to end.

    Nearly all stays last the whole quarter: all of a creator's are one set, of which `stays` are
    the table, for so many segments and the whole base; an empty one of who was there for a part of
    it only. With the stage at the end.
    """
    words = words_together(segments)
    sets = ", ".join(
        f"coalesce(m.word{n}, 0){' | coalesce(k.is_whole, false)::int' if n == 1 else ''}"
        for n, _ in enumerate(words, start=1)
    )
    return f"""member AS (
  SELECT creator_id, {", ".join(f"{word} AS word{n}" for n, word in enumerate(words, start=1))}
  FROM (
    SELECT creator_id, word, CASE WHEN {BEGAN_OR_ENDED} THEN 0 ELSE flag END AS flag
    FROM ({_source(stays, some=some)}) held
  ) whole_stay GROUP BY creator_id
),
related AS (
  SELECT r.creator_id, r.since, r.since <= %(start)s AS is_whole, c.stage
  FROM crm_relationship r LEFT JOIN {STAGE_THEN}
  WHERE r.brand_id = %(brand)s {_OF_SOME if some else ""}
),
whole AS (
  SELECT coalesce(m.creator_id, k.creator_id) AS creator_id, ARRAY[{sets}] AS segments, k.stage
  FROM member m FULL JOIN related k ON k.creator_id = m.creator_id
  WHERE m.creator_id IS NOT NULL OR k.since < %(until)s{_WHOLE_BEFORE if some else ""}
)"""  # noqa: S608 - names of ours


def statement(*, stays: str, segments: int, some: bool) -> str:
    """What fills SPANS from the table of stays, for so many segments and the whole base.

    Of stays that began or ended meanwhile the times are compared: segments with the same times are
    one unit. Who left a segment and came back has two times of it in one unit.
    """
    return f"""
CREATE TEMP TABLE {SPANS} ON COMMIT DROP AS
WITH held AS (
  {_source(stays, some=some)}
  UNION ALL
  SELECT creator_id, 1, 1, since, NULL
  FROM crm_relationship
  WHERE brand_id = %(brand)s AND since < %(until)s {_OF_SOME if some else ""}
),
times AS (
  SELECT creator_id, word, flag,
    array_agg(greatest(entered_at, %(start)s) ORDER BY entered_at) AS sinces,
    array_agg(CASE WHEN left_at < %(until)s THEN left_at END ORDER BY entered_at) AS untils
  FROM held WHERE {BEGAN_OR_ENDED}
  GROUP BY creator_id, word, flag
), unit AS (
  SELECT creator_id, sinces, untils, {together(segments)} AS segments,
    row_number() OVER (PARTITION BY creator_id ORDER BY sinces, untils) AS place
  FROM times GROUP BY creator_id, sinces, untils
)
SELECT creator_id, row_number() OVER (PARTITION BY creator_id ORDER BY place, nth)::integer
    AS number,
  CASE WHEN nth = 1 THEN 'unit' ELSE 'more' END AS kind, creator_id * {MANY} + place AS unit,
  segments, since, until,
  CASE WHEN nth = 1 THEN (
    SELECT coalesce(sum(extract(epoch FROM u - s)), 0)::float8 / 86400
    FROM unnest(sinces, untils) AS time (s, u)) END AS days,
  CASE WHEN nth = 1 THEN (
    SELECT s FROM unnest(sinces, untils) AS time (s, u) WHERE u IS NULL) END AS open_since
FROM unit CROSS JOIN LATERAL unnest(sinces, untils) WITH ORDINALITY AS time (since, until, nth)
{_BEFORE if some else ""}"""  # noqa: S608 - names of ours


def _source(stays: str, *, some: bool) -> str:
    return f"SELECT * FROM {HELD}" if some else _held(stays)  # noqa: S608 - a name of ours


def _held(stays: str) -> str:
    """The stays of the quarter, with the places of their segments in sets."""
    return f"""SELECT m.creator_id, g.word, g.flag, m.entered_at, m.left_at
  FROM {stays} m JOIN {SEGMENTS} g ON g.segment_id = m.segment_id
  WHERE m.segment_id = ANY(%(segments)s) AND m.entered_at < %(until)s
    AND (m.left_at IS NULL OR m.left_at > %(start)s)"""  # noqa: S608 - names of ours
