"""Who was in which segments from when to when, with stays cut to the quarter."""

from __future__ import annotations

from segmentation.metrics.stretches.names import CUT, MANY, SEGMENTS, SOME, SPANS, together

_BEGAN_OR_ENDED = "entered_at > %(start)s OR coalesce(left_at < %(until)s, false)"


def statements(*, stays: str, segments: int, some: bool) -> tuple[str, ...]:
    """What fills SPANS and CUT from the table of stays, for so many segments and the whole base.

    Nearly all stays last the whole quarter: a creator's are one unit, found by one pass over the
    stays. Of those that began or ended meanwhile the times are compared: segments with the same
    times are one unit. Who left a segment and came back has two times of it in one unit. CUT has
    the moments at which anything of a creator began or ended.
    """
    # Of few, both readings are of what was found once; of everybody, keeping it takes longer.
    kept = "MATERIALIZED" if some else "NOT MATERIALIZED"
    return (
        f"""
CREATE TEMP TABLE {SPANS} ON COMMIT DROP AS
WITH held AS {kept} ({_held(stays, some=some)}),
times AS (
  SELECT creator_id, word, flag,
    array_agg(greatest(entered_at, %(start)s) ORDER BY entered_at) AS sinces,
    array_agg(CASE WHEN left_at < %(until)s THEN left_at END ORDER BY entered_at) AS untils
  FROM held WHERE {_BEGAN_OR_ENDED}
  GROUP BY creator_id, word, flag
), unit AS (
  SELECT creator_id, sinces, untils, {together(segments)} AS segments,
    row_number() OVER (PARTITION BY creator_id ORDER BY sinces, untils) AS place
  FROM times GROUP BY creator_id, sinces, untils
)
SELECT creator_id, 0 AS number, 'unit' AS kind, creator_id * {MANY} AS unit,
  {together(segments)} AS segments,
  %(start)s::timestamptz AS since, NULL::timestamptz AS until, 0::float8 AS days,
  %(start)s::timestamptz AS open_since
FROM held WHERE NOT ({_BEGAN_OR_ENDED})
GROUP BY creator_id
UNION ALL
SELECT creator_id, row_number() OVER (PARTITION BY creator_id ORDER BY place, nth)::integer,
  CASE WHEN nth = 1 THEN 'unit' ELSE 'more' END, creator_id * {MANY} + place, segments,
  since, until,
  CASE WHEN nth = 1 THEN (
    SELECT coalesce(sum(extract(epoch FROM u - s)), 0)::float8 / 86400
    FROM unnest(sinces, untils) AS time (s, u)) END,
  CASE WHEN nth = 1 THEN (
    SELECT s FROM unnest(sinces, untils) AS time (s, u) WHERE u IS NULL) END
FROM unit CROSS JOIN LATERAL unnest(sinces, untils) WITH ORDINALITY AS time (since, until, nth)
""",  # noqa: S608 - names of ours
        f"ANALYZE {SPANS} (creator_id, unit, kind, until)",
        f"""
CREATE TEMP TABLE {CUT} ON COMMIT DROP AS
SELECT creator_id, array_agg(DISTINCT edge ORDER BY edge) AS edges
FROM {SPANS} CROSS JOIN LATERAL (VALUES (since), (until)) AS of_span (edge)
WHERE number > 0 AND edge > %(start)s
GROUP BY creator_id""",  # noqa: S608 - names of ours
        f"ANALYZE {CUT} (creator_id)",
    )


def _held(stays: str, *, some: bool) -> str:
    """The stays of the quarter, and the time with the brand as one; of `some`, or of everybody."""
    only = f" AND creator_id IN (SELECT creator_id FROM {SOME})" if some else ""  # noqa: S608 - ours
    return f"""
  SELECT m.creator_id, g.word, g.flag, m.entered_at, m.left_at
  FROM {stays} m JOIN {SEGMENTS} g ON g.segment_id = m.segment_id
  WHERE m.segment_id = ANY(%(segments)s) AND m.entered_at < %(until)s
    AND (m.left_at IS NULL OR m.left_at > %(start)s){only}
  UNION ALL
  SELECT r.creator_id, 1, 1, r.since, NULL
  FROM crm_relationship r WHERE r.brand_id = %(brand)s AND r.since < %(until)s{only}"""  # noqa: S608 - names of ours
