"""What is known of accounts: for those of many creators at a time, in four queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.authenticity.account import Account, Count, PostSeen
from crm.choices import PostKind, Source
from crm.connectors.registry import name_of
from crm.models import Profile

# Beyond the year that the thresholds look back, so that its first day has a count to begin with.
_DAYS = 400
_POSTS = 60

# One row for each account: its counts in the order of their days, and the newest other numbers.
_COUNTS = """
SELECT s.profile_id,
  array_agg((s.captured_at AT TIME ZONE 'UTC')::date ORDER BY s.captured_at, s.id)
    FILTER (WHERE s.followers IS NOT NULL AND s.captured_at > %(since)s),
  array_agg(s.followers ORDER BY s.captured_at, s.id)
    FILTER (WHERE s.followers IS NOT NULL AND s.captured_at > %(since)s),
  (array_agg(s.followers ORDER BY s.captured_at DESC, s.id DESC)
    FILTER (WHERE s.followers IS NOT NULL))[1],
  max((s.captured_at AT TIME ZONE 'UTC')::date) FILTER (WHERE s.followers IS NOT NULL),
  (array_agg(s.following ORDER BY s.captured_at DESC, s.id DESC)
    FILTER (WHERE s.following IS NOT NULL))[1],
  max((s.captured_at AT TIME ZONE 'UTC')::date) FILTER (WHERE s.following IS NOT NULL),
  (array_agg(s.avg_likes ORDER BY s.captured_at DESC, s.id DESC)
    FILTER (WHERE s.avg_likes IS NOT NULL))[1],
  (array_agg(s.avg_comments ORDER BY s.captured_at DESC, s.id DESC)
    FILTER (WHERE s.avg_likes IS NOT NULL))[1],
  (array_agg(s.avg_views ORDER BY s.captured_at DESC, s.id DESC)
    FILTER (WHERE s.avg_likes IS NOT NULL))[1],
  max((s.captured_at AT TIME ZONE 'UTC')::date) FILTER (WHERE s.avg_likes IS NOT NULL)
FROM crm_metricsnapshot s
WHERE s.profile_id = ANY(%(profiles)s) AND s.captured_at <= %(at)s
GROUP BY s.profile_id"""
# Stories are gone after a day and gather no comments.
_SEEN = """
SELECT n.profile_id,
  array_agg((n.posted_at AT TIME ZONE 'UTC')::date ORDER BY n.posted_at, n.id),
  array_agg(n.likes ORDER BY n.posted_at, n.id),
  array_agg(n.comments ORDER BY n.posted_at, n.id),
  array_agg(n.views ORDER BY n.posted_at, n.id),
  array_agg(n.followers_at_post ORDER BY n.posted_at, n.id)
FROM (
  SELECT o.id, o.profile_id, o.posted_at, o.likes, o.comments, o.views, o.followers_at_post,
    row_number() OVER (PARTITION BY o.profile_id ORDER BY o.posted_at DESC, o.id DESC) AS nth
  FROM crm_post o
  WHERE o.creator_id = ANY(%(creators)s) AND o.posted_at <= %(at)s AND o.posted_at > %(since)s
    AND o.kind <> %(story)s
) n
WHERE n.nth <= %(posts)s
GROUP BY n.profile_id"""
_AUDIENCE = """
WITH told AS (
  SELECT a.*, (a.captured_at AT TIME ZONE 'UTC')::date AS day FROM crm_audiencesnapshot a
  WHERE a.profile_id = ANY(%(profiles)s) AND a.captured_at <= %(at)s
), homes AS (
  SELECT DISTINCT ON (t.profile_id) t.profile_id, t.countries, t.source, b.source AS told_by, t.day
  FROM told t LEFT JOIN crm_importbatch b ON b.id = t.import_batch_id
  WHERE t.countries IS NOT NULL ORDER BY t.profile_id, t.captured_at DESC, t.id DESC
), shares AS (
  SELECT DISTINCT ON (t.profile_id) t.profile_id, t.quality, t.source, b.source AS told_by, t.day
  FROM told t LEFT JOIN crm_importbatch b ON b.id = t.import_batch_id
  WHERE t.quality IS NOT NULL ORDER BY t.profile_id, t.captured_at DESC, t.id DESC
)
SELECT profile_id, h.countries, h.source, h.told_by, h.day, s.quality, s.source, s.told_by, s.day
FROM homes h FULL JOIN shares s USING (profile_id)"""


@dataclass(frozen=True)
class Known:
    """An account, whose it is, and what is known of it."""

    profile_id: int
    creator_id: int
    account: Account


def gather(creators: Collection[int], at: datetime) -> list[Known]:
    """All accounts of these creators of which any number is known as of a moment."""
    profiles = list(
        Profile.objects.filter(creator__in=list(creators))
        .order_by("pk")
        .values_list("pk", "creator_id", "platform_id", "creator__country", "handle", "posts_count")
    )
    given: dict[str, Any] = {
        "profiles": [row[0] for row in profiles],
        "creators": list(creators),
        "at": at,
        "since": at - timedelta(days=_DAYS),
        "posts": _POSTS,
        "story": PostKind.STORY.value,
    }
    counts, posts, audiences = (_rows(sql, given) for sql in (_COUNTS, _SEEN, _AUDIENCE))
    return [
        Known(
            pk,
            creator_id,
            replace(
                _account(platform, home, at.date(), (counts[pk], posts[pk], audiences[pk])),
                handle=handle,
                posts_count=posts_count,
            ),
        )
        for pk, creator_id, platform, home, handle, posts_count in profiles
        if counts[pk] or posts[pk] or audiences[pk]
    ]


def _rows(sql: str, given: Mapping[str, Any]) -> Mapping[int, tuple[Any, ...]]:
    """By account; nothing for those of which nothing is known."""
    found: dict[int, tuple[Any, ...]] = defaultdict(tuple)
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        found.update((row[0], row[1:]) for row in cursor.fetchall())
    return found


def _account(platform: str, home: str, on: date, rows: Sequence[tuple[Any, ...]]) -> Account:
    numbers, posts, audience = rows
    days, followers, newest, newest_on, following, following_on, *averages = numbers or (None,) * 10
    likes, comments, views, averages_on = averages
    countries, source, told_by, audience_on, *shares = audience or (None,) * 8
    quality, quality_source, quality_told_by, quality_on = shares
    return Account(
        platform=platform,
        on=on,
        counts=_counts(days, followers, newest, newest_on),
        posts=tuple(PostSeen(*row) for row in zip(*posts, strict=True)) if posts else (),
        following=following,
        following_on=following_on,
        avg_likes=likes,
        avg_comments=comments,
        avg_views=views,
        averages_on=averages_on,
        home=home.upper(),
        countries=_shares(countries),
        quality=quality,
        quality_on=quality_on,
        quality_source=_who(quality_source, quality_told_by),
        audience_on=audience_on,
        audience_source=_who(source, told_by),
    )


def _who(source: str | None, told_by: str | None) -> str:
    """Who told it: by name where a connector did, else the kind of source; empty: nobody.

    The column holds what was written into it: a word that is no kind of ours is told as it is.
    """
    labels: dict[str, str] = dict(Source.choices)
    return name_of(told_by or "") or labels.get(source or "", source or "").lower()


def _counts(
    days: list[date] | None, followers: list[int] | None, newest: int | None, on: date | None
) -> tuple[Count, ...]:
    """The last of each day; where the year has none, the newest of before."""
    if days and followers:
        by_day = dict(zip(days, followers, strict=True))
        return tuple(Count(day, number) for day, number in by_day.items())
    return () if newest is None or on is None else (Count(on, newest),)


def _shares(countries: object) -> dict[str, float]:
    told = json.loads(countries) if isinstance(countries, str) else countries
    if not isinstance(told, dict):
        return {}
    return {
        str(key).upper(): float(share)
        for key, share in told.items()
        if isinstance(share, int | float) and 0 <= share <= 1
    }
