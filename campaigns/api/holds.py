"""Pauses: what of the brand stands still, begin one, lift it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED
from campaigns.models import Campaign, CampaignHold
from campaigns.selectors.holds import is_legals, pauses_of
from campaigns.services import holds as service
from campaigns.services.concerned import who_is_told
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.choices import Scope
from crm.models import Hold, Incident
from crm.models.holds import Holding
from crm.permissions import Can, may, who_may
from crm.services import holds as crm_service
from crm.services.holds import REASON_MAX, HoldRefused

SUBJECTS = ("brand", "creator", "campaign")


class HoldSerializer(serializers.Serializer[Any]):
    """Something that stands still."""

    subject = serializers.ChoiceField(choices=SUBJECTS, help_text="What stands still.")
    id = serializers.IntegerField(help_text="Of its kind of subject.")
    creator = CreatorRefSerializer(allow_null=True)
    campaign = serializers.CharField(allow_null=True, help_text="The campaign's key.")
    reason = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="Null: until it is lifted.")
    by = serializers.EmailField(allow_null=True)
    incident = serializers.IntegerField(allow_null=True)


class NewHold(Body):
    """What is to stand still: a creator, a campaign, or, with neither, everything."""

    creator = KnownCreatorField(required=False, allow_null=True)
    campaign = serializers.CharField(max_length=60, required=False, allow_null=True)
    reason = serializers.CharField(max_length=REASON_MAX)
    until = serializers.DateTimeField(required=False, allow_null=True)
    incident = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """One subject at the most, and what is named is there."""
        brand = self.context["brand"]
        key, number = values.get("campaign"), values.get("incident")
        if values.get("creator") and key:
            raise serializers.ValidationError({"campaign": "Name a creator or a campaign."})
        campaign = Campaign.objects.filter(brand=brand, key=key).first() if key else None
        if key and campaign is None:
            raise serializers.ValidationError({"campaign": "There is no such campaign."})
        incident = Incident.objects.filter(brand=brand, pk=number).first() if number else None
        if number and incident is None:
            raise serializers.ValidationError({"incident": "There is no such incident."})
        return values | {"campaign": campaign, "incident": incident}


class HoldLift(Body):
    """Why it may go on."""

    reason = serializers.CharField(max_length=REASON_MAX)


class HoldViewSet(BrandViewSet[Hold]):
    """What stands still now."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.PAUSES_WRITE
    queryset = Hold.objects.none()
    serializer_class = HoldSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[Hold]:
        """Holds on the token's brand and its creators."""
        return Hold.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Everything that stands still now, the newest first."""
        return self.whole([_plain(hold) for hold in pauses_of(self.brand, timezone.now()).now])

    @extend_schema(request=NewHold, responses={201: HoldSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Let a creator, a campaign or everything stand still."""
        body = NewHold(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said: dict[str, Any] = dict(body.validated_data)
        creator, campaign = said.pop("creator", None), said.pop("campaign", None)
        if creator is None and campaign is None:
            self._ask_legal("Pausing the whole brand")
        told = who_is_told(
            self.brand, relationship=creator, campaigns=[campaign] if campaign else []
        )
        common: dict[str, Any] = {
            "reason": said["reason"],
            "until": said.get("until"),
            "incident": said.get("incident"),
            "actor": self.actor,
            "at": timezone.now(),
            "tell": told,
        }
        hold: Holding
        with refusals(HoldRefused, body=body):
            if campaign is not None:
                campaign.brand = self.brand
                hold = service.pause_campaign(campaign=campaign, **common)
            else:
                hold = crm_service.pause(brand=self.brand, relationship=creator, **common)
        return Response(_plain(hold), status=201)

    @extend_schema(request=HoldLift, responses={204: None, **REFUSED})
    def lift(self, request: Request, pk: str) -> Response:
        """Let a creator, or everything, go on."""
        return self._lift(request, Hold, int(pk))

    @extend_schema(request=HoldLift, responses={204: None, **REFUSED})
    def lift_campaign(self, request: Request, pk: str) -> Response:
        """Let a campaign go on."""
        return self._lift(request, CampaignHold, int(pk))

    def _lift(self, request: Request, model: type[Hold] | type[CampaignHold], pk: int) -> Response:
        hold = model.objects.filter(brand=self.brand, pk=pk).first()
        if hold is None:
            raise Http404
        if is_legals(hold):
            self._ask_legal("Lifting this pause")
        body = HoldLift(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        lifting = crm_service.lift if model is Hold else service.lift_campaign
        with refusals(HoldRefused, body=body):
            lifting(
                hold_id=pk,
                brand=self.brand,
                reason=body.validated_data["reason"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(status=204)

    def _ask_legal(self, what: str) -> None:
        """As the pages do: the brand as a whole, and what came of an incident. Raises a 403."""
        if not may(self.role, Can.HANDLE_INCIDENTS):
            raise PermissionDenied(f"{what} is for {who_may(Can.HANDLE_INCIDENTS)}.")


def _plain(hold: Holding) -> Row:
    relationship = hold.relationship if isinstance(hold, Hold) else None
    campaign = hold.campaign if isinstance(hold, CampaignHold) else None
    subject = "campaign" if campaign else "creator" if relationship else "brand"
    creator = relationship.creator if relationship else None
    return {
        "subject": subject,
        "id": hold.pk,
        "creator": {"uid": creator.uid, "name": creator.name} if creator else None,
        "campaign": campaign.key if campaign else None,
        "reason": hold.reason,
        "since": hold.since,
        "until": hold.until,
        "by": hold.by.email if hold.by else None,
        "incident": hold.incident_id,
    }
