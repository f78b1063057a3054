"""What conversions brought, by creator: last touch, a code by the brand's rule before links.

Refunds are taken back. Amounts in other currencies are converted by the rate of the conversion's
day, or left out and counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from campaigns.models import Campaign
from campaigns.selectors.credits import CREDITS, params
from campaigns.services.rates.converting import Rates
from crm.models import Brand

MODEL = "last touch"
# One row for each creator, currency and day: sums of cents are exact, whatever the order.
_QUERY = """
SELECT creator_id, currency, (at AT TIME ZONE %(zone)s)::date AS day, count(*), count(value),
  coalesce(sum(value), 0)
FROM credits WHERE role = 'last' AND (%(campaign)s::bigint IS NULL OR campaign_id = %(campaign)s)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


@dataclass
class Brought:
    """What one creator, or all, brought."""

    conversions: int = 0
    # Of so many the value is known, in a currency that could be converted.
    valued: int = 0
    revenue: Decimal = Decimal(0)


@dataclass(frozen=True)
class Revenue:
    """By creator, in one currency."""

    by_creator: Mapping[int, Brought]
    currency: str
    missing: Sequence[str] = field(default_factory=tuple)

    @property
    def whole(self) -> Brought:
        """Of all creators."""
        every = self.by_creator.values()
        return Brought(
            sum(one.conversions for one in every),
            sum(one.valued for one in every),
            sum((one.revenue for one in every), Decimal(0)),
        )


def revenue_of(
    brand: Brand,
    *,
    since: datetime,
    until: datetime,
    currency: str,
    campaign: Campaign | None = None,
) -> Revenue:
    """What conversions of [since, until) brought: three queries, four with other currencies."""
    rows = _rows(brand, since, until, campaign)
    rates = Rates(
        brand,
        currencies=[currency, *(row[1] for row in rows if row[1])],
        days=[row[2] for row in rows],
    )
    found: dict[int, Brought] = defaultdict(Brought)
    missing: dict[str, int] = defaultdict(int)
    for creator, named, day, number, valued, amount in rows:
        one = found[creator]
        one.conversions += number
        if not valued:
            continue
        by = rates.convert(amount, named, currency, day)
        if by is None:
            missing[named] += valued
            continue
        one.valued += valued
        one.revenue += by.amount
    words = [
        f"{number:,} conversion{'s'[: number != 1]} in {name} left out: there is no rate to "
        f"{currency}."
        for name, number in sorted(missing.items())
    ]
    return Revenue(dict(found), currency, words)


def start_of(day: date, brand: Brand) -> datetime:
    """The first moment of one of the brand's days."""
    return datetime.combine(day, time.min, ZoneInfo(brand.timezone))


def _rows(
    brand: Brand, since: datetime, until: datetime, campaign: Campaign | None
) -> list[tuple[Any, ...]]:
    values = dict(params(brand, since=since, until=until, as_of=until))
    values |= {"zone": brand.timezone, "campaign": campaign.pk if campaign else None}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {CREDITS} {_QUERY}", values)
        return list(cursor.fetchall())
