"""Risk: how careful to be with each creator, with every input, and what people say instead."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED
from campaigns.choices import RiskTier
from campaigns.models import RiskAssessment
from campaigns.selectors.risk import for_list
from campaigns.services.refusals import CampaignRefused
from campaigns.services.risk import assessing, overriding
from crm.api.base import UID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.models import Relationship
from crm.paging import Order
from crm.permissions import Can

ORDER = Order("risk-api", "points", "id", descending=True)


class RiskInputSerializer(serializers.Serializer[Any]):
    """One input."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # the base class has one
    value = serializers.CharField()
    points = serializers.DecimalField(
        max_digits=5, decimal_places=1, allow_null=True, help_text="Null: nothing is known."
    )
    source = serializers.CharField()  # type: ignore[assignment]
    on = serializers.DateField(allow_null=True)
    why = serializers.CharField(help_text="Why it counts.")


class RiskGateSerializer(serializers.Serializer[Any]):
    """A hard gate: it makes the tier high whatever the points are."""

    key = serializers.CharField()
    words = serializers.CharField()


class RiskSerializer(serializers.Serializer[Any]):
    """How careful to be with a creator."""

    creator = CreatorRefSerializer()
    tier = serializers.ChoiceField(choices=RiskTier.choices, help_text="What counts.")
    computed = serializers.ChoiceField(choices=RiskTier.choices)
    is_said = serializers.BooleanField(help_text="A person said the tier, with a reason.")
    points = serializers.DecimalField(max_digits=5, decimal_places=1)
    gates = RiskGateSerializer(many=True)
    inputs = RiskInputSerializer(many=True)
    weights = serializers.CharField(help_text="Version of the published weights.")
    assessed_at = serializers.DateTimeField()


class RiskSaid(Body):
    """What a person says instead."""

    tier = serializers.ChoiceField(choices=RiskTier.choices)
    reason = serializers.CharField(max_length=overriding.REASON_MAX)
    last_day = serializers.DateField(help_text="A year ahead at most.")


class RiskFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """By the tier that counts."""

    tier = filters.ChoiceFilter(field_name="counts", choices=RiskTier.choices)
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")

    class Meta:
        model = RiskAssessment
        fields: list[str] = []


class RiskViewSet(BrandViewSet[RiskAssessment]):
    """The newest assessment of each creator."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    write_cans: ClassVar = {"assess": Can.PAUSE}
    queryset = RiskAssessment.objects.none()
    serializer_class = RiskSerializer
    filterset_class = RiskFilter
    lookup_field = "uid"
    lookup_value_regex = UID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[Any]:
        """Of creators of the token's brand."""
        return for_list(self.brand, timezone.now())

    def list(self, request: Request) -> Response:
        """Creators by risk, the most points first."""
        rows = self.filter_queryset(self.get_queryset())
        return self.page(_values(rows), order=ORDER, represent=lambda some: list(map(_plain, some)))

    def retrieve(self, request: Request, uid: str) -> Response:
        """One creator's risk; 404 where nothing was computed yet."""
        rows = self.get_queryset().filter(relationship__creator__uid=uid)
        return Response(_plain(self.one(_values(rows))))

    @extend_schema(request=None, responses={200: RiskSerializer})
    def assess(self, request: Request, uid: str) -> Response:
        """Compute it now."""
        relationship = self._relationship(uid)
        assessing.assess_one(relationship=relationship, at=timezone.now())
        return self.retrieve(request, uid)

    @extend_schema(request=RiskSaid, responses={200: RiskSerializer, **REFUSED})
    def override(self, request: Request, uid: str) -> Response:
        """Say another tier, with a reason, until a day."""
        relationship = self._relationship(uid)
        body = RiskSaid(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            overriding.override(
                relationship=relationship,
                tier=RiskTier(said["tier"]),
                reason=said["reason"],
                last_day=said["last_day"],
                actor=self.actor,
                at=timezone.now(),
            )
        return self.retrieve(request, uid)

    @extend_schema(request=None, responses={200: RiskSerializer, **REFUSED})
    def end_override(self, request: Request, uid: str) -> Response:
        """Let what was computed count again."""
        relationship = self._relationship(uid)
        with refusals(CampaignRefused):
            overriding.end_override(relationship=relationship, actor=self.actor, at=timezone.now())
        return self.retrieve(request, uid)

    def _relationship(self, uid: str) -> Relationship:
        """Of the token's brand. Raises Http404."""
        rows = Relationship.objects.filter(brand=self.brand, creator__uid=uid)
        found = rows.select_related("brand", "creator").first()
        if found is None:
            raise Http404
        return found


def _values(rows: QuerySet[Any]) -> QuerySet[Any, Row]:
    return rows.values(
        "id",
        "tier",
        "counts",
        "said",
        "points",
        "inputs",
        "weights",
        "assessed_at",
        "relationship__creator__uid",
        "relationship__creator__name",
    )


def _plain(row: Row) -> Row:
    return {
        "creator": {
            "uid": row["relationship__creator__uid"],
            "name": row["relationship__creator__name"],
        },
        "tier": row["counts"],
        "computed": row["tier"],
        "is_said": row["said"] is not None,
        "points": str(row["points"]),
        "gates": row["inputs"]["gates"],
        "inputs": row["inputs"]["inputs"],
        "weights": row["weights"],
        "assessed_at": row["assessed_at"],
    }
