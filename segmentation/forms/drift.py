"""Which days drift is looked at between, and how much of it is too much."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.styled import PlainForm


class DriftDaysForm(PlainForm):
    """Two days, by the brand's calendar."""

    since = forms.DateField(
        label="From the end of", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label="to the end of", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        """The second day is the later one."""
        found: dict[str, Any] = self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and until <= since:
            self.add_error("until", "Choose a day later than the first.")
        return found


class DriftLimitForm(PlainForm):
    """From which share on a run's movement raises an alert."""

    percent = forms.IntegerField(
        label="Alert above",
        min_value=0,
        max_value=100,
        help_text="Per cent of the creators known before whom a single run moves; 0 for no alerts.",
    )
