"""What a list is narrowed to, each filter with its value in words and a way to take it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.http import QueryDict

from crm.filters import CreatorFilter


@dataclass(frozen=True)
class Chip:
    """A filter that is on."""

    name: str
    label: str
    value: str
    # The query of the list without it.
    without: str


def chips(found: CreatorFilter, query: QueryDict) -> Sequence[Chip]:
    """The filters that are on, but for the order. `found` is valid."""
    made = []
    for name, value in found.form.cleaned_data.items():
        field = found.form.fields[name]
        if name != "sort" and value not in (None, "", []):
            rest = query.copy()
            rest.pop(name, None)
            rest.pop("cursor", None)
            made.append(Chip(name, str(field.label), _words(field, value), f"?{rest.urlencode()}"))
    return made


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, list | tuple):
        return " or ".join(_words(field, item) for item in value)
    if isinstance(field.widget, forms.widgets.ChoiceWidget):
        # Behind the widget they are a plain list, also where they are made when they are needed.
        labels = {str(key): str(label) for key, label in field.widget.choices}
        return labels.get(str(value), str(value))
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
