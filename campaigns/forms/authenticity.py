"""What a person says of a flag."""

from __future__ import annotations

from django import forms

from campaigns.choices import Flag
from campaigns.services.authenticity.dismissing import REASON_MAX
from crm.styled import PlainForm, lines


class ExplainForm(PlainForm):
    """Which flag of which account, what explains it, and until when."""

    id_prefix = "explain"

    profile = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    flag = forms.ChoiceField(choices=Flag.choices, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=REASON_MAX, label="What explains it", widget=lines(2))
    last_day = forms.DateField(
        label="Until",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="A year at most: then somebody looks again.",
    )


class FlagsAsked(PlainForm):
    """Which accounts the list shows."""

    flag = forms.ChoiceField(
        choices=[("", "Any flag"), *Flag.choices], required=False, label="Flag"
    )
