"""Who is to be ranked for a campaign, and how much each factor counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

from campaigns.models import Campaign
from crm.styled import PlainForm
from segmentation.matches.factors import FACTORS, MAX_WEIGHT
from segmentation.models import ScoreModel, Segment
from segmentation.services.matches.asking import Question
from segmentation.services.matches.weights import REASON_MAX


class QuestionForm(PlainForm):
    """Among whom, by which score, and what a piece may cost."""

    segment = forms.ChoiceField(required=False, label="Among")
    score = forms.ChoiceField(required=False, label="Score that counts")
    price_limit = forms.DecimalField(
        max_digits=12, decimal_places=2, required=False, label="A piece may cost"
    )

    def __init__(
        self,
        data: Any = None,
        *,
        campaign: Campaign,
        segments: Sequence[Segment],
        scores: Sequence[ScoreModel],
    ) -> None:
        super().__init__(data)
        fields = cast("dict[str, Any]", self.fields)
        fields["segment"].choices = [
            ("", "Everybody whom the brand knows"),
            *((one.key, f"{one.name} ({one.members_count:,} creators)") for one in segments),
        ]
        fields["score"].choices = [("", "None"), *((one.key, one.name) for one in scores)]
        fields["price_limit"].label = f"A piece may cost, {campaign.currency}"
        self.dress()

    def question(self) -> Question:
        """What the service takes."""
        data = self.cleaned_data
        return Question(data["segment"], data["score"], data["price_limit"])


class WeightsForm(PlainForm):
    """How much each factor counts, and why."""

    reason = forms.CharField(max_length=REASON_MAX, label="Why these weights")
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, weights: Mapping[str, int], seen: int) -> None:
        super().__init__(data, initial={"seen": seen})
        for factor in FACTORS:
            self.fields[factor.key] = forms.IntegerField(
                min_value=0,
                max_value=MAX_WEIGHT,
                initial=weights.get(factor.key, 0),
                label=factor.label,
                help_text=factor.explains,
            )
        self.dress()

    @property
    def factors(self) -> list[forms.BoundField]:
        """The fields of the factors, in order."""
        return [self[factor.key] for factor in FACTORS]

    @property
    def given(self) -> dict[str, int]:
        """What was sent: a weight for each factor."""
        return {factor.key: self.cleaned_data[factor.key] for factor in FACTORS}
