"""Forms around suggested values: accepting many, and how a brand has values suggested."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.outgoing import URL_MAX
from crm.styled import PlainForm
from segmentation.models import ClassifierSettings
from segmentation.models.suggested_values import LEAST_CONFIDENCE

# In percent.
SURE_ENOUGH = [("80", "80 % and more"), ("90", "90 % and more"), ("95", "95 % and more")]


class AcceptManyForm(PlainForm):
    """From which confidence on all that wait are accepted."""

    least = forms.ChoiceField(choices=SURE_ENOUGH, label="As sure as")


class SettingsForm(PlainForm):
    """How sure a suggestion has to be, and whether a language model outside is asked."""

    least_confidence = forms.IntegerField(
        label="Suggest from … per cent on",
        min_value=20,
        max_value=95,
        help_text="Below it nothing is suggested: people would mostly have to say no.",
    )
    outside_is_on = forms.BooleanField(
        label="Also ask a language model outside",
        required=False,
        help_text="Only where the classifier here cannot tell. Words of posts leave the "
        "installation then: see below which.",
    )
    outside_address = forms.CharField(
        label="Its address",
        max_length=URL_MAX,
        required=False,
        help_text="Of chat completions as many providers have them: https://…/v1/chat/completions",
    )
    outside_model = forms.CharField(label="Name of the model", max_length=120, required=False)
    outside_key = forms.CharField(
        label="Key",
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Stored encrypted and never shown. Empty: the one that is stored stays.",
    )
    outside_each_night = forms.IntegerField(
        label="Creators a night, at most", min_value=1, max_value=500
    )

    @staticmethod
    def told(held: ClassifierSettings | None) -> dict[str, Any]:
        """What the form begins with."""
        if held is None:
            held = ClassifierSettings()
        return {
            "least_confidence": round((held.least_confidence or LEAST_CONFIDENCE) * 100),
            "outside_is_on": held.outside_is_on,
            "outside_address": held.outside_address,
            "outside_model": held.outside_model,
            "outside_each_night": held.outside_each_night,
        }
