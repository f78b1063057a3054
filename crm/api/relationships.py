"""Relationships: how the brand stands with each creator, and moving it on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import lookups
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope, Stage
from crm.models import Brand, Relationship, StageChange, User
from crm.paging import Order
from crm.selectors import relationships_of
from crm.services import relationships as service

ORDER = Order("relationships", key="id")


class CreatorRefSerializer(serializers.Serializer[Any]):
    """Which creator."""

    uid = serializers.UUIDField()
    name = serializers.CharField()


class KnownCreatorField(serializers.UUIDField):
    """In bodies: the uid of a creator; the value is how the brand stands with them."""

    default_error_messages = {"unknown_creator": "{brand} knows no creator of this uid."}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "The uid of a creator whom the brand knows.")
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """The relationship, with brand and creator."""
        uid = super().to_internal_value(data)
        try:
            return known_by(self.context["brand"], creator__uid=uid)
        except Http404:
            self.fail("unknown_creator", brand=self.context["brand"])


def known_by(brand: Brand, **which: Any) -> Relationship:
    """How the brand stands with a creator, with both; 404 where it does not know them."""
    rows = relationships_of(brand).filter(**which).select_related("brand", "creator")
    found: Relationship = get_object_or_404(rows)
    return found


class RelationshipSerializer(serializers.Serializer[Any]):
    """How the brand stands with a creator."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    stage = serializers.ChoiceField(choices=Stage.choices)
    stage_since = serializers.DateTimeField()
    since = serializers.DateTimeField(help_text="From when on the brand knows the creator.")
    owner = serializers.EmailField(allow_null=True)
    next_step = serializers.CharField(allow_null=True)
    next_step_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with a change.")


class StageStaySerializer(serializers.Serializer[Any]):
    """A stay in a stage: closed-open, the current one has no end."""

    stage = serializers.ChoiceField(choices=Stage.choices)
    entered_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)
    actor = serializers.EmailField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class RelationshipDetailSerializer(RelationshipSerializer):
    """How the brand stands with a creator, and how that came about."""

    stages = StageStaySerializer(many=True, help_text="Newest first.")


class RelationshipChange(Body):
    """What to change; what is left out stays. All of it is done, or nothing."""

    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version that you saw."
    )
    stage = serializers.ChoiceField(choices=Stage.choices, required=False)
    reason = serializers.CharField(
        max_length=service.REASON_MAX,
        required=False,
        help_text="Needed to and from lapsed and declined.",
    )
    owner = serializers.EmailField(
        allow_null=True, required=False, help_text="Somebody with a role in the brand, or null."
    )
    next_step = serializers.CharField(
        max_length=service.NEXT_STEP_MAX, allow_blank=True, required=False
    )
    next_step_on = serializers.DateField(allow_null=True, required=False)

    def validate_owner(self, email: str | None) -> User | None:
        """The user; whether an account exists elsewhere is not told."""
        if email is None:
            return None
        brand = self.context["brand"]
        owner = User.objects.filter(email__iexact=email, roles__brand=brand).first()
        if owner is None:
            words = f"Nobody with this address has a role in {brand}."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_user"))
        return owner


class RelationshipFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which relationships to list."""

    stage = filters.ChoiceFilter(choices=Stage.choices)
    owner = filters.CharFilter(
        field_name="owner__email", lookup_expr="iexact", max_length=254, label="An e-mail address"
    )
    creator = filters.UUIDFilter(field_name="creator__uid", label="A creator's uid")

    class Meta:
        model = Relationship
        fields: list[str] = []


COLUMNS = (
    "id",
    "creator__uid",
    "creator__name",
    "stage",
    "stage_since",
    "since",
    "owner__email",
    "next_step",
    "next_step_on",
    "version",
)


def relationships(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": {"uid": row["creator__uid"], "name": row["creator__name"]},
            "stage": row["stage"],
            "stage_since": row["stage_since"],
            "since": row["since"],
            "owner": row["owner__email"],
            "next_step": row["next_step"] or None,
            "next_step_on": row["next_step_on"],
            "version": row["version"],
        }
        for row in rows
    ]


class RelationshipViewSet(BrandViewSet[Relationship]):
    """Relationships of the brand."""

    scope = Scope.RELATIONSHIPS_READ
    write_scope = Scope.RELATIONSHIPS_WRITE
    queryset = Relationship.objects.none()
    serializer_class = RelationshipSerializer
    filterset_class = RelationshipFilter
    lookups = lookups.Lookups(
        id=lookups.whole("id", indexed=True),
        creator=lookups.uid("creator__uid", indexed=True),
        stage=lookups.choice("stage", Stage),
        stage_since=lookups.moment("stage_since"),
        since=lookups.moment("since", indexed=True),
        owner=lookups.word("owner__email", null=True),
        next_step=lookups.text("next_step", blank=True),
        next_step_on=lookups.day("next_step_on", null=True),
    )
    orders = {
        "id": ORDER,
        "-id": replace(ORDER, name="-relationships", descending=True),
        "since": Order("relationships-since", key="since"),
        "-since": Order("-relationships-since", key="since", descending=True),
    }
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Relationship]:
        """Relationships of the token's brand."""
        return Relationship.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Relationships in the order in which the brand came to know the creators."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=relationships)

    @extend_schema(responses=RelationshipDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One relationship with the history of its stages."""
        return Response(self._shown(pk))

    @extend_schema(
        request=RelationshipChange,
        responses={
            200: RelationshipDetailSerializer,
            (409, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer,
                description="Not an allowed move, no reason given, or changed by somebody else "
                "since: `errors[0].code` is `move_not_allowed`, `reason_needed` or `outdated`.",
            ),
        },
        examples=[
            OpenApiExample(
                "Move to core partner",
                value={"version": 3, "stage": "core"},
                request_only=True,
            ),
            OpenApiExample(
                "Declined, with the reason",
                value={"version": 3, "stage": "declined", "reason": "Exclusive elsewhere"},
                request_only=True,
            ),
        ],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Move the stage, or set the owner or the next step. Goes to timeline and ledger."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = RelationshipChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        changes: dict[str, Any] = dict(body.validated_data)
        version: int = changes.pop("version")
        if changes.get("next_step") == "":
            changes["next_step_on"] = None
        with refusals(service.RelationshipRefused, body=body):
            service.change(
                relationship_id=row["id"],
                changes=cast("service.Changes", changes),
                actor=self.actor,
                at=timezone.now(),
                expected_version=version,
            )
        return Response(self._shown(pk))

    def _shown(self, pk: str) -> Row:
        [found] = relationships([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        stays = (
            StageChange.objects.filter(relationship=found["id"])
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
        return found
