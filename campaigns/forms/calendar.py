"""A slot of the calendar, and who fills one of its days."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from campaigns.choices import SlotCadence
from campaigns.forms.campaigns import required_day
from campaigns.models import Campaign
from campaigns.services.calendar import TITLE_MAX, SlotValues
from crm.models import Platform
from crm.styled import PlainForm


class SlotForm(PlainForm):
    """A place that comes again."""

    title = forms.CharField(
        max_length=TITLE_MAX, label="Slot", help_text="For example: Tuesday lesson"
    )
    cadence = forms.ChoiceField(choices=SlotCadence.choices, label="Comes again")
    first_on = required_day("First on", "The others follow from it.")
    until = required_day("Until")
    segment = forms.SlugField(
        max_length=60, required=False, label="Segment", help_text="By its key. Empty: anybody."
    )
    platform = forms.ModelChoiceField(
        Platform.objects.none(), required=False, label="Platform", empty_label="Any"
    )
    places = forms.IntegerField(min_value=1, max_value=100, initial=1, label="Creators each time")

    def __init__(self, data: Any = None, *, campaign: Campaign) -> None:
        super().__init__(data, initial={"first_on": campaign.starts_on, "until": campaign.ends_on})
        fields = cast("dict[str, Any]", self.fields)
        fields["platform"].queryset = Platform.objects.order_by("position", "key")

    @property
    def values(self) -> SlotValues:
        """What the service takes."""
        return cast("SlotValues", self.cleaned_data)


class FillForm(forms.Form):
    """Who fills a slot on a day."""

    on = forms.DateField()
    engagement = forms.IntegerField(min_value=1)
