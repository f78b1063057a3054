"""What people asked about their data, to be read by other tools."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row
from crm.api.relationships import CreatorRefSerializer
from crm.choices import IdentityCheck, RequestKind, RequestOrigin, RequestStatus, Scope
from crm.models import PrivacyRequest
from crm.paging import Order

ORDER = Order("privacy-requests", key="id", descending=True)
COLUMNS = (
    "id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "kind",
    "origin",
    "received_on",
    "due_on",
    "identity",
    "status",
    "outcome",
    "closed_at",
    "closed_by__email",
)


class PrivacyRequestSerializer(serializers.Serializer[Any]):
    """What somebody asked. Who it is that asks is not given out, but for a creator's uid."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer(allow_null=True)
    kind = serializers.ChoiceField(choices=RequestKind.choices)
    origin = serializers.ChoiceField(choices=RequestOrigin.choices)
    received_on = serializers.DateField()
    due_on = serializers.DateField(help_text="One month after, or as it was extended.")
    identity = serializers.ChoiceField(choices=IdentityCheck.choices)
    status = serializers.ChoiceField(choices=RequestStatus.choices)
    outcome = serializers.CharField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.EmailField(allow_null=True)


class PrivacyRequestFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Which requests to list."""

    status = filters.ChoiceFilter(choices=RequestStatus.choices)
    kind = filters.ChoiceFilter(choices=RequestKind.choices)
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt")

    class Meta:
        model = PrivacyRequest
        fields: list[str] = []


class PrivacyRequestViewSet(BrandViewSet[PrivacyRequest]):
    """The register of requests of people about their data."""

    scope = Scope.PRIVACY_READ
    queryset = PrivacyRequest.objects.none()
    serializer_class = PrivacyRequestSerializer
    filterset_class = PrivacyRequestFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[PrivacyRequest]:
        """Requests made to the token's brand."""
        return PrivacyRequest.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Requests, newest first."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=_shown)

    @extend_schema(responses=PrivacyRequestSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One request."""
        row = self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))
        return Response(_shown([row])[0])


def _shown(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {name: row[name] for name in COLUMNS if "__" not in name}
        | {
            "creator": row["relationship__creator__uid"]
            and {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "outcome": row["outcome"] or None,
            "closed_by": row["closed_by__email"],
        }
        for row in rows
    ]
