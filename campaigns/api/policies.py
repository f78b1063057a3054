"""The library of policies: what holds, and that the token's user has read and accepts it."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED, problem
from campaigns.models import Policy, PolicyReading, PolicyVersion
from campaigns.services import policies as service
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.choices import Role, Scope
from crm.paging import Order

ORDER = Order("policies-api", key="id")
COLUMNS = (
    *("id", "title", "roles", "for_creators", "number", "published_at", "digest", "version_id"),
    "is_read",
)


class PolicySerializer(serializers.Serializer[Any]):
    """A policy as it holds now."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices), help_text="Whose reading is asked for."
    )
    for_creators = serializers.BooleanField()
    number = serializers.IntegerField(help_text="Of the version that holds.")
    published_at = serializers.DateTimeField()
    digest = serializers.CharField(help_text="SHA-256 of its text: what is accepted.")
    is_read = serializers.BooleanField(help_text="By the token's user, this version.")


class WholePolicySerializer(PolicySerializer):
    """The same with its words."""

    text = serializers.CharField()


class ReadBody(Body):
    """What was read."""

    digest = serializers.CharField(max_length=64, help_text="Of the version that you read.")


class PolicyViewSet(BrandViewSet[Policy]):
    """Policies that hold: published, and not put away."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = Policy.objects.none()
    serializer_class = PolicySerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[Policy]:
        """Policies of the token's brand, with the version that holds."""
        holds = (
            PolicyVersion.objects.filter(policy=OuterRef("pk"))
            .exclude(published_at=None)
            .order_by("-number")
        )
        readings = PolicyReading.objects.filter(version=OuterRef("version_id"), user=self.actor)
        return (
            Policy.objects.in_use()
            .filter(brand=self.brand)
            .annotate(
                version_id=Subquery(holds.values("pk")[:1]),
                number=Subquery(holds.values("number")[:1]),
                published_at=Subquery(holds.values("published_at")[:1]),
                digest=Subquery(holds.values("digest")[:1]),
            )
            .exclude(version_id=None)
            .annotate(is_read=Exists(readings))
        )

    def list(self, request: Request) -> Response:
        """Policies in the order in which they were first written."""
        rows = self.get_queryset().values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=lambda some: [_row(one) for one in some])

    @extend_schema(responses=WholePolicySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One policy with its words."""
        row = self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))
        text = PolicyVersion.objects.values_list("text", flat=True).get(pk=row["version_id"])
        return Response(_row(row) | {"text": text})

    @extend_schema(request=ReadBody, responses={200: PolicySerializer, **REFUSED})
    def read(self, request: Request, pk: str) -> Response:
        """Say that the token's user has read the version that holds, and accepts it; once."""
        row = self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))
        body = ReadBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            service.read(
                version_id=row["version_id"],
                digest=body.validated_data["digest"],
                user=self.actor,
                brand=self.brand,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            raise problem(refusal, body) from refusal
        return Response(_row(row) | {"is_read": True})


def _row(row: Row) -> Row:
    return {name: row[name] for name in COLUMNS if name != "version_id"}
