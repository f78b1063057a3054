"""What people asked about their data, what is done about it, and what is held about a creator."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.privacy_bodies import Answered, IdentityChecked, MoreTime, NewPrivacyRequest
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.api.schema import refusal
from crm.choices import IdentityCheck, RequestKind, RequestOrigin, RequestStatus, Scope
from crm.models import PrivacyRequest
from crm.paging import Order
from crm.services.privacy import requests
from crm.services.privacy.refusals import PrivacyRefused

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


ANSWERS: dict[Any, Any] = {200: PrivacyRequestSerializer, **refusal("closed", "erased_already")}


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
    write_scope = Scope.PRIVACY_WRITE
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
        return Response(self._row(pk))

    @extend_schema(
        request=NewPrivacyRequest,
        responses={201: PrivacyRequestSerializer, **refusal("asked_already", "erased_already")},
        examples=[
            OpenApiExample(
                "A creator asks by mail for a copy",
                value={
                    "creator": "11111111-2222-4333-8444-555555555555",
                    "kind": "access",
                    "origin": "mail",
                    "received_on": "2026-05-04",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Write down what somebody asked; an objection takes effect at once."""
        body = NewPrivacyRequest(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        whom = said.pop("creator", None)
        with refusals(PrivacyRefused, body=body):
            made = requests.open_request(
                brand=self.brand,
                relationship=whom,
                kind=RequestKind(said.pop("kind")),
                origin=RequestOrigin(said.pop("origin")),
                actor=self.actor,
                at=timezone.now(),
                **said,
            )
        return Response(self._row(made.pk), status=HTTPStatus.CREATED)

    @extend_schema(request=IdentityChecked, responses=ANSWERS)
    def identity(self, request: Request, pk: str) -> Response:
        """It is known that who asks is who they say, and how."""
        return self._do(pk, IdentityChecked, requests.check_identity)

    @extend_schema(request=MoreTime, responses=ANSWERS)
    def extend(self, request: Request, pk: str) -> Response:
        """Take one or two months more, once, with the reason that the person is told."""
        return self._do(pk, MoreTime, requests.extend)

    @extend_schema(request=Answered, responses=ANSWERS)
    def close(self, request: Request, pk: str) -> Response:
        """It is answered: what was done, or why not."""
        return self._do(pk, Answered, requests.close)

    def _do(self, pk: str, body_class: type[Body], act: Callable[..., PrivacyRequest]) -> Response:
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = body_class(data=self.request.data)
        body.is_valid(raise_exception=True)
        with refusals(PrivacyRefused, body=body):
            act(
                request_id=row["id"],
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                **body.validated_data,
            )
        return Response(self._row(pk))

    def _row(self, pk: str | int) -> Row:
        [found] = _shown([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found


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
