"""When posts do better: by weekday and hour in the brand's time zone, each beside its account.

A post's number is log(1 + engagements), of numbers taken a week after it was published or later,
less the mean of its account's posts: who posts much, or has many followers, moves no cell. Under
ten posts a cell says nothing. The interval is that of the mean (normal, 99.9 %): a table has 56
cells, and with a narrower one several would stand out by chance alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, sqrt
from typing import Any

from django.db import connection

from campaigns.choices import PostMeasure
from campaigns.models import Campaign, Engagement
from campaigns.models.engagements import LEFT
from campaigns.services.watching.ages import count, known
from crm.models import Brand

POSTS_MIN = 10
ACCOUNT_MIN = 5
HOURS = 3
SINCE = timedelta(days=365)
SETTLED = timedelta(days=7)
_Z = 3.29
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CELLS = f"""
WITH posts AS (
  SELECT o.profile_id, (o.posted_at AT TIME ZONE %(zone)s) AS moment,
    ln(1 + {count(PostMeasure.ENGAGEMENT, "o")}::float8) AS value
  FROM crm_relationship r
  JOIN crm_post o ON o.creator_id = r.creator_id
  JOIN crm_profile f ON f.id = o.profile_id
  WHERE r.brand_id = %(brand)s AND {known(PostMeasure.ENGAGEMENT, "o")}
    AND (%(creators)s::bigint[] IS NULL OR o.creator_id = ANY (%(creators)s))
    AND (%(platform)s = '' OR f.platform_id = %(platform)s)
    AND o.posted_at >= %(since)s AND o.posted_at <= %(at)s
    AND o.metrics_at >= o.posted_at + %(settled)s::interval
), beside AS (
  SELECT moment, value - avg(value) OVER w AS beside, count(*) OVER w AS posts
  FROM posts WINDOW w AS (PARTITION BY profile_id)
)
SELECT extract(isodow FROM moment)::int, (extract(hour FROM moment)::int / {HOURS}),
  count(*)::int, avg(beside), stddev_samp(beside)
FROM beside WHERE posts >= {ACCOUNT_MIN}
GROUP BY 1, 2"""  # noqa: S608 - own SQL, values are parameters


@dataclass(frozen=True)
class Cell:
    """Posts of some hours of a weekday; None: too few."""

    posts: int
    better: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_sure(self) -> bool:
        """Whether it differs by more than chance would."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class Times:
    """Weekdays with their cells, and how many posts there are in all."""

    hours: Sequence[str]
    days: Sequence[tuple[str, Sequence[Cell]]]
    posts: int

    @property
    def sure(self) -> list[str]:
        """The cells that differ, in words."""
        return [
            f"{day} {hour}: {cell.better:+.0%} ({cell.low:+.0%} to {cell.high:+.0%}, "
            f"{cell.posts} posts)".replace("%", " %")
            for day, cells in self.days
            for hour, cell in zip(self.hours, cells, strict=True)
            if cell.is_sure
        ]


def creators_of(campaign: Campaign) -> list[int]:
    """Who is in a campaign and did not leave it."""
    rows = Engagement.objects.filter(campaign=campaign).exclude(stage__in=LEFT)
    return list(rows.order_by("pk").values_list("relationship__creator", flat=True))


def times_of(
    brand: Brand, at: datetime, *, creators: Sequence[int] | None = None, platform: str = ""
) -> Times:
    """Of all the brand's creators (None), or of some, in the last year: one query."""
    values: dict[str, Any] = {
        "brand": brand.pk,
        "zone": brand.timezone,
        "creators": None if creators is None else list(creators),
        "platform": platform,
        "since": at - SINCE,
        "at": at,
        "settled": SETTLED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, values)
        rows = {(day, block): _cell(*rest) for day, block, *rest in cursor.fetchall()}
    blocks = range(24 // HOURS)
    return Times(
        [f"{block * HOURS:02}–{(block + 1) * HOURS:02}" for block in blocks],  # noqa: RUF001
        [
            (name, [rows.get((number, block), Cell(0)) for block in blocks])
            for number, name in enumerate(_DAYS, 1)
        ],
        sum(cell.posts for cell in rows.values()),
    )


def _cell(posts: int, mean: float, deviation: float | None) -> Cell:
    if posts < POSTS_MIN or deviation is None:
        return Cell(posts)
    half = _Z * deviation / sqrt(posts)
    return Cell(posts, exp(mean) - 1, exp(mean - half) - 1, exp(mean + half) - 1)
