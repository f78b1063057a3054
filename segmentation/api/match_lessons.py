"""What campaigns that are over teach about the weights of matches, over REST."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope
from segmentation.choices import ErrandStatus
from segmentation.models import MatchLesson
from segmentation.services.matches import weighing
from segmentation.services.matches.weights import REASON_MAX


class MatchLessonSerializer(serializers.Serializer[Any]):
    """What campaigns that are over teach; a suggestion, until somebody accepts it."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField()
    learned_at = serializers.DateTimeField(allow_null=True)
    campaigns = serializers.IntegerField(allow_null=True)
    creators = serializers.IntegerField(allow_null=True)
    worked = serializers.IntegerField(allow_null=True)
    auc_in_force = serializers.FloatField(
        allow_null=True, help_text="Of two creators of an unseen campaign, how often the one who "
        "worked out is placed higher; 0.5 is chance.",
    )  # fmt: skip
    auc_learned = serializers.FloatField(allow_null=True)
    suggested = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    why_not = serializers.CharField(allow_null=True)
    is_accepted = serializers.BooleanField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class LessonDecisionBody(Body):
    """Whether the suggested weights are taken, and why."""

    accept = serializers.BooleanField()
    reason = serializers.CharField(max_length=REASON_MAX, required=False, allow_blank=True)


class MatchLessonViewSet(BrandViewSet[MatchLesson]):
    """What campaigns that are over teach about the weights."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = MatchLesson.objects.none()
    serializer_class = MatchLessonSerializer
    pagination_class = WholeList
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[MatchLesson]:
        """The brand's."""
        return MatchLesson.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """The newest twenty, the newest first."""
        return self.whole([_lesson(one) for one in weighing.lessons_of(self.brand)])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One; ask again while its status is `queued`."""
        return Response(_lesson(self._found(pk)))

    @extend_schema(request=None, responses={202: MatchLessonSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Have a worker ask the campaigns that are over."""
        body = Body(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            made = weighing.request(brand=self.brand, actor=self.actor, at=timezone.now())
        return Response(_lesson(made), status=HTTPStatus.ACCEPTED)

    @extend_schema(request=LessonDecisionBody, responses={200: MatchLessonSerializer, **REFUSED})
    def decide(self, request: Request, pk: str) -> Response:
        """Take the suggested weights for the brand, or do not."""
        found = self._found(pk)
        body = LessonDecisionBody(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            lesson = weighing.decide(
                lesson_id=found.pk,
                brand=self.brand,
                accept=body.validated_data["accept"],
                reason=body.validated_data.get("reason", ""),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(_lesson(lesson))

    def _found(self, pk: str) -> MatchLesson:
        lesson = self.get_queryset().filter(pk=pk).first()
        if lesson is None:
            raise Http404
        return lesson


def _lesson(one: MatchLesson) -> Row:
    found = one.findings
    return {
        "id": one.pk,
        "status": one.status,
        "error": one.error or None,
        "requested_at": one.requested_at,
        "learned_at": one.learned_at,
        "campaigns": one.campaigns,
        "creators": one.engagements,
        "worked": found.get("worked"),
        "auc_in_force": found.get("auc_in_force"),
        "auc_learned": found.get("auc_learned"),
        "suggested": one.suggested,
        "why_not": found.get("why_not") or None,
        "is_accepted": one.is_accepted,
        "decided_at": one.decided_at,
    }
