"""What attention is worth to the brand, and what other channels cost and brought."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from campaigns.choices import MarketingChannel
from campaigns.forms.offers import currency_field, date_field, money_field
from campaigns.services.channels import Result
from campaigns.services.media_values.models import METRICS, Model
from campaigns.services.media_values.sets import WEIGHED, Weights
from campaigns.services.money import CURRENCIES
from crm.models import Brand
from crm.styled import PlainForm


def _worth(label: str) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    return forms.DecimalField(required=False, label=label, widget=widget)


class ModelForm(PlainForm):
    """The values of one model; empty: it does not count that."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    likes = _worth("A like")
    comments = _worth("A comment")
    saves = _worth("A save")
    shares = _worth("A share")
    views = _worth("A view")
    reach = _worth("A person reached")
    impressions = _worth("An impression")
    multiplier = forms.DecimalField(label="Times", initial=1)
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES], label="Currency")
    reason = forms.CharField(max_length=500, label="Why")

    @classmethod
    def of(cls, model: Model, number: int) -> ModelForm:
        """The form as the model is now, with ids of its own."""
        initial: dict[str, Any] = {"key": model.key, "number": number}
        initial |= {name: f"{value:f}" for name, value in model.values.items()}
        initial |= {"multiplier": model.multiplier, "currency": model.currency}
        return cls(initial=initial, auto_id=f"id_{model.key}_%s")

    @property
    def values(self) -> dict[str, Decimal | None]:
        """By metric."""
        return {name: self.cleaned_data[name] for name in METRICS}


class WeightsForm(PlainForm):
    """What each engagement counts for."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    likes = _worth("A like")
    comments = _worth("A comment")
    saves = _worth("A save")
    shares = _worth("A share")
    reason = forms.CharField(max_length=500, label="Why")

    @classmethod
    def of(cls, weights: Weights) -> WeightsForm:
        """The form as the weights are now."""
        initial = {name: f"{value:f}" for name, value in weights.weights.items()}
        return cls(initial=initial | {"number": weights.number}, auto_id="id_weights_%s")

    @property
    def weights(self) -> dict[str, Decimal]:
        """By metric; empty counts nothing."""
        return {name: self.cleaned_data[name] or Decimal(0) for name in WEIGHED}


class ChannelForm(PlainForm):
    """What another channel cost and brought."""

    channel = forms.ChoiceField(choices=MarketingChannel.choices, label="Channel")
    name = forms.CharField(max_length=120, required=False, label="Called")
    starts_on = date_field("From")
    ends_on = date_field("To")
    cost = money_field("Cost")
    currency = currency_field()
    impressions = forms.IntegerField(min_value=0, required=False, label="Impressions")
    clicks = forms.IntegerField(min_value=0, required=False, label="Clicks")
    conversions = forms.IntegerField(min_value=0, required=False, label="Conversions")
    revenue = money_field("Revenue")
    source = forms.CharField(max_length=200, label="Where the numbers are from")

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brand = brand
        for name in ("starts_on", "ends_on", "cost"):
            self.fields[name].required = True

    @property
    def result(self) -> Result:
        """What the service takes."""
        said = dict(self.cleaned_data)
        said["currency"] = said["currency"] or self.brand.currency
        said["channel"] = MarketingChannel(said["channel"])
        return Result(**said)


class PeriodForm(PlainForm):
    """The days that are compared."""

    since = date_field("From")
    until = date_field("To")
