"""What the metrics of a period are made of: counted by a few statements for all segments at once.

Membership is that of the post's own moment: a post counts for a segment when its creator was a
member as it was published. The brand's whole base is counted alongside as if it were a segment
(WHOLE_BRAND), so that a benchmark can never be computed differently from the value beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from crm.choices import Source
from segmentation.metrics.statistics import LEVELS, interval_ranks, median_ranks

WHOLE_BRAND = 0
LEDGER = "segmentation_membership"


@dataclass(frozen=True)
class PostNumbers:
    """The posts that were published by members, and how engagement and posting add up.

    posts, no_counts, no_followers   all, and those left out of rates: neither likes nor comments
                                     known; followers at post time not known
    used, creators, rate             posts with a rate, their creators, the mean rate of the posts
    rate_residuals                   sum over creators of (sum of rates - rate x posts used) ** 2
    sources                          who gave the counts of the posts used
    tracked, untracked               members of whom a post was ever given, and of whom none was
    tracked_posts, tracked_days      posts of the tracked, and days of their membership
    posts_per_day, pace_residuals    the ratio of the two, and its squared residuals by creator
    """

    posts: int = 0
    no_counts: int = 0
    no_followers: int = 0
    used: int = 0
    creators: int = 0
    rate: float | None = None
    rate_residuals: float = 0.0
    sources: tuple[Source, ...] = ()
    tracked: int = 0
    untracked: int = 0
    tracked_posts: int = 0
    tracked_days: float = 0.0
    posts_per_day: float | None = None
    pace_residuals: float = 0.0


@dataclass(frozen=True)
class SegmentNumbers:
    """Everything that the metrics of one segment and period need.

    since    the first moment of the period at which the segment had a member
    ranked   the creators' mean rates at the ranks that the median and its intervals need
    stages, platforms   members at the end of the period by stage, by primary platform
    """

    size: int = 0
    joined: int = 0
    left: int = 0
    since: datetime | None = None
    posts: PostNumbers = field(default_factory=PostNumbers)
    ranked: Mapping[int, float] = field(default_factory=dict)
    stages: Mapping[str, int] = field(default_factory=dict)
    platforms: Mapping[str, int] = field(default_factory=dict)


NOTHING = SegmentNumbers()

# Windows: a creator's stays that begin and end together (cut to the period), with the segments they
# are in: one or two rows for each creator, whatever the number of segments. A creator who left a
# segment and came back has the windows of that segment for itself, under one (negative) unit, and
# is so one creator. The order inside `segments` does not matter: another order is another group.
_WINDOWS = """
CREATE TEMP TABLE scorecard_window AS
WITH stay AS MATERIALIZED (
  SELECT m.segment_id, m.creator_id, greatest(m.entered_at, %(start)s) AS since,
    least(coalesce(m.left_at, %(until)s), %(until)s) AS until
  FROM {stays} m
  WHERE m.segment_id = ANY(%(segments)s) AND m.entered_at < %(until)s
    AND (m.left_at IS NULL OR m.left_at > %(start)s)
  UNION ALL
  SELECT 0, r.creator_id, greatest(r.since, %(start)s), %(until)s
  FROM crm_relationship r WHERE r.brand_id = %(brand)s AND r.since < %(until)s
),
back AS MATERIALIZED (
  SELECT DISTINCT gone.segment_id, gone.creator_id
  FROM (SELECT * FROM stay WHERE until < %(until)s) gone
  JOIN (SELECT * FROM stay WHERE since > %(start)s) again
    ON again.segment_id = gone.segment_id AND again.creator_id = gone.creator_id
    AND again.since >= gone.until
)
SELECT row_number() OVER () AS unit, w.* FROM (
  SELECT s.creator_id, s.since, s.until, array_agg(s.segment_id) AS segments
  FROM stay s
  WHERE NOT EXISTS (
    SELECT FROM back b WHERE b.segment_id = s.segment_id AND b.creator_id = s.creator_id)
  GROUP BY s.creator_id, s.since, s.until
) w
UNION ALL
SELECT -dense_rank() OVER (ORDER BY s.segment_id, s.creator_id), s.creator_id, s.since, s.until,
  ARRAY[s.segment_id]
FROM stay s JOIN back b ON b.segment_id = s.segment_id AND b.creator_id = s.creator_id
"""

# One row for each unit: the posts in its windows, and whether a post of the creator was ever given.
_UNITS = """
CREATE TEMP TABLE scorecard_unit AS
WITH raw AS (
  SELECT w.unit, p.likes IS NULL AND p.comments IS NULL AS no_counts,
    coalesce(p.likes, 0) + coalesce(p.comments, 0) + coalesce(p.saves, 0) + coalesce(p.shares, 0)
      AS interactions,
    coalesce(p.followers_at_post, known.followers) AS followers, p.metrics_source
  FROM scorecard_window w
  JOIN crm_post p
    ON p.creator_id = w.creator_id AND p.posted_at >= w.since AND p.posted_at < w.until
  LEFT JOIN LATERAL (
    SELECT s.followers FROM crm_metricsnapshot s
    WHERE p.followers_at_post IS NULL
      AND s.profile_id = p.profile_id AND s.captured_at <= p.posted_at AND s.followers IS NOT NULL
    ORDER BY s.captured_at DESC, s.id DESC LIMIT 1
  ) known ON true
  WHERE p.posted_at >= %(start)s AND p.posted_at < %(until)s
),
post AS (
  SELECT unit, no_counts, NOT no_counts AND NOT coalesce(followers > 0, false) AS no_followers,
    CASE WHEN NOT no_counts AND followers > 0 THEN interactions::float8 / followers END AS rate,
    CASE WHEN NOT no_counts AND followers > 0
      THEN 1 << (array_position(%(sources)s, metrics_source::text) - 1) END AS source
  FROM raw
),
counted AS (
  SELECT unit, count(*) AS posts, count(*) FILTER (WHERE no_counts) AS no_counts,
    count(*) FILTER (WHERE no_followers) AS no_followers, count(rate) AS used,
    coalesce(sum(rate), 0) AS rates, bit_or(source) AS sources
  FROM post GROUP BY unit
),
spent AS (
  SELECT w.unit, any_value(w.creator_id) AS creator_id, any_value(w.segments) AS segments,
    sum(extract(epoch FROM w.until - w.since))::float8 / 86400 AS days
  FROM scorecard_window w GROUP BY w.unit
)
SELECT s.creator_id, s.segments, s.days, coalesce(c.posts, 0) AS posts,
  coalesce(c.no_counts, 0) AS no_counts, coalesce(c.no_followers, 0) AS no_followers,
  coalesce(c.used, 0) AS used, coalesce(c.rates, 0) AS rates, c.sources,
  EXISTS (
    SELECT FROM crm_post p WHERE p.creator_id = s.creator_id AND p.posted_at < %(until)s
  ) AS tracked
FROM spent s LEFT JOIN counted c ON c.unit = s.unit
"""

# Summed up by set of segments first, of which there are far fewer than creators, then by segment.
_POSTS = """
WITH of_set AS (
  SELECT segments, sum(posts) AS posts, sum(no_counts) AS no_counts,
    sum(no_followers) AS no_followers, bit_or(sources) AS sources,
    sum(used) AS used, count(*) FILTER (WHERE used > 0) AS creators, sum(rates) AS rates,
    sum(rates ^ 2) AS rates_rates, sum(rates * used) AS rates_used,
    sum(used::float8 ^ 2) AS used_used,
    count(*) FILTER (WHERE tracked) AS tracked, count(*) FILTER (WHERE NOT tracked) AS untracked,
    sum(posts) FILTER (WHERE tracked) AS tracked_posts,
    sum(days) FILTER (WHERE tracked) AS tracked_days,
    sum(posts::float8 ^ 2) FILTER (WHERE tracked) AS posts_posts,
    sum(posts * days) FILTER (WHERE tracked) AS posts_days,
    sum(days ^ 2) FILTER (WHERE tracked) AS days_days
  FROM scorecard_unit GROUP BY segments
)
SELECT segment_id, sum(posts)::bigint AS posts, sum(no_counts)::bigint AS no_counts,
  sum(no_followers)::bigint AS no_followers, coalesce(bit_or(sources), 0) AS sources,
  sum(used)::bigint AS used, sum(creators)::bigint AS creators, sum(rates) AS rates,
  sum(rates_rates) AS rates_rates, sum(rates_used) AS rates_used, sum(used_used) AS used_used,
  sum(tracked)::bigint AS tracked, sum(untracked)::bigint AS untracked,
  coalesce(sum(tracked_posts), 0)::bigint AS tracked_posts,
  coalesce(sum(tracked_days), 0) AS tracked_days, coalesce(sum(posts_posts), 0) AS posts_posts,
  coalesce(sum(posts_days), 0) AS posts_days, coalesce(sum(days_days), 0) AS days_days
FROM of_set CROSS JOIN LATERAL unnest(segments) AS exploded (segment_id)
GROUP BY segment_id
"""

_RANKED = """
SELECT r.segment_id, r.rank, r.rate FROM (
  SELECT segment_id, rates / used AS rate,
    row_number() OVER (PARTITION BY segment_id ORDER BY rates / used) AS rank
  FROM scorecard_unit CROSS JOIN LATERAL unnest(segments) AS exploded (segment_id)
  WHERE used > 0
) r
JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted (segment_id, rank)
  ON wanted.segment_id = r.segment_id AND wanted.rank = r.rank
"""

_LEDGER = """
SELECT m.segment_id,
  count(*) FILTER (WHERE m.left_at IS NULL OR m.left_at >= %(until)s) AS size,
  count(*) FILTER (WHERE m.entered_at >= %(start)s) AS joined,
  count(*) FILTER (WHERE m.left_at < %(until)s) AS left,
  min(greatest(m.entered_at, %(start)s)) AS since
FROM {stays} m
WHERE m.segment_id = ANY(%(segments)s) AND m.entered_at < %(until)s
  AND (m.left_at IS NULL OR m.left_at >= %(start)s)
GROUP BY m.segment_id
"""

# Windows that reach the end are those of the members at the end. The primary account is the one
# with the most followers as of then; of equals, the oldest.
_SHARES = """
WITH stage AS (
  SELECT r.creator_id, c.stage FROM crm_relationship r
  JOIN crm_stagechange c ON c.relationship_id = r.id
  WHERE r.brand_id = %(brand)s AND c.entered_at < %(until)s
    AND (c.left_at IS NULL OR c.left_at >= %(until)s)
),
platform AS (
  SELECT DISTINCT ON (p.creator_id) p.creator_id, p.platform_id
  FROM crm_profile p
  LEFT JOIN LATERAL (
    SELECT s.followers FROM crm_metricsnapshot s
    WHERE s.profile_id = p.id AND s.captured_at < %(until)s AND s.followers IS NOT NULL
    ORDER BY s.captured_at DESC, s.id DESC LIMIT 1
  ) known ON true
  WHERE p.creator_id IN (SELECT creator_id FROM scorecard_window WHERE until = %(until)s)
  ORDER BY p.creator_id, known.followers DESC NULLS LAST, p.id
),
of_set AS (
  SELECT w.segments, stage.stage, platform.platform_id, count(*) AS creators
  FROM scorecard_window w
  LEFT JOIN stage ON stage.creator_id = w.creator_id
  LEFT JOIN platform ON platform.creator_id = w.creator_id
  WHERE w.until = %(until)s
  GROUP BY w.segments, stage.stage, platform.platform_id
)
SELECT segment_id, stage, platform_id, sum(creators)::bigint AS creators
FROM of_set CROSS JOIN LATERAL unnest(segments) AS exploded (segment_id)
GROUP BY segment_id, stage, platform_id
"""

_TEMPORARY = ("scorecard_window", "scorecard_unit")
# Below this share of the total, squared residuals are what rounding leaves of zero.
_ROUNDING = 1e-12


@transaction.atomic
def read_numbers(
    *,
    brand_id: int,
    segment_ids: Collection[int],
    start: datetime,
    until: datetime,
    stays: str = LEDGER,
) -> dict[int, SegmentNumbers]:
    """Return the numbers of each segment, and of WHOLE_BRAND, for the moments start <= t < until.

    `stays` names the table of who was where when, by default the membership ledger.

    The number of statements does not depend on the number of segments or creators. Segments without
    a member in the period come out with zeros.
    """
    asked: dict[str, Any] = {
        "brand": brand_id,
        "segments": sorted(segment_ids),
        "start": start,
        "until": until,
        "sources": Source.values,
    }
    with connection.cursor() as cursor:
        # Sorts and hashes of one row for each creator stay in memory up to some 100,000 creators.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        # Straight after an import the tables have no statistics: the planner takes them for empty
        # and would compare every row with every other. What is left of nested loops has no other
        # way (LATERAL), and is not touched by this.
        cursor.execute("SET LOCAL enable_nestloop = off")
        # More than one period may be read in one transaction.
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(_TEMPORARY)}")
        cursor.execute(_WINDOWS.format(stays=stays), asked)
        cursor.execute("ANALYZE scorecard_window")
        cursor.execute(_UNITS, asked)
        posts = {row.pop("segment_id"): _post_numbers(row) for row in _rows(cursor, _POSTS, {})}
        ranked = _read_ranked(cursor, {key: found.creators for key, found in posts.items()})
        ledger = {
            row.pop("segment_id"): row for row in _rows(cursor, _LEDGER.format(stays=stays), asked)
        }
        stages: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        platforms: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        sizes: dict[int, int] = defaultdict(int)
        for row in _rows(cursor, _SHARES, asked):
            sizes[row["segment_id"]] += row["creators"]
            if row["stage"] is not None:
                stages[row["segment_id"]][row["stage"]] += row["creators"]
            if row["platform_id"] is not None:
                platforms[row["segment_id"]][row["platform_id"]] += row["creators"]
        cursor.execute(f"DROP TABLE {', '.join(_TEMPORARY)}")
        cursor.execute("SET LOCAL enable_nestloop = on")
    return {
        key: SegmentNumbers(
            **ledger.get(key, {"size": sizes[key]}),
            posts=posts.get(key, NOTHING.posts),
            ranked=ranked[key],
            stages=dict(stages[key]),
            platforms=dict(platforms[key]),
        )
        for key in {WHOLE_BRAND, *segment_ids}
    }


def _rows(cursor: Any, sql: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    cursor.execute(sql, asked)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _post_numbers(row: Mapping[str, Any]) -> PostNumbers:
    """Turn a segment's sums into means, and their squares into residuals by creator."""
    rate = row["rates"] / row["used"] if row["used"] else None
    pace = row["tracked_posts"] / row["tracked_days"] if row["tracked_days"] else None
    return PostNumbers(
        posts=row["posts"],
        no_counts=row["no_counts"],
        no_followers=row["no_followers"],
        used=row["used"],
        creators=row["creators"],
        rate=rate,
        rate_residuals=_residuals(rate, row["rates_rates"], row["rates_used"], row["used_used"]),
        sources=tuple(source for place, source in enumerate(Source) if row["sources"] >> place & 1),
        tracked=row["tracked"],
        untracked=row["untracked"],
        tracked_posts=row["tracked_posts"],
        tracked_days=row["tracked_days"],
        posts_per_day=pace,
        pace_residuals=_residuals(pace, row["posts_posts"], row["posts_days"], row["days_days"]),
    )


def _residuals(ratio: float | None, yy: float, yw: float, ww: float) -> float:
    """Return the sum of (y - ratio * w) ** 2 from the sums of y * y, y * w and w * w."""
    if ratio is None:
        return 0.0
    found = yy - 2 * ratio * yw + ratio**2 * ww
    return float(found) if found > _ROUNDING * yy else 0.0


def _read_ranked(cursor: Any, creators: Mapping[int, int]) -> dict[int, dict[int, float]]:
    """Return for each segment the creators' mean rates at the ranks that its median asks for."""
    wanted = {
        (key, rank)
        for key, n in creators.items()
        if n
        for ranks in (median_ranks(n), *(interval_ranks(n, level) for level in LEVELS))
        for rank in ranks or ()
    }
    found: dict[int, dict[int, float]] = defaultdict(dict)
    if wanted:
        segments, ranks = zip(*sorted(wanted), strict=True)
        cursor.execute(_RANKED, [list(segments), list(ranks)])
        for segment_id, rank, rate in cursor.fetchall():
            found[segment_id][rank] = rate
    return found
