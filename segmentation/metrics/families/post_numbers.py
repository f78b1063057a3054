"""What the metrics of posts are made of: counted by a few statements for all segments at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm.choices import Source
from segmentation.metrics.families.post_entries import MEDIANS, RATES, TOTALS
from segmentation.metrics.look import WHOLE_BRAND, WINDOWS, Look
from segmentation.metrics.statistics import LEVELS, Sums, interval_ranks, median_ranks

# Posts by the unit of windows that they were published in, and by who gave their counts.
POSTED = "scorecard_posted"
UNITS = "scorecard_unit"

# A number that is known and can be divided by; followers at post time are those given with the
# post, else the newest of the account at or before it.
_BOTTOMS = {
    "followers": """CASE WHEN p.followers_at_post IS NOT NULL THEN p.followers_at_post ELSE (
      SELECT s.followers FROM crm_metricsnapshot s
      WHERE s.profile_id = p.profile_id AND s.captured_at <= p.posted_at
        AND s.followers IS NOT NULL
      ORDER BY s.captured_at DESC, s.id DESC LIMIT 1
    ) END""",
    "reach": "p.reach",
    "views": "p.views",
    "impressions": "p.impressions",
}
_TOPS = {
    "engagement": """CASE WHEN p.likes IS NOT NULL OR p.comments IS NOT NULL THEN
      (coalesce(p.likes, 0) + coalesce(p.comments, 0) + coalesce(p.saves, 0)
        + coalesce(p.shares, 0))::float8 END""",
    "kept": """CASE WHEN p.saves IS NOT NULL OR p.shares IS NOT NULL THEN
      (coalesce(p.saves, 0) + coalesce(p.shares, 0))::float8 END""",
}


def _each(pattern: str, separator: str = ",\n    ") -> str:
    """The pattern for each rate, with its place as a short name: r0, r1 ..."""
    return separator.join(
        pattern.format(r=f"r{place}", top=rate.top, bottom=rate.bottom)
        for place, rate in enumerate(RATES)
    )


def _totals(pattern: str, separator: str = ",\n    ") -> str:
    return separator.join(pattern.format(of=of) for of in TOTALS)


# Counts are added up as floating-point numbers, exact up to 2 ** 53: sums of bigint are numeric,
# which takes several times as long.
_POSTED = f"""
CREATE TEMP TABLE {POSTED} ON COMMIT DROP AS
WITH raw AS (
  SELECT w.unit, p.metrics_source AS source, p.reach, p.views, p.impressions,
    {_TOPS["engagement"]} AS engagement,
    {_TOPS["kept"]} AS kept,
    {_BOTTOMS["followers"]} AS followers
  FROM {WINDOWS} w
  JOIN crm_post p
    ON p.creator_id = w.creator_id AND p.posted_at >= w.since AND p.posted_at < w.until
  WHERE p.posted_at >= %(start)s AND p.posted_at < %(until)s
  -- Or each rate would work out anew what it is made of.
  OFFSET 0
),
post AS (
  SELECT unit, source, engagement, kept, reach, views, impressions,
    {_each("{top} / nullif(greatest({bottom}, 0), 0)::float8 AS {r}")}
  FROM raw
)
SELECT unit, source, count(*)::float8 AS posts,
  count(engagement)::float8 AS with_engagement, count(kept)::float8 AS with_kept,
  {_totals("count({of})::float8 AS with_{of}, sum({of}::float8) AS {of}")},
  {_each("count({r})::float8 AS {r}_w, sum({r}) AS {r}_y")}
FROM post GROUP BY unit, source
"""  # noqa: S608 - names of ours

# One row for each unit, and whether a post of the creator was ever given.
_UNITS = f"""
CREATE TEMP TABLE {UNITS} ON COMMIT DROP AS
WITH counted AS (
  SELECT unit, sum(posts) AS posts, sum(with_engagement) AS with_engagement,
    sum(with_kept) AS with_kept,
    {_totals("sum(with_{of}) AS with_{of}, sum({of}) AS {of}")},
    {_each("sum({r}_w) AS {r}_w, sum({r}_y) AS {r}_y")}
  FROM {POSTED} GROUP BY unit
),
spent AS (
  SELECT unit, any_value(creator_id) AS creator_id, any_value(segments) AS segments,
    min(since) AS since, sum(extract(epoch FROM until - since))::float8 / 86400 AS days
  FROM {WINDOWS} GROUP BY unit
)
SELECT s.unit, s.creator_id, s.segments, s.since, s.days, coalesce(c.posts, 0) AS posts,
  c.with_engagement, c.with_kept, {_totals("c.with_{of}, c.{of}")},
  {_each("nullif(c.{r}_w, 0) AS {r}_w, c.{r}_y")},
  coalesce(c.posts, 0) > 0 OR EXISTS (
    SELECT FROM crm_post p WHERE p.creator_id = s.creator_id AND p.posted_at < %(until)s
  ) AS tracked
FROM spent s LEFT JOIN counted c ON c.unit = s.unit
"""  # noqa: S608 - names of ours

_RATE_SUMS = (
    "count({r}_w) AS {r}_creators, sum({r}_w) AS {r}_w, sum({r}_y) AS {r}_y, "
    "sum({r}_y * {r}_y) AS {r}_yy, sum({r}_y * {r}_w) AS {r}_yw, sum({r}_w * {r}_w) AS {r}_ww"
)
_ADDED = (
    *("posts", "with_engagement", "with_kept"),
    *(f"{prefix}{of}" for of in TOTALS for prefix in ("with_", "")),
    *("tracked", "untracked", "p_y", "p_w", "p_yy", "p_yw", "p_ww"),
    *(
        f"r{place}_{name}"
        for place in range(len(RATES))
        for name in ("creators", "w", "y", "yy", "yw", "ww")
    ),
)
# Summed up by set of segments first, of which there are far fewer than creators, then by segment.
_SUMS = f"""
WITH of_set AS (
  SELECT segments, min(since) AS since, sum(posts) AS posts,
    sum(with_engagement) AS with_engagement, sum(with_kept) AS with_kept,
    {_totals("sum(with_{of}) AS with_{of}, sum({of}) AS {of}")},
    count(*) FILTER (WHERE tracked) AS tracked, count(*) FILTER (WHERE NOT tracked) AS untracked,
    sum(posts) FILTER (WHERE tracked) AS p_y, sum(days) FILTER (WHERE tracked) AS p_w,
    sum(posts * posts) FILTER (WHERE tracked) AS p_yy,
    sum(posts * days) FILTER (WHERE tracked) AS p_yw,
    sum(days * days) FILTER (WHERE tracked) AS p_ww,
    {_each(_RATE_SUMS)}
  FROM {UNITS} GROUP BY segments
)
SELECT segment_id, min(since) AS since,
  {", ".join(f"coalesce(sum({name}), 0)::float8 AS {name}" for name in _ADDED)}
FROM of_set CROSS JOIN LATERAL unnest(segments) AS exploded (segment_id)
GROUP BY segment_id
"""  # noqa: S608 - names of ours

# Who gave the counts, by rate; for each set of segments first, again.
_SOURCES = f"""
WITH of_set AS (
  SELECT u.segments, t.source, sum(t.posts) AS posts, {_totals("sum(t.with_{of}) AS with_{of}")},
    {_each("sum(t.{r}_w) AS {r}_w")}
  FROM {POSTED} t JOIN {UNITS} u ON u.unit = t.unit GROUP BY u.segments, t.source
)
SELECT segment_id, source, sum(posts)::bigint AS posts,
  {_totals("sum(with_{of})::bigint AS with_{of}")}, {_each("sum({r}_w)::bigint AS {r}_w")}
FROM of_set CROSS JOIN LATERAL unnest(segments) AS exploded (segment_id)
GROUP BY segment_id, source
"""  # noqa: S608 - names of ours

_RANKED = f"""
SELECT r.segment_id, r.rank, r.rate FROM (
  SELECT segment_id, {{r}}_y / {{r}}_w AS rate,
    row_number() OVER (PARTITION BY segment_id ORDER BY {{r}}_y / {{r}}_w) AS rank
  FROM {UNITS} CROSS JOIN LATERAL unnest(segments) AS exploded (segment_id)
  WHERE {{r}}_w > 0
) r
JOIN unnest(%(keys)s::bigint[], %(ranks)s::bigint[]) AS wanted (segment_id, rank)
  ON wanted.segment_id = r.segment_id AND wanted.rank = r.rank
"""  # noqa: S608 - names of ours


@dataclass(frozen=True)
class RateNumbers:
    """One rate: posts with it and their creators, the creators' means at the ranks of medians."""

    sums: Sums = field(default_factory=Sums)
    ranked: Mapping[int, float] = field(default_factory=dict)
    provenance: Mapping[Source, int] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """Posts that have it."""
        return round(self.sums.w)


@dataclass(frozen=True)
class PostNumbers:
    """The posts that were published by members, and how they add up.

    since            the first moment of the period at which the segment had a member
    known            posts of which something is known: engagement, kept, reach, views, impressions
    totals           reach, impressions and views added up
    tracked, untracked   members of whom a post was ever given, and of whom none was
    pace             posts and days of membership of the tracked, by creator
    """

    since: datetime | None = None
    posts: int = 0
    known: Mapping[str, int] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)
    tracked: int = 0
    untracked: int = 0
    pace: Sums = field(default_factory=Sums)
    rates: Mapping[str, RateNumbers] = field(default_factory=dict)
    provenance: Mapping[str, Mapping[Source, int]] = field(default_factory=dict)


def read(look: Look) -> dict[int, PostNumbers]:
    """The numbers of each segment that had a member, by a fixed number of statements."""
    look.execute(f"DROP TABLE IF EXISTS {POSTED}, {UNITS}")
    # The planner takes groups for more than fit in memory and would sort all posts.
    look.execute("SET LOCAL enable_sort = off")
    look.execute(_POSTED)
    look.execute(f"ANALYZE {POSTED} (unit)")
    look.execute(_UNITS)
    look.execute("SET LOCAL enable_sort = on")
    sums = {row["segment_id"]: row for row in look.rows(_SUMS)}
    told: dict[int, dict[str, dict[Source, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in look.rows(_SOURCES):
        for name, n in row.items():
            if n and name not in {"segment_id", "source"}:
                told[row["segment_id"]][name][Source(row["source"])] = n
    ranked = {
        rate.key: _ranked(look, f"r{place}", sums)
        for place, rate in enumerate(RATES)
        if rate.key in MEDIANS
    }
    return {key: _numbers(row, told[key], ranked) for key, row in sums.items()}


def _numbers(
    row: Mapping[str, Any],
    told: Mapping[str, Mapping[Source, int]],
    ranked: Mapping[str, Mapping[int, Mapping[int, float]]],
) -> PostNumbers:
    key = row["segment_id"]
    rates = {
        rate.key: RateNumbers(
            _sums(row, f"r{place}", round(row[f"r{place}_creators"])),
            ranked.get(rate.key, {}).get(key, {}),
            told.get(f"r{place}_w", {}),
        )
        for place, rate in enumerate(RATES)
    }
    return PostNumbers(
        since=None if key == WHOLE_BRAND else row["since"],
        posts=round(row["posts"]),
        known={name: round(row[f"with_{name}"]) for name in ("engagement", "kept", *TOTALS)},
        totals={name: round(row[name]) for name in TOTALS},
        tracked=round(row["tracked"]),
        untracked=round(row["untracked"]),
        pace=_sums(row, "p", round(row["tracked"])),
        rates=rates,
        provenance={
            "posts": told.get("posts", {}),
            **{of: told.get(f"with_{of}", {}) for of in TOTALS},
        },
    )


def _sums(row: Mapping[str, Any], prefix: str, creators: int) -> Sums:
    return Sums(creators, *(row[f"{prefix}_{name}"] for name in ("y", "w", "yy", "yw", "ww")))


def _ranked(
    look: Look, name: str, sums: Mapping[int, Mapping[str, Any]]
) -> dict[int, dict[int, float]]:
    """For each segment the creators' mean rates at the ranks that its median asks for."""
    creators = {key: round(row[f"{name}_creators"]) for key, row in sums.items()}
    wanted = {
        (key, rank)
        for key, n in creators.items()
        if n
        for ranks in (median_ranks(n), *(interval_ranks(n, level) for level in LEVELS))
        for rank in ranks or ()
    }
    found: dict[int, dict[int, float]] = defaultdict(dict)
    if wanted:
        keys, ranks = zip(*sorted(wanted), strict=True)
        for row in look.rows(_RANKED.format(r=name), keys=list(keys), ranks=list(ranks)):
            found[row["segment_id"]][row["rank"]] = row["rate"]
    return found
