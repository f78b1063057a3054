"""What people fill in: starting a run, deciding on one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from crm.models import Brand
from segmentation.models import Dimension
from segmentation.selectors.segments import MEMBER_SORTS

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


class MemberSortForm(forms.Form):
    """The order of a segment's members."""

    sort = forms.ChoiceField(
        label="Sort",
        choices=list(MEMBER_SORTS.items()),
        required=False,
        widget=forms.Select(attrs={"class": "form-select", "id": "member-sort"}),
    )

    @property
    def chosen(self) -> str:
        """The order asked for, or the first."""
        asked = self.cleaned_data["sort"] if self.is_valid() else ""
        return str(asked or next(iter(MEMBER_SORTS)))
