"""Answers to "how did you hear of us?" over REST: told in batches, read, and added up."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.survey_rules import TakenBody, taken_of
from campaigns.choices import SurveyChoice
from campaigns.models import SurveyAnswer
from campaigns.selectors.survey import survey_of
from campaigns.services import survey
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.survey import Told
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import MEDIA_TYPE, BadQuery
from crm.api.query import DayField, Query
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.paging import Order

REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description="It cannot be kept; why.")
}
BATCH_MAX = 1_000
DAYS = 90
ORDER = Order("survey-answers", key="id")
COLUMNS = (
    "id",
    "key",
    "day",
    "text",
    "order_key",
    "choice",
    "relationship__creator__uid",
    "channel",
    "is_decided",
)


class SurveyAnswerSerializer(serializers.Serializer[Any]):
    """An answer as it was given, and what it is taken for."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    day = serializers.DateField()
    text = serializers.CharField(allow_null=True)
    order = serializers.CharField(allow_null=True, help_text="The key of a conversion.")
    choice = serializers.ChoiceField(choices=SurveyChoice.choices)
    creator = serializers.UUIDField(allow_null=True)
    channel = serializers.CharField(allow_null=True)
    is_decided = serializers.BooleanField(help_text="Somebody said so; rules leave it alone.")


class SurveyShareSerializer(serializers.Serializer[Any]):
    """What answers name, with Wilson's interval (95 %)."""

    name = serializers.CharField()
    number = serializers.IntegerField()
    share = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class NewSurveyAnswer(Body):
    """An answer."""

    key = serializers.CharField(max_length=100, help_text="Whoever tells it names it so.")
    day = DayField()
    text = serializers.CharField(max_length=500, allow_blank=True)
    order = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="The key of a conversion."
    )


class NewSurveyAnswers(Body):
    """Several at once: all are taken, or none."""

    answers = serializers.ListField(child=NewSurveyAnswer(), min_length=1, max_length=BATCH_MAX)


class SurveyTakenSerializer(serializers.Serializer[Any]):
    """What became of them."""

    new = serializers.IntegerField()
    known = serializers.IntegerField()


class SurveySharesQuery(Query):
    """From which day to which, both included; the last 90 days unless said otherwise."""

    first = DayField(required=False)
    last = DayField(required=False)


class SurveyAnswerViewSet(BrandViewSet[SurveyAnswer]):
    """Answers to the brand."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = SurveyAnswer.objects.none()
    serializer_class = SurveyAnswerSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[SurveyAnswer]:
        """Answers to the token's brand."""
        return SurveyAnswer.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """In the order in which they came in."""
        rows = self.get_queryset().values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=_shown)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One answer."""
        return Response(self._one(pk))

    @extend_schema(request=TakenBody, responses={200: SurveyAnswerSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say what an answer is, whatever rules say."""
        self._one(pk)
        body = TakenBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            survey.decide(
                answer_id=int(pk),
                brand=self.brand,
                taken=taken_of(body.validated_data),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._one(pk))

    def _one(self, pk: str) -> Row:
        [found] = _shown([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found

    @extend_schema(
        request=NewSurveyAnswers,
        responses={200: SurveyTakenSerializer, 201: SurveyTakenSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "An answer",
                value={"answers": [{"key": "r-17", "day": "2026-11-20", "text": "Instagram"}]},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Tell up to 1,000 answers: all or none; a key that has another content is refused."""
        body = NewSurveyAnswers(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        told = [
            Told(one["key"], one["day"], " ".join(one["text"].split()), one.get("order", ""))
            for one in body.validated_data["answers"]
        ]
        with refusals(CampaignRefused, body=body):
            kept = survey.tell(brand=self.brand, answers=told, actor=self.actor, at=timezone.now())
        status = HTTPStatus.CREATED if kept.new else HTTPStatus.OK
        return Response({"new": kept.new, "known": kept.known}, status=status)


class SurveyShareViewSet(BrandViewSet[SurveyAnswer]):
    """What answers name."""

    scope = Scope.SERIES_READ
    queryset = SurveyAnswer.objects.none()
    serializer_class = SurveyShareSerializer
    pagination_class = WholeList
    queries = {"list": SurveySharesQuery}
    http_method_names = ["get", "head"]

    @extend_schema(parameters=[SurveySharesQuery])
    def list(self, request: Request) -> Response:
        """The answers of a time, most named first."""
        now = timezone.now()
        last = self.query.get("last") or today_of(self.brand, now)
        first = self.query.get("first") or last - timedelta(days=DAYS - 1)
        if first > last:
            raise BadQuery.of("first", "not_before", "The first day comes after the last one.")
        found = survey_of(self.brand, first=first, last=last, at=now)
        return self.whole([dict(vars(one)) for one in found.shares])


def _shown(rows: list[Row]) -> list[Row]:
    return [
        {
            "id": row["id"],
            "key": row["key"],
            "day": row["day"],
            "text": row["text"] or None,
            "order": row["order_key"] or None,
            "choice": row["choice"],
            "creator": row["relationship__creator__uid"],
            "channel": row["channel"] or None,
            "is_decided": row["is_decided"],
        }
        for row in rows
    ]
