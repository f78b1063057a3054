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

# Of each stay, the part that lies in the period; the brand's base stays from when it was known.
_STAYS = """
  SELECT m.segment_id, m.creator_id, greatest(m.entered_at, %(start)s) AS since,
    least(coalesce(m.left_at, %(until)s), %(until)s) AS until
  FROM segmentation_membership m
  WHERE m.segment_id = ANY(%(segments)s) AND m.entered_at < %(until)s
    AND (m.left_at IS NULL OR m.left_at > %(start)s)
  UNION ALL
  SELECT 0, r.creator_id, greatest(r.since, %(start)s), %(until)s
  FROM crm_relationship r WHERE r.brand_id = %(brand)s AND r.since < %(until)s
"""

_MEMBERS_AT_END = """
  SELECT m.segment_id, m.creator_id FROM segmentation_membership m
  WHERE m.segment_id = ANY(%(segments)s) AND m.entered_at < %(until)s
    AND (m.left_at IS NULL OR m.left_at >= %(until)s)
  UNION ALL
  SELECT 0, r.creator_id FROM crm_relationship r
  WHERE r.brand_id = %(brand)s AND r.since < %(until)s
"""

# One row for each segment and creator. Posts are summed up by creator once and joined to the stays
# that cover the whole period, which are nearly all; only the others look at single posts.
_PARTS = f"""
CREATE TEMP TABLE scorecard_part AS
WITH stay AS MATERIALIZED ({_STAYS}),
member AS MATERIALIZED (SELECT DISTINCT creator_id FROM stay),
tracked AS MATERIALIZED (
  SELECT c.creator_id FROM member c WHERE EXISTS (
    SELECT FROM crm_post p WHERE p.creator_id = c.creator_id AND p.posted_at < %(until)s)
),
raw AS (
  SELECT p.creator_id, p.posted_at, p.likes IS NULL AND p.comments IS NULL AS no_counts,
    coalesce(p.likes, 0) + coalesce(p.comments, 0) + coalesce(p.saves, 0) + coalesce(p.shares, 0)
      AS interactions,
    coalesce(p.followers_at_post, known.followers) AS followers, p.metrics_source
  FROM crm_post p
  JOIN member c ON c.creator_id = p.creator_id
  LEFT JOIN LATERAL (
    SELECT s.followers FROM crm_metricsnapshot s
    WHERE s.profile_id = p.profile_id AND s.captured_at <= p.posted_at AND s.followers IS NOT NULL
    ORDER BY s.captured_at DESC, s.id DESC LIMIT 1
  ) known ON p.followers_at_post IS NULL
  WHERE p.posted_at >= %(start)s AND p.posted_at < %(until)s
),
post AS MATERIALIZED (
  SELECT creator_id, posted_at, no_counts,
    NOT no_counts AND NOT coalesce(followers > 0, false) AS no_followers,
    CASE WHEN NOT no_counts AND followers > 0 THEN interactions::float8 / followers END AS rate,
    CASE WHEN NOT no_counts AND followers > 0
      THEN 1 << (array_position(%(sources)s, metrics_source::text) - 1) END AS source
  FROM raw
),
whole AS (
  SELECT creator_id, count(*) AS posts, count(*) FILTER (WHERE no_counts) AS no_counts,
    count(*) FILTER (WHERE no_followers) AS no_followers, count(rate) AS used,
    coalesce(sum(rate), 0) AS rates, bit_or(source) AS sources
  FROM post GROUP BY creator_id
),
cut AS (
  SELECT s.segment_id, s.creator_id, s.since, s.until, count(p.creator_id) AS posts,
    count(*) FILTER (WHERE p.no_counts) AS no_counts,
    count(*) FILTER (WHERE p.no_followers) AS no_followers, count(p.rate) AS used,
    coalesce(sum(p.rate), 0) AS rates, bit_or(p.source) AS sources
  FROM stay s
  LEFT JOIN post p
    ON p.creator_id = s.creator_id AND p.posted_at >= s.since AND p.posted_at < s.until
  WHERE NOT (s.since = %(start)s AND s.until = %(until)s)
  GROUP BY s.segment_id, s.creator_id, s.since, s.until
),
part AS (
  SELECT s.segment_id, s.creator_id, extract(epoch FROM s.until - s.since)::float8 AS seconds,
    coalesce(w.posts, 0) AS posts, coalesce(w.no_counts, 0) AS no_counts,
    coalesce(w.no_followers, 0) AS no_followers, coalesce(w.used, 0) AS used,
    coalesce(w.rates, 0) AS rates, w.sources
  FROM stay s LEFT JOIN whole w ON w.creator_id = s.creator_id
  WHERE s.since = %(start)s AND s.until = %(until)s
  UNION ALL
  SELECT segment_id, creator_id, sum(extract(epoch FROM until - since))::float8, sum(posts),
    sum(no_counts), sum(no_followers), sum(used), sum(rates), bit_or(sources)
  FROM cut GROUP BY segment_id, creator_id
)
SELECT part.*, part.seconds / 86400 AS days, t.creator_id IS NOT NULL AS tracked
FROM part LEFT JOIN tracked t ON t.creator_id = part.creator_id
"""  # noqa: S608 - put together from our own text only

_POSTS = """
WITH total AS (
  SELECT segment_id, sum(rates) / nullif(sum(used), 0)::float8 AS rate,
    sum(posts) FILTER (WHERE tracked)::float8 / nullif(sum(days) FILTER (WHERE tracked), 0) AS pace
  FROM scorecard_part GROUP BY segment_id
)
SELECT p.segment_id, sum(p.posts)::bigint AS posts, sum(p.no_counts)::bigint AS no_counts,
  sum(p.no_followers)::bigint AS no_followers, sum(p.used)::bigint AS used,
  count(*) FILTER (WHERE p.used > 0) AS creators, min(t.rate) AS rate,
  coalesce(sum((p.rates - t.rate * p.used) ^ 2) FILTER (WHERE p.used > 0), 0) AS rate_residuals,
  coalesce(bit_or(p.sources), 0) AS sources,
  count(*) FILTER (WHERE p.tracked) AS tracked, count(*) FILTER (WHERE NOT p.tracked) AS untracked,
  coalesce(sum(p.posts) FILTER (WHERE p.tracked), 0)::bigint AS tracked_posts,
  coalesce(sum(p.days) FILTER (WHERE p.tracked), 0) AS tracked_days, min(t.pace) AS posts_per_day,
  coalesce(sum((p.posts - t.pace * p.days) ^ 2) FILTER (WHERE p.tracked), 0) AS pace_residuals
FROM scorecard_part p JOIN total t ON t.segment_id = p.segment_id
GROUP BY p.segment_id
"""

_RANKED = """
SELECT r.segment_id, r.rank, r.rate FROM (
  SELECT segment_id, rates / used AS rate,
    row_number() OVER (PARTITION BY segment_id ORDER BY rates / used, creator_id) AS rank
  FROM scorecard_part WHERE used > 0
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
FROM segmentation_membership m
WHERE m.segment_id = ANY(%(segments)s) AND m.entered_at < %(until)s
  AND (m.left_at IS NULL OR m.left_at >= %(start)s)
GROUP BY m.segment_id
"""

# The primary account is the one with the most followers as of then; of equals, the oldest.
_SHARES = f"""
WITH member AS MATERIALIZED ({_MEMBERS_AT_END}),
stage AS (
  SELECT r.creator_id, c.stage FROM crm_relationship r
  JOIN crm_stagechange c ON c.relationship_id = r.id
  WHERE r.brand_id = %(brand)s AND c.entered_at < %(until)s
    AND (c.left_at IS NULL OR c.left_at >= %(until)s)
),
platform AS (
  SELECT DISTINCT ON (p.creator_id) p.creator_id, p.platform_id
  FROM crm_profile p
  JOIN (SELECT DISTINCT creator_id FROM member) m ON m.creator_id = p.creator_id
  LEFT JOIN (
    SELECT DISTINCT ON (s.profile_id) s.profile_id, s.followers FROM crm_metricsnapshot s
    WHERE s.captured_at < %(until)s AND s.followers IS NOT NULL
    ORDER BY s.profile_id, s.captured_at DESC, s.id DESC
  ) known ON known.profile_id = p.id
  ORDER BY p.creator_id, known.followers DESC NULLS LAST, p.id
)
SELECT m.segment_id, stage.stage, platform.platform_id, count(*) AS creators
FROM member m
LEFT JOIN stage ON stage.creator_id = m.creator_id
LEFT JOIN platform ON platform.creator_id = m.creator_id
GROUP BY m.segment_id, stage.stage, platform.platform_id
"""  # noqa: S608 - put together from our own text only


@transaction.atomic
def read_numbers(
    *, brand_id: int, segment_ids: Collection[int], start: datetime, until: datetime
) -> dict[int, SegmentNumbers]:
    """Return the numbers of each segment, and of WHOLE_BRAND, for the moments start <= t < until.

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
        # The loop over periods is one transaction in tests, and may be one for a caller.
        cursor.execute("DROP TABLE IF EXISTS scorecard_part")
        cursor.execute(_PARTS, asked)
        posts = {row.pop("segment_id"): _post_numbers(row) for row in _rows(cursor, _POSTS, {})}
        ranked = _read_ranked(cursor, {key: found.creators for key, found in posts.items()})
        cursor.execute("DROP TABLE scorecard_part")
        ledger = {row.pop("segment_id"): row for row in _rows(cursor, _LEDGER, asked)}
        stages: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        platforms: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        sizes: dict[int, int] = defaultdict(int)
        for row in _rows(cursor, _SHARES, asked):
            sizes[row["segment_id"]] += row["creators"]
            if row["stage"] is not None:
                stages[row["segment_id"]][row["stage"]] += row["creators"]
            if row["platform_id"] is not None:
                platforms[row["segment_id"]][row["platform_id"]] += row["creators"]
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


def _post_numbers(row: dict[str, Any]) -> PostNumbers:
    bits = row.pop("sources")
    sources = tuple(source for place, source in enumerate(Source) if bits >> place & 1)
    return PostNumbers(**row, sources=sources)


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
