"""What a creator received, added up by year and aim; nothing is ever converted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from campaigns.selectors.given import Given
from campaigns.services.money import money

EURO = "EUR"


@dataclass
class YearSum:
    """What came from one advertiser in a year for one aim."""

    year: int | None  # None: nobody knows when
    aim: str
    advertiser: str
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    # Things whose value nobody wrote down.
    unvalued: int = 0
    things: int = 0

    @property
    def euros(self) -> Decimal:
        """As far as it was in euros."""
        return self.amounts.get(EURO, Decimal(0))

    @property
    def is_at_least(self) -> bool:
        """Whether it may be more in euros than is known."""
        return bool(self.unvalued) or any(one != EURO for one in self.amounts)

    @property
    def words(self) -> str:
        """All currencies, each by itself: "1,200 EUR and 300 USD"."""
        return " and ".join(
            money(amount, currency) for currency, amount in sorted(self.amounts.items())
        )

    @property
    def beyond(self) -> str:
        """What the sum in euros leaves out; empty where nothing is."""
        others = [money(self.amounts[one], one) for one in sorted(self.amounts) if one != EURO]
        if self.unvalued:
            others.append(f"{self.unvalued} thing{'s'[: self.unvalued != 1]} without a value")
        return " and ".join(others)


def sums_of(ties: Collection[Given]) -> list[YearSum]:
    """The newest year first; what has no day comes last."""
    found: dict[tuple[int | None, str, str], YearSum] = {}
    for tie in ties:
        one = tie.connection
        key = one.on.year if one.on else None, one.aim or "", one.advertiser or ""
        row = found.setdefault(key, YearSum(*key))
        row.things += 1
        if one.value is None or one.currency is None:
            row.unvalued += 1
        else:
            row.amounts[one.currency] += one.value
    return sorted(
        found.values(),
        key=lambda row: (row.year is None, -(row.year or 0), row.aim, row.advertiser),
    )
