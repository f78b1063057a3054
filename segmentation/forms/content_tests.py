"""Forms for content tests."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.models import Campaign
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from crm.models import Brand
from crm.styled import PlainForm
from segmentation.choices import ContentElement, OutcomeMetric
from segmentation.models import AudienceSegment
from segmentation.models.content_tests import (
    LEAST_FLOOR,
    MEASURES,
    MOST_FLOOR,
    MOST_VARIANTS,
)
from segmentation.services.content_tests.planning import DECISION_MAX, Plan, Wording


class ContentTestForm(PlainForm):
    """What is asked, of what, and how it is counted."""

    name = forms.CharField(max_length=120)
    campaign = forms.ModelChoiceField(
        queryset=Campaign.objects.none(), empty_label=None, help_text="Whose pieces are shared out."
    )
    question = forms.CharField(
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="What do you want to know?",
    )
    element = forms.ChoiceField(label="Variants differ in", choices=ContentElement.choices)
    metric = forms.ChoiceField(
        label="Counted of a piece", choices=[(one.value, one.label) for one in MEASURES]
    )
    target = forms.URLField(
        required=False,
        assume_scheme="https",
        max_length=2_000,
        label="Where links lead",
        help_text="Each piece gets a link of its own; needed where clicks are counted.",
    )
    planned_lift = forms.FloatField(
        label="The difference it is made for, %",
        min_value=1,
        max_value=1_000,
        initial=20,
        help_text="The interval is narrowest there.",
    )
    floor = forms.IntegerField(
        label="Least share of new creators, %",
        min_value=LEAST_FLOOR,
        max_value=MOST_FLOOR,
        initial=10,
        help_text="No variant gets less: what nobody makes any more teaches nothing.",
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Campaign.objects.filter(brand=brand, status__in=OPEN_CAMPAIGNS)
        self.fields["campaign"].queryset = rows.order_by("-created_at", "-pk")  # type: ignore[attr-defined]

    def plan(self, variants: list[Wording]) -> Plan:
        """What was typed."""
        given = self.cleaned_data
        return Plan(
            name=given["name"],
            question=given["question"],
            element=ContentElement(given["element"]),
            metric=OutcomeMetric(given["metric"]),
            planned_lift=given["planned_lift"] / 100,
            floor=given["floor"],
            target=given["target"],
            variants=variants,
        )


class VariantForm(PlainForm):
    """One of the wordings."""

    name = forms.CharField(max_length=80, required=False)
    text = forms.CharField(
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="What creators say or do",
    )
    audience = forms.ModelChoiceField(
        queryset=AudienceSegment.objects.none(),
        required=False,
        empty_label="Everybody",
        label="Speaks to",
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].queryset = AudienceSegment.objects.filter(  # type: ignore[attr-defined]
            brand=brand
        )

    def clean(self) -> dict[str, Any]:
        """A variant has both, or is left out."""
        given: dict[str, Any] = self.cleaned_data
        for name, other in (("name", "text"), ("text", "name")):
            if given.get(other) and not given.get(name) and name not in self.errors:
                self.add_error(name, "Both are needed.")
        return given


VariantForms = forms.formset_factory(
    VariantForm,
    extra=4,
    max_num=MOST_VARIANTS,
    absolute_max=MOST_VARIANTS,
    validate_max=True,
)


def wordings(parts: forms.BaseFormSet[VariantForm]) -> list[Wording]:
    """The variants that were filled in, in order."""
    given = [form.cleaned_data for form in parts.forms]
    return [Wording(one["name"], one["text"], one["audience"]) for one in given if one.get("name")]


class DecisionForm(PlainForm):
    """What the brand does now."""

    decision = forms.CharField(max_length=DECISION_MAX, label="What you do now")
