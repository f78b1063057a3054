"""Bodies of requests: every member is checked; one that has no place is refused, not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from math import isfinite
from typing import Any

from rest_framework import serializers


class Body(serializers.Serializer[Any]):
    """A JSON object of which every member is known."""

    def to_internal_value(self, data: Any) -> Any:
        """The checked values; ValidationError names each wrong or unknown member."""
        errors: dict[str, list[Any]] = {}
        if isinstance(data, Mapping):
            for name in data:
                if name not in self.fields:
                    near = get_close_matches(str(name), self.fields, n=1)
                    hint = f" Did you mean {near[0]}?" if near else ""
                    errors[name] = [
                        serializers.ErrorDetail(
                            f"There is no member {str(name)[:60]!r} here.{hint}", "unknown_member"
                        )
                    ]
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError({**error.detail, **errors}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return values


class NumberField(serializers.FloatField):
    """A number that can be compared: neither "NaN" nor infinity, which pass every bound."""

    default_error_messages = {"not_finite": "A valid number is required."}

    def to_internal_value(self, data: Any) -> float:
        """The checked number."""
        found = super().to_internal_value(data)
        if not isfinite(found):
            self.fail("not_finite")
        return found
