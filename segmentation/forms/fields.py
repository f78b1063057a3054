"""Fields that forms of this app share."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

_LOCAL = "%Y-%m-%dT%H:%M"


class BrandMoment(forms.DateTimeField):
    """A moment that is typed and shown on the brand's wall clock, to the minute."""

    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local", "class": "form-control"}, format=_LOCAL
    )

    def __init__(self, *, zone: str, **options: Any) -> None:
        super().__init__(input_formats=[_LOCAL, f"{_LOCAL}:%S"], **options)
        self.zone = ZoneInfo(zone)

    def prepare_value(self, value: Any) -> Any:
        """Show a moment on the brand's wall clock; leave what was typed as it is."""
        if isinstance(value, datetime):
            return value.astimezone(self.zone).replace(tzinfo=None)
        return value

    def to_python(self, value: Any) -> Any:
        """Read the wall clock's time as a moment."""
        if value in self.empty_values:
            return None
        for shape in self.input_formats or ():
            try:
                return datetime.strptime(str(value), shape).replace(tzinfo=self.zone)
            except ValueError:
                continue
        raise forms.ValidationError("Write the moment as 2026-11-22T09:30.", code="invalid")
