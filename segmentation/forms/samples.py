"""Samples of who follows an account: a file, its day, and where it comes from."""

from __future__ import annotations

from django import forms

from crm.choices import Source
from crm.styled import PlainForm


class SamplesForm(PlainForm):
    """A file of followers."""

    id_prefix = "samples"

    file = forms.FileField(
        label="File",
        help_text="CSV, XLSX or JSON lines with platform, handle and member (a follower's key or "
        "name), a row for each follower; size, of how many they are, where no count of followers "
        "is known.",
    )
    taken_on = forms.DateField(
        label="Drawn on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The day on which they followed.",
    )
    source = forms.ChoiceField(
        choices=Source.choices, initial=Source.VENDOR, label="Where they come from"
    )
