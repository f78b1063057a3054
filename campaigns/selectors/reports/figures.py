"""A number of a report: its value, of how many it is known, and how it came about.

Unknown is not zero: a figure without its inputs has no value, and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from campaigns.services.money import money
from campaigns.services.objectives import Unit

# What a table on a page has room for; files and the API have all.
MAIN = frozenset(
    {
        "creators",
        "published",
        "reach",
        "engagements",
        "engagement_rate",
        "cost",
        "cost_per_reach",
        "cpm",
        "cpe",
    }
)
# Under so many creators no average, interval or comparison is worth its name.
FEW = 5


class Basis(StrEnum):
    """Where a value comes from."""

    # From posts, imports, and what the product saw itself.
    MEASURED = "measured"
    # Somebody wrote it down.
    BY_HAND = "by_hand"
    # From what is known of it: the whole is at least that.
    PARTIAL = "partial"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """In words."""
        return _LABELS[self]


_LABELS = {
    Basis.MEASURED: "measured",
    Basis.BY_HAND: "entered by hand",
    Basis.PARTIAL: "known in part",
    Basis.UNKNOWN: "not known",
}


@dataclass(frozen=True)
class Figure:
    """One number."""

    key: str
    label: str
    unit: Unit
    value: float | Decimal | int | None
    # Of how many of how many it is known, and of what.
    known: int
    of: int
    things: str
    formula: str
    source: str = "posts of imports"
    currency: str = ""
    # Why there is no value; empty where there is one.
    absent: str = ""
    # A sum of what is known: with more known it can only grow.
    is_sum: bool = False
    is_by_hand: bool = False
    inputs: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def basis(self) -> Basis:
        """Where the value comes from."""
        if self.value is None:
            return Basis.UNKNOWN
        if self.is_by_hand:
            return Basis.BY_HAND
        return Basis.PARTIAL if self.known < self.of else Basis.MEASURED

    @property
    def words(self) -> str:
        """As people read it."""
        if self.value is None:
            return "not known"
        least = "at least " if self.is_sum and self.basis is Basis.PARTIAL else ""
        return least + says(self.value, self.unit, self.currency)

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "key": self.key,
            "label": self.label,
            "value": _number(self.value),
            "unit": self.unit.value,
            "currency": self.currency or None,
            "words": self.words,
            "basis": self.basis.value,
            "basis_words": self.basis.label,
            "known": self.known,
            "of": self.of,
            "things": self.things,
            "reason_if_absent": self.absent or None,
            "is_main": self.key.rpartition(":")[2] in MAIN,
            "formula": self.formula,
            "source": self.source,
            "inputs": [list(pair) for pair in self.inputs],
        }


def says(value: float | Decimal, unit: Unit, currency: str = "") -> str:
    """A value in words: "3.5 %", "12,000", "4.20 EUR"."""
    match unit:
        case Unit.PERCENT:
            return f"{value:.2f} %"
        case Unit.MONEY:
            return money(Decimal(value).quantize(Decimal("0.01")), currency)
        case Unit.DAYS:
            return f"{value:.1f} days"
        case Unit.RATIO:
            return f"{value:.2f}"
    return f"{value:,.0f}"


def _number(value: float | Decimal | None) -> float | int | str | None:
    """Money stays exact, as text; what is measured is rounded where nobody can see it any more."""
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal("0.01")))
    return round(value, 6) if isinstance(value, float) else value
