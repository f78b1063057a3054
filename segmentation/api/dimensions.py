"""Dimensions: the ways in which the brand looks at its creators."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import WholeList
from crm.choices import Scope
from segmentation.choices import SegmentStatus
from segmentation.models import Dimension

KEY = "[-a-zA-Z0-9_]{1,60}"
COLUMNS = ("key", "name", "description", "is_exclusive", "has_precedence", "position")


class DimensionSerializer(serializers.Serializer[Any]):
    """A way of looking at creators, which holds segments."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    is_exclusive = serializers.BooleanField(
        help_text="A creator is in one of its segments at most."
    )
    has_precedence = serializers.BooleanField(
        help_text="Of several segments, the first in order is the effective one."
    )
    position = serializers.IntegerField()
    origin = serializers.CharField(allow_null=True, help_text="The pack it came from.")
    segments = serializers.IntegerField(help_text="How many, without the archived ones.")


class DimensionViewSet(BrandViewSet[Dimension]):
    """Dimensions of the brand."""

    scope = Scope.SEGMENTS_READ
    queryset = Dimension.objects.none()
    serializer_class = DimensionSerializer
    lookup_field = "key"
    lookup_value_regex = KEY
    pagination_class = WholeList

    def rows(self) -> Any:
        """Dimensions of the token's brand, as the API shows them."""
        shown = Q(segments__isnull=False) & ~Q(segments__status=SegmentStatus.ARCHIVED)
        dimensions = Dimension.objects.filter(brand=self.brand).order_by("position", "key")
        return dimensions.values(*COLUMNS, "origin", count=Count("segments", filter=shown))

    def list(self, request: Request) -> Response:
        """All dimensions, in the order in which they are shown to people."""
        return self.whole([dimension_row(row) for row in self.rows()])

    @extend_schema(responses=DimensionSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One dimension."""
        return Response(dimension_row(self.one(self.rows().filter(key=key))))


def dimension_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the API shows it."""
    shown = {column: row[column] for column in COLUMNS}
    return {**shown, "origin": row["origin"] or None, "segments": row["count"]}
