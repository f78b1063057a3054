"""What came of each creator between two moments, as the product has measured it.

One statement for each kind of outcome, whatever the number of creators. Unknown stays unknown: who
has neither a link nor a code can have brought orders that nobody saw.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.choices import ClickKind, ConversionKind
from segmentation.choices import OutcomeMetric
from segmentation.services.experiments.refusals import ExperimentRefused


@dataclass(frozen=True, slots=True)
class Measured:
    """`events` on `weight`; no events (None): nobody knows."""

    events: float | None
    weight: float = 1.0


# Posts with views and some count; of a campaign: those that were seen as one of its publications.
# A creator without posts has nothing to count on; one whose posts have no views is not known.
_POSTS = """
SELECT r.id, count(p.id), count(p.id) FILTER (WHERE {counts}),
  sum({events}) FILTER (WHERE {counts}), sum(p.views) FILTER (WHERE {counts})
FROM crm_relationship r
LEFT JOIN crm_post p ON p.creator_id = r.creator_id
  AND p.posted_at >= %(since)s AND p.posted_at < %(until)s
  AND (%(campaign)s::bigint IS NULL OR EXISTS (
    SELECT FROM campaigns_sighting s
    JOIN campaigns_publication u ON u.id = s.publication_id
    JOIN campaigns_deliverable d ON d.id = u.deliverable_id
    JOIN campaigns_engagement e ON e.id = d.engagement_id
    WHERE s.post_id = p.id AND e.campaign_id = %(campaign)s))
WHERE r.id = ANY(%(ids)s)
GROUP BY r.id
"""
_LIKES = "p.likes, p.comments, p.shares, p.saves"
_SUM = " + ".join(f"coalesce({one}, 0)" for one in _LIKES.split(", "))
_SQL_OF_POSTS = {
    OutcomeMetric.ENGAGEMENTS: _POSTS.format(
        events=_SUM, counts=f"p.views > 0 AND num_nonnulls({_LIKES}) > 0"
    ),
    OutcomeMetric.SAVES: _POSTS.format(
        events="p.saves", counts="p.views > 0 AND p.saves IS NOT NULL"
    ),
}

_CLICKS = """
SELECT r.id, count(DISTINCT l.id), count(c.id)
FROM crm_relationship r
LEFT JOIN campaigns_trackinglink l ON l.relationship_id = r.id AND l.created_at < %(until)s
  AND (%(campaign)s::bigint IS NULL OR l.campaign_id = %(campaign)s)
LEFT JOIN campaigns_click c ON c.link_id = l.id AND c.kind = %(person)s
  AND c.at >= %(since)s AND c.at < %(until)s
WHERE r.id = ANY(%(ids)s)
GROUP BY r.id
"""

# Whose an order is: its code's creator before its link's, the link it came by or the one of its
# click. What was taken back in full does not count; of revenue, what was taken back is taken off.
_ORDERS = """
WITH mine AS MATERIALIZED (
  SELECT id FROM crm_relationship WHERE id = ANY(%(ids)s)
), way AS (
  SELECT r.id, EXISTS (
      SELECT FROM campaigns_trackinglink l WHERE l.relationship_id = r.id
        AND l.created_at < %(until)s
        AND (%(campaign)s::bigint IS NULL OR l.campaign_id = %(campaign)s))
    OR EXISTS (
      SELECT FROM campaigns_promocode k WHERE k.relationship_id = r.id
        AND k.created_at < %(until)s
        AND (%(campaign)s::bigint IS NULL OR k.campaign_id = %(campaign)s)) AS is_known
  FROM mine r
), taken AS (
  SELECT conversion_id, bool_or(value IS NULL) AS whole, sum(value) AS value
  FROM campaigns_refund WHERE brand_id = %(brand)s AND at < %(until)s GROUP BY conversion_id
), brought AS (
  SELECT coalesce(k.relationship_id, l.relationship_id, cl.relationship_id) AS id,
    k.id IS NULL AS by_link, v.value, v.currency,
    CASE WHEN t.whole OR t.value >= v.value THEN 0 ELSE v.value - coalesce(t.value, 0) END AS kept,
    coalesce(t.whole OR t.value >= v.value, false) AS is_gone
  FROM campaigns_conversion v
  LEFT JOIN campaigns_promocode k ON k.id = v.code_id
  LEFT JOIN campaigns_trackinglink l ON l.id = v.link_id
  LEFT JOIN campaigns_click c ON c.id = v.click AND v.link_id IS NULL
  LEFT JOIN campaigns_trackinglink cl ON cl.id = c.link_id
  LEFT JOIN taken t ON t.conversion_id = v.id
  WHERE v.brand_id = %(brand)s AND v.kind = %(order)s
    AND v.at >= %(since)s AND v.at < %(until)s
    AND (%(campaign)s::bigint IS NULL OR %(campaign)s IN
      (v.campaign_id, k.campaign_id, l.campaign_id, cl.campaign_id))
)
SELECT w.id, w.is_known, count(*) FILTER (WHERE NOT b.is_gone),
  count(*) FILTER (WHERE NOT b.is_gone AND b.by_link),
  sum(b.kept), coalesce(bool_or(NOT b.is_gone AND b.value IS NULL), false),
  array_remove(array_agg(DISTINCT nullif(b.currency, '')), NULL)
FROM way w LEFT JOIN brought b ON b.id = w.id
GROUP BY w.id, w.is_known
"""


def measured(
    *,
    brand_id: int,
    campaign_id: int | None,
    metric: str,
    relationships: Collection[int],
    since: datetime,
    until: datetime,
) -> dict[int, Measured]:
    """What came of each of these relationships, from `since` until before `until`.

    Raises ExperimentRefused where it cannot be said in one number.
    """
    asked: dict[str, Any] = {
        "brand": brand_id,
        "campaign": campaign_id,
        "ids": list(relationships),
        "since": since,
        "until": until,
        "person": ClickKind.PERSON.value,
        "order": ConversionKind.ORDER.value,
    }
    chosen = OutcomeMetric(metric)
    if chosen in _SQL_OF_POSTS:
        rows = _rows(_SQL_OF_POSTS[chosen], asked)
        return {pk: _of_posts(*counts) for pk, *counts in rows}
    if chosen is OutcomeMetric.CLICKS:
        return {
            pk: Measured(float(clicks) if links else None)
            for pk, links, clicks in _rows(_CLICKS, asked)
        }
    if chosen is OutcomeMetric.UPLOADED:
        raise ExperimentRefused(
            "The outcomes of this experiment come from a file: upload it.", code="file_needed"
        )
    orders = _rows(_ORDERS, asked)
    if chosen is OutcomeMetric.ORDERS:
        return {pk: Measured(float(count) if known else None) for pk, known, count, *_ in orders}
    if chosen is OutcomeMetric.ORDERS_PER_CLICK:
        clicks = {pk: (links, count) for pk, links, count in _rows(_CLICKS, asked)}
        return {
            pk: Measured(float(by_link), float(clicks[pk][1])) if clicks[pk][0] else Measured(None)
            for pk, _known, _count, by_link, *_ in orders
        }
    return _revenue(orders)


def _of_posts(posts: int, usable: int, events: int | None, views: int | None) -> Measured:
    if not posts:
        return Measured(0.0, 0.0)
    if not usable:
        return Measured(None)
    return Measured(float(events or 0), float(views or 0))


def _revenue(orders: list[tuple]) -> dict[int, Measured]:  # type: ignore[type-arg]
    """The sums, where all of it is in one currency and no order lacks its value."""
    currencies = sorted({one for *_, found in orders for one in found})
    if len(currencies) > 1:
        raise ExperimentRefused(
            f"Revenue came in {' and '.join(currencies)}: sums of several currencies cannot be "
            "compared. Count orders, or upload revenue in one currency.",
            code="several_currencies",
            field="metric",
        )
    return {
        pk: Measured(float(value or 0) if known and not lacking else None)
        for pk, known, _count, _by_link, value, lacking, _currencies in orders
    }


def _rows(statement: str, asked: Mapping[str, Any]) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())
