"""How forms look, and where what a service refuses is put: for the apps above as well."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError


class Styled:
    """Gives each field the look of its kind; Django ties its help text and errors to it."""

    fields: dict[str, forms.Field]

    def dress(self) -> None:
        """Call at the end of __init__."""
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.CheckboxSelectMultiple | forms.HiddenInput):
                continue
            if isinstance(widget, forms.CheckboxInput | forms.RadioSelect):
                look = "form-check-input"
            else:
                look = "form-select" if isinstance(widget, forms.Select) else "form-control"
            widget.attrs.setdefault("class", look)


class PlainForm(Styled, forms.Form):
    """A form that is not of one model."""

    # What the ids of its fields begin with: its own where a page has several forms, or a label
    # would lead to the field of another form.
    id_prefix: ClassVar[str] = "id"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{self.id_prefix}_%s"} | kwargs)
        self.dress()


def put_error(form: forms.BaseForm, field: str, message: str) -> None:
    """Put what a service refused beside the field it names, or at the top of the form."""
    form.add_error(field if field in form.fields else None, ValidationError(message))


def lines(rows: int = 3) -> forms.Textarea:
    """An input for a paragraph."""
    return forms.Textarea(attrs={"rows": rows})
