"""What is missing, old or contradictory in the data of a brand, and numbers that jumped.

Posts and snapshots are those of one quarter; creators are looked at as of the last run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from crm.choices import Source
from crm.models import Brand, ImportBatch
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.metrics.cells import Cell
from segmentation.metrics.periods import calendar_of, quarter_bounds
from segmentation.models import Scorecard, SegmentVersion
from segmentation.rules.calendar import Quarter
from segmentation.selectors.scorecards.lines import Line, cells_of, line_of

STALE = timedelta(days=90)
# Two sources within a week that differ by more than this share of the smaller number.
CONFLICT = 0.2
MOST_JUMPS = 50


@dataclass(frozen=True)
class Gap:
    """How much of something is not known, or is old; `key` is its name for programs."""

    key: str
    what: str
    missing: int
    of: int
    means: str

    @property
    def share(self) -> float | None:
        """Null where there is nothing that could miss anything."""
        return self.missing / self.of if self.of else None


@dataclass(frozen=True)
class SourceRow:
    """Posts and snapshots of a quarter that come from one source."""

    source: Source
    posts: int
    snapshots: int


@dataclass(frozen=True)
class Jump:
    """A number that moved beyond its interval from one quarter to the next."""

    card: Scorecard
    line: Line
    before: Line
    causes: list[str]


@dataclass(frozen=True)
class QualityPage:
    """Everything about one quarter."""

    period: str
    gaps: list[Gap]
    sources: list[SourceRow]
    conflicts: int
    compared: int
    jumps: list[Jump]
    jumps_count: int


_POSTS = """
SELECT count(*), count(*) FILTER (WHERE p.likes IS NULL AND p.comments IS NULL),
  count(*) FILTER (WHERE p.followers_at_post IS NULL AND NOT EXISTS (
    SELECT FROM crm_metricsnapshot s WHERE s.profile_id = p.profile_id
      AND s.captured_at <= p.posted_at AND s.followers IS NOT NULL)),
  count(*) FILTER (WHERE p.views IS NULL), count(*) FILTER (WHERE p.reach IS NULL),
  count(*) FILTER (WHERE p.saves IS NULL AND p.shares IS NULL),
  count(*) FILTER (WHERE p.is_paid_partnership IS NULL),
  count(*) FILTER (WHERE p.metrics_at < p.posted_at + interval '2 days')
FROM crm_post p
WHERE p.posted_at >= %(start)s AND p.posted_at < %(end)s AND EXISTS (
  SELECT FROM crm_relationship r WHERE r.brand_id = %(brand)s AND r.creator_id = p.creator_id)
"""

_CREATORS = f"""
SELECT count(*), count(*) FILTER (WHERE followers IS NULL),
  count(*) FILTER (WHERE followers_at < %(stale)s), count(*) FILTER (WHERE engagement_rate IS NULL),
  count(*) FILTER (WHERE last_post_at IS NULL), count(*) FILTER (WHERE country IS NULL),
  count(*) FILTER (WHERE audience_country IS NULL)
FROM {FACTS_TABLE} WHERE brand_id = %(brand)s
"""  # noqa: S608 - a table of ours

_SOURCES = """
SELECT source, sum(posts)::bigint, sum(snapshots)::bigint FROM (
  SELECT p.metrics_source AS source, count(*) AS posts, 0 AS snapshots FROM crm_post p
  WHERE p.posted_at >= %(start)s AND p.posted_at < %(end)s AND EXISTS (
    SELECT FROM crm_relationship r WHERE r.brand_id = %(brand)s AND r.creator_id = p.creator_id)
  GROUP BY 1
  UNION ALL
  SELECT s.source, 0, count(*) FROM crm_metricsnapshot s JOIN crm_profile p ON p.id = s.profile_id
  JOIN crm_relationship r ON r.brand_id = %(brand)s AND r.creator_id = p.creator_id
  WHERE s.captured_at >= %(start)s AND s.captured_at < %(end)s
  GROUP BY 1
) counted GROUP BY source
"""

# A snapshot and the next one of another source, at most a week later.
_CONFLICTS = """
SELECT count(*), count(*) FILTER (
  WHERE abs(followers - next_followers) > %(conflict)s * least(followers, next_followers))
FROM (
  SELECT s.followers, s.source, s.captured_at,
    lead(s.followers) OVER w AS next_followers, lead(s.source) OVER w AS next_source,
    lead(s.captured_at) OVER w AS next_at
  FROM crm_metricsnapshot s JOIN crm_profile p ON p.id = s.profile_id
  JOIN crm_relationship r ON r.brand_id = %(brand)s AND r.creator_id = p.creator_id
  WHERE s.captured_at >= %(start)s AND s.captured_at < %(end)s AND s.followers IS NOT NULL
  WINDOW w AS (PARTITION BY s.profile_id ORDER BY s.captured_at, s.id)
) pair
WHERE next_source <> source AND next_at - captured_at <= interval '7 days'
"""


def quality_page(brand: Brand, quarter: Quarter) -> QualityPage:
    """What is known of a quarter, and how well. Seven statements."""
    bounds = quarter_bounds(quarter, calendar_of(brand))
    asked: dict[str, Any] = {
        "brand": brand.pk,
        "start": bounds.start,
        "end": bounds.end,
        "stale": bounds.end - STALE,
        "conflict": CONFLICT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CREATORS, asked)
        creators = cursor.fetchone()
        cursor.execute(_POSTS, asked)
        posts = cursor.fetchone()
        cursor.execute(_SOURCES, asked)
        sources = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_CONFLICTS, asked)
        compared, conflicts = cursor.fetchone()
    jumps = jumps_of(brand, quarter)
    return QualityPage(
        period=str(quarter),
        gaps=[*_creator_gaps(creators), *_post_gaps(posts)],
        sources=[
            SourceRow(source, *sources[source.value])
            for source in Source
            if source.value in sources
        ],
        conflicts=conflicts,
        compared=compared,
        jumps=jumps[:MOST_JUMPS],
        jumps_count=len(jumps),
    )


def jumps_of(brand: Brand, quarter: Quarter) -> list[Jump]:
    """Numbers whose intervals of this quarter and the one before do not touch, largest first.

    With each the causes that lie near: rules that changed, imports that came in. Three statements.
    """
    previous = str(quarter.previous())
    cards = list(
        Scorecard.objects.filter(
            segment__brand=brand, period__in=[previous, str(quarter)]
        ).select_related("segment__dimension")
    )
    before = {card.segment_id: card for card in cards if card.period == previous}
    calendar = calendar_of(brand)
    start = quarter_bounds(quarter.previous(), calendar).start
    end = quarter_bounds(quarter, calendar).end
    versions = list(
        SegmentVersion.objects.filter(
            segment__brand=brand, activated_at__gte=start, activated_at__lt=end, number__gt=1
        ).values_list("segment_id", "number", "activated_at")
    )
    imports = list(
        ImportBatch.objects.filter(
            Q(applied_at__gte=start, applied_at__lt=end)
            | Q(undone_at__gte=start, undone_at__lt=end),
            brand=brand,
        ).order_by("-applied_at")
    )
    brought = []
    if imports:
        last = imports[0].file_name
        words = f"{len(imports)} imports were applied or undone in these quarters, last “{last}”"
        brought.append(words)
    found = []
    for card in cards:
        earlier = before.get(card.segment_id)
        if card.period == previous or earlier is None:
            continue
        rules = [
            f"its rule changed on {moment:%-d %b %Y} (version {number})"
            for segment_id, number, moment in versions
            if segment_id == card.segment_id
        ]
        rows = {cell["key"]: cell for cell in cells_of(earlier)}
        for cell in cells_of(card):
            then = rows.get(cell["key"])
            if then is not None and _jumped(cell, then):
                causes = [
                    *rules,
                    *_of_cells(cell, then),
                    *brought,
                ] or ["nothing that the product knows of: look at the posts"]
                found.append(Jump(card, line_of(cell), line_of(then), causes))
    return sorted(found, key=lambda one: (-_size(one), one.card.segment.key, one.line.cell["key"]))


def _jumped(now: Cell, then: Cell) -> bool:
    one, other = now["interval"], then["interval"]
    if one is None or other is None or now["formula"] != then["formula"]:
        return False
    return bool(one["low"] > other["high"] or one["high"] < other["low"])


def _of_cells(now: Cell, then: Cell) -> list[str]:
    """Causes that the two rows themselves tell: other sources, another crowd."""
    causes = []
    if now["source"] != then["source"]:
        causes.append(f"the numbers came from {then['source']} and come from {now['source']}")
    few, many = sorted((now["n_creators"], then["n_creators"]))
    if few and many >= 2 * few:
        causes.append(
            f"it rests on {now['n_creators']:,} creators, before on {then['n_creators']:,}"
        )
    return causes


def _size(jump: Jump) -> float:
    now, then = jump.line.cell["value"] or 0.0, jump.before.cell["value"] or 0.0
    return abs(now - then) / max(abs(then), abs(now), 1e-12)


def _creator_gaps(row: Sequence[int]) -> list[Gap]:
    total, followers, stale, rate, posts, country, audience = row
    return [
        Gap(
            "followers",
            "Followers",
            followers,
            total,
            "In no tier, and in no segment that asks for a size.",
        ),
        Gap(
            "followers_old",
            "Followers older than 90 days at the end of the quarter",
            stale,
            total,
            "The tier may be an old one.",
        ),
        Gap(
            "engagement_rate",
            "Engagement rate",
            rate,
            total,
            "No rule or norm about engagement holds for them.",
        ),
        Gap(
            "posts", "Any post", posts, total, "They count in no rate and in no posting frequency."
        ),
        Gap("country", "Country", country, total, "Rules about markets leave them out."),
        Gap(
            "audience_countries",
            "Countries of the audience",
            audience,
            total,
            "Audience fit is not known.",
        ),
    ]


def _post_gaps(row: Sequence[int]) -> list[Gap]:
    total, counts, followers, views, reach, saves, paid, early = row
    return [
        Gap(
            "post_likes_and_comments",
            "Likes and comments of posts",
            counts,
            total,
            "Left out of all engagement rates.",
        ),
        Gap(
            "post_followers",
            "Followers when a post was published",
            followers,
            total,
            "Left out of engagement rates by followers.",
        ),
        Gap("post_views", "Views of posts", views, total, "Left out of rates by views."),
        Gap("post_reach", "Reach of posts", reach, total, "Left out of rates by reach."),
        Gap(
            "post_saves_and_shares",
            "Saves and shares of posts",
            saves,
            total,
            "Rates count likes and comments only.",
        ),
        Gap(
            "post_is_paid",
            "Whether a post is a paid partnership",
            paid,
            total,
            "Overexposure and labels cannot be judged.",
        ),
        Gap(
            "post_counts_early",
            "Counts taken less than two days after the post",
            early,
            total,
            "They are lower than they will be.",
        ),
    ]
