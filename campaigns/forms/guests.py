"""A link for somebody without an account: who it is for, and for how long."""

from __future__ import annotations

from django import forms

from campaigns.services.guests import DAYS_MAX
from crm.styled import PlainForm


class LinkForm(PlainForm):
    """Who may come in, and for how many days."""

    id_prefix = "link"

    name = forms.CharField(max_length=120, label="Who it is for")
    days = forms.IntegerField(min_value=1, max_value=DAYS_MAX, label="Works for, days")
