"""What pieces cost over two years, over REST: by tier, and of a creator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import exact
from crm.api.base import UID, BrandViewSet
from crm.api.pagination import Row, WholeList
from crm.choices import Scope
from crm.models import Creator
from segmentation.selectors.creators import find_creator
from segmentation.selectors.prices import LEVEL, Middle, Paid, Rise, paid_of, prices_of


class MiddlePriceSerializer(serializers.Serializer[Any]):
    """The middle price of a year, one for each creator; its 95 % interval where enough."""

    prices = serializers.IntegerField()
    creators = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class RiseSerializer(serializers.Serializer[Any]):
    """By how much the same creators cost more than the year before: 0.1 is a tenth."""

    creators = serializers.IntegerField(help_text="With prices in both years.")
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    words = serializers.CharField()


class TierPricesSerializer(serializers.Serializer[Any]):
    """A tier of today; the first row is all of them."""

    tier = serializers.CharField()
    before = MiddlePriceSerializer(help_text="The year before the last 365 days.")
    lately = MiddlePriceSerializer(help_text="The last 365 days.")
    rise = RiseSerializer()


class PricesSerializer(serializers.Serializer[Any]):
    """Prices by tier, in the brand's currency by the rate of their day."""

    currency = serializers.CharField()
    level = serializers.FloatField(help_text="Of all intervals.")
    tiers = TierPricesSerializer(many=True)
    read = serializers.IntegerField(help_text="Prices.")
    without_rate = serializers.IntegerField(help_text="Of these: no rate of their day is known.")
    is_cut = serializers.BooleanField(help_text="There are more: the newest were read.")


class PaidPriceSerializer(serializers.Serializer[Any]):
    """What a piece cost on a day."""

    on = serializers.DateField()
    price = serializers.DecimalField(max_digits=18, decimal_places=2)
    currency = serializers.CharField()
    amount = serializers.DecimalField(
        max_digits=18,
        decimal_places=2,
        allow_null=True,
        help_text="In the brand's currency; null: no rate of that day is known.",
    )
    by_rate = serializers.CharField(allow_null=True, help_text="Null: nothing was converted.")


class PricesViewSet(BrandViewSet[Creator]):
    """What pieces cost."""

    scope = Scope.OFFERS_READ
    queryset = Creator.objects.none()
    serializer_class = PricesSerializer

    def retrieve(self, request: Request) -> Response:
        """By tier over two years, and whether the same creators cost more.

        Of offers that creators said yes to, else of what was agreed for their place in a campaign;
        who objects to profiling and who declined are left out.
        """
        found = prices_of(self.brand, timezone.now())
        return Response(
            {
                "currency": self.brand.currency,
                "level": LEVEL,
                "tiers": [
                    {
                        "tier": row.name,
                        "before": _middle(row.before),
                        "lately": _middle(row.lately),
                        "rise": _rise(row.rise),
                    }
                    for row in found.rows
                ],
                "read": found.read,
                "without_rate": found.without_rate,
                "is_cut": found.is_cut,
            }
        )


class CreatorPricesViewSet(BrandViewSet[Creator]):
    """What a creator's pieces cost."""

    scope = Scope.OFFERS_READ
    queryset = Creator.objects.none()
    serializer_class = PaidPriceSerializer
    pagination_class = WholeList
    lookup_field = "uid"
    lookup_value_regex = UID

    @extend_schema(responses=PaidPriceSerializer(many=True))
    def list(self, request: Request, uid: str) -> Response:
        """The newest hundred of two years, the newest first."""
        creator = find_creator(self.brand, UUID(uid))
        if creator is None:
            raise Http404
        found = paid_of(self.brand, timezone.now(), creator=creator)
        return self.whole([_paid(one) for one in found[:100]])


def _middle(one: Middle) -> Row:
    return {
        "prices": one.n,
        "creators": one.creators,
        "value": one.value,
        "low": one.low,
        "high": one.high,
    }


def _rise(one: Rise) -> Row:
    shown = ("creators", "value", "low", "high", "words")
    return {name: getattr(one, name) for name in shown}


def _paid(one: Paid) -> Row:
    return {
        "on": one.on,
        "price": exact(round(one.price, 2)),
        "currency": one.currency,
        "amount": exact(one.amount),
        "by_rate": one.by_rate or None,
    }
