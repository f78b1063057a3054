"""Where parcels go: one postal address of each creator, personal data of the brand."""

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
from crm.api.given import GIVEN, GivenBody, GivenSerializer, given
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField, known_by
from crm.choices import Scope
from crm.models import PostalAddress, Relationship
from crm.paging import Order
from crm.services import contacts as service

ORDER = Order("addresses", key="id")
LINES = ("recipient", "street", "postal_code", "city", "region", "country", "phone")
COLUMNS = ("id", "creator__uid", "creator__name", *LINES, "confirmed_at", *GIVEN)


class AddressSerializer(GivenSerializer):
    """Where the brand sends parcels to a creator."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    recipient = serializers.CharField()
    street = serializers.CharField()
    postal_code = serializers.CharField(allow_null=True)
    city = serializers.CharField()
    region = serializers.CharField(allow_null=True)
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2, e.g. DK.")
    phone = serializers.CharField(allow_null=True)
    confirmed_at = serializers.DateTimeField(help_text="When somebody last said that it is right.")


class AddressChange(GivenBody):
    """What to change; what is left out stays. It counts as confirmed."""

    recipient = serializers.CharField(max_length=200, required=False)
    street = serializers.CharField(max_length=300, required=False)
    postal_code = serializers.CharField(max_length=20, required=False, allow_null=True)
    city = serializers.CharField(max_length=120, required=False)
    region = serializers.CharField(max_length=120, required=False, allow_null=True)
    country = serializers.RegexField(
        "^[A-Z]{2}$", required=False, help_text="ISO 3166-1 alpha-2, e.g. DK."
    )
    phone = serializers.CharField(max_length=60, required=False, allow_null=True)


class NewAddress(AddressChange):
    """Where parcels go from now on; it replaces the address before."""

    creator = KnownCreatorField()
    recipient = serializers.CharField(max_length=200)
    street = serializers.CharField(max_length=300)
    city = serializers.CharField(max_length=120)
    country = serializers.RegexField("^[A-Z]{2}$", help_text="ISO 3166-1 alpha-2, e.g. DK.")


class AddressFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which addresses to list."""

    creator = filters.UUIDFilter(field_name="creator__uid", label="A creator's uid")

    class Meta:
        model = PostalAddress
        fields: list[str] = []


class AddressViewSet(BrandViewSet[PostalAddress]):
    """Postal addresses of the brand's creators."""

    scope = Scope.CONTACTS_READ
    write_scope = Scope.CONTACTS_WRITE
    queryset = PostalAddress.objects.none()
    serializer_class = AddressSerializer
    filterset_class = AddressFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[PostalAddress]:
        """Those of the token's brand."""
        return PostalAddress.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Addresses in the order in which they were first written down."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=addresses)

    @extend_schema(responses=AddressSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One address."""
        return Response(self._shown(pk))

    @extend_schema(request=NewAddress, responses={201: AddressSerializer})
    def create(self, request: Request) -> Response:
        """Say where parcels go."""
        body = NewAddress(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        values = body.values
        made = self._set(values.pop("creator"), body, values)
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=AddressChange, responses=AddressSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct an address, or with an empty object say that it still is right."""
        row = self.one(self.get_queryset().filter(pk=pk).values("creator", *LINES, *GIVEN[:-1]))
        body = AddressChange(data=request.data)
        body.is_valid(raise_exception=True)
        self._set(known_by(self.brand, creator_id=row.pop("creator")), body, row | body.values)
        return Response(self._shown(pk))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Forget where parcels go."""
        row = self.one(self.get_queryset().filter(pk=pk).values("creator"))
        service.erase_address(
            relationship=known_by(self.brand, creator_id=row["creator"]),
            actor=self.actor,
            at=timezone.now(),
        )
        return Response(status=204)

    def _set(self, relationship: Relationship, body: Body, values: dict[str, Any]) -> PostalAddress:
        with refusals(service.ContactRefused, body=body):
            return service.set_address(
                relationship=relationship, values=values, actor=self.actor, at=timezone.now()
            )

    def _shown(self, pk: int | str) -> Row:
        return addresses([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])[0]


def addresses(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": {"uid": row["creator__uid"], "name": row["creator__name"]},
            **{name: row[name] or None for name in LINES},
            "confirmed_at": row["confirmed_at"],
            **given(row),
        }
        for row in rows
    ]
