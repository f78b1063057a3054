"""What the posts of creators add up to, and who told their numbers."""

from __future__ import annotations

from segmentation.metrics.families.post_entries import RATES, TOTALS
from segmentation.metrics.stretches.names import POSTED, SPANS

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
# Whether sources are the same is told by numbers: texts take several times as long.
_RATES = f"""SELECT unit, source, hashtext(source) AS hash,
    engagement, kept, reach, views, impressions,
    {each("CASE WHEN {bottom} > 0 THEN {top} / {bottom}::float8 END AS {r}")}
  FROM raw
  -- Or each of them would be worked out for its sum and for its count; and, without an order, wide
  -- rows would be sorted that come sorted.
  ORDER BY unit OFFSET 0"""  # noqa: S608 - names of ours
_ADDED = f"""count(*)::float8 AS posts,
  count(engagement)::float8 AS with_engagement, count(kept)::float8 AS with_kept,
  {totals("count({of})::float8 AS with_{of}, sum({of}::float8) AS {of}")},
  {each("sum({r}) AS {r}_y, nullif(count({r}), 0)::float8 AS {r}_w")}"""

# What is added up, by the names of the columns.
SUMS = (
    *("posts", "with_engagement", "with_kept"),
    *(f"{prefix}{of}" for of in TOTALS for prefix in ("with_", "")),
    *(f"r{place}_{name}" for place in range(len(RATES)) for name in ("y", "w")),
)


def of_creators(*, only: str) -> str:
    """Queries of a WITH: `posted`, all posts of each creator in the quarter, added up.

    `source` is empty where several told of them, `unit` is the creator's id. `only` names a table
    of creators to look at, empty: everybody, cheaper where it is most.
    """
    of = f"AND p.creator_id IN (SELECT creator_id FROM {only})" if only else ""  # noqa: S608 - ours
    return f"""raw AS (
  SELECT p.creator_id AS unit, {_NUMBERS}
  FROM crm_post p WHERE {_WITHIN} {of}
  -- Or each rate would work out anew what it is made of.
  ORDER BY unit OFFSET 0
),
post AS ({_RATES}),
posted AS (
  SELECT unit, CASE WHEN bit_or(hash) = bit_and(hash) THEN any_value(source) ELSE '' END AS source,
    {_ADDED}
  FROM post GROUP BY unit
)"""  # noqa: S608 - names of ours


# What fills POSTED: the posts of the times of SPANS, by their unit and who told of them.
OF_SPANS = f"""
CREATE TEMP TABLE {POSTED} ON COMMIT DROP AS
WITH raw AS (
  SELECT s.unit, {_NUMBERS}
  FROM {SPANS} s JOIN crm_post p ON p.creator_id = s.creator_id
    AND p.posted_at >= s.since AND p.posted_at < coalesce(s.until, %(until)s)
  WHERE {_WITHIN} OFFSET 0
),
post AS ({_RATES})
SELECT unit, source, {_ADDED} FROM post GROUP BY unit, source
"""  # noqa: S608 - names of ours
