"""Rates of exchange."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED
from campaigns.models import ExchangeRate
from campaigns.services.rates.entering import Rate, enter
from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import DayField
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("rates-api", key="id")
COLUMNS = ("id", "base", "currency", "day", "rate", "source", "entered_at")
MOST = 1_000
_RATE: dict[str, Any] = {"max_digits": 18, "decimal_places": 8}


class ExchangeRateSerializer(serializers.Serializer[Any]):
    """What one unit of `base` was in `currency` on a day."""

    id = serializers.IntegerField()
    base = serializers.CharField()
    currency = serializers.CharField()
    day = serializers.DateField()
    rate = serializers.DecimalField(**_RATE)
    source = serializers.CharField()  # type: ignore[assignment] # a column, not the option
    entered_at = serializers.DateTimeField()


class ExchangeRateBody(Body):
    """One rate."""

    base = serializers.CharField(max_length=3)
    currency = serializers.CharField(max_length=3)
    day = DayField()
    rate = serializers.DecimalField(**_RATE)


class ExchangeRatesBody(Body):
    """Rates of one source: all are taken, or none."""

    rates = serializers.ListField(child=ExchangeRateBody(), allow_empty=False, max_length=MOST)
    source = serializers.CharField(max_length=120)  # type: ignore[assignment]


class EnteredRatesSerializer(serializers.Serializer[Any]):
    """What came of them."""

    new = serializers.IntegerField()
    replaced = serializers.IntegerField(help_text="Corrected: the old ones are kept.")
    unchanged = serializers.IntegerField()


class ExchangeRateViewSet(BrandViewSet[ExchangeRate]):
    """The rates by which amounts are converted."""

    scope = Scope.PAYMENTS_READ
    write_scope = Scope.PAYMENTS_WRITE
    queryset = ExchangeRate.objects.none()
    serializer_class = ExchangeRateSerializer

    def get_queryset(self) -> QuerySet[ExchangeRate]:
        """Rates of the token's brand that no other one took the place of."""
        return ExchangeRate.objects.standing().filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Rates in the order in which they were entered."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=rates)

    @extend_schema(request=ExchangeRatesBody, responses={201: EnteredRatesSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Enter rates; a rate of the same day takes the place of the one before."""
        body = ExchangeRatesBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        with refusals(CampaignRefused, body=body):
            done = enter(
                brand=self.brand,
                rates=[Rate(**one) for one in given["rates"]],
                source=given["source"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(vars(done), status=201)


def rates(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {name: row[name] for name in COLUMNS} | {"rate": f"{row['rate'].normalize():f}"}
        for row in rows
    ]
