"""A file and what its columns mean."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.forms.base import PlainForm
from crm.importers.dates import FORM_LABELS
from crm.importers.vocabulary import Level, Targets
from crm.models import Platform


class UploadForm(PlainForm):
    """A file of creators or posts, or rows pasted from a spreadsheet."""

    file = forms.FileField(
        required=False,
        label="File",
        help_text="CSV, TSV, JSON lines or XLSX; .gz and .xz are unpacked.",
    )
    pasted = forms.CharField(
        required=False,
        label="Or paste rows",
        max_length=2_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="With the row of headings, as copied from a spreadsheet; or one handle per line.",
    )
    kind = forms.ChoiceField(
        choices=[("", "Tell by the headings"), ("creators", "Creators"), ("posts", "Posts")],
        required=False,
        label="What it holds",
    )
    source = forms.SlugField(
        max_length=60,
        required=False,
        label="Source",
        help_text="For example modash. The columns are remembered by this name.",
    )

    def clean(self) -> dict[str, Any]:
        """One of both, file or rows."""
        data = super().clean() or {}
        if bool(data.get("file")) == bool((data.get("pasted") or "").strip()):
            self.add_error("file", "Choose a file or paste rows, one of both.")
        return data


class ImportFileForm(PlainForm):
    """What is true of the whole file of an import."""

    kind = forms.ChoiceField(choices=[("creators", "Creators"), ("posts", "Posts")], label="Holds")
    platform = forms.ModelChoiceField(
        Platform.objects.all(),
        required=False,
        label="Platform",
        empty_label="Rows say it themselves",
    )
    captured_on = forms.DateField(
        required=False,
        label="Numbers are from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Empty: today.",
    )


class ImportColumnForm(PlainForm):
    """What one column of an import means, and how its cells are written."""

    target = forms.ChoiceField(required=False, label="Field")
    platform = forms.ModelChoiceField(
        Platform.objects.all(), required=False, label="Platform", empty_label="The file's platform"
    )
    decimal = forms.ChoiceField(
        choices=[("point", "Decimal point: 1,234.5"), ("comma", "Decimal comma: 1.234,5")],
        required=False,
        label="Decimal mark",
    )
    unit = forms.ChoiceField(
        choices=[("fraction", "0.035 is 3.5 %"), ("points", "3.5 is 3.5 %")],
        required=False,
        label="Unit",
    )
    form = forms.ChoiceField(
        choices=[(form.value, label) for form, label in FORM_LABELS.items()],
        required=False,
        label="Dates",
    )

    def __init__(self, *args: Any, targets: Targets, **kwargs: Any) -> None:
        """`targets` is what a column can mean for the brand."""
        super().__init__(*args, **kwargs)
        groups = [
            (
                level.label,
                [(key, found.label) for key, found in targets.items() if found.level is level],
            )
            for level in Level
        ]
        self.fields["target"].choices = [("", "Leave out"), *groups]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
            field.widget.attrs["class"] = "form-select form-select-sm"
