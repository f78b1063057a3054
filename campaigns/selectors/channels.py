"""Creators beside other channels: what a thousand impressions and a conversion cost in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Sum

from campaigns.choices import DeliverableState, PayState
from campaigns.models import ChannelResult, Deliverable, Payable
from campaigns.selectors.returns.revenue import MODEL, revenue_of, start_of
from campaigns.services.rates.converting import Rates
from crm.models import Brand

CENT = Decimal("0.01")
_EARNED = (PayState.READY, PayState.ON_HOLD, PayState.PAID)


@dataclass(frozen=True)
class Line:
    """One channel in a time, in the brand's currency; None: not known."""

    name: str
    since: date
    until: date
    cost: Decimal | None
    currency: str
    impressions: int | None
    clicks: int | None
    conversions: int | None
    revenue: Decimal | None
    source: str
    # Why something is not known or left out, and how an amount was converted.
    notes: Sequence[str] = ()
    pk: int | None = None

    @property
    def cpm(self) -> Decimal | None:
        """What a thousand impressions cost."""
        return _ratio(self.cost, self.impressions, 1_000)

    @property
    def cpc(self) -> Decimal | None:
        """What a click costs."""
        return _ratio(self.cost, self.clicks)

    @property
    def cpa(self) -> Decimal | None:
        """What a conversion costs."""
        return _ratio(self.cost, self.conversions)

    @property
    def roas(self) -> Decimal | None:
        """Revenue for one of cost."""
        if self.cost is None or self.revenue is None or not self.cost:
            return None
        return (self.revenue / self.cost).quantize(CENT, ROUND_HALF_UP)


def compared(brand: Brand, since: date, until: date) -> list[Line]:
    """Creators first, then what was entered and lies in the days from `since` to `until`."""
    rows = list(ChannelResult.objects.filter(brand=brand, starts_on__gte=since, ends_on__lte=until))
    rates = Rates(
        brand,
        currencies=[brand.currency, *(row.currency for row in rows)],
        days=[row.ends_on for row in rows],
    )
    return [_creators(brand, since, until), *(_line(row, brand, rates) for row in rows)]


def _line(row: ChannelResult, brand: Brand, rates: Rates) -> Line:
    here = brand.currency
    by = rates.convert(Decimal(1), row.currency, here, row.ends_on)
    notes = []
    if by is None:
        notes.append(f"Its cost is left out: {rates.missing(row.currency, here, row.ends_on)}.")
    elif by.words:
        notes.append(f"{row.currency} {by.words}")
    return Line(
        name=str(row),
        since=row.starts_on,
        until=row.ends_on,
        cost=None if by is None else _cents(row.cost * by.rate),
        currency=here,
        impressions=row.impressions,
        clicks=row.clicks,
        conversions=row.conversions,
        revenue=None if by is None or row.revenue is None else _cents(row.revenue * by.rate),
        source=row.source,
        notes=notes,
        pk=row.pk,
    )


def _creators(brand: Brand, since: date, until: date) -> Line:
    """What became ready to pay, what was published and what was credited in these days."""
    after = start_of(until + timedelta(days=1), brand)
    amounts: list[Any] = list(
        Payable.objects.filter(brand=brand, state__in=_EARNED, ready_on__range=(since, until))
        .order_by()
        .values("currency", "ready_on")
        .annotate(total=Sum("amount"))
    )
    rates = Rates(
        brand,
        currencies=[brand.currency, *(row["currency"] for row in amounts)],
        days=[row["ready_on"] for row in amounts],
    )
    cost: Decimal | None = Decimal(0) if amounts else None
    notes = []
    for row in amounts:
        by = rates.convert(row["total"], row["currency"], brand.currency, row["ready_on"])
        if by is None:
            missing = rates.missing(row["currency"], brand.currency, row["ready_on"])
            # A cost without a part of it would make creators look cheaper than they are.
            notes.append(f"The cost is not known: {missing}.")
            cost = None
            break
        cost = (cost or Decimal(0)) + by.amount
    posts = Deliverable.objects.filter(
        engagement__campaign__brand=brand,
        state=DeliverableState.PUBLISHED,
        published_at__gte=start_of(since, brand),
        published_at__lt=after,
    ).aggregate(
        every=Count("pk"), known=Count("post__impressions"), impressions=Sum("post__impressions")
    )
    revenue = revenue_of(brand, since=start_of(since, brand), until=after, currency=brand.currency)
    whole = revenue.whole
    notes += revenue.missing
    is_known = posts["every"] and posts["known"] == posts["every"]
    if posts["every"] and not is_known:
        notes.append(
            f"Impressions are known of {posts['known']} of {posts['every']} publications: no cost "
            "of a thousand."
        )
    return Line(
        name="Creators",
        since=since,
        until=until,
        cost=cost,
        currency=brand.currency,
        impressions=posts["impressions"] if is_known else None,
        clicks=None,
        conversions=whole.conversions or None,
        revenue=whole.revenue if whole.valued else None,
        source=f"payments that became ready, publications, and conversions by {MODEL}",
        notes=notes,
    )


def _ratio(cost: Decimal | None, count: int | None, each: int = 1) -> Decimal | None:
    return None if cost is None or not count else _cents(cost * each / count)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
