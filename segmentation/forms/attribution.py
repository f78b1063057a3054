"""What a report of attribution covers, and the settings by which credit is divided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from campaigns.attribution.settings import CodeRule, Settings, SettingsRefused
from crm.styled import PlainForm


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


class ReportForm(PlainForm):
    """Days, both included, and the currency whose values count."""

    first_on = _day("From")
    last_on = _day("to")
    currency = forms.ChoiceField(
        label="Values in",
        required=False,
        help_text="Nothing is converted: values in other currencies are left out and counted.",
    )

    def __init__(self, *args: Any, currencies: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency: Any = self.fields["currency"]
        currency.choices = [*((one, one) for one in currencies), ("", "No values, only counts")]


class SettingsForm(PlainForm):
    """How touches become journeys, and the parameters of two models."""

    number = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    window = forms.IntegerField(
        label="Window, in days",
        min_value=1,
        max_value=365,
        help_text="So long after a click a conversion of the same person still counts for it.",
    )
    visit = forms.IntegerField(
        label="Visit, in minutes",
        min_value=0,
        max_value=1_440,
        help_text="Clicks on one creator's links within this time are one. 0 keeps each.",
    )
    code_rule = forms.ChoiceField(
        label="Codes against links", choices=[(rule.value, rule.label) for rule in CodeRule]
    )
    fresh_start = forms.BooleanField(
        label="After a conversion people begin anew",
        required=False,
        help_text="What somebody met before one order does not count for the next.",
    )
    first_share = forms.FloatField(
        label="Position-based: first touch, %", min_value=0, max_value=100
    )
    last_share = forms.FloatField(label="Position-based: last touch, %", min_value=0, max_value=100)
    half_life = forms.FloatField(
        label="Time decay: half-life, in days", min_value=0.01, max_value=365
    )

    @classmethod
    def showing(cls, settings: Settings, number: int) -> SettingsForm:
        """With what holds."""
        return cls(
            initial={
                "number": number,
                "window": settings.window.days,
                "visit": int(settings.visit.total_seconds() // 60),
                "code_rule": settings.code_rule.value,
                "fresh_start": settings.fresh_start,
                "first_share": settings.first_share * 100,
                "last_share": settings.last_share * 100,
                "half_life": settings.half_life / timedelta(days=1),
            }
        )

    def clean(self) -> dict[str, Any]:
        """Settings that do not contradict themselves, as `settings`."""
        found: dict[str, Any] = self.cleaned_data
        if self.errors:
            return found
        try:
            found["settings"] = Settings(
                window=timedelta(days=found["window"]),
                visit=timedelta(minutes=found["visit"]),
                code_rule=CodeRule(found["code_rule"]),
                fresh_start=found["fresh_start"],
                first_share=found["first_share"] / 100,
                last_share=found["last_share"] / 100,
                half_life=timedelta(days=found["half_life"]),
            )
        except SettingsRefused as refusal:
            self.add_error("first_share", str(refusal))
        return found
