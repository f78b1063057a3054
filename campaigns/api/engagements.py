"""Creators in campaigns: on the shortlist, moved through the stages, substituted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED, exact
from campaigns.api.words import LOCK, PersonField
from campaigns.choices import EngagementStage
from campaigns.filters.campaigns import EngagementFilter
from campaigns.models import Campaign, Engagement, EngagementStay
from campaigns.selectors.conflicts import Weight, conflicts_of
from campaigns.services import engagements as service
from campaigns.services import shortlists
from campaigns.services.engagements import NEXT_STEP_MAX, REASON_MAX, Changes
from campaigns.services.refusals import CampaignRefused
from crm.api import lookups
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("engagements-api", key="id")
COLUMNS = (
    "id",
    "campaign__key",
    "relationship__creator__uid",
    "relationship__creator__name",
    "stage",
    "stage_since",
    "owner__email",
    "next_step",
    "next_step_on",
    "tier",
    "segment",
    "campaign__currency",
    "planned_cost",
    "agreed_cost",
    "replaces",
    "created_at",
    "version",
)
_COST: dict[str, Any] = {"max_digits": 12, "decimal_places": 2, "allow_null": True}


class EngagementSerializer(serializers.Serializer[Any]):
    """A creator in a campaign."""

    id = serializers.IntegerField()
    campaign = serializers.CharField(help_text="The campaign's key.")
    creator = CreatorRefSerializer()
    stage = serializers.ChoiceField(choices=EngagementStage.choices)
    stage_since = serializers.DateTimeField()
    owner = serializers.EmailField(allow_null=True)
    next_step = serializers.CharField(allow_null=True)
    next_step_on = serializers.DateField(allow_null=True)
    tier = serializers.CharField(allow_null=True, help_text="When they came to the shortlist.")
    segment = serializers.CharField(allow_null=True, help_text="That they were taken from.")
    currency = serializers.CharField(help_text="Of the costs.")
    planned_cost = serializers.DecimalField(**_COST)
    agreed_cost = serializers.DecimalField(**_COST)
    replaces = serializers.IntegerField(allow_null=True, help_text="Whose place they have.")
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Send it back with a change.")


class StaySerializer(serializers.Serializer[Any]):
    """A stay in a stage: closed-open, the current one has no end."""

    stage = serializers.ChoiceField(choices=EngagementStage.choices)
    entered_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)
    actor = serializers.EmailField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class ConflictSerializer(serializers.Serializer[Any]):
    """What speaks against them: `bars` refuses an invitation, `warns` asks somebody to look."""

    weight = serializers.ChoiceField(choices=[one.value for one in Weight])
    words = serializers.CharField()


class WholeEngagementSerializer(EngagementSerializer):
    """A creator in a campaign, how that came about, and what there is to know."""

    stages = StaySerializer(many=True, help_text="Newest first.")
    conflicts = ConflictSerializer(many=True)


class NewPick(Body):
    """A creator for the shortlist."""

    creator = KnownCreatorField()
    reason = serializers.CharField(max_length=REASON_MAX, required=False, allow_blank=True)
    planned_cost = serializers.DecimalField(required=False, min_value=0, **_COST)


class NewEngagements(Body):
    """Creators who are put on a campaign's shortlist; who is in it already stays as they are."""

    campaign = serializers.CharField(max_length=60, help_text="The campaign's key.")
    creators = serializers.ListField(child=NewPick(), min_length=1, max_length=200)

    def validate_campaign(self, key: str) -> Campaign:
        """A campaign of the brand."""
        found = Campaign.objects.filter(brand=self.context["brand"], key=key).first()
        if found is None:
            words = "There is no campaign of this key."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_campaign"))
        return found


class EngagementChange(Body):
    """What to change; what is left out stays. All of it is done, or nothing."""

    version = serializers.IntegerField(**LOCK)
    stage = serializers.ChoiceField(choices=EngagementStage.choices, required=False)
    reason = serializers.CharField(
        max_length=REASON_MAX,
        required=False,
        allow_blank=True,
        help_text="What vetting found, why somebody leaves or goes back.",
    )
    owner = PersonField(required=False, allow_null=True)
    next_step = serializers.CharField(max_length=NEXT_STEP_MAX, required=False, allow_blank=True)
    next_step_on = serializers.DateField(required=False, allow_null=True)
    planned_cost = serializers.DecimalField(required=False, **_COST)
    agreed_cost = serializers.DecimalField(required=False, **_COST)


class Substitution(Body):
    """Who takes the place, and why."""

    version = serializers.IntegerField(**LOCK)
    creator = KnownCreatorField()
    reason = serializers.CharField(max_length=REASON_MAX)


class _Engagements(BrandViewSet[Engagement]):
    scope = Scope.CAMPAIGNS_READ
    queryset = Engagement.objects.none()
    serializer_class = EngagementSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Engagement]:
        """Engagements in campaigns of the token's brand."""
        return Engagement.objects.filter(campaign__brand=self.brand)

    def shown(self, pk: int | str) -> Row:
        """One of them with its history and what there is to know."""
        [found] = engagements([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        row = self.get_queryset().with_creator().select_related("campaign__brand").get(pk=pk)  # type: ignore[attr-defined]
        stays = (
            EngagementStay.objects.filter(engagement=found["id"])
            .order_by("-entered_at", "-pk")
            .values("stage", "entered_at", "left_at", "actor__email", "reason")
        )
        found["stages"] = [
            {
                "stage": stay["stage"],
                "entered_at": stay["entered_at"],
                "left_at": stay["left_at"],
                "actor": stay["actor__email"],
                "reason": stay["reason"] or None,
            }
            for stay in stays
        ]
        conflicts = conflicts_of(row.campaign, [row], timezone.now())[row.pk]
        found["conflicts"] = [{"weight": one.weight, "words": one.words} for one in conflicts]
        return found


class EngagementViewSet(_Engagements):
    """Creators in campaigns of the brand."""

    write_scope = Scope.CAMPAIGNS_WRITE
    filterset_class = EngagementFilter
    lookups = lookups.Lookups(
        id=lookups.whole("id", indexed=True),
        campaign=lookups.word("campaign__key"),
        creator=lookups.uid("relationship__creator__uid", indexed=True),
        stage=lookups.choice("stage", EngagementStage),
        stage_since=lookups.moment("stage_since"),
        owner=lookups.word("owner__email", null=True),
        tier=lookups.word("tier", blank=True),
        segment=lookups.word("segment", blank=True),
        planned_cost=lookups.money("planned_cost", null=True),
        agreed_cost=lookups.money("agreed_cost", null=True),
        next_step_on=lookups.day("next_step_on", null=True),
    )
    orders = {"id": ORDER, "-id": replace(ORDER, name="-engagements-api", descending=True)}

    def list(self, request: Request) -> Response:
        """Engagements of all campaigns, in the order in which they came about."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=engagements)

    @extend_schema(responses=WholeEngagementSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One engagement with the history of its stages and its conflicts."""
        return Response(self.shown(pk))

    @extend_schema(
        request=NewEngagements,
        responses={201: EngagementSerializer(many=True), **REFUSED},
        examples=[
            OpenApiExample(
                "One creator",
                value={
                    "campaign": "winter-skin",
                    "creators": [
                        {
                            "creator": "00000000-0000-4000-8000-000000000000",
                            "reason": "Explains ingredients well",
                        }
                    ],
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Put creators on a shortlist. Answers with those who are new there."""
        body = NewEngagements(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        campaign: Campaign = body.validated_data["campaign"]
        with refusals(CampaignRefused, body=body):
            added = shortlists.shortlist(
                campaign_id=campaign.pk,
                brand=self.brand,
                picks=[
                    shortlists.Pick(
                        one["creator"].pk,
                        one.get("reason", ""),
                        planned_cost=one.get("planned_cost"),
                    )
                    for one in body.validated_data["creators"]
                ],
                actor=self.actor,
                at=timezone.now(),
            )
        made = self.get_queryset().filter(pk__in=[row.pk for row in added.made])
        return Response(engagements(list(made.order_by("pk").values(*COLUMNS))), status=201)


class EngagementActViewSet(_Engagements):
    """Moving creators through campaigns."""

    write_scope = Scope.CAMPAIGNS_RUN

    @extend_schema(request=EngagementChange, responses={200: WholeEngagementSerializer, **REFUSED})
    def change(self, request: Request, pk: str) -> Response:
        """Move the stage, set owner, next step or costs. Goes to timeline and ledger."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = EngagementChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        changes = dict(body.validated_data)
        version: int = changes.pop("version")
        with refusals(CampaignRefused, body=body):
            service.change(
                engagement_id=row["id"],
                brand=self.brand,
                changes=cast("Changes", changes),
                actor=self.actor,
                at=timezone.now(),
                expected_version=version,
            )
        return Response(self.shown(pk))

    @extend_schema(request=Substitution, responses={201: WholeEngagementSerializer, **REFUSED})
    def substitute(self, request: Request, pk: str) -> Response:
        """Give the place to somebody else, who starts on the shortlist."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = Substitution(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CampaignRefused, body=body):
            made = shortlists.substitute(
                engagement_id=row["id"],
                brand=self.brand,
                relationship_id=body.validated_data["creator"].pk,
                reason=body.validated_data["reason"],
                actor=self.actor,
                at=timezone.now(),
                expected_version=body.validated_data["version"],
            )
        return Response(self.shown(made.pk), status=201)


def engagements(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "campaign": row["campaign__key"],
            "creator": {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "stage": row["stage"],
            "stage_since": row["stage_since"],
            "owner": row["owner__email"],
            "next_step": row["next_step"] or None,
            "next_step_on": row["next_step_on"],
            "tier": row["tier"] or None,
            "segment": row["segment"] or None,
            "currency": row["campaign__currency"],
            "planned_cost": exact(row["planned_cost"]),
            "agreed_cost": exact(row["agreed_cost"]),
            "replaces": row["replaces"],
            "created_at": row["created_at"],
            "version": row["version"],
        }
        for row in rows
    ]
