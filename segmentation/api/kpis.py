"""The KPI set of a segment with its targets, over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body, NumberField
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from segmentation.api.segments import named
from segmentation.metrics.periods import calendar_of, quarter_of
from segmentation.models import MetricTarget, Segment
from segmentation.rules.calendar import Quarter
from segmentation.selectors.scorecards.lines import label_of
from segmentation.services.edits import EditRefused
from segmentation.services.kpis import LARGEST_TARGET, MOST_KPIS, change_kpis, kpi_set


class KpiSerializer(serializers.Serializer[Any]):
    """A KPI, in order of weight: the first is the primary one."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    target = serializers.FloatField(allow_null=True, help_text="That holds in this quarter.")


class TargetSerializer(serializers.Serializer[Any]):
    """A word on a target: it holds from its quarter to the next word. Null: there is none."""

    key = serializers.CharField()
    from_period = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    set_at = serializers.DateTimeField()


class KpiSetSerializer(serializers.Serializer[Any]):
    """What a segment's job is judged by."""

    segment = serializers.CharField()
    is_chosen = serializers.BooleanField(
        help_text="False: nobody chose; it follows from the purpose."
    )
    kpis = KpiSerializer(many=True)
    targets = TargetSerializer(many=True, help_text="All of them, newest first.")


class KpiSetChange(Body):
    """The KPIs in order, and targets from a quarter on. What is left out stays."""

    kpis = serializers.ListField(
        child=serializers.CharField(max_length=120),
        min_length=1,
        max_length=MOST_KPIS,
        required=False,
    )
    from_period = serializers.CharField(
        max_length=20, required=False, help_text="By default the running quarter."
    )
    targets = serializers.DictField(
        child=NumberField(min_value=0, max_value=LARGEST_TARGET, allow_null=True),
        required=False,
        help_text="Value by key of a metric; null takes a target away.",
    )


class KpiViewSet(BrandViewSet[Segment]):
    """The KPIs of a segment."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = Segment.objects.none()
    serializer_class = KpiSetSerializer
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Segment]:
        """Segments of the token's brand."""
        return Segment.objects.filter(brand=self.brand).select_related("brand")

    def held(self) -> QuerySet[Segment]:
        """The segment, by key or id."""
        return named(self.get_queryset(), self.kwargs["key"])

    @extend_schema(responses=KpiSetSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """What the segment is judged by, and what that is to reach."""
        return Response(self._shown(self._segment(key)))

    @extend_schema(
        request=KpiSetChange,
        responses={
            200: KpiSetSerializer,
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer, description="`errors[0].code` is `archived`."
            ),
        },
        examples=[
            OpenApiExample(
                "Judged by saves, then by reach",
                value={
                    "kpis": ["save_share_rate", "engagement_rate_reach"],
                    "from_period": "2026Q4",
                    "targets": {"save_share_rate": 0.02},
                },
                request_only=True,
            )
        ],
    )
    def partial_update(self, request: Request, key: str) -> Response:
        """Set the KPIs in this order, and targets from a quarter on."""
        segment = self._segment(key)
        body = KpiSetChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        values, now = body.validated_data, timezone.now()
        places = {f"target_{one}": f"/targets/{one}" for one in values.get("targets", {})}
        with refusals(EditRefused, body=body, places=places):
            change_kpis(
                segment=segment,
                keys=values.get("kpis") or kpi_set(segment),
                targets=values.get("targets", {}),
                from_period=values.get("from_period", "") or str(self._current(now)),
                actor=self.actor,
                at=now,
            )
        segment.refresh_from_db()
        return Response(self._shown(segment))

    def _segment(self, key: str) -> Segment:
        segment = named(self.get_queryset(), key).first()
        if segment is None:
            raise Http404
        return segment

    def _current(self, now: datetime) -> Quarter:
        return quarter_of(now, calendar_of(self.brand))

    def _shown(self, segment: Segment) -> Row:
        current = str(self._current(timezone.now()))
        words = list(
            MetricTarget.objects.filter(segment=segment).order_by("-from_period", "metric")
        )
        holding: dict[str, float | None] = {}
        for word in words:
            if word.from_period <= current:
                holding.setdefault(word.metric, word.value)
        return {
            "segment": segment.key,
            "is_chosen": bool(segment.kpis),
            "kpis": [
                {"key": key, "label": label_of(key), "target": holding.get(key)}
                for key in kpi_set(segment)
            ],
            "targets": [
                {
                    "key": word.metric,
                    "from_period": word.from_period,
                    "value": word.value,
                    "set_at": word.set_at,
                }
                for word in words
            ],
        }
