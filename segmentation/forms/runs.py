"""Starting a run, deciding on one."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.models import Brand
from segmentation.forms.fields import BrandMoment
from segmentation.models import Dimension


class StartRunForm(forms.Form):
    """Run now: as of a moment (empty: now), for all segments or one dimension, for real or dry."""

    def __init__(self, data: Any = None, *, brand: Brand) -> None:
        super().__init__(data)
        self.fields["as_of"] = BrandMoment(
            zone=brand.timezone,
            label="As of",
            required=False,
            help_text=f"Empty: now. Time in {brand.timezone}.",
        )
        self.fields["dimension"] = forms.ModelChoiceField(
            Dimension.objects.filter(brand=brand),
            to_field_name="key",
            label="Segments",
            required=False,
            empty_label="All segments",
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        self.fields["is_dry"] = forms.BooleanField(
            label="Dry run",
            required=False,
            help_text="Shows who would move; nobody moves.",
            widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        )
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"id_{name}_helptext"


class DecideForm(forms.Form):
    """Apply a change set that waits, or reject it with a reason."""

    APPLY, REJECT = "apply", "reject"

    decision = forms.ChoiceField(choices=[(APPLY, "Apply"), (REJECT, "Reject")])
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=300,
        help_text="Needed to reject: the next person will want to know.",
        widget=forms.TextInput(
            attrs={"class": "form-control", "aria-describedby": "id_reason_helptext"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where one is needed."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("decision") == self.REJECT and not found.get("reason"):
            self.add_error("reason", "Say why the run is rejected.")
        return found
