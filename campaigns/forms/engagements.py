"""What is said of a creator in a campaign: a move, who leads, what comes next, what it costs."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import EngagementStage
from campaigns.forms.offers import date_field, money_field
from campaigns.models import Engagement
from campaigns.services.engagements import NEXT_STEP_MAX, REASON_MAX, Changes
from crm.models import Brand, User
from crm.selectors import people_of
from crm.styled import PlainForm


class MoveForm(forms.Form):
    """A move of a card."""

    to = forms.ChoiceField(choices=EngagementStage.choices)
    reason = forms.CharField(max_length=REASON_MAX, required=False)
    version = forms.IntegerField(min_value=1)


class EngagementForm(PlainForm):
    """All that can be changed of one creator, the stage included."""

    stage = forms.ChoiceField(choices=EngagementStage.choices, label="Stage")
    reason = forms.CharField(
        max_length=REASON_MAX,
        required=False,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For the move. After vetting: what you looked at and what you found.",
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Led by", empty_label="Nobody"
    )
    next_step = forms.CharField(max_length=NEXT_STEP_MAX, required=False, label="Next step")
    next_step_on = date_field("By")
    planned_cost = money_field("Planned cost")
    agreed_cost = money_field("Agreed cost", "From the contract on. 0 where no money flows.")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(
        self,
        data: Any = None,
        *,
        brand: Brand,
        engagement: Engagement,
        moves: list[tuple[EngagementStage, bool]],
    ) -> None:
        names = ("stage", "next_step", "next_step_on", "planned_cost", "agreed_cost", "version")
        initial = {name: getattr(engagement, name) for name in names}
        super().__init__(data, initial=initial | {"owner": engagement.owner_id})
        self.fields["owner"].queryset = people_of(brand)  # type: ignore[attr-defined]
        here = EngagementStage(engagement.stage)
        # What is not on offer can be sent all the same: the service says why not.
        self.fields["stage"].widget.choices = [
            (here.value, here.label),
            *(
                (to.value, f"{to.label}{' …' if takes_reason else ''}")
                for to, takes_reason in moves
            ),
        ]

    @property
    def changes(self) -> Changes:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "stage": EngagementStage(data["stage"]),
            "reason": data["reason"],
            "owner": data["owner"],
            "next_step": data["next_step"],
            "next_step_on": data["next_step_on"],
            "planned_cost": data["planned_cost"],
            "agreed_cost": data["agreed_cost"],
        }


class SubstituteForm(PlainForm):
    """Who takes the place, and why somebody goes."""

    creator = forms.UUIDField(label="Who takes the place")
    reason = forms.CharField(
        max_length=REASON_MAX, label="Why", widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class AddForm(forms.Form):
    """A creator who is put on the shortlist by hand."""

    creator = forms.UUIDField()
    reason = forms.CharField(max_length=REASON_MAX, required=False)


class ManyForm(forms.Form):
    """One move of several creators on the shortlist."""

    to = forms.ChoiceField(choices=EngagementStage.choices)
    reason = forms.CharField(max_length=REASON_MAX, required=False)
    # The engagement and the version that was seen, as "12:3".
    picked = forms.MultipleChoiceField()

    def __init__(self, data: Any, *, offered: list[str]) -> None:
        super().__init__(data)
        self.fields["picked"].choices = [(one, one) for one in offered]  # type: ignore[attr-defined]
