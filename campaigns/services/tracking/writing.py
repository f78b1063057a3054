"""Clicks from the queue into the database, in batches, each as often as it happens only once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import connection, transaction

from campaigns.models import TrackingLink
from campaigns.services.tracking import landing, queue
from campaigns.services.tracking.queue import Followed

logger = logging.getLogger(__name__)

BATCH = 5_000
_ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(hashtextextended('campaigns.clicks', 0))"
# A click of a visitor who was there a moment ago is a repeat: within the batch, or in the table.
# The id keeps a batch that comes twice from counting twice.
_ADD = """
WITH came AS MATERIALIZED (
  SELECT c.*, (c.at AT TIME ZONE b.timezone)::date AS day,
    make_interval(secs => coalesce(s.repeat_seconds, 10)) AS gap
  FROM unnest(%(id)s::uuid[], %(brand)s::bigint[], %(link)s::bigint[], %(at)s::timestamptz[],
    %(visitor)s::bigint[], %(kind)s::text[], %(host)s::text[], %(country)s::text[])
    AS c (id, brand_id, link_id, at, visitor, kind, referrer_host, country)
  JOIN campaigns_trackinglink l ON l.id = c.link_id AND l.brand_id = c.brand_id
  JOIN crm_brand b ON b.id = c.brand_id
  LEFT JOIN campaigns_trackingsettings s ON s.brand_id = c.brand_id
), judged AS (
  SELECT *, kind = 'person' AND visitor IS NOT NULL AND (
    at - lag(at) OVER (PARTITION BY link_id, visitor, kind ORDER BY at, id) < gap
    OR EXISTS (
      SELECT FROM campaigns_click k
      WHERE k.link_id = came.link_id AND k.at > came.at - came.gap AND k.at < came.at
        AND k.visitor = came.visitor AND k.kind IN ('person', 'repeat')
    )) AS again
  FROM came
)
INSERT INTO campaigns_click
  (id, brand_id, link_id, at, day, visitor, kind, referrer_host, country)
SELECT id, brand_id, link_id, at, day, visitor, CASE WHEN again THEN 'repeat' ELSE kind END,
  referrer_host, country
FROM judged ORDER BY at, id
ON CONFLICT (id) DO NOTHING
RETURNING link_id, day
"""
# Counted anew for the days that got clicks: a visitor of this batch may have come before it.
# A day of the brand lies within these bounds wherever the brand is.
_COUNT = """
WITH days AS (SELECT DISTINCT * FROM unnest(%s::bigint[], %s::date[]) AS d (link_id, day))
INSERT INTO campaigns_clickday (brand_id, link_id, day, people, visitors, unknown, repeats, bots)
SELECT k.brand_id, k.link_id, k.day,
  count(*) FILTER (WHERE kind = 'person'),
  count(DISTINCT visitor) FILTER (WHERE kind = 'person'),
  count(*) FILTER (WHERE kind = 'person' AND visitor IS NULL),
  count(*) FILTER (WHERE kind = 'repeat'),
  count(*) FILTER (WHERE kind IN ('bot', 'preview'))
FROM days d JOIN campaigns_click k ON k.link_id = d.link_id AND k.day = d.day
  AND k.at >= d.day::timestamp AT TIME ZONE 'UTC' - interval '15 hours'
  AND k.at < d.day::timestamp AT TIME ZONE 'UTC' + interval '39 hours'
GROUP BY k.brand_id, k.link_id, k.day
ON CONFLICT (link_id, day) DO UPDATE SET people = excluded.people, visitors = excluded.visitors,
  unknown = excluded.unknown, repeats = excluded.repeats, bots = excluded.bots
"""
_LOST = """
INSERT INTO campaigns_clickday (brand_id, link_id, day, lost)
SELECT l.brand_id, l.id, c.day, c.number
FROM unnest(%s::bigint[], %s::date[], %s::int[]) AS c (link_id, day, number)
JOIN campaigns_trackinglink l ON l.id = c.link_id
ON CONFLICT (link_id, day) DO UPDATE SET lost = campaigns_clickday.lost + excluded.lost
"""


def drain(*, most: int = 200_000) -> int:
    """Write what waits, batch by batch. Returns how many clicks were new. Raises Away."""
    new = 0
    for _ in range(-(-most // BATCH)):
        taken = queue.waiting(BATCH)
        if not taken:
            break
        clicks = [click for _name, click in taken if click]
        if len(clicks) < len(taken):
            logger.error("%s entries of the queue are no clicks.", len(taken) - len(clicks))
        written = write(clicks)
        if written is None:  # somebody else is at it
            return new
        new += written
        queue.done([name for name, _click in taken])
        # Links that are followed stay in Valkey.
        landing.write(TrackingLink.objects.filter(pk__in={click.link_id for click in clicks}))
    _write_lost()
    return new


@transaction.atomic
def write(clicks: Sequence[Followed]) -> int | None:
    """Add clicks and count their days anew; how many were new, None if another is writing."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        [may] = cursor.fetchone()
        if not may:
            return None
        cursor.execute(
            _ADD,
            {
                "id": [click.id for click in clicks],
                "brand": [click.brand_id for click in clicks],
                "link": [click.link_id for click in clicks],
                "at": [click.at for click in clicks],
                "visitor": [click.visitor for click in clicks],
                "kind": [click.kind.value for click in clicks],
                "host": [click.referrer_host for click in clicks],
                "country": [click.country for click in clicks],
            },
        )
        added = cursor.fetchall()
        if added:
            cursor.execute(_COUNT, [[link for link, _ in added], [day for _, day in added]])
    return len(added)


def _write_lost() -> None:
    counts = queue.take_lost()
    try:
        add_lost(counts)
    except Exception:  # Whatever it was: they are counted next time.
        queue.give_back_lost(counts)
        raise


@transaction.atomic
def add_lost(counts: Mapping[tuple[int, date], int]) -> None:
    """Write down how many clicks were lost, by link and day."""
    if not counts:
        return
    links, days = [link for link, _ in counts], [day for _, day in counts]
    with connection.cursor() as cursor:
        cursor.execute(_LOST, [links, days, list(counts.values())])
