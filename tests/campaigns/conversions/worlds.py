"""Links, codes, clicks and orders of a brand, as tests need them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from campaigns.choices import ConversionSource
from campaigns.models import Click, Conversion, PromoCode, Refund, TrackingLink
from campaigns.models.tracking import ALPHABET
from crm.models import Brand
from tests.factories import NOW, RelationshipFactory

_numbers = count(1)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def make_link(brand: Brand, relationship: Any = None, **values: Any) -> TrackingLink:
    """A link of a creator of the brand."""
    number, code = next(_numbers), ""
    while len(code) < 8:
        number, place = divmod(number, len(ALPHABET))
        code = ALPHABET[place] + code
    return TrackingLink.objects.create(
        brand=brand,
        code=values.pop("code", code),
        relationship=relationship or RelationshipFactory(brand=brand),
        target="https://shop.example/",
        **values,
    )


def make_code(brand: Brand, code: str, relationship: Any = None, **values: Any) -> PromoCode:
    """A code of a creator of the brand."""
    relationship = relationship or RelationshipFactory(brand=brand)
    return PromoCode.objects.create(brand=brand, code=code, relationship=relationship, **values)


def click(link: TrackingLink, at: datetime, visitor: int | None = None, **values: Any) -> Click:
    """Somebody followed a link."""
    values.setdefault("id", uuid4())
    return Click.objects.create(
        brand=link.brand, link=link, at=at, day=at.date(), visitor=visitor, **values
    )


def order(brand: Brand, at: datetime = NOW, **values: Any) -> Conversion:
    """An order that a tool told."""
    values.setdefault("key", f"order-{next(_numbers)}")
    if values.get("value") is not None:
        values["value"] = Decimal(values["value"])
        values.setdefault("currency", "EUR")
    return Conversion.objects.create(
        brand=brand, at=at, source=ConversionSource.API, received_at=at, **values
    )


def refund(conversion: Conversion, at: datetime, value: Any = None) -> Refund:
    """Something was given back."""
    return Refund.objects.create(
        brand=conversion.brand,
        conversion=conversion,
        key=f"refund-{next(_numbers)}",
        at=at,
        value=None if value is None else Decimal(value),
        source=ConversionSource.API,
    )


def uid(number: int) -> UUID:
    return UUID(int=number)
