"""The gates that drafts of a campaign go through, how long each has, and who decides."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.words import PersonField
from campaigns.choices import Gate
from campaigns.models import Campaign
from campaigns.services.deliverables import gates, settings
from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.models import User

_HOURS: dict[str, Any] = {"min_value": 1, "max_value": settings.HOURS_MAX, "required": False}
_KEEPER: dict[str, Any] = {"required": False, "allow_null": True}


class ReviewPlanSerializer(serializers.Serializer[Any]):
    """What a campaign asks of its drafts."""

    gates = serializers.ListField(
        child=serializers.ChoiceField(choices=Gate.choices), help_text="In their order."
    )
    is_legal_always = serializers.BooleanField(help_text="Of the brand: legal sees every draft.")
    rounds = serializers.IntegerField(help_text="Drafts of a piece, the first one included.")
    manager_hours = serializers.IntegerField(help_text="Working hours that the gate has.")
    brand_hours = serializers.IntegerField()
    legal_hours = serializers.IntegerField()
    manager_keeper = serializers.EmailField(
        allow_null=True, help_text="Who decides; null: everybody who may."
    )
    brand_keeper = serializers.EmailField(allow_null=True)
    legal_keeper = serializers.EmailField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with a change.")


class ReviewPlanChange(Body):
    """What to change; what is left out stays. Reviews under way keep their gates."""

    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version that you saw."
    )
    gates = serializers.ListField(
        child=serializers.ChoiceField(choices=Gate.choices),
        min_length=1,
        max_length=len(Gate),
        required=False,
    )
    rounds = serializers.IntegerField(min_value=1, max_value=settings.ROUNDS_MAX, required=False)
    manager_hours = serializers.IntegerField(**_HOURS)
    brand_hours = serializers.IntegerField(**_HOURS)
    legal_hours = serializers.IntegerField(**_HOURS)
    manager_keeper = PersonField(**_KEEPER)
    brand_keeper = PersonField(**_KEEPER)
    legal_keeper = PersonField(**_KEEPER)


class ReviewPlanViewSet(BrandViewSet[Campaign]):
    """The gates of a campaign."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Campaign.objects.none()
    serializer_class = ReviewPlanSerializer
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Campaign]:
        """Campaigns of the token's brand."""
        return Campaign.objects.filter(brand=self.brand)

    def retrieve(self, request: Request, key: str) -> Response:
        """What the campaign asks of its drafts."""
        return Response(self._row(self._campaign(key)))

    @extend_schema(request=ReviewPlanChange, responses={200: ReviewPlanSerializer, **REFUSED})
    def partial_update(self, request: Request, key: str) -> Response:
        """Say which gates drafts go through, how long each has, and who decides."""
        campaign = self._campaign(key)
        body = ReviewPlanChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        version = said.pop("version")
        with refusals(CampaignRefused, body=body):
            settings.set_plan(
                campaign_id=campaign.pk,
                brand=self.brand,
                values=said,
                actor=self.actor,
                at=timezone.now(),
                expected_version=version,
            )
        return Response(self._row(campaign))

    def _campaign(self, key: str) -> Campaign:
        with refusals(CampaignRefused):
            return self.get_queryset().select_related("brand").get(key=key)

    def _row(self, campaign: Campaign) -> Row:
        plan = gates.plan_of(campaign)
        people = {gate: plan.keeper_of(gate) for gate in Gate}
        emails = dict(
            User.objects.filter(pk__in=filter(None, people.values())).values_list("pk", "email")
        )
        return {
            "gates": plan.gates,
            "is_legal_always": gates.week_row(self.brand).is_legal_always,
            "rounds": plan.rounds,
            **{f"{gate.value}_hours": plan.hours_of(gate) for gate in Gate},
            **{f"{gate.value}_keeper": emails.get(people[gate] or 0) for gate in Gate},
            "version": plan.version,
        }
