"""What is usual for the brand: engagement rates of its other campaigns' publications."""

from __future__ import annotations

from typing import Any

from django.db import connection

from campaigns.models import Campaign
from campaigns.selectors.reports.figures import FEW

# The median over creators of the creator's mean rate, over everything and by platform.
_USUAL = """
WITH rates AS (
  SELECT d.platform_id, r.creator_id,
    avg((coalesce(o.likes, 0) + coalesce(o.comments, 0) + coalesce(o.saves, 0)
      + coalesce(o.shares, 0))::float8 / coalesce(o.followers_at_post, f.followers)) AS rate
  FROM campaigns_deliverable d
  JOIN campaigns_engagement e ON e.id = d.engagement_id
  JOIN campaigns_campaign c ON c.id = e.campaign_id
  JOIN crm_relationship r ON r.id = e.relationship_id
  JOIN crm_post o ON o.id = d.post_id
  JOIN crm_profile f ON f.id = o.profile_id
  WHERE c.brand_id = %(brand)s AND c.id <> %(campaign)s AND d.state = 'published'
    AND (o.likes IS NOT NULL OR o.comments IS NOT NULL)
    AND coalesce(o.followers_at_post, f.followers) > 0
  GROUP BY GROUPING SETS ((d.platform_id, r.creator_id), (r.creator_id))
)
SELECT coalesce(platform_id, ''), count(*),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY rate)
FROM rates GROUP BY platform_id"""


def usual_rates(campaign: Campaign) -> dict[str, dict[str, Any]]:
    """By platform, and "" for all: the brand's usual engagement rate; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, {"brand": campaign.brand_id, "campaign": campaign.pk})
        rows = cursor.fetchall()
    return {platform: _plain(number, rate) for platform, number, rate in rows}


def nothing_usual() -> dict[str, Any]:
    """Where no other campaign has a post."""
    return _plain(0, None)


def _plain(creators: int, rate: float | None) -> dict[str, Any]:
    is_enough = creators >= FEW and rate is not None
    return {
        "value": round(100 * rate, 6) if is_enough and rate is not None else None,
        "n": creators,
        "words": f"{rate:.2%} in other campaigns ({creators} creators)"
        if is_enough
        else f"too few in other campaigns ({creators} creators)",
        "formula": "median over creators of their mean engagement rate, publications of the "
        "brand's other campaigns",
    }
