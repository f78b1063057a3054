"""A file of visits."""

from __future__ import annotations

from django import forms

from crm.choices import Source
from crm.styled import PlainForm


class VisitsForm(PlainForm):
    """A file of visits by day."""

    id_prefix = "visits"

    file = forms.FileField(
        label="File",
        help_text="CSV or XLSX with day (2026-11-22), sessions, and link, code or utm words; "
        "engaged, bounces, pages and seconds where they are known.",
    )
    source = forms.ChoiceField(
        choices=Source.choices, initial=Source.MEASURED, label="Where they come from"
    )
