"""Who could close a gap of an audience: creators who fit it but for one thing, with what they
bring and at which price.

A candidate is known to the brand, in a segment that is mapped to the audience, and lacks exactly
one of: a post in the last ACTIVE_DAYS days, a known country, an account on the platform. Who lives
elsewhere, declined, is suppressed or paused, is not to be pitched or objects to profiling is none.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection

from crm.choices import Stage
from crm.models import Brand, Platform
from segmentation.choices import Forecasted, PriceSource
from segmentation.models import Segment
from segmentation.selectors.audiences import ACTIVE_DAYS, AudienceCoverage, inside
from segmentation.selectors.forecasts import Standing, in_words, standing_of
from segmentation.services.forecasts.prices import NEWEST, asked_prices
from segmentation.services.masks import holds
from segmentation.services.suppressed import SUPPRESSED
from segmentation.services.unpitched import UNPITCHED

# As many as a page shows; a file has up to MOST.
SHOWN, MOST = 100, 20_000
MEASURES = (Forecasted.VIEWS, Forecasted.REACH, Forecasted.ENGAGEMENTS, Forecasted.ORDERS)


class Lack(StrEnum):
    """The one thing that keeps a candidate from being counted."""

    POST = "post"
    COUNTRY = "country"
    PLATFORM = "platform"


class Order(StrEnum):
    """Which candidates come first."""

    BRINGS = "brings"
    COST = "cost"


@dataclass(frozen=True)
class Asked:
    """Which part of an audience ("": all its countries, all its platforms), ranked by what."""

    country: str = ""
    platform: str = ""
    measure: Forecasted = Forecasted.VIEWS
    order: Order = Order.BRINGS


_ORDERS = {
    Order.BRINGS: "x.middle DESC NULLS LAST, f.followers DESC NULLS LAST, r.id",
    Order.COST: "coalesce(a.price, p.middle) / nullif(x.middle, 0) NULLS LAST, "
    "x.middle DESC NULLS LAST, f.followers DESC NULLS LAST, r.id",
}
_CANDIDATES = """
WITH agreed AS ({agreed})
SELECT r.id, c.uid, c.name, f.followers, f.country, f.last_post_at, f.member_bits,
  CASE WHEN NOT t.posts THEN 'post' WHEN NOT t.placed THEN 'country' ELSE 'platform' END,
  x.platform, x.low, x.middle, x.high, x.own, x.parts, a.price, p.low, p.middle, p.high,
  count(*) OVER ()
FROM segmentation_creatorfacts f
JOIN crm_relationship r ON r.brand_id = f.brand_id AND r.creator_id = f.creator_id
JOIN crm_creator c ON c.id = r.creator_id
CROSS JOIN LATERAL (SELECT
  coalesce(f.last_post_at > %(active_since)s AND f.last_post_at <= %(at)s, false) AS posts,
  %(countries)s::text[] = '{{}}' OR f.country IS NOT NULL AS placed,
  %(numbers)s::int[] = '{{}}' OR coalesce(f.platforms && %(numbers)s::int[], false) AS there
) t
LEFT JOIN LATERAL (
  SELECT platform, low, middle, high, own, parts FROM segmentation_creatorforecast
  WHERE relationship_id = r.id AND measure = %(measure)s
    AND (%(platforms)s::text[] = '{{}}' OR platform = '' OR platform = ANY(%(platforms)s))
  ORDER BY middle DESC, platform LIMIT 1
) x ON true
LEFT JOIN agreed a ON a.id = r.id
LEFT JOIN segmentation_creatorforecast p
  ON p.relationship_id = r.id AND p.measure = 'price' AND %(has_prices)s
WHERE f.brand_id = %(brand)s AND f.known_since IS NOT NULL AND ({inside})
  AND r.unprofiled_at IS NULL AND r.stage <> %(declined)s AND r.creator_id NOT IN ({unpitched})
  AND NOT {suppressed}
  AND (%(countries)s::text[] = '{{}}' OR f.country IS NULL OR f.country = ANY(%(countries)s))
  AND t.posts::int + t.placed::int + t.there::int = 2
  AND (%(only)s::bigint[] IS NULL OR r.id = ANY(%(only)s))
  AND NOT EXISTS (SELECT FROM crm_hold h WHERE h.relationship_id = r.id
    AND h.since <= %(at)s AND (h.until IS NULL OR h.until > %(at)s)
    AND (h.lifted_at IS NULL OR h.lifted_at > %(at)s))
ORDER BY {order} LIMIT %(most)s
"""


@dataclass(frozen=True)
class Brings:
    """What a next piece is expected to bring, and what says so."""

    platform: str
    low: float
    middle: float
    high: float
    own: int
    # What it is made of, in words and as a factor; the base is a count.
    lines: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Price:
    """What a piece costs, in the brand's currency; `low` and `high` where it is estimated."""

    amount: float
    source: PriceSource
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Candidate:
    """Somebody who could close it; None: not known."""

    relationship: int
    uid: UUID
    name: str
    followers: int | None
    country: str | None
    last_post_at: datetime | None
    segments: Sequence[str]
    lack: Lack
    brings: Brings | None
    price: Price | None

    @property
    def lacks(self) -> str:
        """The one thing that is missing, in words."""
        if self.lack is Lack.COUNTRY:
            return "Where they live is not known"
        if self.lack is Lack.PLATFORM:
            return "No account on the platform is known"
        if self.last_post_at is None:
            return "No post of them is known"
        return f"Last known post on {self.last_post_at:%-d %B %Y}"

    @property
    def cost_of_thousand(self) -> float | None:
        """What a thousand of what they bring cost."""
        if self.price is None or self.brings is None or not self.brings.middle:
            return None
        return 1_000 * self.price.amount / self.brings.middle


@dataclass(frozen=True)
class Candidates:
    """The first of them, and how many there are; what they are ranked by."""

    rows: Sequence[Candidate]
    number: int
    standing: Standing | None


def candidates_of(
    brand: Brand,
    one: AudienceCoverage,
    asked: Asked,
    *,
    at: datetime,
    most: int = SHOWN,
    only: Collection[int] | None = None,
) -> Candidates:
    """Who could close a part of an audience. `only`: of these relationships.

    A constant number of statements.
    """
    standing = standing_of(brand)
    if not one.segments:
        return Candidates([], 0, standing)
    countries = [asked.country] if asked.country else list(one.audience.countries)
    platforms = [asked.platform] if asked.platform else list(one.audience.platforms)
    numbers = Platform.objects.filter(key__in=platforms).values_list("number", flat=True)
    values: Mapping[str, Any] = {
        **asked_prices(brand, brand.currency, at),
        "active_since": at - timedelta(days=ACTIVE_DAYS),
        "countries": countries,
        "platforms": platforms,
        "numbers": list(numbers) if platforms else [],
        "measure": asked.measure.value,
        "has_prices": standing is not None and standing.currency == brand.currency,
        "declined": Stage.DECLINED.value,
        "only": None if only is None else list(only),
        "most": most,
    }
    statement = _CANDIDATES.format(
        agreed=NEWEST,
        unpitched=UNPITCHED,
        suppressed=SUPPRESSED,
        inside=inside(one.segments),
        order=_ORDERS[asked.order],
    )
    names = dict(Segment.objects.filter(brand=brand).values_list("key", "name"))
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    return Candidates(
        [_candidate(row, one.segments, names) for row in rows],
        rows[0][-1] if rows else 0,
        standing,
    )


def _candidate(
    row: Sequence[Any], segments: Sequence[Segment], names: Mapping[str, str]
) -> Candidate:
    pk, uid, name, followers, country, last_post_at, bits, lack = row[:8]
    platform, low, middle, high, own, parts, agreed, price_low, price, price_high, _all = row[8:]
    brings = None
    if middle is not None:
        lines = [(in_words(part["key"], names), part["factor"]) for part in json.loads(parts)]
        brings = Brings(platform, low, middle, high, own, lines)
    found = None
    if agreed is not None:
        found = Price(agreed, PriceSource.AGREED, None, None)
    elif price is not None:
        found = Price(price, PriceSource.ESTIMATED, price_low, price_high)
    return Candidate(
        relationship=pk,
        uid=uid,
        name=name,
        followers=followers,
        country=country,
        last_post_at=last_post_at,
        segments=[one.name for one in segments if holds(bits, one.bit)],
        lack=Lack(lack),
        brings=brings,
        price=found,
    )
