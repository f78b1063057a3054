"""The scorecards of all segments for a quarter, and one plain aggregate over the same posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from django.db import connection
from django.db.models import Avg, F, FloatField, StdDev
from django.db.models.functions import Cast, Coalesce

from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from benchmarks.segments import install
from crm.models import Brand, Post
from crm.services import brands
from segmentation.metrics import measuring
from segmentation.metrics.families.members import MEMBERS
from segmentation.metrics.families.posts import POSTS as OF_POSTS
from segmentation.metrics.periods import calendar_of, quarter_bounds
from segmentation.models import Membership, QuarterSheet, Scorecard, Segment
from segmentation.rules.calendar import Quarter
from segmentation.services import runs, scorecards

AT = datetime(2026, 11, 1, tzinfo=UTC)
# Before the quarter; a second run in it moves some, who so have two spans of membership.
KNOWN = AT - timedelta(days=130)
POSTS = 15
# One creator in so many is touched between two computations.
EVERY = 20
QUARTER = Quarter(2026, 3)

PLAIN = """
SELECT count(*), count(DISTINCT creator_id), avg(rate), stddev(rate) FROM (
  SELECT creator_id, (likes + comments)::double precision / nullif(followers_at_post, 0) AS rate
  FROM crm_post WHERE posted_at >= %s AND posted_at < %s
) posts"""

# Sums by set of segments first, of which there are far fewer than creators; then by segment. Who is
# in which segments is known beforehand, and the same the whole quarter: no interval, no median, no
# source, no stay that began meanwhile.
BY_MASK = """
WITH of_mask AS (
  SELECT f.member_bits[1] AS mask, count(*) AS posts, sum(rate) AS y, sum(rate * rate) AS yy,
    sum(views::float8) AS views, count(views) AS with_views
  FROM (
    SELECT creator_id, views,
      (likes + comments)::double precision / nullif(followers_at_post, 0) AS rate
    FROM crm_post WHERE posted_at >= %s AND posted_at < %s
  ) p JOIN segmentation_creatorfacts f ON f.creator_id = p.creator_id GROUP BY 1
)
SELECT s.id, sum(posts), sum(y), sum(yy), sum(views), sum(with_views)
FROM of_mask JOIN segmentation_segment s ON mask & (1::bigint << s.bit) <> 0 GROUP BY s.id"""


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    segments = install(brand, at=KNOWN)
    for moment in (KNOWN, KNOWN + timedelta(days=30)):
        found = runs.start_run(brand=brand, as_of=moment, at=moment, apply_now=True)
        runs.execute_run(run_id=found.pk, at=moment)
    vacuum()
    table = compare(brand, [segment for segment, _ in segments], repetitions=repetitions)
    sizes = {
        "creators": f"{rows:,}",
        "segments": len(segments),
        "posts of the quarter": f"{Post.objects.filter(**_of_the_quarter(brand)).count():,}",
        "stays": f"{Membership.objects.count():,}",
        "metrics": len(Scorecard.objects.all()[0].metrics),
    }
    return [table], sizes


def _of_the_quarter(brand: Brand) -> dict[str, datetime]:
    span = quarter_bounds(QUARTER, calendar_of(brand))
    return {"posted_at__gte": span.start, "posted_at__lt": span.end}


def compare(brand: Brand, segments: Sequence[Segment], *, repetitions: int) -> Table:
    """Time the contenders on a brand that is filled already."""
    span = quarter_bounds(QUARTER, calendar_of(brand))
    # What the quarter is compared with is stored already, as it is at every run.
    scorecards.refresh(brand_id=brand.pk, as_of=AT, periods=[QUARTER.previous()])
    posts = Post.objects.filter(**_of_the_quarter(brand))

    def plain() -> None:
        with connection.cursor() as cursor:
            cursor.execute(PLAIN, [span.start, span.end])
            cursor.fetchone()

    def by_mask() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BY_MASK, [span.start, span.end])
            assert len(cursor.fetchall()) <= len(segments)

    def forget() -> None:
        Scorecard.objects.filter(period=str(QUARTER)).delete()
        QuarterSheet.objects.all().delete()

    def change() -> None:
        """New likes for the posts of one creator in EVERY, since the quarter was added up."""
        if not QuarterSheet.objects.filter(starts_at=span.start).exists():
            refresh()
        some = posts.annotate(rest=F("creator_id") % EVERY).filter(rest=0)
        some.update(likes=F("likes") + 1)

    def refresh() -> None:
        written = scorecards.refresh(brand_id=brand.pk, as_of=AT, periods=[QUARTER])
        assert written == len(segments)

    def refresh_some() -> None:
        with patch.object(measuring, "FAMILIES", (MEMBERS, OF_POSTS)):
            refresh()

    def one_by_one() -> None:
        """The mean rate only, with a query for each segment."""
        interactions = Coalesce(F("likes"), 0) + Coalesce(F("comments"), 0)
        rate = Cast(interactions, FloatField()) / F("followers_at_post")
        for segment in segments:
            stays = Membership.objects.filter(segment=segment, entered_at__lt=span.end)
            members = stays.values("creator_id")
            posts.filter(creator__in=members).aggregate(mean=Avg(rate), spread=StdDev(rate))

    return measure(
        "scorecards of a quarter",
        [
            Contender("floor: one plain aggregate over the posts", plain),
            Contender("best SQL: five sums by set of segments, then by segment", by_mask),
            Contender("product: all metrics of all segments, from nothing", refresh, forget),
            Contender(
                f"the same, but {len(MEMBERS.metrics + OF_POSTS.metrics)}: of members and posts",
                refresh_some,
                forget,
            ),
            Contender("product: after posts of 5 % of the creators changed", refresh, change),
            Contender("one metric, a query for each segment", one_by_one),
        ],
        repetitions=repetitions,
    )
