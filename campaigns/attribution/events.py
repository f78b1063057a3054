"""What happened: touches, conversions, refunds, and stays in segments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

# A number of the database, or a name. Keys of one computation are all of one kind.
Key = int | str


@dataclass(frozen=True, slots=True)
class Touch:
    """A person met a brand through a creator: a click on the creator's link, say.

    `person` is whatever tells two visitors apart, such as a hashed cookie; it is never shown.
    """

    person: Key
    at: datetime
    creator: Key


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back; `value` is None where the whole conversion was taken back."""

    at: datetime
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """An order, a sign-up: what the brand wanted. Values of one computation are in one currency.

    `key` tells conversions apart: the same key twice is the same conversion, reported twice.
    `person` is None where only the code is known, `value` where nobody told it, and `code` is the
    creator to whom the redeemed code belongs.
    """

    key: Key
    at: datetime
    person: Key | None = None
    value: Decimal | None = None
    code: Key | None = None
    refunds: tuple[Refund, ...] = ()


@dataclass(frozen=True, slots=True)
class Stay:
    """A creator's membership of a segment, closed-open; `left_at` is None while it lasts."""

    creator: Key
    segment: Key
    entered_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A closed-open stretch of time, such as a quarter."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse what has no length."""
        if self.start >= self.end:
            raise ValueError("A period ends after it starts.")
