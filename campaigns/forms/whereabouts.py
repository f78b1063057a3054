"""Where a creator is, who can post soon, and who is put on the fast lane."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.forms.offers import date_field
from campaigns.models import Campaign
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.models.whereabouts import LANE_HOURS_MAX, NOTICE_MAX
from campaigns.selectors.whereabouts.soon import HOURS_MAX, Near, Question
from campaigns.services.fast_lanes import REASON_MAX
from campaigns.services.whereabouts.erasing import KEEP_MAX
from campaigns.services.whereabouts.saying import PLACE_MAX, Said
from crm.choices import PostKind
from crm.countries import COUNTRIES
from crm.styled import PlainForm

_TICK = {"class": "form-check-input"}


class WhereaboutsForm(PlainForm):
    """Where somebody is, from when to when, and how soon they can post what."""

    place = forms.CharField(
        max_length=PLACE_MAX,
        required=False,
        label="City or region",
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    country = forms.ChoiceField(
        choices=[("", "Not said"), *COUNTRIES], required=False, label="Country"
    )
    is_remote = forms.BooleanField(
        required=False, label="Can post about other places without being there"
    )
    starts_on = date_field("From", "Empty: from today on.")
    ends_on = date_field("Until", "That day included. Empty: until somebody says otherwise.")
    notice_hours = forms.IntegerField(
        min_value=0,
        max_value=NOTICE_MAX,
        required=False,
        label="Hours of notice",
        help_text="How long before it is to be public. 0: at once. Empty: not said.",
    )
    formats = forms.MultipleChoiceField(
        choices=PostKind.choices,
        required=False,
        label="What can be done at such short notice",
        widget=forms.CheckboxSelectMultiple(attrs=_TICK),
    )

    @property
    def said(self) -> Said:
        """What the service takes."""
        read = dict(self.cleaned_data)
        return Said(**read | {"formats": tuple(read["formats"])})


class SoonForm(PlainForm):
    """Near what, and within how many hours."""

    near = forms.CharField(
        max_length=120,
        required=False,
        label="Near",
        help_text="A city, a country, or both: “Copenhagen, Denmark”. Empty: anywhere.",
    )
    hours = forms.IntegerField(
        min_value=0, max_value=HOURS_MAX, required=False, initial=2, label="Within hours"
    )
    form = forms.ChoiceField(
        choices=[("", "Any"), *PostKind.choices], required=False, label="Form of the post"
    )

    @property
    def question(self) -> Question:
        """What the selector takes; what was not said is two hours, anywhere, in any form."""
        read = self.cleaned_data if self.is_valid() else {}
        hours = read.get("hours")
        return Question(
            Near.read(read.get("near", "")), 2 if hours is None else hours, read.get("form", "")
        )


class LaneForm(PlainForm):
    """Who is put on which campaign's shortlist and on the fast lane, and why."""

    creators = forms.TypedMultipleChoiceField(coerce=int)
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label="Campaign", empty_label="Choose", to_field_name="key"
    )
    gate_hours = forms.IntegerField(
        min_value=1,
        max_value=LANE_HOURS_MAX,
        initial=1,
        label="Working hours for each gate",
        help_text="At most; a gate that has fewer already keeps them.",
    )
    reason = forms.CharField(max_length=REASON_MAX, label="Why there is no time")

    def __init__(self, data: Any = None, *, brand: Any, offered: Any = ()) -> None:
        super().__init__(data)
        rows = Campaign.objects.filter(brand=brand, status__in=OPEN_CAMPAIGNS).in_use()
        self.fields["campaign"].queryset = rows  # type: ignore[attr-defined]
        self.fields["creators"].choices = [(pk, pk) for pk in offered]  # type: ignore[attr-defined]
        self.fields["creators"].error_messages["required"] = "Choose a creator."


class KeepForm(PlainForm):
    """For how many days it is kept after its end."""

    keep_days = forms.IntegerField(
        min_value=1, max_value=KEEP_MAX, label="Days until it is erased after its end"
    )
