"""What a person says of a creator's risk instead."""

from __future__ import annotations

from django import forms

from campaigns.choices import RiskTier
from campaigns.services.risk.overriding import REASON_MAX
from crm.styled import PlainForm, lines


class OverrideForm(PlainForm):
    """A tier, why, and until when."""

    id_prefix = "risk"

    tier = forms.ChoiceField(choices=RiskTier.choices, label="Risk")
    reason = forms.CharField(max_length=REASON_MAX, label="Why", widget=lines(2))
    last_day = forms.DateField(
        label="Until",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="A year at most: then somebody looks again.",
    )
