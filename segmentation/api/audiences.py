"""Audiences: whom the brand wants to reach, and how well its creator segments reach them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import WholeList
from crm.api.problems import BadQuery
from crm.api.refusals import refusals
from crm.choices import Scope
from segmentation.api.candidates import AudienceCandidateSerializer, CandidatesQuery, candidate_row
from segmentation.api.dimensions import KEY
from segmentation.choices import Forecasted
from segmentation.models import AudienceSegment
from segmentation.selectors.audiences import Coverage, audience_row, coverage_of
from segmentation.selectors.candidates import Asked, Order, candidates_of
from segmentation.services import audiences as service
from segmentation.services.edits import EditRefused

COVERAGES = [(one.value, one.value) for one in Coverage]


class CellSerializer(serializers.Serializer[Any]):
    """An audience in one country on one platform."""

    country = serializers.CharField(allow_null=True, help_text="Null: any.")
    platform = serializers.CharField(allow_null=True, help_text="Null: any.")
    creators = serializers.IntegerField(help_text="Active ones.")
    coverage = serializers.ChoiceField(choices=COVERAGES)


class AudienceSerializer(serializers.Serializer[Any]):
    """People whom the brand wants to reach, with the active creators who reach them."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    countries = serializers.ListField(child=serializers.CharField())
    platforms = serializers.ListField(child=serializers.CharField())
    wanted_creators = serializers.IntegerField()
    position = serializers.IntegerField()
    segments = serializers.ListField(child=serializers.CharField())
    creators = serializers.IntegerField(
        help_text="In one of the segments, in the countries, on the platforms, with a post in the "
        "last 90 days."
    )
    coverage = serializers.ChoiceField(choices=COVERAGES)
    cells = CellSerializer(many=True)


class AudienceChange(Body):
    """What to change; what is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=2_000, allow_blank=True, required=False)
    countries = serializers.ListField(
        child=serializers.CharField(max_length=2), max_length=service.MAX_PLACES, required=False
    )
    platforms = serializers.ListField(
        child=serializers.CharField(max_length=30), max_length=service.MAX_PLACES, required=False
    )
    wanted_creators = serializers.IntegerField(
        min_value=1, max_value=service.MAX_WANTED, required=False
    )
    position = serializers.IntegerField(min_value=0, max_value=32_767, required=False)
    segments = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=500, required=False
    )


class NewAudience(AudienceChange):
    """An audience."""

    key = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120)


class AudienceViewSet(BrandViewSet[AudienceSegment]):
    """Audiences of the brand."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = AudienceSegment.objects.none()
    serializer_class = AudienceSerializer
    lookup_field = "key"
    lookup_value_regex = KEY
    pagination_class = WholeList
    queries = {"candidates": CandidatesQuery}
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[AudienceSegment]:
        """Audiences of the token's brand."""
        return AudienceSegment.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """All audiences with their coverage now: covered, thin or a gap, also by place."""
        return self.whole([audience_row(one) for one in coverage_of(self.brand, at=timezone.now())])

    def _shown(self, key: str) -> dict[str, Any]:
        found = coverage_of(self.brand, at=timezone.now(), key=key)
        if not found:
            raise Http404
        return audience_row(found[0])

    @extend_schema(responses=AudienceSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One audience with its coverage now."""
        return Response(self._shown(key))

    @extend_schema(responses=AudienceCandidateSerializer(many=True))
    @action(detail=True)
    def candidates(self, request: Request, key: str) -> Response:
        """Who could close a gap: in its segments, lacking one thing; with forecast and price."""
        found = coverage_of(self.brand, at=timezone.now(), key=key)
        if not found:
            raise Http404
        one, query = found[0], self.query
        for name, places in (
            ("country", one.audience.countries),
            ("platform", one.audience.platforms),
        ):
            if query[name] and query[name] not in places:
                words = f"The audience names no {name} {query[name]!r}."
                raise BadQuery.of(name, "unknown_place", words)
        asked = Asked(
            query["country"],
            query["platform"],
            Forecasted(query["measure"]),
            Order(query["order"]),
        )
        listed = candidates_of(self.brand, one, asked, at=timezone.now(), most=query["limit"])
        version = listed.standing.model.number if listed.standing else None
        return self.whole(
            [
                candidate_row(row, currency=self.brand.currency, version=version)
                for row in listed.rows
            ]
        )

    @extend_schema(
        request=NewAudience,
        responses={201: AudienceSerializer},
        examples=[
            OpenApiExample(
                "Young parents in Scandinavia",
                value={
                    "key": "young-parents",
                    "name": "Young parents",
                    "countries": ["DK", "SE", "NO"],
                    "platforms": ["instagram", "tiktok"],
                    "wanted_creators": 10,
                    "segments": ["niche-family"],
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Describe an audience and map segments to it."""
        body = NewAudience(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        values: Mapping[str, Any] = body.validated_data
        with refusals(EditRefused, body=body):
            made = service.create_audience(
                brand=self.brand,
                key=values["key"],
                values=values,
                segments=values.get("segments", []),
                at=timezone.now(),
                actor=self.actor,
            )
        return Response(self._shown(made.key), status=201)

    @extend_schema(request=AudienceChange, responses=AudienceSerializer)
    def partial_update(self, request: Request, key: str) -> Response:
        """Change an audience; `segments` replaces the whole map."""
        row = self.one(self.get_queryset().filter(key=key).values("id"))
        body = AudienceChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(EditRefused, body=body):
            service.change_audience(
                audience_id=row["id"],
                changes=body.validated_data,
                segments=body.validated_data.get("segments"),
                at=timezone.now(),
                actor=self.actor,
            )
        return Response(self._shown(key))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, key: str) -> Response:
        """Forget an audience; the segments stay as they are."""
        row = self.one(self.get_queryset().filter(key=key).values("id"))
        with refusals():
            service.delete_audience(audience_id=row["id"], at=timezone.now(), actor=self.actor)
        return Response(status=204)
