"""The disclosure compliance rate: how many published posts that need a label had a good one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from crm.models import Brand
from crm.services.outreach.figures import Rate

# Of each published piece what legal decided first, in the period, and what is decided by now.
# Needed no disclosure: counted nowhere. Unclear counts as one that was not good.
_RATES = """
WITH decided AS (
  SELECT r.deliverable_id, r.verdict, r.decided_at, r.id, r.finding_id
  FROM campaigns_disclosurereview r
  WHERE r.brand_id = %(brand)s AND r.stage = 'live' AND r.state = 'decided'
), first AS (
  SELECT DISTINCT ON (deliverable_id) * FROM decided ORDER BY deliverable_id, decided_at, id
), now AS (
  SELECT DISTINCT ON (deliverable_id) deliverable_id, verdict FROM decided
  ORDER BY deliverable_id, decided_at DESC, id DESC
), looked AS (
  SELECT first.verdict AS at_first, now.verdict AS by_now, f.packs,
    c.key AS campaign, c.name AS campaign_name, e.segment, p.uid::text AS creator,
    p.name AS creator_name
  FROM first
  JOIN now USING (deliverable_id)
  JOIN campaigns_deliverable d ON d.id = first.deliverable_id
  JOIN campaigns_engagement e ON e.id = d.engagement_id
  JOIN campaigns_campaign c ON c.id = e.campaign_id
  JOIN crm_relationship r ON r.id = e.relationship_id
  JOIN crm_creator p ON p.id = r.creator_id
  LEFT JOIN campaigns_disclosurefinding f ON f.id = first.finding_id
  WHERE first.decided_at >= %(begins)s AND first.decided_at < %(ends)s
    AND (%(campaign)s = '' OR c.key = %(campaign)s)
)
SELECT {key} AS key, {name} AS name,
  count(*) FILTER (WHERE at_first = 'sufficient') AS first_hits,
  count(*) FILTER (WHERE at_first <> 'not_required') AS first_of,
  count(*) FILTER (WHERE by_now = 'sufficient') AS now_hits,
  count(*) FILTER (WHERE by_now <> 'not_required') AS now_of
FROM looked {more}
GROUP BY 1, 2
HAVING count(*) FILTER (WHERE at_first <> 'not_required' OR by_now <> 'not_required') > 0
ORDER BY first_of DESC, key"""


class By(StrEnum):
    """What the posts are told apart by."""

    ALL = "all"
    CREATOR = "creator"
    CAMPAIGN = "campaign"
    SEGMENT = "segment"
    JURISDICTION = "jurisdiction"


_KEYS: Mapping[By, tuple[str, str, str]] = {
    By.ALL: ("''", "''", ""),
    By.CREATOR: ("creator", "creator_name", ""),
    By.CAMPAIGN: ("campaign", "campaign_name", ""),
    By.SEGMENT: ("segment", "segment", ""),
    # A post counts in each jurisdiction whose rules were asked.
    By.JURISDICTION: (
        "asked.key",
        "asked.key",
        "CROSS JOIN LATERAL jsonb_object_keys(coalesce(packs->'jurisdictions', '{}')) asked(key)",
    ),
}


@dataclass(frozen=True)
class Compliance:
    """Of the posts that needed a disclosure: sufficient when first looked at, and by now."""

    key: str
    name: str
    first: Rate
    now: Rate


def compliance(
    brand: Brand,
    *,
    by: By = By.ALL,
    starts_on: date,
    ends_on: date,
    campaign: str = "",
) -> Sequence[Compliance]:
    """By the day of the first decision, both days included, the most posts first: one query."""
    zone = ZoneInfo(brand.timezone)
    key, name, more = _KEYS[by]
    values: dict[str, Any] = {
        "brand": brand.pk,
        "begins": datetime.combine(starts_on, time(), zone),
        "ends": datetime.combine(ends_on + timedelta(days=1), time(), zone),
        "campaign": campaign,
    }
    with connection.cursor() as cursor:
        # Only names of columns out of _KEYS go into the text.
        cursor.execute(_RATES.format(key=key, name=name, more=more), values)
        rows = cursor.fetchall()
    return [Compliance(row[0], row[1], Rate(row[2], row[3]), Rate(row[4], row[5])) for row in rows]


def of_campaign(brand: Brand, campaign: str) -> Compliance:
    """Of one campaign, from its first post to its last."""
    found = compliance(
        brand, starts_on=date(2000, 1, 1), ends_on=date(2999, 1, 1), campaign=campaign
    )
    return found[0] if found else Compliance("", "", Rate(0, 0), Rate(0, 0))
