"""What bodies and answers of settings share."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from crm.api.pagination import Row

KEPT: dict[str, Any] = {"required": False}
NULL: dict[str, Any] = {"required": False, "allow_null": True}
AMOUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
REASON_MAX = 500


def worth(most: Decimal, **more: Any) -> serializers.DecimalField:
    """What one of something is worth: from 0 to `most`."""
    return serializers.DecimalField(
        min_value=Decimal(0), max_value=most, max_digits=12, decimal_places=4, **more
    )


def row_of(held: object, shape: type[serializers.Serializer[Any]]) -> Row:
    """What is held, member by member of the shape."""
    names: Iterable[str] = shape._declared_fields
    return {name: getattr(held, name) for name in names}
