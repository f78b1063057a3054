"""How much each factor of matches counts, over REST: of the brand and of a campaign."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import KEY, REFUSED
from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope
from segmentation.choices import WeightsOrigin
from segmentation.matches.factors import MAX_WEIGHT
from segmentation.models import MatchWeights
from segmentation.services.matches import weights as service
from segmentation.services.matches.weights import REASON_MAX


class MatchWeightsSerializer(serializers.Serializer[Any]):
    """A version of weights; never changed."""

    number = serializers.IntegerField()
    campaign = serializers.CharField(allow_null=True, help_text="Null: the brand's.")
    weights = serializers.DictField(child=serializers.IntegerField())
    origin = serializers.ChoiceField(choices=WeightsOrigin.choices)
    reason = serializers.CharField()
    author = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()


class MatchWeightsBody(Body):
    """How much each factor counts (0 to 10; what is left out counts nothing), and why."""

    weights = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=MAX_WEIGHT)
    )
    reason = serializers.CharField(max_length=REASON_MAX)
    seen_version = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The newest that you know (0: none): refused where there is another by now.",
    )


EXAMPLE = OpenApiExample(
    "Audience first",
    value={"weights": {"audience": 8, "results": 4}, "reason": "A launch in one country"},
    request_only=True,
)


class MatchWeightsViewSet(BrandViewSet[MatchWeights]):
    """What campaigns of the brand begin with."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = MatchWeights.objects.none()
    serializer_class = MatchWeightsSerializer
    pagination_class = WholeList

    def list(self, request: Request) -> Response:
        """The versions, the newest first; empty: the usual weights hold."""
        return self.whole([_weights(one) for one in service.versions(self.brand, None)])

    @extend_schema(
        request=MatchWeightsBody,
        responses={201: MatchWeightsSerializer, **REFUSED},
        examples=[EXAMPLE],
    )
    def create(self, request: Request) -> Response:
        """Save another version."""
        return Response(_weights(_weigh(self, request, None)), status=HTTPStatus.CREATED)


class CampaignMatchWeightsViewSet(BrandViewSet[MatchWeights]):
    """What a campaign of the brand ranks by, where it has weights of its own."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = MatchWeights.objects.none()
    serializer_class = MatchWeightsSerializer
    pagination_class = WholeList
    lookup_field = "key"
    lookup_value_regex = KEY

    @extend_schema(responses=MatchWeightsSerializer(many=True))
    def list(self, request: Request, key: str) -> Response:
        """The weights of the campaign, the newest first; empty: the brand's hold."""
        rows = service.versions(self.brand, self._campaign(key))
        return self.whole([_weights(one) for one in rows])

    @extend_schema(
        request=MatchWeightsBody,
        responses={201: MatchWeightsSerializer, **REFUSED},
        examples=[EXAMPLE],
    )
    def create(self, request: Request, key: str) -> Response:
        """Save another version of the campaign's weights."""
        return Response(
            _weights(_weigh(self, request, self._campaign(key))), status=HTTPStatus.CREATED
        )

    def _campaign(self, key: str) -> Campaign:
        rows = Campaign.objects.filter(brand=self.brand, key=key)
        return Campaign.objects.get(pk=self.one(rows.values("id"))["id"])


def _weigh(view: BrandViewSet[Any], request: Request, campaign: Campaign | None) -> MatchWeights:
    body = MatchWeightsBody(data=request.data)
    body.is_valid(raise_exception=True)
    with refusals(CampaignRefused, body=body):
        return service.set_weights(
            brand=view.brand,
            campaign=campaign,
            weights=body.validated_data["weights"],
            reason=body.validated_data["reason"],
            actor=view.actor,
            at=timezone.now(),
            seen=body.validated_data.get("seen_version"),
        )


def _weights(one: MatchWeights) -> Row:
    return {
        "number": one.number,
        "campaign": one.campaign.key if one.campaign else None,
        "weights": one.weights,
        "origin": one.origin,
        "reason": one.reason,
        "author": one.author.email if one.author else None,
        "created_at": one.created_at,
    }
