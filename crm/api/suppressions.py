"""The suppression list: to whom the brand writes no more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope, SuppressionOrigin, SuppressionReason
from crm.models import SuppressedAddress, Suppression
from crm.outreach import addresses
from crm.paging import Order
from crm.services.outreach import suppressions as service

ORDER = Order("suppressions", key="id")
COLUMNS = (
    "id",
    "creator__uid",
    "creator__name",
    "is_person",
    "reason",
    "origin",
    "note",
    "at",
    "by__email",
    "lifted_at",
    "lifted_by__email",
    "lifted_note",
)


class SuppressionSerializer(serializers.Serializer[Any]):
    """An entry. Addresses are kept as hashes: search for a whole one with `address`."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer(allow_null=True)
    is_person = serializers.BooleanField(help_text="All addresses of the creator, later ones too.")
    reason = serializers.ChoiceField(choices=SuppressionReason.choices)
    origin = serializers.ChoiceField(choices=SuppressionOrigin.choices)
    note = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    by = serializers.EmailField(allow_null=True)
    lifted_at = serializers.DateTimeField(allow_null=True)
    lifted_by = serializers.EmailField(allow_null=True)
    lifted_note = serializers.CharField(allow_null=True)


class NewSuppression(Body):
    """Whom to write to no more."""

    address = serializers.EmailField()
    reason = serializers.ChoiceField(choices=SuppressionReason.choices)
    note = serializers.CharField(
        max_length=service.NOTE_MAX, required=False, allow_blank=True, default=""
    )


class LiftBody(Body):
    """Why mail is allowed again."""

    note = serializers.CharField(max_length=service.NOTE_MAX)


class SuppressionFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Which entries to list."""

    reason = filters.ChoiceFilter(choices=SuppressionReason.choices)
    creator = filters.UUIDFilter(field_name="creator__uid", label="A creator's uid")
    in_force = filters.BooleanFilter(field_name="lifted_at", lookup_expr="isnull")
    address = filters.CharFilter(method="by_address", max_length=254, label="A whole address")

    class Meta:
        model = Suppression
        fields: list[str] = []

    def by_address(
        self, rows: QuerySet[Suppression], _name: str, value: str
    ) -> QuerySet[Suppression]:
        """Entries that cover the address; its hash is another one for each brand."""
        brand = self.request.auth.brand
        hashed = addresses.digest(brand.pk, value)
        found = SuppressedAddress.objects.filter(brand=brand, digest=hashed)
        return rows.filter(pk__in=found.values("suppression"))


class SuppressionViewSet(BrandViewSet[Suppression]):
    """The brand's suppression list."""

    scope = Scope.OUTREACH_READ
    write_scope = Scope.OUTREACH_WRITE
    queryset = Suppression.objects.none()
    serializer_class = SuppressionSerializer
    filterset_class = SuppressionFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Suppression]:
        """Entries of the token's brand."""
        return Suppression.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Entries in the order in which they came, lifted ones too."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=suppressions)

    @extend_schema(responses=SuppressionSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One entry."""
        return Response(self._shown(pk))

    @extend_schema(request=NewSuppression, responses={201: SuppressionSerializer})
    def create(self, request: Request) -> Response:
        """Put an address on the list; on it already, the answer is the entry that there is."""
        body = NewSuppression(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        with refusals(service.SuppressionRefused, body=body):
            entry = service.suppress_address(
                brand=self.brand,
                address=given["address"],
                reason=SuppressionReason(given["reason"]),
                origin=SuppressionOrigin.API,
                at=timezone.now(),
                actor=self.actor,
                note=given["note"],
            )
        return Response(self._shown(entry.pk), status=201)

    @extend_schema(request=LiftBody, responses=SuppressionSerializer)
    def lift(self, request: Request, pk: str) -> Response:
        """Allow mail again; the entry stays, with who lifted it and why."""
        row = self._shown(pk)
        body = LiftBody(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(service.SuppressionRefused, body=body):
            service.lift(
                suppression_id=row["id"],
                note=body.validated_data["note"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(pk))

    def _shown(self, pk: int | str) -> Row:
        return suppressions([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])[0]


def suppressions(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": row["creator__uid"]
            and {"uid": row["creator__uid"], "name": row["creator__name"]},
            "is_person": row["is_person"],
            "reason": row["reason"],
            "origin": row["origin"],
            "note": row["note"] or None,
            "at": row["at"],
            "by": row["by__email"],
            "lifted_at": row["lifted_at"],
            "lifted_by": row["lifted_by__email"],
            "lifted_note": row["lifted_note"] or None,
        }
        for row in rows
    ]
