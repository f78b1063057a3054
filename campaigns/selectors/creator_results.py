"""What came of the work with one creator: by campaign, the newest first, and in a year.

Sums are over what is known, and say of how many pieces that is. Orders are those that name a code
or a link of the creator; whom an order is credited to among several is attribution's question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from campaigns.choices import PayMetric
from campaigns.models import Engagement, PromoCode, TrackingLink
from campaigns.selectors.returns.pieces import PaidPiece, paid_pieces
from campaigns.services.payments.results import count_of
from campaigns.services.rates.converting import Rates
from crm.models import Relationship

PERIOD = timedelta(days=365)
# Campaigns on the card.
NEWEST = 5


@dataclass(frozen=True)
class Sum:
    """Of `of` pieces the count is known of `known`; None: of none."""

    value: int | None
    known: int
    of: int

    @property
    def is_part(self) -> bool:
        """Whether some are missing in it."""
        return 0 < self.known < self.of


@dataclass(frozen=True)
class Results:
    """What came of some pieces and orders; money is in the brand's currency."""

    pieces: int
    impressions: Sum
    engagements: Sum
    # Of the pieces; None: of one it is not known, or there is none.
    cost: Decimal | None
    orders: int
    # After refunds; None: of no order a value is known here.
    revenue: Decimal | None
    # Orders without a value, or without a rate of their day.
    unvalued: int

    @property
    def per_engagement(self) -> Decimal | None:
        """Cost for each engagement; None where either is not known of every piece."""
        if self.cost is None or self.engagements.known < self.pieces:
            return None
        return self.cost / self.engagements.value if self.engagements.value else None

    @property
    def per_order(self) -> Decimal | None:
        """Cost for each order; None without orders or where the cost is not known."""
        return self.cost / self.orders if self.cost is not None and self.orders else None


@dataclass(frozen=True)
class CampaignResults:
    """One campaign."""

    engagement: Engagement
    results: Results


@dataclass(frozen=True)
class CreatorResults:
    """The year, and the newest campaigns of it. `currency` is that of all amounts."""

    currency: str
    year: Results
    campaigns: list[CampaignResults]
    others: int


@dataclass(frozen=True)
class _Orders:
    """Of a day: how many, of how many the value is known here, and what these came to."""

    campaign: int | None
    number: int
    valued: int
    value: Decimal


def creator_results(relationship: Relationship, *, at: datetime) -> CreatorResults | None:
    """What came of the last 365 days; None where nothing was published and nothing ordered.

    Twelve queries at most, however much there is.
    """
    brand, since = relationship.brand, at - PERIOD
    pieces = paid_pieces(brand, start=since, until=at, relationship=relationship)
    orders = _orders(relationship, since, at)
    if not pieces and not orders:
        return None
    newest: dict[int, datetime] = {}
    for piece in pieces:
        newest[piece.engagement] = max(piece.published_at, newest.get(piece.engagement, since))
    shown = sorted(newest, key=lambda pk: newest[pk], reverse=True)[:NEWEST]
    places = Engagement.objects.select_related("campaign").in_bulk(shown)
    return CreatorResults(
        currency=brand.currency,
        year=_results(pieces, orders),
        campaigns=[
            CampaignResults(
                places[pk],
                _results(
                    [piece for piece in pieces if piece.engagement == pk],
                    [day for day in orders if day.campaign == places[pk].campaign_id],
                ),
            )
            for pk in shown
        ],
        others=len(newest) - len(shown),
    )


def _results(pieces: Sequence[PaidPiece], orders: Sequence[_Orders]) -> Results:
    costs = [piece.cost for piece in pieces]
    number, valued = sum(day.number for day in orders), sum(day.valued for day in orders)
    return Results(
        pieces=len(pieces),
        impressions=_sum(piece.counts["impressions"] for piece in pieces),
        engagements=_sum(_whole(count_of(PayMetric.ENGAGEMENTS, one.counts)) for one in pieces),
        cost=None
        if not costs or None in costs
        else sum((cost for cost in costs if cost), Decimal(0)),
        orders=number,
        revenue=sum((day.value for day in orders), Decimal(0)) if valued else None,
        unvalued=number - valued,
    )


def _whole(count: Decimal | int | None) -> int | None:
    return None if count is None else int(count)


def _sum(counts: Iterable[int | None]) -> Sum:
    every = list(counts)
    known = [count for count in every if count is not None]
    return Sum(sum(known) if known else None, len(known), len(every))


_ORDERS = """
SELECT c.campaign_id, c.currency, (c.at AT TIME ZONE 'UTC')::date AS day, count(*) AS orders,
  count(c.value) AS valued, sum(c.value - coalesce(r.value, 0)) AS value
FROM campaigns_conversion c LEFT JOIN LATERAL (
  SELECT bool_or(f.value IS NULL) AS is_whole, sum(f.value) AS value
  FROM campaigns_refund f WHERE f.conversion_id = c.id AND f.at <= %(at)s) r ON true
WHERE c.brand_id = %(brand)s AND (c.code_id = ANY(%(codes)s) OR c.link_id = ANY(%(links)s))
  AND c.at >= %(since)s AND c.at < %(at)s
  AND NOT coalesce(r.is_whole OR r.value >= c.value, false)
GROUP BY 1, 2, 3"""


def _orders(relationship: Relationship, since: datetime, at: datetime) -> list[_Orders]:
    """Orders that name a code or a link of theirs and were not taken back whole, day by day."""
    codes = PromoCode.objects.filter(relationship=relationship)
    links = TrackingLink.objects.filter(relationship=relationship)
    asked: dict[str, Any] = {
        "brand": relationship.brand_id,
        "codes": list(codes.values_list("pk", flat=True)),
        "links": list(links.values_list("pk", flat=True)),
        "since": since,
        "at": at,
    }
    if not asked["codes"] and not asked["links"]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, asked)
        rows = cursor.fetchall()
    here = relationship.brand.currency
    rates = Rates(
        relationship.brand,
        currencies=[here, *(currency for _, currency, *_ in rows if currency)],
        days=[day for _, _, day, *_ in rows],
    )
    found = []
    for campaign, currency, day, orders, valued, value in rows:
        by = None
        if valued and currency:
            by = rates.convert(value, currency, here, day)
        known = valued if by is not None else 0
        found.append(_Orders(campaign, orders, known, Decimal(0) if by is None else by.amount))
    return found
