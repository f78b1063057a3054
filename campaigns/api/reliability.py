"""How reliable creators were, with every component."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import ReliabilityReading
from campaigns.selectors.reliability import for_list
from campaigns.services.reliability.reading import read_one
from crm.api.base import UID, BrandViewSet
from crm.api.pagination import Row
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.models import Relationship
from crm.paging import Order

ORDER = Order("reliability-api", "score", "id", nullable=True)
_SCORE: dict[str, Any] = {
    "max_digits": 4,
    "decimal_places": 1,
    "allow_null": True,
}


class ReliabilityComponentSerializer(serializers.Serializer[Any]):
    """One component."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # the base class has one
    good = serializers.IntegerField()
    of = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Null: too few.")
    low = serializers.FloatField(help_text="Of the 95 % interval.")
    high = serializers.FloatField()
    weight = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    why = serializers.CharField()
    on = serializers.DateField(allow_null=True, help_text="Of the newest thing.")


class ReliabilityQuarterSerializer(serializers.Serializer[Any]):
    """One calendar quarter."""

    name = serializers.CharField()
    score = serializers.DecimalField(**_SCORE)
    good = serializers.IntegerField()
    of = serializers.IntegerField()


class ReliabilitySerializer(serializers.Serializer[Any]):
    """How reliable a creator was."""

    creator = CreatorRefSerializer()
    score = serializers.DecimalField(**_SCORE, help_text="Of 100; null: too little is known.")
    low = serializers.DecimalField(**_SCORE)
    high = serializers.DecimalField(**_SCORE)
    events = serializers.IntegerField(help_text="How many things it rests on.")
    components = ReliabilityComponentSerializer(many=True)
    quarters = ReliabilityQuarterSerializer(many=True)
    weights = serializers.CharField(help_text="Version of the published weights.")
    computed_at = serializers.DateTimeField()


class ReliabilityFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """By score, or by creator."""

    below = filters.NumberFilter(
        field_name="score", lookup_expr="lt", min_value=0, max_value=100, label="Score below"
    )
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")

    class Meta:
        model = ReliabilityReading
        fields: list[str] = []


class ReliabilityViewSet(BrandViewSet[ReliabilityReading]):
    """The newest reading of each creator."""

    scope = Scope.REVIEWS_READ
    write_scope = Scope.REVIEWS_WRITE
    queryset = ReliabilityReading.objects.none()
    serializer_class = ReliabilitySerializer
    filterset_class = ReliabilityFilter
    lookup_field = "uid"
    lookup_value_regex = UID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[ReliabilityReading]:
        """Of creators of the token's brand."""
        return for_list(self.brand)

    def list(self, request: Request) -> Response:
        """Creators by reliability, the least first."""
        rows = self.filter_queryset(self.get_queryset())
        return self.page(_values(rows), order=ORDER, represent=lambda some: list(map(_plain, some)))

    def retrieve(self, request: Request, uid: str) -> Response:
        """One creator's reliability; 404 where nothing was computed yet."""
        rows = self.get_queryset().filter(relationship__creator__uid=uid)
        return Response(_plain(self.one(_values(rows))))

    @extend_schema(request=None, responses={200: ReliabilitySerializer})
    def compute(self, request: Request, uid: str) -> Response:
        """Compute it now."""
        rows = Relationship.objects.filter(brand=self.brand, creator__uid=uid, unprofiled_at=None)
        relationship = rows.select_related("brand", "creator").first()
        if relationship is None:
            raise Http404
        read_one(relationship=relationship, at=timezone.now())
        return self.retrieve(request, uid)


def _values(rows: QuerySet[Any]) -> QuerySet[Any, Row]:
    return rows.values(
        "id",
        "score",
        "events",
        "components",
        "weights",
        "read_at",
        "relationship__creator__uid",
        "relationship__creator__name",
    )


def _plain(row: Row) -> Row:
    return {
        "creator": {
            "uid": row["relationship__creator__uid"],
            "name": row["relationship__creator__name"],
        },
        "score": None if row["score"] is None else str(row["score"]),
        "events": row["events"],
        **row["components"],
        "weights": row["weights"],
        "computed_at": row["read_at"],
    }
