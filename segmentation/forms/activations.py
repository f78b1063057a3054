"""Whom of a segment a campaign is to have: how many, by what, for how much and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django import forms

from campaigns.models import Campaign
from crm.styled import PlainForm
from segmentation.models import Segment
from segmentation.selectors.activations import CRITERIA, MAX_WEIGHT, MOST
from segmentation.services.activations import NOTE_MAX, Plan


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(required=False, label=label, widget=widget)


class PlanForm(PlainForm):
    """A plan: asked with GET it is a preview, sent with POST it is done."""

    segment = forms.ChoiceField(label="Segment")
    wanted = forms.IntegerField(min_value=1, max_value=MOST, initial=20, label="Creators wanted")
    budget = forms.DecimalField(
        max_digits=14, decimal_places=2, required=False, label="Budget for them"
    )
    starts_on = _day("Publish from")
    ends_on = _day("Until")
    note = forms.CharField(max_length=NOTE_MAX, required=False, label="Note")
    # The moment of the ranking that somebody looked at: the same people are ranked again.
    as_of = forms.DateTimeField(
        required=False,
        label="As of",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M:%S"),
        help_text="Who was in the segment then. Empty: now.",
    )

    def __init__(
        self, data: Any = None, *, campaign: Campaign, segments: Sequence[Segment]
    ) -> None:
        initial = {"starts_on": campaign.starts_on, "ends_on": campaign.ends_on}
        super().__init__(data, initial=initial)
        fields = cast("dict[str, Any]", self.fields)
        fields["segment"].choices = [
            (segment.key, f"{segment.name} ({segment.members_count:,} creators)")
            for segment in segments
        ]
        fields["budget"].label = f"Budget for them, {campaign.currency}"
        for criterion in CRITERIA:
            self.fields[criterion.key] = forms.IntegerField(
                min_value=0,
                max_value=MAX_WEIGHT,
                required=False,
                initial=criterion.weight,
                label=f"{criterion.label} counts",
                help_text=criterion.explains,
            )
        self.dress()

    @property
    def weights_fields(self) -> list[forms.BoundField]:
        """How much each criterion counts."""
        return [self[criterion.key] for criterion in CRITERIA]

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What was asked, for the form that does it; the moment is the ranking's."""
        return [(name, self.data.get(name, "")) for name in self.fields if name != "as_of"]

    def plan(self, now: datetime, only: Sequence[int] | None = None) -> Plan:
        """What the service takes; without a moment of its own, as of now."""
        data = self.cleaned_data
        return Plan(
            segment=data["segment"],
            as_of=data["as_of"] or now,
            wanted=data["wanted"],
            weights={
                one.key: one.weight if data[one.key] is None else data[one.key] for one in CRITERIA
            },
            only=only,
            budget=data["budget"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            note=data["note"],
        )
