"""Publications that are old enough to be read, and what each can be compared with: one statement.

- Posts of other accounts the brand knows: on the same platform, in the same form, of accounts in
  the same tier, published in the half year before, with numbers at the same age.
- The account's own earlier posts with numbers at the same age, else with their newest: the newest
  24 whose rate is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.models import WatchSettings
from campaigns.services.watching.ages import LATEST, at_age, known, rate
from crm.models import Brand
from crm.selectors import TierTable

POSTS, POSTS_MIN = 24, 5
# So few accounts are no tier, however much they post.
ACCOUNTS_MIN = 5
PEERS_SINCE = timedelta(days=180)
# No numbers by then: it stays unknown.
GIVEN_UP_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class Band:
    """What is usual: the middle share of so many posts."""

    posts: int
    middle: float | None
    low: float | None
    high: float | None
    accounts: int = 1


@dataclass(frozen=True)
class Case:
    """A publication, its numbers, and what it can be compared with."""

    publication: int
    post: int | None
    published_at: datetime
    is_given_up: bool
    platform: str
    form: str
    tier: str
    rate: float | None
    taken_at: datetime | None
    peers: Band
    own: Band
    own_now: Band

    @property
    def hours(self) -> float:
        """How old it was when its numbers were taken."""
        taken = self.taken_at or self.published_at
        return (taken - self.published_at) / timedelta(hours=1)


def _band(rows: str) -> str:
    return f"""
      SELECT count(*)::int AS posts, count(DISTINCT account)::int AS accounts,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY rate) AS middle,
        percentile_cont(%(low)s::float8) WITHIN GROUP (ORDER BY rate) AS low,
        percentile_cont(1 - %(low)s::float8) WITHIN GROUP (ORDER BY rate) AS high
      FROM ({rows}) compared"""  # noqa: S608 - own SQL, values are parameters


def _statement(measure: str) -> str:
    own_then = f"""
      SELECT o.profile_id AS account,
        {rate(measure, "n", "coalesce(o.followers_at_post, due.followers)")} AS rate
      FROM crm_post o CROSS JOIN LATERAL ({at_age(measure, "o")}) n
      WHERE o.profile_id = due.profile_id AND o.id <> due.post_id
        AND o.posted_at < due.published_at AND coalesce(o.followers_at_post, due.followers) > 0
      ORDER BY o.posted_at DESC, o.id DESC LIMIT {POSTS}"""  # noqa: S608
    own_now = f"""
      SELECT account, rate FROM (
        SELECT o.profile_id AS account, o.posted_at, o.id,
          {rate(measure, "o", "coalesce(o.followers_at_post, due.followers)")} AS rate
        FROM crm_post o
        WHERE o.profile_id = due.profile_id AND o.id <> due.post_id
          AND o.posted_at < due.published_at
      ) earlier WHERE rate IS NOT NULL ORDER BY posted_at DESC, id DESC LIMIT {POSTS}"""  # noqa: S608
    peers = f"""
      SELECT o.profile_id AS account,
        {rate(measure, "n", "coalesce(o.followers_at_post, f.followers)")} AS rate
      FROM crm_post o
      JOIN crm_profile f ON f.id = o.profile_id
      JOIN crm_relationship r ON r.creator_id = o.creator_id AND r.brand_id = %(brand)s
      CROSS JOIN LATERAL ({at_age(measure, "o")}) n
      WHERE f.platform_id = due.platform_id AND o.kind = due.kind
        AND o.creator_id <> due.creator_id AND due.tier IS NOT NULL
        AND o.posted_at < due.published_at
        AND o.posted_at >= due.published_at - %(since)s::interval
        AND coalesce(o.followers_at_post, f.followers) >= greatest(due.tier_low, 1)
        AND (due.tier_high IS NULL OR coalesce(o.followers_at_post, f.followers) < due.tier_high)"""  # noqa: S608
    return f"""
WITH due AS MATERIALIZED (
  SELECT p.id, d.published_at, o.id AS post_id, o.profile_id, o.creator_id, o.kind,
    f.platform_id, coalesce(o.followers_at_post, f.followers) AS followers,
    t.name AS tier, t.low AS tier_low, t.high AS tier_high, n.captured_at, n.rate
  FROM campaigns_publication p
  JOIN campaigns_deliverable d ON d.id = p.deliverable_id
  LEFT JOIN crm_post o ON o.id = d.post_id
  LEFT JOIN crm_profile f ON f.id = o.profile_id
  LEFT JOIN unnest(%(names)s::text[], %(lows)s::bigint[], %(highs)s::bigint[])
    AS t(name, low, high) ON coalesce(o.followers_at_post, f.followers) >= t.low
    AND (t.high IS NULL OR coalesce(o.followers_at_post, f.followers) < t.high)
  LEFT JOIN LATERAL (
    SELECT s.captured_at, {rate(measure, "s", "coalesce(o.followers_at_post, f.followers)")} AS rate
    FROM crm_postmetricsnapshot s
    WHERE s.post_id = o.id AND s.captured_at <= %(at)s AND {known(measure, "s")}
      AND s.captured_at >= d.published_at + %(hours)s * interval '1 hour'
    ORDER BY s.captured_at, s.id LIMIT 1
  ) n ON true
  WHERE p.brand_id = %(brand)s AND d.state = 'published'
    AND d.published_at <= %(at)s - %(hours)s * interval '1 hour'
    AND NOT EXISTS (SELECT FROM campaigns_firstreading r WHERE r.publication_id = p.id)
)
SELECT due.id, due.post_id, due.published_at, due.published_at <= %(given_up)s,
  coalesce(due.platform_id, ''), coalesce(due.kind, ''), coalesce(due.tier, ''), due.rate,
  due.captured_at, peers.posts, peers.middle, peers.low, peers.high, peers.accounts,
  own.posts, own.middle, own.low, own.high, now_.posts, now_.middle, now_.low, now_.high
FROM due
LEFT JOIN LATERAL ({_band(peers)}) peers ON due.rate IS NOT NULL
LEFT JOIN LATERAL ({_band(own_then)}) own ON due.rate IS NOT NULL
LEFT JOIN LATERAL ({_band(own_now)}) now_ ON due.rate IS NOT NULL
ORDER BY due.id"""  # noqa: S608 - own SQL, values are parameters


def cases_of(brand: Brand, decided: WatchSettings, at: datetime) -> list[Case]:
    """What is due for a reading, with or without numbers."""
    tiers = [tier for tier in TierTable.of(brand).tiers if tier.low is not None or tier.high]
    values: dict[str, Any] = {
        "brand": brand.pk,
        "at": at,
        "hours": decided.hours,
        "low": decided.low_percent / 100,
        "given_up": at - GIVEN_UP_AFTER,
        "since": PEERS_SINCE,
        "names": [tier.name for tier in tiers],
        "lows": [tier.low or 0 for tier in tiers],
        "highs": [tier.high for tier in tiers],
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(decided.measure), values)
        rows = cursor.fetchall()
    return [_case(*row) for row in rows]


def _case(*row: Any) -> Case:
    said, peers, own, own_now = list(row[:9]), row[9:14], row[14:18], row[18:22]
    bands = [_made(*one) for one in (peers, own, own_now)]
    return Case(*said, *bands)


def _made(posts: int | None, *ends: Any) -> Band:
    """None of posts where there are no numbers to compare."""
    return Band(posts or 0, *ends)


def is_same_age(case: Case, decided: WatchSettings) -> bool:
    """Whether its numbers were taken while it was of the age that is compared."""
    return case.hours < LATEST * decided.hours
