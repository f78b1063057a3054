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
            words = _words(field, value, str(found.form[name].data))
            made.append(Chip(name, str(field.label), words, f"?{rest.urlencode()}"))
    return made


def _words(field: forms.Field, value: Any, given: str) -> str:
    """A value as the form shows it; `given` is what was typed."""
    if isinstance(value, Model):
        return str(value)
    if isinstance(field.widget, forms.widgets.ChoiceWidget):
        # Behind the widget they are a plain list, also where they are made when they are needed.
        labels = {str(key): str(label) for key, label in field.widget.choices}
        chosen = value if isinstance(value, list | tuple) else [value]
        return " or ".join(labels.get(str(item), str(item)) for item in chosen)
    return f"{value:,}" if isinstance(value, int) else given
