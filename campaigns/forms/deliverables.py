"""Pieces of content: planned, changed, called off, put on the fast lane."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import ContentKind, Gate
from campaigns.forms.offers import date_field
from campaigns.models import Campaign, Deliverable
from campaigns.services.deliverables.planning import (
    COUNT_MAX,
    REASON_MAX,
    ROUNDS_MAX,
    TITLE_MAX,
    Wanted,
)
from crm.choices import PostKind
from crm.models import Platform
from crm.styled import PlainForm


def rounds_field() -> forms.IntegerField:
    """How many drafts are agreed."""
    return forms.IntegerField(
        min_value=1,
        max_value=ROUNDS_MAX,
        required=False,
        label="Drafts agreed",
        help_text="The first one included. Empty: as the campaign has it.",
    )


class PieceForm(PlainForm):
    """What a piece is."""

    platform = forms.ModelChoiceField(Platform.objects.none(), label="Platform", empty_label=None)
    form = forms.ChoiceField(choices=PostKind.choices, label="Form")
    kind = forms.ChoiceField(choices=ContentKind.choices, label="About")
    title = forms.CharField(max_length=TITLE_MAX, label="Name")
    draft_due_on = date_field("Draft due")
    rounds = rounds_field()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].queryset = Platform.objects.all()  # type: ignore[attr-defined]

    @classmethod
    def of(cls, piece: Deliverable) -> PieceForm:
        """The form as the piece is now."""
        names = ("platform", "form", "kind", "title", "draft_due_on", "rounds", "version")
        return cls(initial={name: getattr(piece, name) for name in names})

    @property
    def changes(self) -> dict[str, Any]:
        """What the services take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class PlanForm(PieceForm):
    """Several pieces alike at once."""

    count = forms.IntegerField(min_value=1, max_value=COUNT_MAX, initial=1, label="How many")
    version = None  # type: ignore[assignment]
    field_order = ("platform", "form", "kind", "count", "title", "draft_due_on", "rounds")

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = "Empty: “Short video on Instagram”. Several are numbered."
        if campaign.platforms:
            self.fields["platform"].initial = campaign.platforms[0]

    @property
    def wanted(self) -> Wanted:
        """What the services take."""
        return Wanted(**{**self.changes, "platform": self.cleaned_data["platform"].pk})


class ReasonForm(PlainForm):
    """Why: the piece is called off, or its review opened again."""

    reason = forms.CharField(max_length=REASON_MAX, label="Why")
    version = forms.IntegerField(widget=forms.HiddenInput)


class FastLaneForm(PlainForm):
    """The gates that are left, and why there is no time for the others."""

    id_prefix = "lane"

    gates = forms.MultipleChoiceField(
        choices=Gate.choices, widget=forms.CheckboxSelectMultiple, label="Gates that are left"
    )
    reason = forms.CharField(max_length=REASON_MAX, required=False, label="Why there is no time")
    version = forms.IntegerField(widget=forms.HiddenInput)
