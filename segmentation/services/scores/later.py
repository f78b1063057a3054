"""What creators did in a time, one number for each of whom it is known: what scores are held to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.choices import DeliverableState
from crm.models import Brand
from crm.performance import planned_for
from segmentation.choices import BacktestOutcome, OutcomeMetric
from segmentation.services.edits import EditRefused
from segmentation.services.experiments.outcomes import measured
from segmentation.services.experiments.refusals import ExperimentRefused

# Of fewer posts, one that goes well or ill is all there is.
LEAST_POSTS = 3

_COUNTS = "p.likes, p.comments, p.shares, p.saves"
_SUM = " + ".join(f"coalesce({one}, 0)" for one in _COUNTS.split(", "))
_ENGAGEMENT = f"""
SELECT p.creator_id, sum({_SUM})::float8 / sum(p.views)
FROM crm_post p
WHERE p.creator_id = ANY(%(creators)s) AND p.posted_at >= %(since)s AND p.posted_at < %(until)s
  AND p.views > 0 AND num_nonnulls({_COUNTS}) > 0
GROUP BY p.creator_id HAVING count(*) >= {LEAST_POSTS}"""  # noqa: S608 - names of ours
_VIEWS = f"""
SELECT creator_id, after / before FROM (
  SELECT p.creator_id,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY p.views)
      FILTER (WHERE p.posted_at >= %(since)s) AS after,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY p.views)
      FILTER (WHERE p.posted_at < %(since)s) AS before,
    count(*) FILTER (WHERE p.posted_at >= %(since)s) AS late,
    count(*) FILTER (WHERE p.posted_at < %(since)s) AS early
  FROM crm_post p
  WHERE p.creator_id = ANY(%(creators)s) AND p.views IS NOT NULL
    AND p.posted_at >= %(since)s - (%(until)s - %(since)s) AND p.posted_at < %(until)s
  GROUP BY p.creator_id) x
WHERE late >= {LEAST_POSTS} AND early >= {LEAST_POSTS} AND before > 0"""  # noqa: S608
_ON_TIME = """
SELECT r.creator_id, avg((d.published_at IS NOT NULL
  AND (d.published_at AT TIME ZONE %(zone)s)::date
    <= (d.publish_at AT TIME ZONE %(zone)s)::date)::int)::float8
FROM campaigns_deliverable d
JOIN campaigns_engagement e ON e.id = d.engagement_id
JOIN crm_relationship r ON r.id = e.relationship_id
WHERE r.brand_id = %(brand)s AND r.creator_id = ANY(%(creators)s) AND d.state <> %(called_off)s
  AND d.publish_at >= %(since)s AND d.publish_at < %(until)s
GROUP BY r.creator_id"""
_WITH_A_WAY = """
SELECT r.id, r.creator_id FROM crm_relationship r
WHERE r.brand_id = %(brand)s AND r.creator_id = ANY(%(creators)s) AND (
  EXISTS (SELECT FROM campaigns_trackinglink l
    WHERE l.relationship_id = r.id AND l.created_at < %(until)s)
  OR EXISTS (SELECT FROM campaigns_promocode k
    WHERE k.relationship_id = r.id AND k.created_at < %(until)s))"""


def outcomes_of(
    *,
    brand: Brand,
    outcome: BacktestOutcome,
    creators: Collection[int],
    since: datetime,
    until: datetime,
) -> dict[int, float]:
    """What came of these creators from `since` until before `until`; not known: not there.

    Raises EditRefused where it cannot be said in one number.
    """
    asked: dict[str, Any] = {
        "brand": brand.pk,
        "creators": list(creators),
        "since": since,
        "until": until,
        "zone": brand.timezone,
        "called_off": DeliverableState.CANCELLED.value,
    }
    if outcome is BacktestOutcome.ENGAGEMENT:
        return dict(_rows(_ENGAGEMENT, asked))
    if outcome is BacktestOutcome.VIEWS:
        return dict(_rows(_VIEWS, asked))
    if outcome is BacktestOutcome.ON_TIME:
        return dict(_rows(_ON_TIME, asked))
    people = dict(_rows(_WITH_A_WAY, asked))
    try:
        found = measured(
            brand_id=brand.pk,
            campaign_id=None,
            metric=OutcomeMetric.ORDERS,
            relationships=list(people),
            since=since,
            until=until,
        )
    except ExperimentRefused as refusal:
        raise EditRefused(str(refusal), code=refusal.code) from refusal
    return {people[pk]: one.events for pk, one in found.items() if one.events is not None}


def _rows(statement: str, asked: dict[str, Any]) -> list[Any]:
    with planned_for(None), connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())
