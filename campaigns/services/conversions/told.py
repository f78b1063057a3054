"""A conversion and a refund as somebody tells them, and what of that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from campaigns.choices import ConversionKind
from campaigns.services.days import EARLIEST
from campaigns.services.money import CURRENCIES
from campaigns.services.refusals import CampaignRefused

# As many as one request of the API may bring; a file may bring more.
BATCH_MAX = 1_000
KEY_MAX, TEXT_MAX = 200, 80
VALUE_MAX = Decimal("999999999999.99")
VISITOR_MAX = 2**63 - 1
# Clocks of shops go wrong; a conversion of next week is a mistake.
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """One conversion. What is None or empty, nobody said."""

    key: str
    at: datetime
    kind: str = ConversionKind.ORDER
    value: Decimal | None = None
    currency: str = ""
    visitor: int | None = None
    click: UUID | None = None
    link: str = ""
    code: str = ""
    is_new_customer: bool | None = None
    campaign: str = ""
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class ToldRefund:
    """What was taken back of the conversion with this key; without value, all of it.

    Without a currency it is in that of the conversion.
    """

    key: str
    conversion: str
    at: datetime
    value: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one of several: which one (from 0), with what of it, and why."""

    place: int
    field: str
    code: str
    message: str


class ConversionsRefused(CampaignRefused):
    """Some cannot be taken, so none was; `mistakes` says which and why."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        first = mistakes[0]
        more = f" And {len(mistakes) - 1:,} more." if len(mistakes) > 1 else ""
        super().__init__(first.message + more, code=first.code, field=first.field)
        self.mistakes = mistakes


def mistakes_of(place: int, told: Told, *, now: datetime) -> Iterator[Mistake]:
    """What of a conversion cannot be, whatever is known already."""
    for field, words in _key(told.key, "key"):
        yield Mistake(place, field, "invalid", words)
    for words in _moment(told.at, now):
        yield Mistake(place, "at", "invalid", words)
    if told.kind not in ConversionKind.values:
        kinds = ", ".join(ConversionKind.values)
        yield Mistake(place, "kind", "invalid_choice", f"One of: {kinds}.")
    for field, words in _amount(told.value, told.currency, least=Decimal(0)):
        yield Mistake(place, field, "invalid", words)
    for field in ("link", "code"):
        for words in _text(getattr(told, field)):
            yield Mistake(place, field, "invalid", words)
    if told.visitor is not None and abs(told.visitor) > VISITOR_MAX:
        yield Mistake(place, "visitor", "invalid", "The number has more than 64 bits.")


def refund_mistakes_of(place: int, told: ToldRefund, *, now: datetime) -> Iterator[Mistake]:
    """The same of a refund."""
    for name in ("key", "conversion"):
        for field, words in _key(getattr(told, name), name):
            yield Mistake(place, field, "invalid", words)
    for words in _moment(told.at, now):
        yield Mistake(place, "at", "invalid", words)
    if told.value is not None:
        # Without a currency it is that of the conversion.
        for field, words in _amount(told.value, told.currency or "EUR", least=Decimal("0.01")):
            yield Mistake(place, field, "invalid", words)


def plain_code(text: str) -> str:
    """A code as codes are compared: without blanks around it, in capital letters."""
    return text.strip().upper()


_NO_CURRENCY = "A value needs its currency: three letters, as EUR."


def _key(key: str, field: str) -> Iterator[tuple[str, str]]:
    if not key.strip() or "\0" in key:
        yield field, "The shop's own number is needed: it tells one from another."
    elif len(key) > KEY_MAX:
        yield field, f"{KEY_MAX} characters are the most."


def _text(text: str) -> Iterator[str]:
    if len(text) > TEXT_MAX:
        yield f"{TEXT_MAX} characters are the most."
    if "\0" in text:
        yield "A text cannot hold the character with number 0."


def _moment(at: datetime, now: datetime) -> Iterator[str]:
    if at.tzinfo is None:
        yield "The moment needs its offset from UTC."
    elif at.year < EARLIEST:
        yield f"The year must be {EARLIEST} or later."
    elif at > now + AHEAD:
        yield "That is still to come."


def _amount(value: Decimal | None, currency: str, *, least: Decimal) -> Iterator[tuple[str, str]]:
    if value is None:
        if currency:
            yield "value", "There is a currency, but no value."
        return
    if not value.is_finite() or not least <= value <= VALUE_MAX:
        yield "value", f"From {least} to {VALUE_MAX:,}."
    elif value != round(value, 2):
        yield "value", "Two places after the decimal point are the most."
    if currency not in CURRENCIES:
        yield "currency", _NO_CURRENCY
