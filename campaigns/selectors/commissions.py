"""What each sale earns a creator now, and what was written down for it: before a run, and in it.

Sales are those that last touch credits (selectors/credits.py): a code by the brand's rule before
links, refunds taken back. What a sale earned once keeps the rate of exchange it was stated with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, Sum

from campaigns.choices import PayState
from campaigns.models import Commission, CommissionLine, CommissionStatement
from campaigns.selectors.credits import CREDITS, params
from campaigns.selectors.returns.revenue import start_of
from campaigns.services.days import today_of
from campaigns.services.money import money
from campaigns.services.rates.converting import CENT, Rates
from crm.models import Brand

_HUNDRED = Decimal(100)
_SALES = """
SELECT k.campaign_id, k.creator_id, k.kind, c.key, k.at, k.value, k.currency
FROM credits k JOIN campaigns_conversion c ON c.id = k.conversion_id
JOIN unnest(%(campaigns)s::bigint[], %(creators)s::bigint[]) AS wanted (campaign_id, creator_id)
  ON wanted.campaign_id = k.campaign_id AND wanted.creator_id = k.creator_id
WHERE k.role = 'last'
ORDER BY k.at, c.id
"""


@dataclass(frozen=True)
class Sale:
    """As it is credited now."""

    key: str
    at: datetime
    value: Decimal | None
    currency: str


@dataclass(frozen=True)
class Line:
    """A sale of which something is to be written down: what it earns, less what was before."""

    sale: str
    sold_at: datetime
    value: Decimal | None
    value_currency: str
    converted: str
    earned: Decimal
    before: Decimal

    @property
    def amount(self) -> Decimal:
        """What is to be added, or taken back."""
        return self.earned - self.before


@dataclass(frozen=True)
class Due:
    """What a run would write down for a commission now."""

    # Sales up to this day count; None: none is old enough yet.
    until: date | None
    lines: Sequence[Line]
    # What statements before left open: too little to pay, or taken back of what was paid.
    carried: Decimal
    waiting: Sequence[str]
    # Sales that are not old enough.
    young: int

    @property
    def total(self) -> Decimal:
        """Of the lines."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def balance(self) -> Decimal:
        """What is owed; below 0: the creator was paid too much."""
        return self.carried + self.total


@dataclass
class _Stated:
    """What is written down for a sale, and what it was taken for the last time."""

    earned: Decimal
    sold_at: datetime
    value: Decimal | None
    currency: str
    converted: str


def dues_of(brand: Brand, rows: Sequence[Commission], at: datetime) -> dict[int, Due]:
    """By commission: five queries, whatever the number. The rows know their engagement."""
    if not rows:
        return {}
    today = today_of(brand, at)
    sales = _sales(brand, rows, at)
    stated = _stated(rows)
    carried = _carried(rows)
    zone = ZoneInfo(brand.timezone)
    found = {}
    rates = _rates(brand, rows, sales, zone)
    for row in rows:
        last = today - timedelta(days=row.wait_days + 1)
        if row.ends_on is not None:
            last = min(last, row.ends_on)
        mine = [
            (one, one.at.astimezone(zone).date())
            for one in sales.get(_key(row), [])
            if row.starts_on <= one.at.astimezone(zone).date()
            and (row.ends_on is None or one.at.astimezone(zone).date() <= row.ends_on)
        ]
        old = [(one, day) for one, day in mine if day <= last]
        lines, waiting = _lines(row, old, stated[row.pk], rates)
        found[row.pk] = Due(
            until=last if last >= row.starts_on else None,
            lines=lines,
            carried=carried.get(row.pk, Decimal(0)),
            waiting=waiting,
            young=len(mine) - len(old),
        )
    return found


def _lines(
    row: Commission,
    sales: Iterable[tuple[Sale, date]],
    stated: Mapping[str, _Stated],
    rates: Rates,
) -> tuple[list[Line], list[str]]:
    lines: list[Line] = []
    unknown = 0
    missing: dict[str, int] = defaultdict(int)
    credited = set()
    for sale, day in sales:
        credited.add(sale.key)
        before = stated.get(sale.key)
        was = before.earned if before else Decimal(0)
        if before is not None and was and _is_same(row, before, sale):
            continue
        earned, converted = row.each, ""
        if row.percent is not None:
            if sale.value is None:
                unknown += 1
                continue
            share = sale.value * row.percent / _HUNDRED
            by = rates.convert(share, sale.currency, row.currency, day)
            if by is None:
                missing[sale.currency] += 1
                continue
            earned, converted = by.amount.quantize(CENT, ROUND_HALF_UP), by.words
        line = Line(
            sale.key,
            sale.at,
            None if row.percent is None else sale.value,
            "" if row.percent is None else sale.currency,
            converted,
            earned or Decimal(0),
            was,
        )
        if line.amount:
            lines.append(line)
    # Given back as a whole, found to be somebody else's, or in a file that was taken back.
    for key, one in stated.items():
        if key not in credited and one.earned:
            lines.append(Line(key, one.sold_at, None, "", "", Decimal(0), one.earned))
    waiting = []
    if unknown:
        waiting.append(f"{_sales_words(unknown)}: the value is not known.")
    waiting += [
        f"{_sales_words(number)} in {name}: there is no rate to {row.currency}."
        for name, number in sorted(missing.items())
    ]
    return lines, waiting


def _is_same(row: Commission, before: _Stated, sale: Sale) -> bool:
    """Whether nothing happened to a sale since it was stated: its rate of exchange stays."""
    if row.percent is None:
        return before.earned == row.each
    return (before.value, before.currency) == (sale.value, sale.currency)


def _sales(
    brand: Brand, rows: Sequence[Commission], at: datetime
) -> dict[tuple[int, int, str], list[Sale]]:
    wanted = sorted({_key(row)[:2] for row in rows})
    since = start_of(min(row.starts_on for row in rows), brand)
    values = dict(params(brand, since=min(since, at), until=at, as_of=at))
    values |= {"campaigns": [one for one, _ in wanted], "creators": [one for _, one in wanted]}
    found: dict[tuple[int, int, str], list[Sale]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {CREDITS} {_SALES}", values)
        for campaign, creator, kind, key, moment, value, currency in cursor.fetchall():
            found[campaign, creator, kind].append(Sale(key, moment, value, currency))
    return found


def _stated(rows: Sequence[Commission]) -> dict[int, dict[str, _Stated]]:
    """By commission and sale, the newest statement last."""
    found: dict[int, dict[str, _Stated]] = {row.pk: {} for row in rows}
    lines = CommissionLine.objects.filter(statement__commission__in=list(found))
    names = ("sale", "sold_at", "value", "value_currency", "converted", "earned")
    for commission, sale, *rest in lines.order_by("statement__number").values_list(
        "statement__commission", *names
    ):
        sold_at, value, currency, converted, earned = rest
        found[commission][sale] = _Stated(earned, sold_at, value, currency, converted)
    return found


def _carried(rows: Sequence[Commission]) -> dict[int, Decimal]:
    """What statements came to, less what became an amount to pay that was not cancelled."""
    standing = ~Q(payable__state=PayState.CANCELLED)
    found = (
        CommissionStatement.objects.filter(commission__in=[row.pk for row in rows])
        .order_by()
        .values("commission")
        .annotate(
            stated=Sum("total", default=Decimal(0)),
            raised=Sum("payable__amount", filter=standing, default=Decimal(0)),
        )
    )
    return {row["commission"]: row["stated"] - row["raised"] for row in found}


def _rates(brand: Brand, rows: Sequence[Commission], sales: Any, zone: ZoneInfo) -> Rates:
    every = [one for group in sales.values() for one in group if one.currency]
    return Rates(
        brand,
        currencies={*(row.currency for row in rows), *(one.currency for one in every)},
        days={one.at.astimezone(zone).date() for one in every},
    )


def _key(row: Commission) -> tuple[int, int, str]:
    return row.campaign_id, row.engagement.relationship.creator_id, row.kind


def _sales_words(number: int) -> str:
    return f"{number:,} sale{'s'[: number != 1]}"


def terms_words(row: Commission) -> str:
    """What was agreed, in a line."""
    what = row.get_kind_display().lower()
    rate = (
        f"{row.percent.normalize():f} % of each {what}"
        if row.percent is not None
        else f"{money(row.each or Decimal(0), row.currency)} for each {what}"
    )
    least = f", from {money(row.minimum, row.currency)} on" if row.minimum else ""
    days = f"{row.wait_days} day{'' if row.wait_days == 1 else 's'}"
    return f"{rate}, after {days}{least}"
