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
from segmentation.selectors import segment_forecasts as selectors
from segmentation.selectors.forecasts import standing_of


class TogetherSerializer(serializers.Serializer[Any]):
    """One piece of each member, added up; creators turn out each by themselves."""

    low = serializers.FloatField()
    middle = serializers.FloatField()
    high = serializers.FloatField()
    level = serializers.FloatField(help_text="Which share of outcomes lies between low and high.")


class SegmentForecastSerializer(serializers.Serializer[Any]):
    """What members' next pieces are expected to bring (or, of `price`, to cost).

    `low`, `middle` and `high` are quartiles over members: how they differ, not how sure it is.
    `together` is one piece of each, with the interval of forecasts.
    """

    measure = serializers.ChoiceField(choices=Forecasted.choices)
    platform = serializers.CharField(allow_null=True, help_text="Null: on whichever.")
    currency = serializers.CharField(allow_null=True, help_text="Of a price; null otherwise.")
    members = serializers.IntegerField(help_text="Members with a forecast.")
    low = serializers.FloatField()
    middle = serializers.FloatField()
    high = serializers.FloatField()
    together = TogetherSerializer(
        allow_null=True, help_text=f"Null: more than {selectors.MOST} members are not added up."
    )
    typical_factor = serializers.FloatField(
        allow_null=True, help_text="How far off one piece was in the trial."
    )
    interval_held = serializers.FloatField(allow_null=True)
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
        standing = standing_of(self.brand)
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
                    "together": one.together
                    and {
                        "low": one.together.low,
                        "middle": one.together.middle,
                        "high": one.together.high,
                        "level": standing.model.level,
                    },
                    "typical_factor": one.part and one.part.factor,
                    "interval_held": one.part and one.part.held,
                    "version": standing.model.number,
                    "as_of": standing.model.as_of,
                }
                for one in selectors.of_segment(segment, standing)
            ]
        )
