"""Whom the brand competes with."""

from __future__ import annotations

from django import forms

from campaigns.services.competitors import NAME_MAX
from crm.styled import PlainForm


class CompetitorForm(PlainForm):
    """A competitor and the names by which posts mention it."""

    name = forms.CharField(max_length=NAME_MAX, label="Competitor")
    handles = forms.CharField(
        max_length=1_500,
        required=False,
        label="As posts mention it",
        help_text="Names and handles between commas. Empty: its name.",
    )

    @property
    def words(self) -> list[str]:
        """The names one by one."""
        return str(self.cleaned_data["handles"]).split(",")
