"""Comments: a file, for how long words are kept, and who is forgotten."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from crm.choices import Source
from crm.models import Platform
from crm.services.post_comments.importing import COLUMNS, REQUIRED
from crm.styled import PlainForm, lines


class CommentsForm(PlainForm):
    """A file of comments."""

    id_prefix = "comments"

    file = forms.FileField(
        label="File",
        help_text="CSV, XLSX or JSON lines with post (the platform's key), key and text; author, "
        "parent, published, likes and platform where they are known.",
    )
    source = forms.ChoiceField(
        choices=Source.choices, initial=Source.VENDOR, label="Where they come from"
    )
    names = forms.CharField(
        widget=lines(2),
        required=False,
        max_length=1_000,
        label="What columns are called",
        help_text="Only where the file has names of its own, a line each: text = Kommentar.",
    )

    def clean_names(self) -> Mapping[str, str]:
        """The headings by the names that they stand for."""
        found = {}
        for line in str(self.cleaned_data["names"]).splitlines():
            name, _equals, heading = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if name.lower() not in COLUMNS or not heading:
                known = ", ".join([*REQUIRED, *(key for key in COLUMNS if key not in REQUIRED)])
                msg = f"“{line[:60]}”: write a name, = and the heading. Names are {known}."
                raise forms.ValidationError(msg)
            found[name.lower()] = heading
        return found


class KeepingForm(PlainForm):
    """For how long words are kept."""

    id_prefix = "keeping"

    keep_months = forms.IntegerField(
        min_value=1,
        max_value=60,
        label="Months",
        help_text="After so many months words and writers go; their numbers stay.",
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ForgetForm(PlainForm):
    """Somebody asks that their comments go."""

    id_prefix = "forget"

    platform = forms.ModelChoiceField(queryset=Platform.objects.order_by("name"), label="Platform")
    author = forms.CharField(
        max_length=200,
        label="Who",
        help_text="Their key or name as the file had it. It is not kept.",
    )
