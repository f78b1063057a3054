"""Values that classifiers suggest, people's answers to them, and the classifiers in versions."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body, NumberField
from crm.api.pagination import PageQuery, Row
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.paging import Order
from segmentation.api.overrides import DecidedCreatorSerializer
from segmentation.choices import AnswerStatus, ClassifierKind, ClassifierStatus
from segmentation.models import Classifier, SuggestedValue
from segmentation.models.suggested_values import SuggestedValueQuerySet
from segmentation.services.suggesting import answering as service
from segmentation.services.suggesting import settings
from segmentation.services.suggesting.subjects import FACTS

ORDER = Order("suggested-values", key="priority", descending=True)
COLUMNS = (
    "id",
    "creator__uid",
    "creator__name",
    "fact",
    "value",
    "confidence",
    "others",
    "evidence",
    "classifier",
    "classifier__number",
    "classifier__kind",
    "status",
    "suggested_at",
    "closed_at",
    "closed_by__email",
    "chosen",
    "in_bulk",
    "note",
    "quiet_until",
    "priority",
)
CLASSIFIER_ORDER = Order("classifiers", key="made_at", descending=True)
CLASSIFIER_COLUMNS = (
    *("id", "fact", "number", "kind", "status", "values", "training", "tested", "reason"),
    "made_at",
)
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="`errors[0].code` is `closed` (somebody answered), `known` (the fact is known "
        "by now, or the creator objected to being sorted), `unknown_fact` (the field is not in "
        "use), `invalid` (the suggested value is none any more) or `unproven` (too few were looked "
        "at one by one).",
    )
}


class LikelySerializer(serializers.Serializer[Any]):
    """What else it could be."""

    value = serializers.CharField()
    probability = serializers.FloatField()


class TermSerializer(serializers.Serializer[Any]):
    """A word that led there, and how much it brings, in the classifier's own measure."""

    term = serializers.CharField()
    brings = serializers.FloatField()


class SuggestedValueSerializer(serializers.Serializer[Any]):
    """A value that a classifier suggests for a creator; it is a fact only once accepted."""

    id = serializers.IntegerField()
    creator = DecidedCreatorSerializer()
    fact = serializers.ChoiceField(choices=FACTS)
    value = serializers.CharField()
    confidence = serializers.FloatField(
        allow_null=True, help_text="Probability that it is right; null: nobody knows it."
    )
    others = LikelySerializer(many=True)
    terms = TermSerializer(many=True)
    posts = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids of posts with most of these words."
    )
    posts_read = serializers.IntegerField()
    explanation = serializers.CharField(help_text="What the classifier adds in words; often empty.")
    classifier = serializers.IntegerField(help_text="The id of the classifier.")
    classifier_number = serializers.IntegerField(help_text="Its version.")
    classifier_kind = serializers.ChoiceField(choices=ClassifierKind.choices)
    status = serializers.ChoiceField(choices=AnswerStatus.choices)
    suggested_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.EmailField(allow_null=True)
    chosen = serializers.ListField(
        child=serializers.CharField(), help_text="What the person said it is."
    )
    in_bulk = serializers.BooleanField(
        help_text="Accepted with many others: nobody looked at this one."
    )
    note = serializers.CharField()
    quiet_until = serializers.DateTimeField(
        allow_null=True, help_text="Of one that was not enough to tell: it may come again then."
    )


class SuggestedValuesQuery(PageQuery):
    """Which suggestions."""

    status = serializers.ChoiceField(
        choices=AnswerStatus.choices, required=False, default=AnswerStatus.OPEN.value
    )
    fact = serializers.ChoiceField(choices=FACTS, required=False)
    creator = serializers.UUIDField(required=False, help_text="A creator's uid.")
    least_confidence = NumberField(min_value=0, max_value=1, required=False)


class AnsweredValue(Body):
    """What to remember of the answer."""

    note = serializers.CharField(
        max_length=service.NOTE_MAX, required=False, allow_blank=True, default=""
    )


class OverriddenValue(AnsweredValue):
    """What it is instead."""

    values = serializers.ListField(
        child=serializers.CharField(max_length=120), min_length=1, max_length=100
    )


class ManyValues(Body):
    """Of which fact, and from which confidence on."""

    fact = serializers.ChoiceField(choices=FACTS)
    least_confidence = NumberField(min_value=service.BULK_LEAST, max_value=1)


class AcceptedManySerializer(serializers.Serializer[Any]):
    """What was accepted at once, and what such suggestions were worth in the past."""

    accepted = serializers.IntegerField()
    looked_at = serializers.IntegerField(help_text="As sure, and looked at by people one by one.")
    right = serializers.IntegerField(help_text="Of these.")


class LookAskedSerializer(serializers.Serializer[Any]):
    """That a worker will look."""

    within_seconds = serializers.IntegerField()


class SuggestedValueViewSet(BrandViewSet[SuggestedValue]):
    """Suggested values of the brand's creators."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.CREATORS_WRITE
    queryset = SuggestedValue.objects.none()
    serializer_class = SuggestedValueSerializer
    lookup_value_regex = ID
    queries = {"list": SuggestedValuesQuery}

    def get_queryset(self) -> SuggestedValueQuerySet:
        """Those of the token's brand."""
        return SuggestedValue.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Suggestions, what helps most first: those that wait unless asked otherwise."""
        asked = self.query
        rows = self.get_queryset().of_the_willing().filter(status=asked["status"])
        if fact := asked.get("fact"):
            rows = rows.filter(fact=fact)
        if uid := asked.get("creator"):
            rows = rows.filter(creator__uid=uid)
        if (least := asked.get("least_confidence")) is not None:
            rows = rows.filter(confidence__gte=least)
        return self.page(rows.values(*COLUMNS), order=ORDER, represent=suggested)

    def _shown(self, pk: int | str) -> Row:
        [found] = suggested([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found

    @extend_schema(responses=SuggestedValueSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One suggestion, whatever became of it."""
        found = self.one(self.get_queryset().of_the_willing().filter(pk=pk).values("id"))
        return Response(self._shown(found["id"]))

    @extend_schema(request=AnsweredValue, responses={200: SuggestedValueSerializer, **REFUSED})
    def accept(self, request: Request, pk: str) -> Response:
        """Make the value a fact: estimated, with its evidence."""
        return self._answer(pk, service.accept, AnsweredValue)

    @extend_schema(request=OverriddenValue, responses={200: SuggestedValueSerializer, **REFUSED})
    def override(self, request: Request, pk: str) -> Response:
        """Say what it is instead; of niches and themes it may be several."""
        return self._answer(pk, service.override, OverriddenValue)

    @extend_schema(request=AnsweredValue, responses={200: SuggestedValueSerializer, **REFUSED})
    def not_enough(self, request: Request, pk: str) -> Response:
        """Say that nobody could tell from this: it is not asked again for 90 days."""
        return self._answer(pk, service.not_enough, AnsweredValue)

    @extend_schema(request=None, responses={200: SuggestedValueSerializer, **REFUSED})
    def take_back(self, request: Request, pk: str) -> Response:
        """Undo an answer: the fact is unknown again, and the question waits."""
        return self._answer(pk, service.take_back, None)

    @extend_schema(request=ManyValues, responses={200: AcceptedManySerializer, **REFUSED})
    def accept_many(self, request: Request) -> Response:
        """Accept all of a fact that are as sure, 500 at most, where 20 such were looked at."""
        body = self._read(ManyValues)
        with refusals(service.AnswerRefused, body=body):
            number, past = service.accept_all(
                brand=self.brand,
                fact=body.validated_data["fact"],
                least=body.validated_data["least_confidence"],
                at=timezone.now(),
                actor=self.actor,
            )
        return Response({"accepted": number, "looked_at": past.looked_at, "right": past.right})

    @extend_schema(request=None, responses={202: LookAskedSerializer})
    def look(self, request: Request) -> Response:
        """Have a worker learn and suggest within two minutes instead of in the night.

        Once for all who ask meanwhile.
        """
        Body(data=request.data).is_valid(raise_exception=True)
        settings.look_soon(brand=self.brand)
        shown = {"within_seconds": settings.LOOK_WITHIN}
        return Response(shown, status=HTTPStatus.ACCEPTED)

    def _answer(
        self, pk: str, decide: Callable[..., SuggestedValue], shape: type[Body] | None
    ) -> Response:
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = None if shape is None else self._read(shape)
        said = {} if body is None else body.validated_data
        with refusals(service.AnswerRefused, body=body):
            decide(suggestion_id=row["id"], at=timezone.now(), actor=self.actor, **said)
        return Response(self._shown(row["id"]))

    def _read(self, shape: type[Body]) -> Body:
        body = shape(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        return body


class TestedSerializer(serializers.Serializer[Any]):
    """What came of a test on creators that no version learns from."""

    creators = serializers.IntegerField()
    right = serializers.IntegerField()
    in_three = serializers.IntegerField(help_text="One of the three likeliest was right.")
    sure = serializers.IntegerField(help_text="Said with a confidence of 0.8 and more.")
    sure_right = serializers.IntegerField(help_text="Right among these.")
    loss = serializers.FloatField(help_text="Mean of -log of the true value's probability.")


class ClassifierSerializer(serializers.Serializer[Any]):
    """One version of what suggests values of a fact."""

    id = serializers.IntegerField()
    fact = serializers.ChoiceField(choices=FACTS)
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ClassifierKind.choices)
    status = serializers.ChoiceField(choices=ClassifierStatus.choices)
    values = serializers.ListField(
        child=serializers.CharField(), help_text="What it can say; of a detector empty."
    )
    name = serializers.CharField(help_text="What it is made of: lexicon, tf-idf, py3langid, ...")
    learned_from = serializers.IntegerField(allow_null=True, help_text="Creators; null: of none.")
    tested = TestedSerializer(allow_null=True)
    tested_in_use = TestedSerializer(
        allow_null=True, help_text="The version that was in use then, on the same creators."
    )
    reason = serializers.CharField(help_text="Why it was refused or retired.")
    made_at = serializers.DateTimeField()


class ClassifiersQuery(PageQuery):
    """Which versions."""

    fact = serializers.ChoiceField(choices=FACTS, required=False)
    status = serializers.ChoiceField(choices=ClassifierStatus.choices, required=False)


class ClassifierViewSet(BrandViewSet[Classifier]):
    """Versions of the brand's classifiers."""

    scope = Scope.CREATORS_READ
    queryset = Classifier.objects.none()
    serializer_class = ClassifierSerializer
    queries = {"list": ClassifiersQuery}

    def get_queryset(self) -> QuerySet[Classifier]:
        """Those of the token's brand."""
        return Classifier.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Versions, newest first."""
        asked = {name: self.query[name] for name in ("fact", "status") if self.query.get(name)}
        rows = self.get_queryset().filter(**asked)
        return self.page(
            rows.values(*CLASSIFIER_COLUMNS), order=CLASSIFIER_ORDER, represent=classifiers
        )


def suggested(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": {"uid": row["creator__uid"], "name": row["creator__name"]},
            "fact": row["fact"],
            "value": row["value"],
            "confidence": row["confidence"],
            "others": [{"value": value, "probability": share} for value, share in row["others"]],
            "terms": [
                {"term": term, "brings": share} for term, share in row["evidence"].get("terms", ())
            ],
            "posts": row["evidence"].get("posts", []),
            "posts_read": row["evidence"].get("read", 0),
            "explanation": row["evidence"].get("note", ""),
            "classifier": row["classifier"],
            "classifier_number": row["classifier__number"],
            "classifier_kind": row["classifier__kind"],
            "status": row["status"],
            "suggested_at": row["suggested_at"],
            "closed_at": row["closed_at"],
            "closed_by": row["closed_by__email"],
            "chosen": row["chosen"],
            "in_bulk": row["in_bulk"],
            "note": row["note"],
            "quiet_until": row["quiet_until"],
        }
        for row in rows
    ]


def classifiers(rows: list[Row]) -> list[Row]:
    """Rows of CLASSIFIER_COLUMNS as the API shows them."""
    kept = ("id", "fact", "number", "kind", "status", "values", "reason", "made_at")
    return [
        {name: row[name] for name in kept}
        | {
            "name": row["training"].get("name", ""),
            "learned_from": row["training"].get("learned_from"),
            "tested": row["tested"].get("it"),
            "tested_in_use": row["tested"].get("in_use"),
        }
        for row in rows
    ]
