"""A commission as somebody enters it, and its end."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import ConversionKind
from campaigns.forms.contract_pay import days_field
from campaigns.forms.offers import currency_field, date_field, money_field, months_field
from campaigns.forms.payments import CreatorField
from campaigns.models import Campaign, Engagement
from campaigns.models.engagements import LEFT
from campaigns.services.contracts.variable import NET_DAYS_MAX, WAIT_DAYS_MAX, CommissionPart
from campaigns.services.payments.record import NOTE_MAX
from crm.styled import PlainForm


class CommissionForm(PlainForm):
    """Who gets how much of which sales."""

    engagement = CreatorField(Engagement.objects.none(), label="Creator")
    percent = forms.DecimalField(
        required=False,
        label="Percent of each sale",
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )
    each = money_field("Or for each sale")
    currency = currency_field()
    kind = forms.ChoiceField(choices=ConversionKind.choices, label="A sale is")
    starts_on = date_field("From")
    ends_on = date_field("To", "Empty: until somebody ends it.")
    months = months_field("Or for so many months")
    wait_days = days_field("Counts after days", WAIT_DAYS_MAX, "Goods may come back until then.")
    minimum = money_field("Paid from", "Less is carried to the next statement.")
    net_days = days_field("Paid within days", NET_DAYS_MAX)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        initial = {"currency": campaign.currency, "wait_days": 30, "net_days": 30}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["starts_on"].required = True
        rows = Engagement.objects.filter(campaign=campaign).exclude(stage__in=LEFT)
        self.fields["engagement"].queryset = rows.select_related(  # type: ignore[attr-defined]
            "relationship__creator"
        ).order_by("relationship__creator__name", "pk")

    @property
    def part(self) -> CommissionPart:
        """What the service takes."""
        said = self.cleaned_data
        given = {
            name: said[name]
            for name in ("kind", "percent", "each", "months", "wait_days", "minimum", "net_days")
            if said[name] is not None
        }
        return CommissionPart(**given)


class EndForm(PlainForm):
    """When it ends, and why."""

    on = date_field("Last day", "Today, if left empty.")
    reason = forms.CharField(max_length=NOTE_MAX, label="Why")
