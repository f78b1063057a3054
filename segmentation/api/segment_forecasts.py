"""What a segment's members are expected to bring: the same numbers as on the segment's page."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import WholeList
from crm.choices import Scope
from segmentation.api.segments import named
from segmentation.choices import Forecasted
from segmentation.models import Segment
from segmentation.selectors import forecasts as selectors


class SegmentForecastSerializer(serializers.Serializer[Any]):
    """What a member's next piece is expected to bring (or, of `price`, to cost).

    `low`, `middle` and `high` are quartiles over members: how they differ, not how sure it is.
    """

    measure = serializers.ChoiceField(choices=Forecasted.choices)
    platform = serializers.CharField(allow_null=True, help_text="Null: on whichever.")
    currency = serializers.CharField(allow_null=True, help_text="Of a price; null otherwise.")
    members = serializers.IntegerField(help_text="Members with a forecast.")
    low = serializers.FloatField()
    middle = serializers.FloatField()
    high = serializers.FloatField()
    version = serializers.IntegerField(help_text="Of forecast-models, which say how sure it is.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="Posts up to then were read.")


class SegmentForecastViewSet(BrandViewSet[Segment]):
    """Forecasts over the members of a segment."""

    scope = Scope.SCORES_READ
    queryset = Segment.objects.none()
    serializer_class = SegmentForecastSerializer
    pagination_class = WholeList

    def list(self, request: Request, key: str) -> Response:
        """By measure and platform; empty: not known, since fewer than five have a forecast."""
        segment = named(Segment.objects.filter(brand=self.brand), key).first()
        if segment is None:
            raise Http404
        standing = selectors.standing_of(self.brand)
        if standing is None:
            return self.whole([])
        return self.whole(
            [
                {
                    "measure": one.measure.value,
                    "platform": one.platform or None,
                    "currency": standing.currency if one.measure == Forecasted.PRICE else None,
                    "members": one.members,
                    "low": one.low,
                    "middle": one.middle,
                    "high": one.high,
                    "version": standing.model.number,
                    "as_of": standing.model.as_of,
                }
                for one in selectors.of_segment(segment)
            ]
        )
