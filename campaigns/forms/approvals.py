"""Working hours, the gates of a campaign, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from campaigns.choices import Gate
from campaigns.forms.offers import date_field
from campaigns.models import ReviewPlan, WorkingWeek
from campaigns.services.deliverables import gates, hours
from campaigns.services.deliverables.settings import HOURS_MAX, ROUNDS_MAX
from crm.countries import COUNTRIES
from crm.models import Brand, User
from crm.styled import PlainForm

DAYS = (
    (0, "Monday"),
    (1, "Tuesday"),
    (2, "Wednesday"),
    (3, "Thursday"),
    (4, "Friday"),
    (5, "Saturday"),
    (6, "Sunday"),
)
_TIME = {"type": "time"}


class WeekForm(PlainForm):
    """When the brand works."""

    days = forms.TypedMultipleChoiceField(
        choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple, label="Working days"
    )
    starts = forms.TimeField(label="From", widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
    ends = forms.TimeField(label="To", widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
    country = forms.ChoiceField(
        required=False,
        label="Public holidays of",
        help_text="On these days no clock runs.",
    )
    is_legal_always = forms.BooleanField(
        required=False, label="Legal sees every piece of every campaign, the fast lane too"
    )

    def __init__(self, *args: Any, row: WorkingWeek, **kwargs: Any) -> None:
        names = ("days", "starts", "ends", "country", "is_legal_always")
        super().__init__(*args, initial={name: getattr(row, name) for name in names}, **kwargs)
        known = hours.countries()
        self.fields["country"].choices = [  # type: ignore[attr-defined]
            ("", "No country: no holidays"),
            *(pair for pair in COUNTRIES if pair[0] in known),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        return self.cleaned_data


class PlanForm(PlainForm):
    """The gates of a campaign, how long each has, and whose they are."""

    gates = forms.MultipleChoiceField(
        choices=Gate.choices, widget=forms.CheckboxSelectMultiple, label="Gates, in this order"
    )
    rounds = forms.IntegerField(
        min_value=1,
        max_value=ROUNDS_MAX,
        label="Drafts agreed",
        help_text="The first one included; more take a reason.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, brand: Brand, plan: ReviewPlan, **kwargs: Any) -> None:
        initial = {"gates": plan.gates, "rounds": plan.rounds, "version": plan.version}
        for gate in Gate:
            initial[f"{gate.value}_hours"] = plan.hours_of(gate)
            initial[f"{gate.value}_keeper"] = plan.keeper_of(gate)
        super().__init__(*args, initial=initial, **kwargs)
        for gate in Gate:
            self.fields[f"{gate.value}_hours"] = forms.IntegerField(
                min_value=1, max_value=HOURS_MAX, label=f"{gate.label}: working hours"
            )
            self.fields[f"{gate.value}_keeper"] = forms.ModelChoiceField(
                gates.may_decide_at(brand, gate).order_by("first_name", "email", "pk"),
                required=False,
                label=f"{gate.label}: decided by",
                empty_label="Everybody who may",
            )
        self.dress()

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class DelegationForm(PlainForm):
    """A gate of one's own, whom it goes to, and for which days."""

    gate = forms.ChoiceField(label="Gate")
    receiver = forms.ModelChoiceField(User.objects.none(), label="Who stands in", empty_label="…")
    starts_on = date_field("From")
    ends_on = date_field("To, this day included")

    def __init__(
        self, *args: Any, brand: Brand, user: User, gates: Sequence[Gate], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gate"].choices = [(gate.value, gate.label) for gate in gates]  # type: ignore[attr-defined]
        self.fields["starts_on"].required = self.fields["ends_on"].required = True
        able = User.objects.none()
        for gate in gates:
            able = able | _able(brand, gate)
        self.fields["receiver"].queryset = able.exclude(pk=user.pk).distinct()  # type: ignore[attr-defined]


def _able(brand: Brand, gate: Gate) -> Any:
    return gates.may_decide_at(brand, gate)
