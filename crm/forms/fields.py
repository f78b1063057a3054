"""A brand's fields, and what one of them holds for a creator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from crm.choices import FieldType, Source
from crm.field_types import NUMBER_MAX, PERCENT_MAX, TEXT_MAX, shown
from crm.forms.base import PlainForm
from crm.models import CustomField
from crm.models.fields import Choice, Value
from crm.services.field_values import NOTE_MAX
from crm.services.fields import DESCRIPTION_MAX

# Between value, label and definition on a line of a field's list.
SEPARATOR = " | "
POSITION_MAX = 30_000


class ChoicesField(forms.CharField):
    """A list of values as lines of text: value | label | when it applies."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            label="List of values",
            widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
            help_text="One a line: label, or value | label, or value | label | when it applies. "
            "For one of a list, and several of a list; without a list, several of any words.",
        )

    def prepare_value(self, value: Any) -> Any:
        """The lines, as they are typed."""
        if isinstance(value, list):
            return "\n".join(
                SEPARATOR.join(filter(None, (one["value"], one["label"], one.get("definition"))))
                for one in value
            )
        return value

    def to_python(self, value: Any) -> Any:
        """The list; what is wrong with it, the service says."""
        made: list[Choice] = []
        for line in (super().to_python(value) or "").splitlines():
            parts = [part.strip() for part in line.split(SEPARATOR.strip(), 2)]
            if not any(parts):
                continue
            if len(parts) == 1:
                parts = ["", *parts]
            value, label, *more = parts
            made.append({"value": value, "label": label, "definition": "".join(more)})
        return made


class FieldForm(PlainForm):
    """What may be changed of a field."""

    label = forms.CharField(max_length=120, label="Label", help_text="What people call it.")
    description = forms.CharField(
        max_length=DESCRIPTION_MAX,
        required=False,
        label="What it means",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="People who fill it in and people who write rules read this.",
    )
    unit = forms.CharField(
        max_length=30, required=False, label="Unit", help_text="For numbers: EUR, days."
    )
    choices = ChoicesField()
    position = forms.IntegerField(
        min_value=0, max_value=POSITION_MAX, label="Place", help_text="Small numbers come first."
    )


class NewFieldForm(FieldForm):
    """A new field: what can never be changed, too."""

    type = forms.ChoiceField(
        choices=FieldType.choices, label="Holds", help_text="Cannot be changed later."
    )
    key = forms.CharField(
        max_length=60,
        required=False,
        label="Key",
        help_text="What rules and programs call it. Empty: made from the label. Cannot be changed "
        "later.",
    )
    position = None  # type: ignore[assignment] # a new one comes last
    field_order = ("label", "type", "description", "unit", "choices", "key")


class ValueForm(PlainForm):
    """What a field holds for a creator: the widget is the type's."""

    source = forms.ChoiceField(
        choices=Source.choices, label="Source", help_text="Where you have it from."
    )
    note = forms.CharField(
        max_length=NOTE_MAX,
        required=False,
        label="Why",
        help_text="What makes you think so. It is shown with the value.",
    )
    field_order = ("value", "source", "note")

    def __init__(self, *args: Any, field: CustomField, **kwargs: Any) -> None:
        """`field` says what can be typed."""
        super().__init__(*args, **{"auto_id": f"id_{field.key}_%s", **kwargs})
        self.field = field
        self.fields["value"] = _value_field(field)
        self.order_fields(self.field_order)
        self.dress()

    @property
    def typed(self) -> object:
        """The value as `crm.field_types.clean` takes it, once the form is valid."""
        given = self.cleaned_data["value"]
        match FieldType(self.field.type):
            case FieldType.PERCENT:
                # Written as people do: 12.5 is 12.5 %.
                return round(given / 100, 12)
            case FieldType.SET if not self.field.choices:
                return [word for word in (part.strip() for part in given.split(",")) if word]
            case FieldType.BOOLEAN:
                return given == "yes"
        return given

    @classmethod
    def of(cls, field: CustomField, value: Value | None, source: str, note: str) -> ValueForm:
        """The form as the value is now."""
        initial: object = value
        if value is not None:
            match FieldType(field.type):
                case FieldType.PERCENT if isinstance(value, float):
                    initial = round(value * 100, 10)
                case FieldType.SET if not field.choices:
                    initial = shown(field, value) if value else ""
                case FieldType.BOOLEAN:
                    initial = "yes" if value else "no"
        return cls(field=field, initial={"value": initial, "source": source, "note": note})


def _value_field(field: CustomField) -> forms.Field:
    return _WIDGETS[FieldType(field.type)](field)


def _number(field: CustomField) -> forms.Field:
    label = f"{field} ({field.unit})" if field.unit else str(field)
    return forms.FloatField(label=label, min_value=-NUMBER_MAX, max_value=NUMBER_MAX)


def _percent(field: CustomField) -> forms.Field:
    limit = PERCENT_MAX * 100
    return forms.FloatField(label=f"{field}, %", min_value=-limit, max_value=limit)


def _one(field: CustomField) -> forms.Field:
    return forms.ChoiceField(label=str(field), choices=[("", "Choose"), *field.labels.items()])


def _several(field: CustomField) -> forms.Field:
    if not field.choices:
        return forms.CharField(
            label=str(field),
            required=False,
            max_length=10_000,
            help_text="Words between commas. Nothing: known to be none.",
        )
    return forms.MultipleChoiceField(
        label=str(field),
        choices=list(field.labels.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text="None of them: known to be none.",
    )


def _date(field: CustomField) -> forms.Field:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=str(field), widget=widget)


def _flag(field: CustomField) -> forms.Field:
    return forms.ChoiceField(
        label=str(field), choices=[("", "Choose"), ("yes", "Yes"), ("no", "No")]
    )


def _text(field: CustomField) -> forms.Field:
    return forms.CharField(label=str(field), max_length=TEXT_MAX)


_WIDGETS: dict[FieldType, Callable[[CustomField], forms.Field]] = {
    FieldType.NUMBER: _number,
    FieldType.MONEY: _number,
    FieldType.PERCENT: _percent,
    FieldType.TEXT: _text,
    FieldType.CHOICE: _one,
    FieldType.SET: _several,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _flag,
}
