"""How the budget of a campaign is cut, by tier and by segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED, BudgetLineSerializer, CampaignViewSet
from campaigns.api.words import LOCK
from campaigns.choices import BudgetKind
from campaigns.models import BudgetLine, Campaign
from campaigns.services import plans as service
from campaigns.services.checks import AMOUNT_MAX
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.selectors import TierTable

SHOWN = ("key", "version", "budget", "currency", "budget_lines")


class BudgetSerializer(serializers.Serializer[Any]):
    """A budget and how it is cut."""

    key = serializers.CharField(help_text="The campaign's.")
    version = serializers.IntegerField(help_text="The campaign's: send it back with a change.")
    budget = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    currency = serializers.CharField()
    budget_lines = BudgetLineSerializer(many=True)


class BudgetLineBody(Body):
    """A part of the budget."""

    key = serializers.SlugField(max_length=60, help_text="Of a tier of the brand, or of a segment.")
    amount = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, max_value=AMOUNT_MAX
    )
    creators = serializers.IntegerField(
        min_value=1, max_value=100_000, required=False, allow_null=True, default=None
    )


class BudgetCut(Body):
    """Lines that take the place of those that there are; what is left out stays as it is."""

    version = serializers.IntegerField(**LOCK)
    tier = serializers.ListField(
        child=BudgetLineBody(), max_length=service.MAX_LINES, required=False
    )
    segment = serializers.ListField(
        child=BudgetLineBody(), max_length=service.MAX_LINES, required=False
    )


class CampaignBudgetViewSet(CampaignViewSet):
    """The budget of one campaign."""

    serializer_class: type[serializers.Serializer[Any]] = BudgetSerializer
    http_method_names = ["get", "head", "patch"]

    @extend_schema(responses=BudgetSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """The budget line by line, with what is committed and expected of each."""
        return Response(self._budget(key))

    @extend_schema(
        request=BudgetCut,
        responses={200: BudgetSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "By tier",
                value={"version": 1, "tier": [{"key": "micro", "amount": "4000.00"}]},
                request_only=True,
            )
        ],
    )
    def partial_update(self, request: Request, key: str) -> Response:
        """Cut it anew; lines may add up to less than the budget, not to more."""
        campaign = self.found(key)
        body = BudgetCut(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        version: int | None = said["version"]
        with transaction.atomic():
            for kind in BudgetKind:
                if kind.value in said:
                    self._cut(campaign, kind, body, version)
                    # The first holds the campaign until both are through.
                    version = None
        return Response(self._budget(key))

    def _cut(self, campaign: Campaign, kind: BudgetKind, body: Body, version: int | None) -> None:
        names = _names(campaign, kind)
        lines = [
            service.Line(
                line["key"], service.name_of(line["key"], names), line["amount"], line["creators"]
            )
            for line in body.validated_data[kind.value]
        ]
        with refusals(CampaignRefused, body=body, places={"budget": f"/{kind.value}"}):
            service.set_budget_lines(
                campaign_id=campaign.pk,
                brand=self.brand,
                kind=kind,
                lines=lines,
                actor=self.actor,
                at=timezone.now(),
                expected_version=version,
            )

    def _budget(self, key: str) -> Row:
        whole = self.shown(key)
        return {name: whole[name] for name in SHOWN}


def _names(campaign: Campaign, kind: BudgetKind) -> Mapping[str, str]:
    if kind is BudgetKind.TIER:
        return {tier.key: tier.name for tier in TierTable.of(campaign.brand).tiers}
    rows = BudgetLine.objects.filter(campaign=campaign, kind=kind)
    return dict(rows.values_list("key", "name"))
