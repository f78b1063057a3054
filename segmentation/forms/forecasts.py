"""What people choose about forecasts."""

from __future__ import annotations

from django import forms

from crm.styled import PlainForm
from segmentation.services.forecasts.asking import LEAST_LEVEL, MOST_LEVEL


class LevelForm(PlainForm):
    """Which share of outcomes intervals are to hold, in percent."""

    level = forms.IntegerField(
        label="Intervals hold, in %",
        min_value=round(100 * LEAST_LEVEL),
        max_value=round(100 * MOST_LEVEL),
        help_text="80 means: of ten pieces, eight end up between low and high.",
    )
