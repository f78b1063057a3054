"""What came back for what a campaign cost, and how much of a brand hangs on few."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import KEY
from campaigns.api.reports import FigureSerializer
from campaigns.models import Campaign
from campaigns.selectors.concentration import concentration_of
from campaigns.selectors.returns.whole import returns_of
from crm.api.base import BrandViewSet
from crm.choices import Scope


class ReturnsSerializer(serializers.Serializer[Any]):
    """Figures by revenue and, apart from them, by each named media value (docs/returns.md)."""

    version = serializers.IntegerField(help_text="Of the document.")
    as_of = serializers.DateTimeField()
    campaign = serializers.DictField()
    figures = FigureSerializer(many=True)
    spread = serializers.CharField(
        allow_null=True, help_text="How far the models of media value lie apart, in words."
    )
    cuts = serializers.ListField(child=serializers.DictField())
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="What is left out, and why."
    )
    converted = serializers.ListField(
        child=serializers.CharField(), help_text="The rates that were used."
    )


class ConcentrationSerializer(serializers.Serializer[Any]):
    """The Herfindahl-Hirschman index of spend, reach and engagements."""

    as_of = serializers.DateTimeField()
    currency = serializers.CharField()
    until = serializers.DateField(help_text="The quarters end before this day.")
    spreads = serializers.ListField(child=serializers.DictField())
    trend = serializers.ListField(child=serializers.DictField(), help_text="By creator.")
    missing = serializers.ListField(child=serializers.CharField())

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With `from`, which is no name in Python."""
        return super().get_fields() | {"from": serializers.DateField()}


class ReturnsViewSet(BrandViewSet[Campaign]):
    """What came back."""

    scope = Scope.PAYMENTS_READ
    queryset = Campaign.objects.none()
    serializer_class = ReturnsSerializer
    lookup_field = "key"
    lookup_value_regex = KEY
    http_method_names = ["get", "head"]

    def get_queryset(self) -> QuerySet[Campaign]:
        """Campaigns of the token's brand."""
        return Campaign.objects.select_related("brand").filter(brand=self.brand)

    def retrieve(self, request: Request, key: str) -> Response:
        """Of a campaign, as of now. Unknown is null, with the reason; never 0."""
        found = self.get_queryset().filter(key=key).first()
        if found is None:
            raise Http404
        return Response(returns_of(found, timezone.now()))

    @extend_schema(responses=ConcentrationSerializer)
    def concentration(self, request: Request) -> Response:
        """Of the brand over the last four quarters, with the trend over eight."""
        return Response(concentration_of(self.brand, timezone.now()))
