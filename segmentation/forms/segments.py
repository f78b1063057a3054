"""What people write about a segment: what it is for, its playbook, its examples."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.models import User
from crm.selectors import people_of
from crm.styled import PlainForm, lines
from segmentation.metrics.catalogue import METRICS, kpi_label
from segmentation.models import Playbook, Segment
from segmentation.services import metadata, playbooks
from segmentation.services.edits import stamp


class MetadataForm(PlainForm):
    """What the segment is for, and whose it is."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)
    name = forms.CharField(max_length=120, label="Name")
    purpose = forms.CharField(
        label="Purpose",
        widget=lines(),
        max_length=2_000,
        help_text="The job of the segment: what you do with these creators, and why.",
    )
    definition = forms.CharField(
        label="Definition",
        widget=lines(4),
        max_length=5_000,
        required=False,
        help_text="Who belongs, as you would write it in a document. The rule says it exactly.",
    )
    primary_kpi = forms.ChoiceField(
        label="Primary KPI", required=False, help_text="The number that the job is judged by."
    )
    kpis = forms.MultipleChoiceField(
        label="KPIs on the scorecard",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text="None chosen: all of them are shown.",
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label="Owner", required=False, empty_label="Nobody"
    )

    def __init__(self, data: Any = None, *, segment: Segment) -> None:
        initial = {name: getattr(segment, name) for name in metadata.FIELDS}
        super().__init__(data, initial={**initial, "seen": stamp(segment, metadata.FIELDS)})
        known = {metric.key: metric.label for metric in METRICS}
        # What a pack or the API has named stays a choice.
        for key in (segment.primary_kpi, *segment.kpis):
            if key:
                known.setdefault(key, kpi_label(key))
        self.fields["primary_kpi"].choices = [("", "None yet"), *known.items()]  # type: ignore[attr-defined]
        self.fields["kpis"].choices = list(known.items())  # type: ignore[attr-defined]
        self.fields["owner"].queryset = people_of(segment.brand)  # type: ignore[attr-defined]


class PlaybookForm(PlainForm):
    """How to work with the creators of the segment."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)
    do_not_pitch = forms.BooleanField(
        label="Do not pitch",
        required=False,
        help_text="Leave these creators in peace: ask them for feedback, sell them nothing.",
    )
    claims_policy = forms.CharField(
        label="Claims policy",
        required=False,
        widget=lines(),
        max_length=5_000,
        help_text="What may be claimed about a product, and what needs legal first.",
    )
    outreach = forms.CharField(
        label="Outreach approach", required=False, widget=lines(), max_length=5_000
    )
    briefing = forms.CharField(
        label="Briefing style", required=False, widget=lines(), max_length=5_000
    )
    formats = forms.CharField(label="Formats", required=False, widget=lines(2), max_length=5_000)
    usage_rights = forms.CharField(
        label="Usage-rights expectation", required=False, widget=lines(2), max_length=5_000
    )
    success_metrics = forms.CharField(
        label="Success metrics", required=False, widget=lines(2), max_length=5_000
    )
    dos = forms.CharField(label="Do", required=False, widget=lines(), max_length=5_000)
    donts = forms.CharField(label="Don't", required=False, widget=lines(), max_length=5_000)
    campaign_type = forms.CharField(
        label="Recommended campaign type", required=False, max_length=200
    )
    maximum_share = forms.FloatField(
        label="Largest share of a campaign, %",
        required=False,
        min_value=0.1,
        max_value=100,
        help_text="Of a campaign's creators, at most so many of this segment. Empty: no limit.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    mistake_cost = forms.ChoiceField(
        label="Cost of a mistake",
        required=False,
        choices=[
            ("", "Nobody said"),
            ("low", "Low: room for error"),
            ("medium", "Medium"),
            ("high", "High"),
        ],
        help_text="Decides how deep an approval goes.",
    )

    def __init__(self, data: Any = None, *, playbook: Playbook) -> None:
        initial = {name: getattr(playbook, name) for name in playbooks.FIELDS}
        if playbook.maximum_share is not None:
            initial["maximum_share"] = f"{playbook.maximum_share * 100:g}"
        super().__init__(data, initial={**initial, "seen": stamp(playbook, playbooks.FIELDS)})

    def changes(self) -> dict[str, Any]:
        """The values as the service takes them: the share as a fraction."""
        values = {name: self.cleaned_data[name] for name in playbooks.FIELDS}
        if values["maximum_share"] is not None:
            values["maximum_share"] /= 100
        return values


class ExampleForm(PlainForm):
    """A creator who shows what the segment means."""

    handle = forms.CharField(
        max_length=200, label="Creator", help_text="The name or a handle, written in full."
    )
    belongs = forms.TypedChoiceField(
        choices=[("yes", "Belongs in"), ("no", "Rightly out")],
        coerce=lambda value: value == "yes",
        label="Shows",
    )
    note = forms.CharField(max_length=300, required=False, label="Why")


class ReasonForm(PlainForm):
    """Why something is done that others will want to understand."""

    reason = forms.CharField(max_length=300, label="Reason")

    def __init__(self, data: Any = None, *, help_text: str = "") -> None:
        super().__init__(data)
        self.fields["reason"].help_text = help_text
        self.dress()
