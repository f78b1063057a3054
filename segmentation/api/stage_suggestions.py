"""Moves that rules suggest and people accept or dismiss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import PageQuery, Row
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope, Stage
from crm.paging import Order
from segmentation.api.overrides import DecidedCreatorSerializer
from segmentation.choices import SuggestionStatus
from segmentation.models import StageSuggestion
from segmentation.services import stage_suggestions as service

ORDER = Order("suggestions", key="suggested_at", descending=True)
COLUMNS = (
    "id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "from_stage",
    "to_stage",
    "version__stage_rule",
    "version__stage_rule__name",
    "version__number",
    "evidence",
    "status",
    "suggested_at",
    "closed_at",
    "closed_by__email",
    "note",
    "quiet_until",
)
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="`errors[0].code` is `closed` (somebody answered, or it no longer holds), "
        "`moved` (the creator is elsewhere by now) or `move_not_allowed`.",
    )
}


class ReadValueSerializer(serializers.Serializer[Any]):
    """One value that the rule read."""

    name = serializers.CharField()
    value = serializers.JSONField(help_text="Null where it is not known.")


class SuggestionSerializer(serializers.Serializer[Any]):
    """A move that a rule suggests; nobody is moved by it."""

    id = serializers.IntegerField()
    creator = DecidedCreatorSerializer()
    from_stage = serializers.ChoiceField(choices=Stage.choices)
    to_stage = serializers.ChoiceField(choices=Stage.choices)
    rule = serializers.IntegerField(help_text="The id of the rule.")
    version = serializers.IntegerField()
    why = serializers.CharField()
    evidence = ReadValueSerializer(many=True, help_text="What the rule read when it was suggested.")
    status = serializers.ChoiceField(choices=SuggestionStatus.choices)
    suggested_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.EmailField(allow_null=True)
    note = serializers.CharField()
    quiet_until = serializers.DateTimeField(
        allow_null=True, help_text="Of a dismissed one: it may come again then."
    )


class SuggestionsQuery(PageQuery):
    """Which suggestions."""

    status = serializers.ChoiceField(
        choices=SuggestionStatus.choices, required=False, default=SuggestionStatus.OPEN.value
    )
    creator = serializers.UUIDField(required=False, help_text="A creator's uid.")


class Answer(Body):
    """What to remember of the decision."""

    note = serializers.CharField(
        max_length=service.NOTE_MAX, required=False, allow_blank=True, default=""
    )


class StageSuggestionViewSet(BrandViewSet[StageSuggestion]):
    """Suggested moves of the brand."""

    scope = Scope.RELATIONSHIPS_READ
    write_scope = Scope.RELATIONSHIPS_WRITE
    queryset = StageSuggestion.objects.none()
    serializer_class = SuggestionSerializer
    lookup_value_regex = ID
    queries = {"list": SuggestionsQuery}

    def get_queryset(self) -> QuerySet[StageSuggestion]:
        """Those of the token's brand."""
        return StageSuggestion.objects.filter(brand=self.brand).of_the_willing()

    def list(self, request: Request) -> Response:
        """Suggestions, newest first: those that wait for an answer unless asked otherwise."""
        rows = self.get_queryset().filter(status=self.query["status"])
        if uid := self.query.get("creator"):
            rows = rows.filter(relationship__creator__uid=uid)
        return self.page(rows.values(*COLUMNS), order=ORDER, represent=suggestions)

    def _shown(self, pk: int | str) -> Row:
        [found] = suggestions([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found

    @extend_schema(responses=SuggestionSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One suggestion, whatever became of it."""
        return Response(self._shown(pk))

    @extend_schema(request=Answer, responses={200: SuggestionSerializer, **REFUSED})
    def accept(self, request: Request, pk: str) -> Response:
        """Move the creator, for the suggestion's reason."""
        return self._answer(request, pk, service.accept)

    @extend_schema(request=Answer, responses={200: SuggestionSerializer, **REFUSED})
    def dismiss(self, request: Request, pk: str) -> Response:
        """Leave the creator where they are."""
        return self._answer(request, pk, service.dismiss)

    def _answer(
        self, request: Request, pk: str, decide: Callable[..., StageSuggestion]
    ) -> Response:
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = Answer(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(service.SuggestionRefused, body=body):
            decide(
                suggestion_id=row["id"],
                at=timezone.now(),
                actor=self.actor,
                note=body.validated_data["note"],
            )
        return Response(self._shown(row["id"]))


def suggestions(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "from_stage": row["from_stage"],
            "to_stage": row["to_stage"],
            "rule": row["version__stage_rule"],
            "version": row["version__number"],
            "why": row["version__stage_rule__name"],
            "evidence": [{"name": name, "value": value} for name, value in row["evidence"]],
            "status": row["status"],
            "suggested_at": row["suggested_at"],
            "closed_at": row["closed_at"],
            "closed_by": row["closed_by__email"],
            "note": row["note"],
            "quiet_until": row["quiet_until"],
        }
        for row in rows
    ]
