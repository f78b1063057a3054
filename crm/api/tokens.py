"""Tokens over REST: those of the token's user, and for admins all of the brand.

A token hands on no more than it has itself: its scopes, its end, its networks, its user, its brand.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import ApiToken
from crm.paging import Order
from crm.permissions import Can, may
from crm.services import tokens as service

Rows = list[Row]  # a class below has a method of that name
ORDER = Order("tokens", key="id", descending=True)
COLUMNS = (
    "id",
    "name",
    "prefix",
    "user__email",
    "scopes",
    "networks",
    "created_at",
    "expires_at",
    "last_used_at",
    "revoked_at",
)
HOURS_MAX = 168
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer, description="`over`: it was revoked or has ended."
    )
}


class TokenSerializer(serializers.Serializer[Any]):
    """A token, without its secret."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How its secret begins.")
    user = serializers.EmailField(help_text="As whom it acts.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    networks = serializers.ListField(
        child=serializers.CharField(), help_text="From where it works; empty: from everywhere."
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Null: when it is ended.")
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    revoked_at = serializers.DateTimeField(allow_null=True)
    is_this = serializers.BooleanField(help_text="Whether it is the token that asks.")


class TokenSecretSerializer(TokenSerializer):
    """A token with its secret: shown in this answer and never again."""

    secret = serializers.CharField()


class _Reach(Body):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1, required=False
    )
    networks = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=service.NETWORKS_MAX, required=False
    )
    expires_at = MomentField(
        required=False, allow_null=True, help_text="Null: never, if this token does not end either."
    )


class NewToken(_Reach):
    """A token; what is left out is as this token has it."""

    name = serializers.CharField(max_length=80, help_text="What it is for.")


class TokenChange(_Reach):
    """What is to be less; what is left out stays."""

    name = serializers.CharField(max_length=80, required=False)


class TokenReplacement(Body):
    """How long the old one works on."""

    overlap_hours = serializers.IntegerField(min_value=0, max_value=HOURS_MAX, default=24)


class TokenViewSet(BrandViewSet[ApiToken]):
    """Tokens of the brand."""

    scope = Scope.TOKENS_READ
    write_scope = Scope.TOKENS_WRITE
    queryset = ApiToken.objects.none()
    serializer_class = TokenSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[ApiToken]:
        """The user's own; for admins all of the brand."""
        own = Q() if may(self.role, Can.MANAGE_BRAND) else Q(user=self.actor)
        return ApiToken.objects.filter(own, brand=self.brand)

    def list(self, request: Request) -> Response:
        """Tokens, the newest first; those that are over too."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=self._shown)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One token."""
        return Response(self._one(int(pk)))

    @extend_schema(
        request=NewToken,
        responses={201: TokenSecretSerializer},
        examples=[
            OpenApiExample(
                "For a shop",
                value={"name": "Shop", "scopes": ["conversions:write"]},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Make a token that acts as the same user and may do no more than this one."""
        body, said = self._body(NewToken)
        own = service.Bounds.of(self.token)
        with refusals(service.TokenRefused, body=body):
            made, secret = service.create_token(
                brand=self.brand,
                user=self.actor,
                name=said["name"],
                scopes=said.get("scopes", own.scopes),
                expires_at=said.get("expires_at", own.expires_at),
                networks=said.get("networks", own.networks),
                within=own,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response({**self._one(made.pk), "secret": secret}, status=HTTPStatus.CREATED)

    @extend_schema(request=TokenChange, responses={200: TokenSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Another name, fewer scopes, an earlier end, smaller networks. Nothing is made wider."""
        found = self._token(pk)
        body, changes = self._body(TokenChange)
        with refusals(service.TokenRefused, body=body):
            service.narrow_token(
                token_id=found.pk,
                brand=self.brand,
                changes=changes,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._one(found.pk))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """End it for good, also the one that asks. It stays in the list."""
        service.revoke_token(
            token_id=self._token(pk).pk, brand=self.brand, actor=self.actor, at=timezone.now()
        )
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request=TokenReplacement, responses={201: TokenSecretSerializer, **REFUSED})
    def rotate(self, request: Request, pk: str) -> Response:
        """Make one like it, with the same end; the old one works on for some hours."""
        found = self._token(pk)
        if found.user_id != self.actor.pk:
            raise PermissionDenied("It acts as somebody else: they replace it, or you end it.")
        body, said = self._body(TokenReplacement)
        with refusals(service.TokenRefused, body=body):
            made, secret = service.rotate_token(
                token_id=found.pk,
                brand=self.brand,
                overlap=timedelta(hours=said["overlap_hours"]),
                within=service.Bounds.of(self.token),
                actor=self.actor,
                at=timezone.now(),
            )
        return Response({**self._one(made.pk), "secret": secret}, status=HTTPStatus.CREATED)

    def _token(self, pk: str) -> ApiToken:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _body(self, kind: type[Body]) -> tuple[Body, dict[str, Any]]:
        """The checked body, and what it says."""
        body = kind(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        return body, dict(body.validated_data)

    def _one(self, pk: int) -> Row:
        return self._shown([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])[0]

    def _shown(self, rows: Rows) -> Rows:
        return [
            {name: row[name] for name in COLUMNS if name != "user__email"}
            | {"user": row["user__email"], "is_this": row["id"] == self.token.pk}
            for row in rows
        ]
