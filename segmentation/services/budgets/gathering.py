"""Who could be in a plan: creators with their price, forecast, tier, segments and platform.

A constant number of statements, however many creators there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from campaigns.models import Campaign
from campaigns.models.engagements import LEFT
from crm.choices import Stage
from crm.models import Creator
from crm.selectors import TierTable
from segmentation.choices import PriceSource
from segmentation.models import Segment
from segmentation.services.budgets.asks import Asks
from segmentation.services.forecasts.prices import agreed_prices
from segmentation.services.masks import flag_of, holds, word_of
from segmentation.services.suppressed import SUPPRESSED
from segmentation.services.unpitched import UNPITCHED

# As many creators as are looked at, the ones with most followers first.
MOST = 20_000

# A place costs what all of its pieces do: those that are planned, else those of the plan that was
# taken over, else one. Who is in the campaign was asked already; of others none who is suppressed
# or whom a playbook says not to pitch.
_PEOPLE = f"""
SELECT r.id, r.creator_id, m.followers, c.is_celebrity, f.member_bits, x.platform, x.middle,
  x.spread, x.own, p.middle, g.cost
FROM crm_relationship r
JOIN crm_creator c ON c.id = r.creator_id
LEFT JOIN crm_creatormetrics m ON m.creator_id = r.creator_id
LEFT JOIN segmentation_creatorfacts f
  ON f.brand_id = r.brand_id AND f.creator_id = r.creator_id
LEFT JOIN LATERAL (
  SELECT platform, middle, spread, own FROM segmentation_creatorforecast
  WHERE relationship_id = r.id AND measure = %(measure)s
    AND (%(platforms)s::text[] = '{{}}' OR platform = '' OR platform = ANY(%(platforms)s))
  ORDER BY middle DESC, platform LIMIT 1
) x ON true
LEFT JOIN segmentation_creatorforecast p
  ON p.relationship_id = r.id AND p.measure = 'price' AND %(has_prices)s
LEFT JOIN LATERAL (
  SELECT e.stage, coalesce(e.agreed_cost, e.planned_cost) / coalesce(nullif((
    SELECT count(*) FROM campaigns_deliverable d
    WHERE d.engagement_id = e.id AND d.state <> 'cancelled'), 0), (
    SELECT k.pieces FROM segmentation_budgetpick k
    JOIN segmentation_budgetplan n ON n.id = k.plan_id
    WHERE k.relationship_id = r.id AND n.campaign_id = e.campaign_id AND n.taken_at IS NOT NULL
      AND k.pieces > 0 AND k.price * k.pieces = coalesce(e.agreed_cost, e.planned_cost)
    ORDER BY n.taken_at DESC LIMIT 1), 1) AS cost
  FROM campaigns_engagement e WHERE e.relationship_id = r.id AND e.campaign_id = %(campaign)s
) g ON true
WHERE r.brand_id = %(brand)s AND r.unprofiled_at IS NULL AND r.stage <> %(declined)s
  AND (g.stage IS NULL OR g.stage <> ALL(%(left)s)) AND (g.stage IS NOT NULL OR NOT %(only)s)
  AND (g.stage IS NOT NULL OR r.creator_id NOT IN ({UNPITCHED}) AND NOT {SUPPRESSED})
  AND (NOT %(in_segments)s OR EXISTS (
    SELECT FROM unnest(%(words)s::int[], %(flags)s::bigint[]) AS asked (word, flag)
    WHERE f.member_bits[asked.word] & asked.flag <> 0))
  AND NOT EXISTS (SELECT FROM crm_hold h WHERE h.relationship_id = r.id
    AND h.since <= %(at)s AND (h.until IS NULL OR h.until > %(at)s)
    AND (h.lifted_at IS NULL OR h.lifted_at > %(at)s))
ORDER BY m.followers DESC NULLS LAST, r.id LIMIT %(most)s
"""  # noqa: S608 - names of ours


@dataclass(frozen=True)
class Person:
    """Somebody who could be in; no price or no forecast: they cannot."""

    relationship: int
    creator: int
    tier: str
    segments: frozenset[str]
    platform: str
    price: Decimal | None
    price_source: str
    # Of one piece: what it is expected to bring, and how it may turn out.
    middle: float | None
    spread: float
    own: int

    @property
    def groups(self) -> frozenset[str]:
        """What bounds count them in."""
        found = {f"segment {key}" for key in self.segments}
        found |= {f"tier {self.tier}"} if self.tier else set()
        found |= {f"platform {self.platform}"} if self.platform else set()
        return frozenset(found)


def people_of(campaign: Campaign, asks: Asks, *, currency: str, at: datetime) -> list[Person]:
    """Who could be in, as asked. `currency` is the one of estimated prices."""
    brand = campaign.brand
    segments = dict(Segment.objects.filter(brand=brand).values_list("key", "bit"))
    counted = {one.key for one in asks.limits if one.cut == "segment"}
    agreed = agreed_prices(brand, campaign.currency, at)
    tiers = TierTable.of(brand)
    found = []
    rows = _rows(campaign, asks, segments=segments, has_prices=currency == campaign.currency, at=at)
    for row in rows:
        (pk, creator, followers, celebrity, bits, platform, middle, spread, own, guess, cost) = row
        mine = frozenset(key for key in counted if key in segments and holds(bits, segments[key]))
        found_tier = tiers.tier(Creator(is_celebrity=celebrity), followers)
        tier = found_tier.key if found_tier else ""
        price, source = _price(cost, agreed.get(pk), guess, asks.assumed.get(tier))
        found.append(
            Person(
                pk,
                creator,
                tier,
                mine,
                platform or "",
                price,
                source,
                middle,
                spread or 0.0,
                own or 0,
            )
        )
    return found


def _rows(
    campaign: Campaign,
    asks: Asks,
    *,
    segments: Mapping[str, int],
    has_prices: bool,
    at: datetime,
) -> Sequence[Any]:
    bits = [segments[key] for key in asks.segments if key in segments]
    asked: Mapping[str, Any] = {
        "brand": campaign.brand_id,
        "campaign": campaign.pk,
        "measure": asks.measure,
        "platforms": list(asks.platforms or campaign.platforms),
        "has_prices": has_prices,
        "declined": Stage.DECLINED.value,
        "left": [stage.value for stage in LEFT],
        "only": asks.only_campaign,
        "in_segments": bool(asks.segments),
        "words": [word_of(bit) for bit in bits],
        "flags": [flag_of(bit) for bit in bits],
        "at": at,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, asked)
        return list(cursor.fetchall())


def _price(
    planned: Decimal | None, agreed: float | None, guess: float | None, assumed: str | None
) -> tuple[Decimal | None, str]:
    """What a piece costs, by what is surest; free pieces are no purchase."""
    for price, source in (
        (planned, PriceSource.PLANNED),
        (agreed, PriceSource.AGREED),
        (guess, PriceSource.ESTIMATED),
        (assumed, PriceSource.ASSUMED),
    ):
        if price is not None and Decimal(price) > 0:
            return max(Decimal(price).quantize(Decimal("0.01")), Decimal("0.01")), source.value
    return None, ""
