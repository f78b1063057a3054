"""Changes to many creators, and views of their list."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.choices import Stage
from crm.forms.base import PlainForm
from crm.forms.fields import ValueForm
from crm.models import Brand, CustomField, Tag, User
from crm.selectors import people_of
from crm.services.relationships import NEXT_STEP_MAX, REASON_MAX
from crm.services.saved_views import NAME_MAX
from crm.services.tags import NAME_MAX as NAME_MAX_TAG


class ManyForm(PlainForm):
    """One change to many creators; `change` is what the service takes."""

    brand: Brand

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        self.brand = brand
        # Beside the filter of the list, whose fields have the usual ids.
        super().__init__(*args, **{"auto_id": "many_%s", **kwargs})

    def change(self) -> dict[str, Any]:
        """As a job's parameters have it; call it when the form is valid."""
        raise NotImplementedError


class _Person(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.display_name} ({obj.email})"


class OwnerForm(ManyForm):
    """Who they are with from now on."""

    owner = _Person(User.objects.none(), required=False, empty_label="Nobody", label="New owner")

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, brand=brand, **kwargs)
        self.fields["owner"].queryset = people_of(brand)  # type: ignore[attr-defined]

    def change(self) -> dict[str, Any]:
        """As a job's parameters have it."""
        owner = self.cleaned_data["owner"]
        return {"change": "owner", "owner": owner.pk if owner else None}


class NextStepForm(ManyForm):
    """What comes next with them."""

    text = forms.CharField(
        max_length=NEXT_STEP_MAX,
        required=False,
        label="Next step",
        help_text="Empty takes their next steps away.",
    )
    on = forms.DateField(
        required=False,
        label="By",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def change(self) -> dict[str, Any]:
        """As a job's parameters have it."""
        on = self.cleaned_data["on"]
        text = self.cleaned_data["text"]
        return {"change": "next_step", "text": text, "on": on.isoformat() if on else ""}


class StageForm(ManyForm):
    """Where they go; who may not go there from where they stand stays, and is named."""

    stage = forms.ChoiceField(choices=Stage.choices, label="Stage")
    reason = forms.CharField(
        max_length=REASON_MAX,
        required=False,
        label="Reason",
        help_text="Needed on the way to and from “Lapsed” and “Declined”.",
    )

    def change(self) -> dict[str, Any]:
        """As a job's parameters have it."""
        return {"change": "stage", **self.cleaned_data}


class TagForm(ManyForm):
    """A word for all of them."""

    tag = forms.CharField(
        max_length=NAME_MAX_TAG,
        label="Tag",
        help_text="A word of your brand; a new one is made.",
        widget=forms.TextInput(attrs={"list": "tag-words", "autocomplete": "off"}),
    )

    def change(self) -> dict[str, Any]:
        """As a job's parameters have it."""
        return {"change": "tag", **self.cleaned_data}


class UntagForm(ManyForm):
    """A word that is taken from all of them."""

    tag = forms.ModelChoiceField(Tag.objects.none(), label="Tag", to_field_name="name")

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, brand=brand, **kwargs)
        self.fields["tag"].queryset = Tag.objects.filter(brand=brand)  # type: ignore[attr-defined]

    def change(self) -> dict[str, Any]:
        """As a job's parameters have it."""
        return {"change": "untag", "tag": self.cleaned_data["tag"].name}


class FieldValueForm(ValueForm):
    """What a field holds for all of them; `change` is what the service takes."""

    take_away = forms.BooleanField(
        required=False,
        label="Not known any more",
        help_text="Takes away what the field holds, whatever stands above.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    field_order = ("value", "take_away", "note")

    def __init__(self, *args: Any, field: CustomField, **kwargs: Any) -> None:
        super().__init__(*args, field=field, **kwargs)
        del self.fields["source"]
        if self.data.get("take_away"):
            self.fields["value"].required = False

    def change(self) -> dict[str, Any]:
        """As a job's parameters have it."""
        taken = self.cleaned_data["take_away"]
        value = None if taken else self.typed
        if hasattr(value, "isoformat"):
            value = value.isoformat()
        return {
            "change": "field",
            "field": self.field.key,
            "value": value,
            "note": self.cleaned_data["note"],
        }


class ViewForm(PlainForm):
    """A view's name, and who sees it."""

    name = forms.CharField(max_length=NAME_MAX, label="Name of the view")
    is_shared = forms.BooleanField(
        required=False,
        label="Share with everybody in the brand",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
