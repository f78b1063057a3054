"""Pay that depends on what comes of the work, in the form of a contract: by result, commission."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from campaigns.choices import ConversionKind, PayMetric
from campaigns.forms.offers import money_field, months_field
from campaigns.services.contracts.variable import (
    NET_DAYS_MAX,
    WAIT_DAYS_MAX,
    CommissionPart,
    ResultPart,
)
from campaigns.services.payments.results import DAYS_MAX, THRESHOLD_MAX
from crm.styled import PlainForm

_NAMES = ("percent", "each", "kind", "months", "wait_days", "minimum", "net_days")
COMMISSION_FIELDS = tuple(f"commission_{name}" for name in _NAMES)


def days_field(label: str, most: int, help_text: str = "") -> forms.IntegerField:
    """So many days; empty: as is usual."""
    return forms.IntegerField(
        min_value=0, max_value=most, required=False, label=label, help_text=help_text
    )


class CommissionFields(PlainForm):
    """A commission: there is one where a percentage or an amount stands."""

    commission_percent = forms.DecimalField(
        required=False,
        label="Percent of each sale",
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )
    commission_each = money_field("Or for each sale")
    commission_kind = forms.ChoiceField(
        choices=ConversionKind.choices, required=False, label="A sale is"
    )
    commission_months = months_field("For so many months")
    commission_wait_days = days_field(
        "Counts after days", WAIT_DAYS_MAX, "Goods may come back until then; 30 if left empty."
    )
    commission_minimum = money_field("Paid from", "Less is carried to the next statement.")
    commission_net_days = days_field("Paid within days", NET_DAYS_MAX)


class ResultForm(PlainForm):
    """Something that is counted; without it the line counts for nothing."""

    metric = forms.ChoiceField(
        choices=[("", "Nothing"), *PayMetric.choices], required=False, label="Counted"
    )
    threshold = forms.IntegerField(
        min_value=1, max_value=THRESHOLD_MAX, required=False, label="Once so many are reached"
    )
    amount = money_field("The creator gets")
    each = forms.DecimalField(
        required=False,
        label="Or for each",
        widget=forms.NumberInput(attrs={"step": "0.000001", "inputmode": "decimal"}),
    )
    least = money_field("At least")
    most = money_field("At most")
    days = days_field("Counted so many days after publication", DAYS_MAX)
    net_days = days_field("Paid within days", NET_DAYS_MAX)

    def clean(self) -> dict[str, Any]:
        """A line that names an amount names what is counted."""
        data = super().clean() or {}
        names = ("threshold", "amount", "each", "least", "most")
        if not data.get("metric") and any(data.get(name) is not None for name in names):
            self.add_error("metric", "Choose what is counted, or empty the line.")
        return data


def result_said(row: Mapping[str, Any], net_days: int) -> ResultPart:
    """What the services take."""
    return ResultPart(
        metric=row["metric"],
        days=30 if row["days"] is None else row["days"],
        net_days=net_days if row["net_days"] is None else row["net_days"],
        threshold=row["threshold"],
        amount=row["amount"],
        each=row["each"],
        most=row["most"],
        least=row["least"] or Decimal(0),
    )


def commission_said(row: Mapping[str, Any], net_days: int) -> CommissionPart | None:
    """What the services take; None: there is none."""
    said = {name: row[f"commission_{name}"] for name in _NAMES}
    if said["percent"] is None and said["each"] is None:
        return None
    return CommissionPart(
        kind=said["kind"] or ConversionKind.ORDER.value,
        percent=said["percent"],
        each=said["each"],
        months=said["months"],
        wait_days=30 if said["wait_days"] is None else said["wait_days"],
        minimum=said["minimum"] or Decimal(0),
        net_days=net_days if said["net_days"] is None else said["net_days"],
    )


def commission_initial(part: CommissionPart | None) -> dict[str, Any]:
    """What the form begins with."""
    if part is None:
        return {}
    return {f"commission_{name}": getattr(part, name) for name in _NAMES}
