"""Content tests in JSON: what is said of them, and what is taken."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from campaigns.models import Campaign
from crm.api.body import Body, NumberField
from crm.api.pagination import Row
from segmentation.api.experiment_words import ArmComparisonSerializer, ArmResultSerializer
from segmentation.choices import ContentElement, ErrandStatus, ExperimentStatus, OutcomeMetric
from segmentation.models import AudienceSegment, ContentReading, ContentTest
from segmentation.models.content_tests import (
    LEAST_FLOOR,
    MEASURES,
    MOST_FLOOR,
    MOST_VARIANTS,
)
from segmentation.selectors.content_tests import TestTold
from segmentation.services.content_tests.planning import DECISION_MAX, Plan, Wording

# Readings are not counted, as planned looks are: the result's `look` is empty.
RESULT = ("level", "control", "arms", "comparisons", "words", "method")
METRICS = [(one.value, one.label) for one in MEASURES]
STATUSES = [
    (one.value, one.label)
    for one in (ExperimentStatus.DRAFT, ExperimentStatus.RUNNING, ExperimentStatus.COMPLETED)
]


class ContentTestSummarySerializer(serializers.Serializer[Any]):
    """A content test in the list."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    question = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    campaign = serializers.CharField(help_text="Its key.")
    element = serializers.ChoiceField(
        choices=ContentElement.choices, help_text="What variants differ in."
    )
    metric = serializers.ChoiceField(choices=METRICS, help_text="What is counted of a piece.")
    level = serializers.FloatField()
    planned_lift = serializers.FloatField(help_text="0.2: made for a difference of a fifth.")
    floor = serializers.IntegerField(help_text="Percent of new creators that each gets at least.")
    target = serializers.CharField(allow_null=True, help_text="Where links of pieces lead.")
    seed = serializers.CharField(help_text="With it anybody can repeat the draw.")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.CharField(allow_null=True)


class ContentVariantSerializer(serializers.Serializer[Any]):
    """A variant with who makes it; the first is the one that others are held against."""

    key = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    audience = serializers.CharField(allow_null=True, help_text="Whom it speaks to; null: all.")
    is_control = serializers.BooleanField()
    share = serializers.IntegerField(help_text="Percent of new creators.")
    creators = serializers.IntegerField()
    pieces = serializers.IntegerField()


class ContentTestSerializer(ContentTestSummarySerializer):
    """A content test with its variants, and what people made of suggestions."""

    variants = ContentVariantSerializer(many=True)
    readings = serializers.IntegerField()
    applied = serializers.IntegerField(help_text="Suggestions that somebody acted on.")
    as_suggested = serializers.IntegerField(help_text="Of those, taken as they were.")


class ContentResultSerializer(serializers.Serializer[Any]):
    """The result of a reading; its intervals hold for all readings together."""

    level = serializers.FloatField()
    control = serializers.CharField()
    arms = ArmResultSerializer(many=True)
    comparisons = ArmComparisonSerializer(many=True)
    words = serializers.ListField(child=serializers.CharField())
    method = serializers.CharField()


class ContentReadingSerializer(serializers.Serializer[Any]):
    """What had come of the variants at a moment: ask again while its status is `queued`."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField()
    computed_at = serializers.DateTimeField(allow_null=True)
    result = ContentResultSerializer(allow_null=True)
    suggested = serializers.DictField(
        child=serializers.IntegerField(),
        allow_null=True,
        help_text="Percent of new creators by variant; null: too little is known.",
    )
    applied = serializers.DictField(
        child=serializers.IntegerField(), allow_null=True, help_text="What a person made of it."
    )
    applied_at = serializers.DateTimeField(allow_null=True)
    applied_by = serializers.EmailField(allow_null=True)
    digest = serializers.CharField(
        allow_null=True, help_text="SHA-256 of the result and the suggestion."
    )


class VariantPieceSerializer(serializers.Serializer[Any]):
    """A piece of content and the variant it is made by."""

    number = serializers.IntegerField(help_text="In the order of the draw.")
    deliverable = serializers.IntegerField()
    title = serializers.CharField()
    creator = serializers.UUIDField()
    name = serializers.CharField()
    variant = serializers.CharField()
    tracking_link = serializers.IntegerField(allow_null=True)
    assigned_at = serializers.DateTimeField()


class ContentVariantBody(Body):
    """A wording."""

    name = serializers.CharField(max_length=80)
    text = serializers.CharField(max_length=2_000, help_text="What creators say or do.")
    audience = serializers.CharField(
        max_length=60, allow_null=True, default=None, help_text="The key of one of `audiences/`."
    )

    def validate_audience(self, key: str | None) -> AudienceSegment | None:
        """The audience."""
        if key is None:
            return None
        found = AudienceSegment.objects.filter(brand=self.context["brand"], key=key).first()
        if found is None:
            words = "There is no such audience: audiences/ names them."
            raise serializers.ValidationError(ErrorDetail(words, "does_not_exist"))
        return found


class ContentTestBody(Body):
    """A plan; the first variant is what is usual."""

    name = serializers.CharField(max_length=120)
    campaign = serializers.CharField(max_length=80, help_text="Its key.")
    question = serializers.CharField(max_length=1_000)
    element = serializers.ChoiceField(choices=ContentElement.choices)
    metric = serializers.ChoiceField(choices=METRICS)
    target = serializers.CharField(
        max_length=2_000,
        allow_blank=True,
        default="",
        help_text="Where links lead; needed where clicks are counted.",
    )
    planned_lift = NumberField(min_value=0.01, max_value=10, default=0.2)
    floor = serializers.IntegerField(min_value=LEAST_FLOOR, max_value=MOST_FLOOR, default=10)
    variants = serializers.ListField(
        child=ContentVariantBody(), min_length=2, max_length=MOST_VARIANTS
    )

    def validate_campaign(self, key: str) -> Campaign:
        """The campaign."""
        found = Campaign.objects.filter(brand=self.context["brand"], key=key).first()
        if found is None:
            words = "There is no such campaign: campaigns/ names them."
            raise serializers.ValidationError(ErrorDetail(words, "does_not_exist"))
        return found

    def plan(self) -> Plan:
        """The plan as the service takes it."""
        said: dict[str, Any] = dict(self.validated_data)
        said.pop("campaign")
        return Plan(
            **said
            | {
                "element": ContentElement(said["element"]),
                "metric": OutcomeMetric(said["metric"]),
                "variants": [Wording(**one) for one in said["variants"]],
            }
        )


class ShareOutBody(Body):
    """How new creators are shared out from now on, after a reading."""

    reading = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="Its number: the newest that is computed."
    )
    shares = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=100),
        help_text="Percent by the keys of all variants; together 100.",
    )


class EndTestBody(Body):
    """What the brand does now."""

    decision = serializers.CharField(max_length=DECISION_MAX)


class AssignedSerializer(serializers.Serializer[Any]):
    """What came of giving out."""

    pieces = serializers.IntegerField(help_text="That have a variant now and had none.")
    is_all = serializers.BooleanField(help_text="False: there may be more, ask again.")


def summary(test: ContentTest) -> Row:
    """In the list."""
    plain = (
        "name", "question", "status", "element", "metric", "level", "planned_lift", "floor", "seed",
        "created_at", "started_at", "ended_at",
    )  # fmt: skip
    return {"id": test.pk} | {name: getattr(test, name) for name in plain} | {
        "campaign": test.campaign.key,
        "target": test.target or None,
        "decision": test.decision or None,
    }  # fmt: skip


def in_full(told: TestTold) -> Row:
    """With its variants."""
    plain = ("key", "name", "text", "is_control", "share")
    return summary(told.test) | {
        "variants": [
            {name: getattr(one.variant, name) for name in plain}
            | {
                "audience": one.variant.audience.key if one.variant.audience else None,
                "creators": one.creators,
                "pieces": one.pieces,
            }
            for one in told.variants
        ],
        "readings": told.readings,
        "applied": told.applied,
        "as_suggested": told.as_suggested,
    }


def reading_row(one: ContentReading) -> Row:
    """A reading, with its result as soon as it is there."""
    return {
        "number": one.number,
        "status": one.status,
        "error": one.error or None,
        "requested_at": one.requested_at,
        "computed_at": one.computed_at,
        "result": {name: one.result[name] for name in RESULT} if one.result else None,
        "suggested": one.suggested or None,
        "applied": one.applied or None,
        "applied_at": one.applied_at,
        "applied_by": one.applied_by.email if one.applied_by else None,
        "digest": one.digest or None,
    }
