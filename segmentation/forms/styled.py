"""How fields look, and how they are tied to their help and to what a service refused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class StyledForm(forms.Form):
    """Each field with the look of its kind, its help text tied to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    def dress(self) -> None:
        """Call again after fields were added."""
        for name, field in self.fields.items():
            widget = field.widget
            if isinstance(widget, forms.HiddenInput):
                continue
            if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                look = "form-check-input"
            else:
                look = "form-select" if isinstance(widget, forms.Select) else "form-control"
            widget.attrs.setdefault("class", look)
            if field.help_text:
                widget.attrs.setdefault("aria-describedby", f"id_{name}_helptext")


def put_refusal(form: forms.BaseForm, field: str, message: str) -> None:
    """Put what a service refused beside the field it names, or at the top of the form."""
    form.add_error(field if field in form.fields else None, ValidationError(message))


def lines(rows: int = 3) -> forms.Textarea:
    """An input for a paragraph."""
    return forms.Textarea(attrs={"rows": rows})
