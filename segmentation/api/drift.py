"""Drift reports: which there are, one in full, and having one computed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope
from segmentation.choices import ErrandStatus
from segmentation.models import DriftReport
from segmentation.services import drift as service


class DriftSummarySerializer(serializers.Serializer[Any]):
    """A report between the ends of two days, by the brand's calendar."""

    id = serializers.IntegerField()
    since = serializers.DateField()
    until = serializers.DateField()
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField()
    computed_at = serializers.DateTimeField(allow_null=True)


class DriftKnownSerializer(serializers.Serializer[Any]):
    """Creators whom the brand knew, and how many of them facts were compared of."""

    since = serializers.IntegerField()
    until = serializers.IntegerField()
    sample = serializers.IntegerField()


class FlowSerializer(serializers.Serializer[Any]):
    """Creators who went from one place to another; `:none` is no segment, `:new` not known then."""

    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    target = serializers.CharField()
    creators = serializers.IntegerField()


class SegmentFlowSerializer(serializers.Serializer[Any]):
    """What became of a segment's members."""

    key = serializers.CharField()
    name = serializers.CharField()
    before = serializers.IntegerField()
    after = serializers.IntegerField()
    joined = serializers.IntegerField()
    left = serializers.IntegerField()


class DimensionFlowsSerializer(serializers.Serializer[Any]):
    """A dimension: of those known then, how many moved, and from where to where."""

    dimension = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(
        choices=["effective", "each"],
        help_text="effective: a creator is in one place; each: segments are looked at one by one.",
    )
    known = serializers.IntegerField()
    moved = serializers.IntegerField()
    flows = FlowSerializer(many=True, help_text="The largest 300.")
    flows_left_out = serializers.IntegerField()
    segments = SegmentFlowSerializer(many=True)


class FactSideSerializer(serializers.Serializer[Any]):
    """A fact at one moment; `shares` has [value, share] pairs."""

    creators = serializers.IntegerField()
    n = serializers.IntegerField(help_text="Of how many it is known.")
    quartiles = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    shares = serializers.ListField(
        child=serializers.ListField(help_text="Value and share."), allow_null=True
    )


class FactShiftSerializer(serializers.Serializer[Any]):
    """Whether a fact is distributed differently; see docs/metrics.md."""

    fact = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    type = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    test = serializers.ChoiceField(
        choices=["ks", "js"], help_text="Kolmogorov-Smirnov or Jensen-Shannon distance."
    )
    before = FactSideSerializer()
    after = FactSideSerializer()
    statistic = serializers.FloatField(allow_null=True)
    p = serializers.FloatField(allow_null=True)
    p_adjusted = serializers.FloatField(allow_null=True, help_text="Holm, over all facts tested.")
    verdict = serializers.ChoiceField(choices=["shifted", "small", "unchanged", "too_few"])


class FreshnessSerializer(serializers.Serializer[Any]):
    """Creators by the age of their newest record: under 30, 90, 180, 365 days, and older."""

    source = serializers.CharField()  # type: ignore[assignment] # a field's name
    creators = serializers.IntegerField()
    ages = serializers.ListField(child=serializers.IntegerField())
    never = serializers.IntegerField()


class DriftSerializer(DriftSummarySerializer):
    """A report in full; empty lists until it is computed."""

    creators = DriftKnownSerializer(allow_null=True)
    dimensions = DimensionFlowsSerializer(many=True)
    facts = FactShiftSerializer(many=True)
    freshness = FreshnessSerializer(many=True)


class RequestDrift(Body):
    """Between the ends of which days; by default of this fiscal quarter so far."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class DriftViewSet(BrandViewSet[DriftReport]):
    """Drift reports of the brand."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.RUNS_WRITE
    queryset = DriftReport.objects.none()
    serializer_class = DriftSummarySerializer
    lookup_value_regex = ID
    pagination_class = WholeList

    def get_queryset(self) -> QuerySet[DriftReport]:
        """Reports of the token's brand."""
        return DriftReport.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """The reports there are, the latest days first."""
        rows = self.get_queryset().defer("creators", "dimensions", "facts", "freshness")
        return self.whole([summary(report) for report in rows])

    @extend_schema(responses=DriftSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One report in full: ask again while its status is `queued`."""
        found = self.get_queryset().filter(pk=pk)
        self.one(found.values("pk"))
        return Response(in_full(found.get()))

    @extend_schema(
        request=RequestDrift,
        responses={
            202: OpenApiResponse(
                DriftSerializer, description="Queued; the Location header leads to it."
            ),
        },
        examples=[
            OpenApiExample("This quarter so far", value={}, request_only=True),
            OpenApiExample(
                "The third quarter",
                value={"since": "2026-06-30", "until": "2026-09-30"},
                request_only=True,
            ),
        ],
    )
    def create(self, request: Request) -> Response:
        """Have a report computed; one of the same days is computed again."""
        body = RequestDrift(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        now = timezone.now()
        since, until = service.default_days(self.brand, now)
        with refusals(service.DriftRefused, body=body):
            report = service.request_report(
                brand=self.brand,
                since_on=body.validated_data.get("since", since),
                until_on=body.validated_data.get("until", until),
                actor=self.actor,
                at=now,
            )
        address = f"{reverse('api-drift-detail', args=[report.pk])}/"
        return Response(
            in_full(report),
            status=HTTPStatus.ACCEPTED,
            headers={"Location": request.build_absolute_uri(address)},
        )


def summary(report: DriftReport) -> Row:
    """A report in the list."""
    return {
        "id": report.pk,
        "since": report.since_on,
        "until": report.until_on,
        "status": report.status,
        "error": report.error or None,
        "requested_at": report.requested_at,
        "computed_at": report.computed_at,
    }


def in_full(report: DriftReport) -> Row:
    """A report with all that was found."""
    shown = ("dimension", "name", "kind", "known", "moved")
    return summary(report) | {
        "creators": report.creators or None,
        "dimensions": [
            {key: flows[key] for key in shown}
            | {
                "flows": [
                    {"source": source, "target": target, "creators": creators}
                    for source, target, creators in flows["flows"]
                ],
                "flows_left_out": flows["flows_left_out"],
                "segments": flows["segments"],
            }
            for flows in report.dimensions
        ],
        "facts": report.facts,
        "freshness": report.freshness,
    }
