"""Rules that take answers of the survey for something: words, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.choices import SurveyChoice
from campaigns.models import SurveyRule
from campaigns.services import survey
from campaigns.services.refusals import CampaignRefused
from campaigns.services.survey import Taken
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.api.relationships import KnownCreatorField
from crm.choices import Scope


class SurveyRuleSerializer(serializers.Serializer[Any]):
    """Words, and what an answer that has them is taken for."""

    id = serializers.IntegerField()
    words = serializers.CharField(help_text="In small letters, without accents and signs.")
    choice = serializers.ChoiceField(choices=SurveyChoice.choices)
    creator = serializers.UUIDField(allow_null=True)
    channel = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class TakenBody(Body):
    """What an answer is taken for."""

    choice = serializers.ChoiceField(choices=SurveyChoice.choices)
    creator = KnownCreatorField(
        required=False, allow_null=True, help_text="The uid of one of yours; of `creator` only."
    )
    channel = serializers.CharField(
        max_length=60, required=False, allow_blank=True, help_text="Of `channel` only."
    )


class NewSurveyRule(TakenBody):
    """A rule for answers that have these words, whatever the case and the accents."""

    words = serializers.CharField(max_length=100)


class SurveyRuleViewSet(BrandViewSet[SurveyRule]):
    """Rules of the survey. Of several that fit, the one with the longest words holds."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = SurveyRule.objects.none()
    serializer_class = SurveyRuleSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[SurveyRule]:
        """Rules of the token's brand."""
        rows = SurveyRule.objects.filter(brand=self.brand)
        return rows.select_related("relationship__creator").order_by("words", "pk")

    def list(self, request: Request) -> Response:
        """All of them, by their words."""
        return self.whole([_row(one) for one in self.get_queryset()])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        with refusals(CampaignRefused):
            return Response(_row(self.get_queryset().get(pk=pk)))

    @extend_schema(
        request=NewSurveyRule,
        responses={201: SurveyRuleSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "A way in",
                value={"words": "a friend", "choice": "channel", "channel": "Friends"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Add a rule; it holds from now on, and for all answers nobody decided about."""
        body = NewSurveyRule(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            made = survey.add_rule(
                brand=self.brand,
                words=body.validated_data["words"],
                taken=taken_of(body.validated_data),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(_row(made), status=HTTPStatus.CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take a rule away: the other rules take its answers."""
        with refusals(CampaignRefused):
            survey.remove_rule(
                rule_id=int(pk), brand=self.brand, actor=self.actor, at=timezone.now()
            )
        return Response(status=HTTPStatus.NO_CONTENT)


def taken_of(said: Mapping[str, Any]) -> Taken:
    """What the services take."""
    return Taken(said["choice"], said.get("creator"), said.get("channel", ""))


def _row(one: SurveyRule) -> Row:
    return {
        "id": one.pk,
        "words": one.words,
        "choice": one.choice,
        "creator": one.relationship.creator.uid if one.relationship else None,
        "channel": one.channel or None,
        "created_at": one.created_at,
    }
