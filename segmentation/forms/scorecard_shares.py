"""A link to scorecards: who it is for, and for how long."""

from __future__ import annotations

from django import forms

from crm.styled import PlainForm
from segmentation.services.scorecard_shares import DAYS, DAYS_MAX


class ShareForm(PlainForm):
    """Who may look, and for how many days."""

    id_prefix = "share"

    name = forms.CharField(max_length=120, label="Who it is for")
    days = forms.IntegerField(
        min_value=1, max_value=DAYS_MAX, initial=DAYS, label="Works for, days"
    )
