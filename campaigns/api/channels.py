"""What other channels cost and brought, over REST, to compare creators with."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED
from campaigns.choices import MarketingChannel
from campaigns.models import ChannelResult
from campaigns.services import channels as service
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import DayField
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.paging import Order
from crm.permissions import Can

ORDER = Order("channels-api", key="id")
_MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
_MAY: dict[str, Any] = {"required": False, "allow_null": True}
_COUNT: dict[str, Any] = {"min_value": 0, "max_value": service.COUNT_MAX} | _MAY
COLUMNS = (
    "id", "channel", "name", "starts_on", "ends_on", "cost", "currency", "impressions", "clicks",
    "conversions", "revenue", "source", "created_at",
)  # fmt: skip


class ChannelResultSerializer(serializers.Serializer[Any]):
    """A channel in some days; null is not known."""

    id = serializers.IntegerField()
    channel = serializers.ChoiceField(choices=MarketingChannel.choices)
    name = serializers.CharField(allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The last day.")
    cost = serializers.DecimalField(**_MONEY)
    currency = serializers.CharField()
    impressions = serializers.IntegerField(allow_null=True)
    clicks = serializers.IntegerField(allow_null=True)
    conversions = serializers.IntegerField(allow_null=True)
    revenue = serializers.DecimalField(**_MONEY, allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment] # a column, not the option
    created_at = serializers.DateTimeField()


class NewChannelResult(Body):
    """What a channel cost and brought, and who says so."""

    channel = serializers.ChoiceField(choices=MarketingChannel.choices)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    starts_on = DayField()
    ends_on = DayField()
    cost = serializers.DecimalField(**_MONEY)
    currency = serializers.CharField(max_length=3, help_text="ISO 4217.")
    impressions = serializers.IntegerField(**_COUNT)
    clicks = serializers.IntegerField(**_COUNT)
    conversions = serializers.IntegerField(**_COUNT)
    revenue = serializers.DecimalField(**_MONEY, **_MAY)
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]


class ChannelResultViewSet(BrandViewSet[ChannelResult]):
    """Results of other channels."""

    scope = Scope.PAYMENTS_READ
    write_scope = Scope.PAYMENTS_WRITE
    write_can = Can.PLAN_CAMPAIGNS
    http_method_names = ["get", "head", "post", "delete"]
    queryset = ChannelResult.objects.none()
    serializer_class = ChannelResultSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[ChannelResult]:
        """Results of the token's brand."""
        return ChannelResult.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Results in the order in which they were entered."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=_shown)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One result."""
        return Response(self._one(pk))

    @extend_schema(request=NewChannelResult, responses={201: ChannelResultSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Enter what a channel cost and brought in some days."""
        body = NewChannelResult(data=request.data)
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        given["channel"] = MarketingChannel(given["channel"])
        with refusals(CampaignRefused, body=body):
            made = service.enter(
                brand=self.brand,
                result=service.Result(**given),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._one(made.pk), status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove what was entered by mistake; the ledger keeps that it was there."""
        try:
            service.remove(result_id=int(pk), brand=self.brand, actor=self.actor, at=timezone.now())
        except ChannelResult.DoesNotExist as gone:
            raise Http404 from gone
        return Response(status=204)

    def _one(self, pk: int | str) -> Row:
        [found] = _shown([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found


def _shown(rows: list[Row]) -> list[Row]:
    return [
        {name: row[name] for name in COLUMNS}
        | {
            "name": row["name"] or None,
            "cost": str(row["cost"]),
            "revenue": None if row["revenue"] is None else str(row["revenue"]),
        }
        for row in rows
    ]
