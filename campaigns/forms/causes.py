"""Causes, what shows them, and donations, as people write them down."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.causes.taxonomy import standard
from campaigns.models import Campaign
from campaigns.services.causes.tagging import NOTE_MAX
from campaigns.services.money import AMOUNT_MAX
from crm.models import Brand
from crm.styled import PlainForm, lines


def _causes() -> list[tuple[str, str]]:
    return [(key, cause.name) for key, cause in standard().causes.items()]


def _day(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, help_text=help_text)


class CauseForm(PlainForm):
    """A cause that a creator stands for."""

    id_prefix = "cause"

    cause = forms.ChoiceField(choices=_causes, label="Cause")
    note = forms.CharField(max_length=NOTE_MAX, required=False, label="How", widget=lines(2))


class EvidenceForm(PlainForm):
    """What shows it."""

    tag = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    what = forms.CharField(max_length=300, label="What it shows")
    on = _day("Of which day")
    url = forms.CharField(max_length=500, required=False, label="Link")
    file = forms.FileField(
        required=False, label="Or a file", help_text="A PDF or a picture, 10 MB at most."
    )


class DonationForm(PlainForm):
    """Money that went to a cause."""

    cause = forms.ChoiceField(choices=_causes, label="Cause")
    recipient = forms.CharField(max_length=200, label="Given to")
    amount = forms.DecimalField(
        max_digits=12, decimal_places=2, min_value=0, max_value=AMOUNT_MAX, label="Amount"
    )
    currency = forms.CharField(max_length=3, label="Currency", help_text="Three letters, as EUR.")
    on = _day("Paid on")
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), required=False, label="Campaign", empty_label="None"
    )
    url = forms.CharField(max_length=500, required=False, label="Link that proves it")
    file = forms.FileField(
        required=False, label="Or the receipt", help_text="A PDF or a picture, 10 MB at most."
    )
    note = forms.CharField(max_length=500, required=False, label="Remark")

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["campaign"]
        field.queryset = Campaign.objects.filter(brand=brand).order_by("-pk")


class WithdrawForm(PlainForm):
    """Why a donation is taken back."""

    why = forms.CharField(max_length=500, label="Why it is taken back")


class ImpactAsked(PlainForm):
    """Of which campaign."""

    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        required=False,
        label="Campaign",
        empty_label="The whole brand",
        to_field_name="key",
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["campaign"]
        field.queryset = Campaign.objects.filter(brand=brand).order_by("-pk")
