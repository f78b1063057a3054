"""What an amount is in another currency: by a rate of its day, or of a few days before; else no.

A rate is looked for from the day backwards: the pair itself, its inverse, or both currencies
against one base of the same day (USD and DKK in euros, as central banks publish them).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from campaigns.models import ExchangeRate, PayRules
from crm.models import Brand

CENT = Decimal("0.01")
RATE_DAYS = 7
_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Converted:
    """An amount in the other currency, and by which rate."""

    amount: Decimal
    # What one unit of the amount's currency is in the other one.
    rate: Decimal
    # Of which day the rate is; None: nothing had to be converted.
    day: date | None
    source: str

    @property
    def words(self) -> str:
        """How it was converted; empty where nothing had to be."""
        if self.day is None:
            return ""
        rate = f"{self.rate.quantize(_PLACES).normalize():f}"
        return f"at {rate} of {self.day:%-d %B %Y} ({self.source})"


class Rates:
    """A brand's rates for some currencies and days, read at once: two queries, or none."""

    def __init__(self, brand: Brand, *, currencies: Iterable[str], days: Iterable[date]) -> None:
        self.days_back = RATE_DAYS
        self._by_day: dict[date, dict[tuple[str, str], tuple[Decimal, str]]] = defaultdict(dict)
        wanted, dates = sorted(set(currencies)), sorted(set(days))
        if len(wanted) > 1 and dates:
            rules = PayRules.objects.filter(brand=brand).first()
            self.days_back = rules.rate_days if rules else RATE_DAYS
            rows = ExchangeRate.objects.standing().filter(
                Q(base__in=wanted) | Q(currency__in=wanted),
                brand=brand,
                day__range=(dates[0] - timedelta(days=self.days_back), dates[-1]),
            )
            for base, currency, day, rate, source in rows.values_list(
                "base", "currency", "day", "rate", "source"
            ):
                self._by_day[day][base, currency] = (rate, source)
        self._days = sorted(self._by_day)

    def convert(self, amount: Decimal, currency: str, to: str, on: date) -> Converted | None:
        """The amount in another currency by the newest rate up to a day; None: there is none."""
        if currency == to:
            return Converted(amount, Decimal(1), None, "")
        place = bisect_right(self._days, on)
        for day in reversed(self._days[:place]):
            if day < on - timedelta(days=self.days_back):
                return None
            if found := self._on(day, currency, to):
                rate, source = found
                return Converted((amount * rate).quantize(CENT, ROUND_HALF_UP), rate, day, source)
        return None

    def missing(self, currency: str, to: str, on: date) -> str:
        """Why an amount is left out, in words."""
        back = f"or the {self.days_back} days before" if self.days_back else "itself"
        return f"there is no rate from {currency} to {to} of {on:%-d %B %Y} {back}"

    def _on(self, day: date, currency: str, to: str) -> tuple[Decimal, str] | None:
        pairs = self._by_day[day]
        if (currency, to) in pairs:
            return pairs[currency, to]
        if (to, currency) in pairs:
            rate, source = pairs[to, currency]
            return 1 / rate, source
        for (base, other), (rate, source) in pairs.items():
            if other == currency and (base, to) in pairs:
                return pairs[base, to][0] / rate, source
        return None
