"""What each creator of a campaign costs in all, in its currency, and what nobody's share is.

Where amounts to be paid are known they count, each by the rate of its own day; else what was
agreed. An amount without a rate, or without a count, makes the creator's cost unknown, not smaller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from campaigns.choices import CostKind
from campaigns.models import Campaign, Payable
from campaigns.models.payments import PayableQuerySet
from campaigns.services.days import today_of
from campaigns.services.rates.converting import Rates
from crm.models import Brand

# What takes the place of the agreed cost; everything else comes on top of it.
_FEES = (CostKind.FEE,)


@dataclass(frozen=True)
class Costs:
    """By place in the campaign; None: not known. And what belongs to nobody who is still in."""

    by_place: dict[int, Decimal | None]
    shared: Decimal
    shared_count: int
    # Of so many of them the amount is known, in this currency.
    shared_known: int
    # Amounts that are left out, in sentences.
    missing: Sequence[str]
    converted: Sequence[str]

    def of(self, place: int, agreed: Decimal | None) -> Decimal | None:
        """A creator's whole cost."""
        return self.by_place.get(place, agreed)


def costs_of(campaign: Campaign, agreed: dict[int, Decimal | None], at: datetime) -> Costs:
    """Of everybody, with what was agreed with each: two queries, three with other currencies."""
    today = today_of(campaign.brand, at)
    rows = _rows(Payable.objects.filter(campaign=campaign))
    days = [min(row["ready_on"] or today, today) for row in rows]
    here = campaign.currency
    rates = Rates(campaign.brand, currencies=[here, *(row["currency"] for row in rows)], days=days)
    theirs: list[tuple[int, str, Decimal | None]] = []
    shared, shared_count, shared_known = Decimal(0), 0, 0
    missing, converted = [], set()
    for row, day in zip(rows, days, strict=True):
        owed, named = row["amount"], row["currency"]
        by = None if owed is None else rates.convert(owed, named, here, day)
        if by is not None and by.words:
            converted.add(f"{named} {by.words}")
        if by is None:
            why = "its result is not counted yet"
            if owed is not None:
                why = rates.missing(named, here, day)
            missing.append(f"{row['title']}: {why}.")
        amount = None if by is None else by.amount
        place = row["engagement"]
        if place is None or place not in agreed:
            shared += Decimal(0) if amount is None else amount
            shared_count += 1
            shared_known += amount is not None
        else:
            theirs.append((place, row["kind"], amount))
    by_place = whole_costs(theirs, agreed)
    return Costs(by_place, shared, shared_count, shared_known, missing, sorted(converted))


def whole_costs(
    amounts: Iterable[tuple[int, str, Decimal | None]], agreed: Mapping[int, Decimal | None]
) -> dict[int, Decimal | None]:
    """The whole cost of each place that has amounts: fees, else what was agreed, and all else.

    One amount that is not known makes the place's cost not known.
    """
    fees: dict[int, Decimal | None] = {}
    extra: dict[int, Decimal | None] = defaultdict(Decimal)
    for place, kind, amount in amounts:
        if kind in _FEES:
            fees[place] = _plus(fees.get(place, Decimal(0)), amount)
        else:
            extra[place] = _plus(extra[place], amount)
    found: dict[int, Decimal | None] = dict(fees)
    for place, amount in extra.items():
        found[place] = _plus(fees.get(place, agreed.get(place)), amount)
    return found


def costs_of_places(
    brand: Brand, agreed: Mapping[int, tuple[Decimal | None, str]], at: datetime
) -> dict[int, Decimal | None]:
    """The whole cost of places in any campaigns, in the brand's currency: three queries at most.

    `agreed` has what was agreed with each, and in which currency.
    """
    today = today_of(brand, at)
    rows = _rows(Payable.objects.filter(brand=brand, engagement__in=list(agreed)))
    days = [min(row["ready_on"] or today, today) for row in rows]
    here = brand.currency
    named = {row["currency"] for row in rows} | {currency for _, currency in agreed.values()}
    rates = Rates(brand, currencies=[here, *named], days=[today, *days])
    amounts = [
        (row["engagement"], row["kind"], _in(rates, row["amount"], row["currency"], here, day))
        for row, day in zip(rows, days, strict=True)
    ]
    promised = {
        place: _in(rates, amount, currency, here, today)
        for place, (amount, currency) in agreed.items()
    }
    return promised | whole_costs(amounts, promised)


def _rows(payables: PayableQuerySet) -> list[Any]:
    names = ("engagement", "kind", "title", "amount", "currency", "ready_on")
    return list(payables.counted().order_by("pk").values(*names))


def _in(rates: Rates, amount: Decimal | None, named: str, here: str, day: date) -> Decimal | None:
    by = None if amount is None else rates.convert(amount, named, here, day)
    return None if by is None else by.amount


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
