"""A brand, its people and its tokens."""

from __future__ import annotations

import calendar
import zoneinfo
from typing import Any

from django import forms

from crm.choices import Role, Scope
from crm.forms.base import PlainForm, Styled
from crm.models import ApiToken, Brand, TierScheme
from crm.services.own_names import NAME_MAX

_MONTHS = [(number, calendar.month_name[number]) for number in range(1, 13)]


class BrandForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """What an admin sets for a brand."""

    fiscal_year_start_month = forms.TypedChoiceField(
        choices=_MONTHS,
        coerce=int,
        label="Fiscal year begins in",
        help_text="Quarters of runs and scorecards follow it.",
    )
    tier_scheme = forms.ModelChoiceField(
        TierScheme.objects.all(),
        required=False,
        label="Tier scheme",
        empty_label="None",
        help_text="How cards and lists cut creators by followers.",
    )
    approval_threshold_percent = forms.IntegerField(
        min_value=0,
        max_value=100,
        label="Approval threshold, %",
        help_text="A run that moves a larger share of your creators waits for somebody's approval.",
    )

    class Meta:
        model = Brand
        fields = [
            "name",
            "timezone",
            "fiscal_year_start_month",
            "tier_scheme",
            "approval_threshold_percent",
        ]
        help_texts = {"timezone": "For example Europe/Copenhagen."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].widget.attrs["list"] = "timezones"
        self.dress()

    @staticmethod
    def timezones() -> list[str]:
        """What the field suggests."""
        return sorted(zoneinfo.available_timezones())


class PersonForm(PlainForm):
    """Somebody by address, and what they do for the brand."""

    email = forms.EmailField(max_length=254, label="E-mail")
    name = forms.CharField(
        max_length=NAME_MAX,
        required=False,
        label="Name",
        help_text="As colleagues see it. Who has an account keeps theirs.",
    )
    role = forms.ChoiceField(choices=Role.choices, label="Role")


class RoleForm(forms.Form):
    """A change of somebody's role; empty takes it away."""

    role = forms.ChoiceField(choices=[("", "Remove from brand"), *Role.choices], required=False)


class TokenForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """A token of the REST API."""

    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        label="What it may do",
        error_messages={"required": "Choose at least one."},
    )

    last_day = forms.DateField(
        required=False,
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It ends with this day; empty: when somebody revokes it.",
    )
    networks = forms.CharField(
        required=False,
        max_length=1_000,
        label="Only from",
        help_text="Addresses or networks like 203.0.113.0/24, with commas; empty: from everywhere.",
    )

    class Meta:
        model = ApiToken
        fields = ["name"]
        labels = {"name": "What it is for"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands on one page with the brand's form, which has a name too.
        super().__init__(*args, **{**kwargs, "auto_id": "id_token_%s"})
        self.dress()

    def clean_networks(self) -> list[str]:
        """One by one."""
        text: str = self.cleaned_data["networks"]
        return [word for part in text.split(",") if (word := part.strip())]
