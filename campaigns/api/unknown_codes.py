"""Codes that conversions were told with and that are none of the brand's."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.models import Conversion, PromoCode
from campaigns.selectors.conversions import unknown_codes
from campaigns.services.conversions import belonging
from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import WholeList
from crm.api.refusals import refusals
from crm.choices import Scope


class UnknownCodeSerializer(serializers.Serializer[Any]):
    """A code as it was given, in capital letters, and how often."""

    written = serializers.CharField()
    number = serializers.IntegerField(help_text="Conversions that have it.")
    first = serializers.DateTimeField()
    last = serializers.DateTimeField()


class AdoptedCode(Body):
    """Which code of the brand a text is."""

    written = serializers.CharField(max_length=80)
    code = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="The id of one of `promo-codes/`."
    )

    def validate_code(self, pk: int) -> PromoCode:
        """A code of the brand."""
        found = PromoCode.objects.filter(brand=self.context["brand"], pk=pk).first()
        if found is None:
            words = "There is no promo code of this id."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_code"))
        return found


class AdoptedSerializer(serializers.Serializer[Any]):
    """What became of it."""

    conversions = serializers.IntegerField(help_text="That belong to the code now.")


class UnknownCodeViewSet(BrandViewSet[Conversion]):
    """Codes that are nobody's."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = Conversion.objects.none()
    serializer_class = UnknownCodeSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head", "post"]

    def list(self, request: Request) -> Response:
        """The fifty most frequent ones."""
        return self.whole([dict(one) for one in unknown_codes(self.brand)])

    @extend_schema(request=AdoptedCode, responses={200: AdoptedSerializer, **REFUSED})
    def adopt(self, request: Request) -> Response:
        """Say which code of the brand a text is, for what came in and what comes."""
        body = AdoptedCode(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body, places={"text": "/written"}):
            number = belonging.adopt(
                brand=self.brand,
                text=said["written"],
                code=said["code"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response({"conversions": number})
