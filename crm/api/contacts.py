"""Ways to reach a creator: personal data, behind scopes of their own."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.given import GIVEN, GivenBody, GivenSerializer, given
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField, known_by
from crm.choices import ContactKind, ContactPurpose, Scope
from crm.models import ContactPoint, Relationship
from crm.paging import Order
from crm.services import contacts as service

ORDER = Order("contacts", key="id")
COLUMNS = (
    "id",
    "creator__uid",
    "creator__name",
    "kind",
    "value",
    "purpose",
    "valid_from",
    "barred_at",
    "barred_reason",
    "barred_by__email",
    "created_at",
    *GIVEN,
)


class ContactSerializer(GivenSerializer):
    """An address or number of a creator, as the brand was given it."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    kind = serializers.ChoiceField(choices=ContactKind.choices)
    value = serializers.CharField()
    purpose = serializers.ChoiceField(choices=ContactPurpose.choices)
    valid_from = serializers.DateField(allow_null=True)
    barred_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it is not to be used; null: it may be."
    )
    barred_reason = serializers.CharField(allow_null=True)
    barred_by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()


class _About(GivenBody):
    purpose = serializers.ChoiceField(choices=ContactPurpose.choices, required=False)
    valid_from = serializers.DateField(required=False, allow_null=True)


class NewContact(_About):
    """Another address or number of a creator."""

    creator = KnownCreatorField()
    kind = serializers.ChoiceField(choices=ContactKind.choices)
    value = serializers.CharField(max_length=254)


class ContactChange(_About):
    """What to change; what is left out stays. Another address is another contact."""

    barred_reason = serializers.CharField(
        max_length=service.REASON_MAX,
        required=False,
        allow_null=True,
        help_text="Why it is not to be used; null: it may be used again.",
    )


class ContactFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which contacts to list."""

    creator = filters.UUIDFilter(field_name="creator__uid", label="A creator's uid")
    kind = filters.ChoiceFilter(choices=ContactKind.choices)
    is_barred = filters.BooleanFilter(field_name="barred_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = ContactPoint
        fields: list[str] = []


class ContactViewSet(BrandViewSet[ContactPoint]):
    """Contacts of the brand's creators."""

    scope = Scope.CONTACTS_READ
    write_scope = Scope.CONTACTS_WRITE
    queryset = ContactPoint.objects.none()
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[ContactPoint]:
        """Those of the token's brand."""
        return ContactPoint.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Contacts in the order in which they came, those that are not to be used too."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=contacts)

    @extend_schema(responses=ContactSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One contact."""
        return Response(self._shown(pk))

    @extend_schema(
        request=NewContact,
        responses={201: ContactSerializer},
        examples=[
            OpenApiExample(
                "Where to write about contracts",
                value={
                    "creator": "a9455051-b838-4707-a650-8d64ab662486",
                    "kind": "email",
                    "value": "ida@example.com",
                    "purpose": "contracts",
                    "basis": "consent",
                    "given_by": "she herself",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Write an address or number down; within the brand each belongs to one creator."""
        body = NewContact(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        about = body.values
        relationship, kind, value = (about.pop(name) for name in ("creator", "kind", "value"))
        with refusals(service.ContactRefused, body=body):
            made = service.add_contact(
                relationship=relationship,
                kind=kind,
                value=value,
                about=about,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=ContactChange, responses=ContactSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say what it is for, where it comes from, and whether it may be used."""
        contact, relationship = self._found(pk)
        body = ContactChange(data=request.data)
        body.is_valid(raise_exception=True)
        about, at = body.values, timezone.now()
        reason = about.pop("barred_reason", None)
        with refusals(), transaction.atomic():
            service.describe_contact(
                relationship=relationship, contact=contact, about=about, actor=self.actor, at=at
            )
            if reason is not None:
                service.bar_contact(
                    relationship=relationship,
                    contact=contact,
                    reason=reason,
                    actor=self.actor,
                    at=at,
                )
        return Response(self._shown(pk))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Forget it for good. Bar it instead where an import could bring it back."""
        contact, relationship = self._found(pk)
        service.erase_contact(
            relationship=relationship, contact=contact, actor=self.actor, at=timezone.now()
        )
        return Response(status=204)

    def _found(self, pk: str) -> tuple[ContactPoint, Relationship]:
        row = self.one(self.get_queryset().filter(pk=pk).values("id", "creator"))
        contact = self.get_queryset().get(pk=row["id"])
        return contact, known_by(self.brand, creator_id=row["creator"])

    def _shown(self, pk: int | str) -> Row:
        return contacts([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])[0]


def contacts(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": {"uid": row["creator__uid"], "name": row["creator__name"]},
            "kind": row["kind"],
            "value": row["value"],
            "purpose": row["purpose"],
            "valid_from": row["valid_from"],
            "barred_at": row["barred_at"],
            "barred_reason": row["barred_reason"] or None,
            "barred_by": row["barred_by__email"],
            "created_at": row["created_at"],
            **given(row),
        }
        for row in rows
    ]
