"""Experiments: the plan with its arms, how many creators it takes, and what ends it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify

from campaigns.models import Campaign
from crm.models import Brand
from crm.styled import PlainForm, lines
from segmentation.choices import (
    ExperimentDesign,
    ExperimentReading,
    OutcomeMetric,
    SegmentStatus,
)
from segmentation.models import Dimension, Experiment, Segment
from segmentation.models.experiments import DAYS_MAX, LOOKS_MAX
from segmentation.services.experiments.ending import DECISION_MAX
from segmentation.services.experiments.plans import ARMS_MAX, SHARE_MAX, ArmPlan, Wanted

LEVELS = (("0.8", "80 %"), ("0.9", "90 %"), ("0.95", "95 %"), ("0.99", "99 %"))


def _radio() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": "form-check-input"})


class ExperimentForm(PlainForm):
    """What is asked, of whom, by what, and how the answer will be read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(max_length=120, label="Name")
    question = forms.CharField(
        max_length=1_000,
        label="What do you want to know?",
        widget=lines(2),
        help_text="For example: do educators bring more orders with a demonstration than with a "
        "list of features?",
    )
    design = forms.ChoiceField(
        choices=ExperimentDesign.choices,
        label="What makes the arms differ?",
        widget=_radio(),
        help_text="Roles cannot be handed out: whoever compares educators with entertainers sees a "
        "difference, not its cause. What a creator gets (brief, hook, offer) chance can decide.",
    )
    campaign = forms.ChoiceField(
        label="Creators of the campaign",
        required=False,
        help_text="Outcomes are then those of this campaign only.",
    )
    segment = forms.ChoiceField(
        label="who are in the segment",
        required=False,
        help_text="Only where chance decides. Otherwise each arm has a segment.",
    )
    dimension = forms.ChoiceField(
        label="Balance the arms within each segment of",
        required=False,
        help_text="So that no arm gets all the large creators, say.",
    )
    metric = forms.ChoiceField(
        choices=OutcomeMetric.choices, label="What is counted of each creator"
    )
    days = forms.IntegerField(
        min_value=1, max_value=DAYS_MAX, label="Days from the start to the last look"
    )
    reading = forms.ChoiceField(
        choices=ExperimentReading.choices,
        label="When is the result read?",
        widget=_radio(),
        help_text="Fixed beforehand: who looks until it pleases finds differences that are none. "
        "More looks need more creators.",
    )
    looks_planned = forms.IntegerField(
        min_value=1,
        max_value=LOOKS_MAX,
        required=False,
        label="How many planned looks",
        help_text="Equally far apart; only where their number is planned.",
    )
    level = forms.ChoiceField(choices=LEVELS, label="How sure the answer shall be")
    planned_lift = forms.FloatField(
        min_value=0.1,
        max_value=1_000,
        label="The difference it is made for, in %",
        help_text="The smallest that would change what you do.",
    )

    def __init__(
        self, data: Any = None, *, brand: Brand, experiment: Experiment | None = None
    ) -> None:
        super().__init__(data, initial=_initial(experiment))
        campaigns = Campaign.objects.filter(brand=brand).order_by("-created_at", "-pk")
        segments = Segment.objects.filter(brand=brand).exclude(status=SegmentStatus.ARCHIVED)
        self.segments = [
            (one.key, f"{one.dimension.name}: {one.name}")
            for one in segments.select_related("dimension").order_by(
                "dimension__position", "dimension_id", "position", "key"
            )
        ]
        dimensions = Dimension.objects.filter(brand=brand).order_by("position", "key")
        for name, empty, choices in (
            ("campaign", "Any campaign", list(campaigns.values_list("key", "name"))),
            ("segment", "Any segment", self.segments),
            ("dimension", "No balance but over all", list(dimensions.values_list("key", "name"))),
        ):
            self.fields[name].choices = [("", empty), *choices]  # type: ignore[attr-defined]

    def wanted(self, arms: list[ArmPlan]) -> Wanted:
        """The plan as the service takes it."""
        said = self.cleaned_data
        return Wanted(
            **{
                name: said[name]
                for name in (
                    "name", "question", "design", "metric", "campaign", "segment", "dimension",
                    "reading", "days",
                )
            },
            arms=arms,
            level=float(said["level"]),
            looks_planned=said["looks_planned"] or 1,
            planned_lift=said["planned_lift"] / 100,
        )  # fmt: skip


def _initial(experiment: Experiment | None) -> dict[str, Any]:
    if experiment is None:
        return {
            "design": ExperimentDesign.CHANCE,
            "metric": OutcomeMetric.ORDERS_PER_CLICK,
            "reading": ExperimentReading.ONCE,
            "days": 28,
            "looks_planned": 1,
            "level": "0.95",
            "planned_lift": 20,
        }
    plain = (
        "version", "name", "question", "design", "metric", "reading", "days", "looks_planned",
    )  # fmt: skip
    return {name: getattr(experiment, name) for name in plain} | {
        "campaign": experiment.campaign.key if experiment.campaign else "",
        "segment": experiment.segment.key if experiment.segment else "",
        "dimension": experiment.dimension.key if experiment.dimension else "",
        "level": f"{experiment.level:g}",
        "planned_lift": round(experiment.planned_lift * 100, 6),
    }


class ArmForm(PlainForm):
    """One of the arms; without a name there is none."""

    name = forms.CharField(max_length=80, required=False, label="Arm")
    treatment = forms.CharField(
        max_length=1_000, required=False, label="What its creators get", widget=lines(2)
    )
    segment = forms.ChoiceField(required=False, label="Segment")
    share = forms.IntegerField(
        min_value=1, max_value=SHARE_MAX, required=False, label="Share", initial=1
    )

    def __init__(self, *args: Any, segments: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].choices = [("", "Chance decides"), *segments]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What is said of an arm has to have a name."""
        found: dict[str, Any] = self.cleaned_data
        if not found.get("name") and (found.get("treatment") or found.get("segment")):
            self.add_error("name", "Give the arm a name.")
        return found


class ArmFormSetBase(forms.BaseFormSet):  # type: ignore[type-arg] # not at run time
    """The arms of an experiment; the first is the control."""

    def plans(self) -> list[ArmPlan]:
        """The arms that have names, as the service takes them."""
        found: list[ArmPlan] = []
        for form in self.forms:
            said = form.cleaned_data
            if said.get("name"):
                key = slugify(said["name"])[:36] or "arm"
                if key in {arm.key for arm in found}:
                    key = f"{key}-{len(found) + 1}"
                found.append(
                    ArmPlan(
                        key=key,
                        name=said["name"],
                        treatment=said["treatment"],
                        share=said["share"] or 1,
                        segment=said["segment"],
                    )
                )
        return found


ArmFormSet = forms.formset_factory(
    ArmForm, formset=ArmFormSetBase, extra=0, min_num=0, max_num=ARMS_MAX, validate_max=True
)


def arms_form(
    data: Any = None, *, segments: list[tuple[str, str]], experiment: Experiment | None = None
) -> Any:
    """The arms of an experiment with empty ones to fill in."""
    there = [] if experiment is None else list(experiment.arms.select_related("segment"))
    initial = [
        {
            "name": arm.name,
            "treatment": arm.treatment,
            "share": arm.share,
            "segment": arm.segment.key if arm.segment else "",
        }
        for arm in there
    ]
    blank = [{"share": 1}] * (min(ARMS_MAX, max(3, len(there) + 1)) - len(there))
    return ArmFormSet(
        data, prefix="arms", initial=[*initial, *blank], form_kwargs={"segments": segments}
    )


class ExpectedForm(PlainForm):
    """How much creators differ, as somebody expects it."""

    id_prefix = "spread"

    between = forms.FloatField(
        min_value=0,
        max_value=1_000,
        required=False,
        initial=60,
        label="Between creators, in %",
        help_text="The standard deviation of their rates over the mean: 60 is usual.",
    )
    events = forms.FloatField(
        min_value=0.01,
        max_value=1_000_000_000,
        required=False,
        initial=5,
        label="Events of each creator",
        help_text="Orders, clicks: what one creator brings in all.",
    )


class SpreadForm(ExpectedForm):
    """The same, or as it was in the past."""

    field_order = ("source", "between", "events")

    source = forms.ChoiceField(
        choices=[("past", "From past numbers of these creators"), ("expected", "As I expect it")],
        label="How much do creators differ?",
        initial="past",
    )


class PowerForm(ExpectedForm):
    """What an experiment that is only thought of could show."""

    creators = forms.IntegerField(
        min_value=2, max_value=1_000_000, initial=20, label="Creators in each arm"
    )
    arms = forms.IntegerField(min_value=2, max_value=ARMS_MAX, initial=2, label="Arms")
    lift = forms.FloatField(
        min_value=0.1, max_value=1_000, initial=50, label="Difference to be seen, in %"
    )
    level = forms.ChoiceField(choices=LEVELS, initial="0.95", label="How sure")
    looks = forms.IntegerField(min_value=1, max_value=LOOKS_MAX, initial=1, label="Looks")

    @property
    def share_of_lift(self) -> float:
        """The difference as a share."""
        return float(self.cleaned_data["lift"]) / 100


class OutcomesForm(PlainForm):
    """Outcomes from a file."""

    id_prefix = "outcomes"

    file = forms.FileField(
        label="Outcomes",
        help_text="CSV or XLSX with a row for each creator: creator (id) or handle, events, and "
        "weight where events are counted on something.",
    )


class WordsForm(PlainForm):
    """What the brand does now, or why it stops."""

    words = forms.CharField(max_length=DECISION_MAX, label="In words", widget=lines(2))
