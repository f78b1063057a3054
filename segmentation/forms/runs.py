"""Starting a run, reading its change set, deciding on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from crm.models import Brand
from segmentation.choices import Cause
from segmentation.forms.fields import BrandMoment
from segmentation.models import Change, Dimension
from segmentation.selectors.runs import FoundBlock


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


class HistoryForm(forms.Form):
    """How many fiscal quarters back the ledger of a brand without a past should begin."""

    quarters = forms.TypedChoiceField(
        label="Quarters",
        coerce=int,
        choices=[(4, "The last 4"), (8, "The last 8"), (12, "The last 12")],
        initial=8,
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class ReasonForm(forms.Form):
    """Why a run is cancelled or rolled back."""

    reason = forms.CharField(
        label="Reason",
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": "Say why: the next person will want to know."},
    )


class CancelForm(ReasonForm):
    """A run that is not done may be cancelled without giving a reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class RollBackForm(ReasonForm):
    """Roll back, with a reason, by somebody who means it."""

    confirmed = forms.BooleanField(
        label="Put these creators back where they were",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        error_messages={"required": "Confirm that the creators are to be put back."},
    )


class DecideForm(forms.Form):
    """Apply a change set that waits, or all but what is held, or reject it with a reason."""

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

    def __init__(self, data: Any = None, *, blocks: Sequence[FoundBlock] = ()) -> None:
        """`blocks` are the dimensions and segments that can be held back."""
        super().__init__(data)
        lines = [line.found.segment for block in blocks for line in block.lines]
        self.fields["hold"] = forms.MultipleChoiceField(
            choices=[(segment.key, segment.name) for segment in lines], required=False
        )
        self.fields["hold_dimension"] = forms.MultipleChoiceField(
            choices=[(block.dimension.key, block.dimension.name) for block in blocks],
            required=False,
        )
        self._of_dimension = {
            block.dimension.key: [line.found.segment.key for line in block.lines]
            for block in blocks
        }

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where one is needed."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("decision") == self.REJECT and not found.get("reason"):
            self.add_error("reason", "Say why the run is rejected.")
        return found

    @property
    def held(self) -> list[str]:
        """The keys of the segments to hold back, those of whole dimensions too."""
        keys = set(self.cleaned_data["hold"])
        for dimension in self.cleaned_data["hold_dimension"]:
            keys.update(self._of_dimension[dimension])
        return sorted(keys)


class ChangesForm(forms.Form):
    """Which of those who move: by why, and by name."""

    cause = forms.ChoiceField(
        label="Why",
        required=False,
        choices=[("", "Any reason"), *Cause.choices],
        widget=forms.Select(attrs={"class": "form-select", "id": "filter-cause"}),
    )
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control", "id": "filter-name"}),
    )

    def narrow(self, rows: QuerySet[Change]) -> QuerySet[Change]:
        """The rows that are asked for; none where it cannot be understood."""
        if not self.is_valid():
            return rows.none()
        if cause := self.cleaned_data["cause"]:
            rows = rows.filter(cause=cause)
        if name := self.cleaned_data["name"]:
            rows = rows.filter(creator__name__icontains=name)
        return rows

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return any(self[name].value() for name in self.fields)
