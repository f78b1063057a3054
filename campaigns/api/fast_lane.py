"""The fast lane of one creator in a campaign: read, and left for the usual hours."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.models import FastLane
from campaigns.services import fast_lanes
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.refusals import refusals
from crm.choices import Scope


class CreatorLaneSerializer(serializers.Serializer[Any]):
    """Fewer working hours at each gate, and why."""

    gate_hours = serializers.IntegerField(help_text="Working hours at each gate.")
    reason = serializers.CharField()
    made_by = serializers.EmailField(allow_null=True)
    made_at = serializers.DateTimeField()


class FastLaneViewSet(BrandViewSet[FastLane]):
    """Of an engagement; POST campaigns/{key}:fast-lane puts creators on it."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = FastLane.objects.none()
    serializer_class = CreatorLaneSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "delete"]

    def get_queryset(self) -> QuerySet[FastLane]:
        """Of creators in campaigns of the token's brand."""
        return FastLane.objects.filter(engagement__campaign__brand=self.brand)

    def held(self) -> QuerySet[FastLane]:
        """The lane of the engagement."""
        return self.get_queryset().filter(engagement=self.kwargs["pk"])

    @extend_schema(responses=CreatorLaneSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """The creator's fast lane; 404 where they are not on it."""
        found = self._found(pk)
        return Response(
            {
                "gate_hours": found.gate_hours,
                "reason": found.reason,
                "made_by": found.made_by.email if found.made_by else None,
                "made_at": found.made_at,
            }
        )

    @extend_schema(responses={204: None, **REFUSED})
    def destroy(self, request: Request, pk: str) -> Response:
        """The campaign's usual hours again; what waits at a gate keeps its hour."""
        found = self._found(pk)
        with refusals(CampaignRefused):
            fast_lanes.take_off(engagement=found.engagement, actor=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)

    def _found(self, pk: str) -> FastLane:
        rows = self.get_queryset().select_related(
            "made_by", "engagement__campaign__brand", "engagement__relationship__creator"
        )
        with refusals(CampaignRefused):
            return rows.get(engagement=int(pk))
