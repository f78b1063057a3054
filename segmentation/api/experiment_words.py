"""Experiments in JSON: what is said of them, and what is taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rest_framework import serializers

from crm.api.body import Body, NumberField
from crm.api.pagination import Row
from segmentation.choices import (
    ErrandStatus,
    ExperimentDesign,
    ExperimentReading,
    ExperimentStatus,
    LookSource,
    OutcomeMetric,
)
from segmentation.models import Experiment, ExperimentLook
from segmentation.models.experiments import DAYS_MAX, LOOKS_MAX
from segmentation.services.experiments.ending import DECISION_MAX
from segmentation.services.experiments.people import PEOPLE_MAX
from segmentation.services.experiments.plans import ARMS_MAX, SHARE_MAX, ArmPlan, Wanted


class ExperimentArmSerializer(serializers.Serializer[Any]):
    """An arm, with how many creators it has."""

    key = serializers.CharField()
    name = serializers.CharField()
    treatment = serializers.CharField(allow_blank=True)
    share = serializers.IntegerField()
    is_control = serializers.BooleanField()
    segment = serializers.CharField(allow_null=True)
    segment_version = serializers.IntegerField(allow_null=True)


class ExperimentSummarySerializer(serializers.Serializer[Any]):
    """An experiment in the list."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    question = serializers.CharField()
    status = serializers.ChoiceField(choices=ExperimentStatus.choices)
    design = serializers.ChoiceField(choices=ExperimentDesign.choices)
    metric = serializers.ChoiceField(choices=OutcomeMetric.choices)
    campaign = serializers.CharField(allow_null=True)
    segment = serializers.CharField(allow_null=True)
    dimension = serializers.CharField(allow_null=True)
    level = serializers.FloatField()
    reading = serializers.ChoiceField(choices=ExperimentReading.choices)
    looks_planned = serializers.IntegerField()
    planned_lift = serializers.FloatField()
    days = serializers.IntegerField()
    seed = serializers.CharField(help_text="With it anybody can repeat the draw.")
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()


class ExperimentSerializer(ExperimentSummarySerializer):
    """An experiment with its arms."""

    arms = ExperimentArmSerializer(many=True)


class ExperimentAssignmentSerializer(serializers.Serializer[Any]):
    """A creator's arm."""

    number = serializers.IntegerField()
    creator = serializers.UUIDField()
    name = serializers.CharField()
    arm = serializers.CharField()
    stratum = serializers.CharField(allow_blank=True)
    assigned_at = serializers.DateTimeField()
    is_late = serializers.BooleanField()


class LookIntervalSerializer(serializers.Serializer[Any]):
    """Where the truth probably lies."""

    level = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ArmResultSerializer(serializers.Serializer[Any]):
    """What was seen of an arm."""

    arm = serializers.CharField()
    name = serializers.CharField()
    creators = serializers.IntegerField()
    unknown = serializers.IntegerField(help_text="Creators whose outcome nobody knows.")
    silent = serializers.IntegerField(help_text="Creators with nothing to count on.")
    rate = serializers.FloatField(allow_null=True)
    interval = LookIntervalSerializer(allow_null=True)


class ArmComparisonSerializer(serializers.Serializer[Any]):
    """An arm against the control."""

    arm = serializers.CharField()
    name = serializers.CharField()
    lift = serializers.FloatField(allow_null=True)
    interval = LookIntervalSerializer(allow_null=True)
    by_chance = serializers.FloatField(
        allow_null=True, help_text="How often shuffling alone sets them as far apart."
    )
    is_decided = serializers.BooleanField()
    reason_if_absent = serializers.CharField(allow_null=True)


class LookResultSerializer(serializers.Serializer[Any]):
    """The result of a look."""

    look = serializers.IntegerField()
    level = serializers.FloatField()
    control = serializers.CharField()
    arms = ArmResultSerializer(many=True)
    comparisons = ArmComparisonSerializer(many=True)
    words = serializers.ListField(child=serializers.CharField())
    method = serializers.CharField()


class LookSerializer(serializers.Serializer[Any]):
    """A look at the result: ask again while its status is `queued`."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    source = serializers.ChoiceField(choices=LookSource.choices)  # type: ignore[assignment] # a field's name
    requested_at = serializers.DateTimeField()
    computed_at = serializers.DateTimeField(allow_null=True)
    result = LookResultSerializer(allow_null=True)
    digest = serializers.CharField(allow_null=True, help_text="SHA-256 of the result.")


class ArmBody(Body):
    """An arm; the first of an experiment is its control."""

    key = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=80)
    treatment = serializers.CharField(max_length=1_000, allow_blank=True, default="")
    share = serializers.IntegerField(min_value=1, max_value=SHARE_MAX, default=1)
    segment = serializers.CharField(max_length=60, allow_blank=True, default="")


class ExperimentBody(Body):
    """A plan. Who takes part: the creators of a campaign, of a segment, or of both."""

    name = serializers.CharField(max_length=120)
    question = serializers.CharField(max_length=1_000)
    design = serializers.ChoiceField(
        choices=ExperimentDesign.choices, default=ExperimentDesign.CHANCE
    )
    metric = serializers.ChoiceField(choices=OutcomeMetric.choices)
    arms = serializers.ListField(child=ArmBody(), min_length=2, max_length=ARMS_MAX)
    campaign = serializers.CharField(max_length=80, allow_blank=True, default="")
    segment = serializers.CharField(max_length=60, allow_blank=True, default="")
    dimension = serializers.CharField(max_length=60, allow_blank=True, default="")
    level = NumberField(min_value=0.5, max_value=0.9999, default=0.95)
    reading = serializers.ChoiceField(
        choices=ExperimentReading.choices, default=ExperimentReading.ONCE
    )
    looks_planned = serializers.IntegerField(min_value=1, max_value=LOOKS_MAX, default=1)
    planned_lift = NumberField(
        min_value=0.001, max_value=10, default=0.2, help_text="0.2: a fifth more."
    )
    days = serializers.IntegerField(min_value=1, max_value=DAYS_MAX, default=28)

    def wanted(self, before: Wanted | None = None) -> Wanted:
        """The plan as the service takes it; what is not said is as `before`."""
        said: dict[str, Any] = dict(self.validated_data)
        if "arms" in said:
            said["arms"] = [ArmPlan(**arm) for arm in said["arms"]]
        return replace(before, **said) if before else Wanted(**said)


class ExperimentChange(ExperimentBody):
    """What to change of a draft's plan: what is left out stays, `arms` are replaced as a whole."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Those of a plan, none of them needed; what is inside an arm still is."""
        fields = super().get_fields()
        for field in fields.values():
            field.required, field.default = False, serializers.empty
        return fields


class OutcomeBody(Body):
    """What came of a creator. Events null: nobody knows."""

    creator = serializers.UUIDField()
    events = NumberField(min_value=0, allow_null=True)
    weight = NumberField(min_value=0, default=1.0)


class LookBody(Body):
    """A look; with outcomes where the experiment was planned to read them from elsewhere."""

    outcomes = serializers.ListField(child=OutcomeBody(), required=False, max_length=PEOPLE_MAX)


class EndBody(Body):
    """What the brand does now, or why it stops."""

    words = serializers.CharField(max_length=DECISION_MAX)


def summary(one: Experiment) -> Row:
    """In the list."""
    plain = (
        "name", "question", "status", "design", "metric", "level", "reading", "looks_planned",
        "planned_lift", "days", "seed", "started_at", "ended_at", "version",
    )  # fmt: skip
    return {"id": one.pk} | {name: getattr(one, name) for name in plain} | {
        "campaign": one.campaign.key if one.campaign else None,
        "segment": one.segment.key if one.segment else None,
        "dimension": one.dimension.key if one.dimension else None,
        "decision": one.decision or None,
    }  # fmt: skip


def in_full(one: Experiment) -> Row:
    """With its arms."""
    plain = ("key", "name", "treatment", "share", "is_control", "segment_version")
    arms = one.arms.select_related("segment").order_by("position")
    return summary(one) | {
        "arms": [
            {name: getattr(arm, name) for name in plain}
            | {"segment": arm.segment.key if arm.segment else None}
            for arm in arms
        ]
    }


def look_row(look: ExperimentLook) -> Row:
    """A look, with its result as soon as it is there."""
    return {
        "number": look.number,
        "status": look.status,
        "error": look.error or None,
        "source": look.source,
        "requested_at": look.requested_at,
        "computed_at": look.computed_at,
        "result": look.result or None,
        "digest": look.digest or None,
    }
