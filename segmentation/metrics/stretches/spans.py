"""Who was in which segments from when to when, with stays cut to the quarter."""

from __future__ import annotations

from segmentation.metrics.stretches.names import MANY, SEGMENTS, SOME, SPANS, WHO, together


def statements(*, stays: str, segments: int, some: bool) -> tuple[str, ...]:
    """What fills WHO and SPANS from the table of stays, for so many segments and the whole base.

    Nearly all creators are in their segments the whole quarter: those are found by one pass over
    the stays. Of the others, whose stays are `cut`, the times are compared: segments with the same
    times are one unit. Who left a segment and came back has two times of it in one unit.
    """
    of_whom = [SOME] if some else []
    held = _held(stays, of_whom)
    held_by_cut = _held(stays, [*of_whom, f"{WHO} WHERE is_cut"])
    return (
        f"""
CREATE TEMP TABLE {WHO} ON COMMIT DROP AS
SELECT creator_id, {together(segments)} AS segments,
  bool_or(entered_at > %(start)s OR coalesce(left_at < %(until)s, false)) AS is_cut
FROM ({held}) held GROUP BY creator_id""",  # noqa: S608 - names of ours
        f"ANALYZE {WHO} (creator_id, is_cut)",
        f"""
CREATE TEMP TABLE {SPANS} ON COMMIT DROP AS
WITH cut AS (
  SELECT creator_id, word, flag,
    array_agg(greatest(entered_at, %(start)s) ORDER BY entered_at) AS sinces,
    array_agg(CASE WHEN left_at < %(until)s THEN left_at END ORDER BY entered_at) AS untils
  FROM ({held_by_cut}) held
  GROUP BY creator_id, word, flag
), unit AS (
  SELECT creator_id, sinces, untils, {together(segments)} AS segments,
    row_number() OVER (PARTITION BY creator_id ORDER BY sinces, untils) AS place
  FROM cut GROUP BY creator_id, sinces, untils
)
SELECT creator_id, 0 AS number, 'unit' AS kind, creator_id * {MANY} AS unit, segments,
  %(start)s::timestamptz AS since, NULL::timestamptz AS until, 0::float8 AS days,
  %(start)s::timestamptz AS open_since, false AS is_cut
FROM {WHO} WHERE NOT is_cut
UNION ALL
SELECT creator_id, row_number() OVER (PARTITION BY creator_id ORDER BY place, nth)::integer,
  CASE WHEN nth = 1 THEN 'unit' ELSE 'more' END, creator_id * {MANY} + place, segments,
  since, until,
  CASE WHEN nth = 1 THEN (
    SELECT coalesce(sum(extract(epoch FROM u - s)), 0)::float8 / 86400
    FROM unnest(sinces, untils) AS time (s, u)) END,
  CASE WHEN nth = 1 THEN (
    SELECT s FROM unnest(sinces, untils) AS time (s, u) WHERE u IS NULL) END,
  true
FROM unit CROSS JOIN LATERAL unnest(sinces, untils) WITH ORDINALITY AS time (since, until, nth)
""",  # noqa: S608 - names of ours
        f"ANALYZE {SPANS} (creator_id, unit, kind, is_cut, until)",
    )


def _held(stays: str, of_whom: list[str]) -> str:
    """The stays of the quarter, and the time with the brand as one, of who is in all `of_whom`."""
    only = "".join(
        f" AND creator_id IN (SELECT creator_id FROM {some})"  # noqa: S608 - names of ours
        for some in of_whom
    )
    return f"""
  SELECT m.creator_id, g.word, g.flag, m.entered_at, m.left_at
  FROM {stays} m JOIN {SEGMENTS} g ON g.segment_id = m.segment_id
  WHERE m.segment_id = ANY(%(segments)s) AND m.entered_at < %(until)s
    AND (m.left_at IS NULL OR m.left_at > %(start)s){only}
  UNION ALL
  SELECT r.creator_id, 1, 1, r.since, NULL
  FROM crm_relationship r WHERE r.brand_id = %(brand)s AND r.since < %(until)s{only}"""  # noqa: S608 - names of ours
