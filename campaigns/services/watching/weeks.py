"""Whether a whole platform moved in a week, told apart from what single creators did.

For each creator: the mean of log(1 + number) over the posts of the week, less that over the posts
of the eight weeks before (five posts at least), all at the same age (ages.py). The change of the
platform is the median over creators, with the interval of the sign test (99 %); every creator
counts once, so that one who fell, or posts a lot, moves nothing. It moved where the interval
excludes no change, the change is 5 % or more, and enough creators posted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from campaigns.choices import ShiftState
from campaigns.experiments.medians import median_with_interval
from campaigns.models import PlatformWeek
from campaigns.services.days import today_of
from campaigns.services.watching.ages import at_age, count
from campaigns.services.watching.deciding import settings_of
from campaigns.services.watching.words import moved
from crm.choices import NotificationKind, Role
from crm.models import Brand, Platform, User
from crm.services.notifications import notify_all

LEVEL = 0.99
SMALLEST = 0.05
# Numbers come late: weeks are looked at again until they are so old.
WEEKS = 6
NORM_WEEKS, NORM_POSTS = 8, 5
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class OneWeek:
    """What a week's creators did, each beside what is usual for them, in logarithms."""

    platform: str
    week: date
    posts: int
    changes: Sequence[float]


def _statement(measure: str) -> str:
    return f"""
WITH aged AS (
  SELECT o.creator_id, f.platform_id,
    date_trunc('week', o.posted_at AT TIME ZONE %(zone)s)::date AS week,
    ln(1 + {count(measure, "n")}::float8) AS value
  FROM crm_relationship r
  JOIN crm_post o ON o.creator_id = r.creator_id
  JOIN crm_profile f ON f.id = o.profile_id
  CROSS JOIN LATERAL ({at_age(measure, "o")}) n
  WHERE r.brand_id = %(brand)s AND o.posted_at >= %(since)s AND o.posted_at <= %(at)s
), weekly AS (
  SELECT creator_id, platform_id, week, sum(value) AS total, count(*) AS posts
  FROM aged GROUP BY 1, 2, 3
)
SELECT w.platform_id, w.week, w.posts, w.total / w.posts - usual.total / usual.posts
FROM weekly w
JOIN LATERAL (
  SELECT sum(b.total) AS total, sum(b.posts) AS posts FROM weekly b
  WHERE b.creator_id = w.creator_id AND b.platform_id = w.platform_id AND b.week < w.week
    AND b.week >= w.week - {7 * NORM_WEEKS}
) usual ON usual.posts >= {NORM_POSTS}
WHERE w.week >= %(first)s
ORDER BY 1, 2, w.creator_id"""  # noqa: S608 - own SQL, values are parameters


def weeks_of(brand: Brand, at: datetime) -> list[OneWeek]:
    """The last weeks of each platform, by the brand's calendar; the present one is the last."""
    today = today_of(brand, at)
    first = today - timedelta(days=today.weekday()) - (WEEKS - 1) * _WEEK
    decided = settings_of(brand)
    values: dict[str, int | str | date | datetime] = {
        "brand": brand.pk,
        "zone": brand.timezone,
        "hours": decided.hours,
        "at": at,
        "first": first,
        # A day more, whatever the zone.
        "since": at - (today - first) - NORM_WEEKS * _WEEK - timedelta(days=1),
    }
    posts: dict[tuple[str, date], int] = defaultdict(int)
    changes: dict[tuple[str, date], list[float]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_statement(decided.measure), values)
        for platform, week, number, change in cursor.fetchall():
            posts[platform, week] += number
            changes[platform, week].append(change)
    return [OneWeek(*key, posts[key], found) for key, found in sorted(changes.items())]


def judge(found: OneWeek, *, creators_min: int) -> dict[str, Any]:
    """What is kept of a week: with fewer than half the creators that a shift takes, no number."""
    made = median_with_interval(found.changes, LEVEL)
    if made is None or made.n * 2 < creators_min or made.low is None or made.high is None:
        return {"change": None, "low": None, "high": None, "is_shift": False}
    change, low, high = (exp(number) - 1 for number in (made.value, made.low, made.high))
    is_sure = low > 0 or high < 0
    return {
        "change": change,
        "low": low,
        "high": high,
        "is_shift": is_sure and abs(change) >= SMALLEST and made.n >= creators_min,
    }


@transaction.atomic
def look_at_platforms(*, brand: Brand, at: datetime) -> int:
    """Compute the last weeks anew; tell people of platforms that moved. Returns how many did.

    What somebody has decided about stays as it was when they did.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    creators_min = settings_of(brand).creators_min
    weeks = weeks_of(brand, at)
    decided = set(
        PlatformWeek.objects.filter(brand=brand)
        .exclude(state=ShiftState.OPEN)
        .values_list("platform", "week")
    )
    rows = [
        PlatformWeek(
            brand=brand,
            platform_id=one.platform,
            week=one.week,
            creators=len(one.changes),
            posts=one.posts,
            computed_at=at,
            **judge(one, creators_min=creators_min),
        )
        for one in weeks
        if (one.platform, one.week) not in decided
    ]
    PlatformWeek.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["brand", "platform", "week"],
        update_fields=["creators", "posts", "change", "low", "high", "is_shift", "computed_at"],
    )
    shifts = [row for row in rows if row.is_shift]
    _tell(brand, shifts, at)
    return len(shifts)


def _tell(brand: Brand, shifts: Sequence[PlatformWeek], at: datetime) -> None:
    """Whoever reads numbers hears of it once."""
    if not shifts:
        return
    people = list(
        User.objects.filter(
            roles__brand=brand, roles__role__in=[Role.STRATEGIST, Role.ANALYST, Role.ADMIN]
        ).order_by("pk")
    )
    names = dict(Platform.objects.values_list("key", "name"))
    for row in shifts:
        notify_all(
            users=people,
            brand=brand,
            kind=NotificationKind.CAMPAIGN,
            text=f"{names[row.platform_id]} {moved(row)} in the week of {row.week:%-d %B %Y}. "
            "Posts of that week are read with it in mind.",
            url=reverse("campaigns:platform_weeks", args=[brand.slug]),
            at=at,
            key=f"platform-week:{row.platform_id}:{row.week}",
        )
