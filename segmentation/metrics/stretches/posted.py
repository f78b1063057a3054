"""What the posts of creators add up to, by unit and by who told their numbers."""

from __future__ import annotations

from segmentation.metrics.families.post_entries import RATES, TOTALS
from segmentation.metrics.stretches.names import CUT, MANY, POSTED, SPANS

# A number that is known and can be divided by; followers at post time are those given with the
# post, else the newest of the account at or before it.
_FOLLOWERS = """CASE WHEN p.followers_at_post IS NOT NULL THEN p.followers_at_post ELSE (
      SELECT s.followers FROM crm_metricsnapshot s
      WHERE s.profile_id = p.profile_id AND s.captured_at <= p.posted_at
        AND s.followers IS NOT NULL
      ORDER BY s.captured_at DESC, s.id DESC LIMIT 1
    ) END"""
_ENGAGEMENT = """CASE WHEN p.likes IS NOT NULL OR p.comments IS NOT NULL THEN
      (coalesce(p.likes, 0) + coalesce(p.comments, 0) + coalesce(p.saves, 0)
        + coalesce(p.shares, 0))::float8 END"""
_KEPT = """CASE WHEN p.saves IS NOT NULL OR p.shares IS NOT NULL THEN
      (coalesce(p.saves, 0) + coalesce(p.shares, 0))::float8 END"""


def each(pattern: str, separator: str = ",\n    ") -> str:
    """The pattern for each rate, with its place as a short name: r0, r1 ..."""
    return separator.join(
        pattern.format(r=f"r{place}", top=rate.top, bottom=rate.bottom)
        for place, rate in enumerate(RATES)
    )


def totals(pattern: str, separator: str = ",\n    ") -> str:
    """The pattern for each number that is added up."""
    return separator.join(pattern.format(of=of) for of in TOTALS)


_NUMBERS = f"""p.metrics_source AS source, p.reach, p.views, p.impressions,
    {_ENGAGEMENT} AS engagement,
    {_KEPT} AS kept,
    {_FOLLOWERS} AS followers"""
_WITHIN = "p.posted_at >= %(start)s AND p.posted_at < %(until)s"
_OF_SPANS = f"AND p.creator_id IN (SELECT creator_id FROM {SPANS})"  # noqa: S608 - a name of ours


def statement(*, of_all: bool) -> str:
    """What fills POSTED; `of_all` says that most creators are looked at.

    Whose segments are the same the whole quarter has one unit: their posts are added up as they
    come. Those of the others are, between each two moments at which anything of theirs began or
    ended, and `TO_UNITS` puts that together. Joining each post to those who are looked at costs as
    much as adding it up, so where they are most, the others' are added up, too, and belong to no
    span.
    """
    return f"""
CREATE TEMP TABLE {POSTED} ON COMMIT DROP AS
WITH raw AS (
  SELECT p.creator_id * {MANY} + coalesce(width_bucket(p.posted_at, c.edges), 0) AS unit,
    {_NUMBERS}
  FROM crm_post p LEFT JOIN {CUT} c ON c.creator_id = p.creator_id
  WHERE {_WITHIN} {"" if of_all else _OF_SPANS}
  -- Or each rate would work out anew what it is made of.
  OFFSET 0
),
post AS (
  SELECT unit, source, engagement, kept, reach, views, impressions,
    {each("{top} / nullif(greatest({bottom}, 0), 0)::float8 AS {r}")}
  FROM raw
)
SELECT unit, source, count(*)::float8 AS posts,
  count(engagement)::float8 AS with_engagement, count(kept)::float8 AS with_kept,
  {totals("count({of})::float8 AS with_{of}, sum({of}::float8) AS {of}")},
  {each("sum({r}) AS {r}_y, nullif(count({r}), 0)::float8 AS {r}_w")}
FROM post GROUP BY unit, source
"""  # noqa: S608 - names of ours


# What is added up, by the names of the columns.
SUMS = (
    *("posts", "with_engagement", "with_kept"),
    *(f"{prefix}{of}" for of in TOTALS for prefix in ("with_", "")),
    *(f"r{place}_{name}" for place in range(len(RATES)) for name in ("y", "w")),
)

# What was posted between two moments counts for each unit whose time that was.
TO_UNITS = f"""
WITH between AS (
  DELETE FROM {POSTED} t USING {CUT} c WHERE c.creator_id = t.unit / {MANY}
  RETURNING t.*, c.creator_id, coalesce(c.edges[t.unit %% {MANY}], %(start)s) AS began
)
INSERT INTO {POSTED} (unit, source, {", ".join(SUMS)})
SELECT s.unit, t.source, {", ".join(f"sum(t.{name}) AS {name}" for name in SUMS)}
FROM between t JOIN {SPANS} s ON s.creator_id = t.creator_id
  AND t.began >= s.since AND (s.until IS NULL OR t.began < s.until)
GROUP BY s.unit, t.source
"""  # noqa: S608 - names of ours
