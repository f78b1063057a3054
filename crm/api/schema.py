"""How OpenAPI describes the endpoints: parameters, scopes and problems of each, from the code."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from typing import Any, Literal, TypeAlias

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_doc
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema_serializer,
)
from rest_framework import serializers

from crm.api import conditions, repeating
from crm.api.base import BrandViewSet
from crm.api.lookups import SORT, WORDS, Field
from crm.api.problems import MEDIA_TYPE

Parameter: TypeAlias = (
    "OpenApiParameter | serializers.Serializer[Any] | type[serializers.Serializer[Any]]"
)
NARROWING = [
    OpenApiParameter(
        "fields", str, description="Members of each row to show, with commas; without it: all."
    ),
    OpenApiParameter("omit", str, description="Members of each row to leave out, with commas."),
]
KEYED = OpenApiParameter(
    repeating.HEADER,
    str,
    OpenApiParameter.HEADER,
    description="A word of your own for this request: sent again within a day, it is not done again"
    " but answered as before.",
)
TAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    description="Of what is shown: for If-None-Match, and for If-Match of a change.",
    response=[200],
)
KNOWN = OpenApiParameter(
    conditions.IF_NONE_MATCH,
    str,
    OpenApiParameter.HEADER,
    description="ETags that you hold: 304 while nothing changed.",
)
SEEN = OpenApiParameter(
    conditions.IF_MATCH,
    str,
    OpenApiParameter.HEADER,
    description="The ETag that you saw: 412, and nothing done, where it was changed since.",
)
STATUSES = {
    HTTPStatus.BAD_REQUEST: "The request cannot be used; `errors` says what to correct.",
    HTTPStatus.UNAUTHORIZED: "No token, or one that is not known or was revoked.",
    HTTPStatus.FORBIDDEN: "The token lacks the scope, or its user's role may not do this.",
    HTTPStatus.NOT_FOUND: "There is nothing here that this token may see.",
    HTTPStatus.CONFLICT: "It cannot be done as things stand; nothing was done.",
    HTTPStatus.PRECONDITION_FAILED: "It was changed since you saw it; nothing was done.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The Idempotency-Key came with another request before; "
    "nothing was done.",
    HTTPStatus.TOO_MANY_REQUESTS: "The token has had its requests of this minute: `Retry-After`.",
}


def refusal(*codes: str) -> dict[tuple[int, str], OpenApiResponse]:
    """For `responses`: 409 with one of these codes, and nothing was done."""
    words = ", ".join(f"`{code}`" for code in codes)
    return {
        (HTTPStatus.CONFLICT.value, MEDIA_TYPE): OpenApiResponse(
            ProblemSerializer, description=f"Refused ({words}); nothing was done."
        )
    }


class FaultSerializer(serializers.Serializer[Any]):
    """One thing to correct."""

    pointer = serializers.CharField(
        allow_blank=True,
        help_text="JSON pointer into the body (empty: all of it), or ?name of the query string.",
    )
    code = serializers.CharField(help_text="A stable word for programs.")
    message = serializers.CharField(help_text="A sentence for people.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A value that cannot be used",
            value={
                "type": "urn:rapport:problem:invalid",
                "title": "Bad Request",
                "status": 400,
                "detail": "The query string cannot be used.",
                "errors": [
                    {
                        "pointer": "?limit",
                        "code": "max_value",
                        "message": "Ensure this value is less than or equal to 200.",
                    }
                ],
            },
            status_codes=["400"],
        )
    ]
)
class ProblemSerializer(serializers.Serializer[Any]):
    """What every refusal looks like (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    errors = FaultSerializer(many=True)  # type: ignore[assignment] # a field's name


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer TOKEN`."""

    target_class = "crm.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The security scheme of the token header."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of a user for a brand: it fixes the brand.",
        }


class BrandSchema(AutoSchema):
    """Adds to each operation what BrandViewSet does for each request."""

    def get_override_parameters(self) -> list[Parameter]:
        """The parameters of the action's Query, and those that many actions have."""
        if not isinstance(self.view, BrandViewSet):
            return []
        query_class = self.view.query_class()
        found: list[Parameter] = [query_class] if query_class().fields else []
        if self.view.is_narrowable:
            found += NARROWING
        if self._takes_key():
            found.append(KEYED)
        if self.view.action == "list":
            found += list_parameters(self.view)
        if self.method == "GET":
            found += [KNOWN, TAG]
        elif self._takes_if_match():
            found += [SEEN, TAG]
        return found

    def _takes_key(self) -> bool:
        view = self.view
        if not isinstance(view, BrandViewSet):
            return False
        return self.method == "POST" and view.action not in view.keyed

    def _takes_if_match(self) -> bool:
        view = self.view
        has_item = isinstance(view, BrandViewSet) and view.has_item
        return has_item and self.method in conditions.CHANGES

    def is_deprecated(self) -> bool:
        """Whether all of the operation is on its way out."""
        return getattr(self.view, "action", None) in self._deprecated() or super().is_deprecated()

    def _deprecated(self) -> Collection[str]:
        return self.view.deprecated if isinstance(self.view, BrandViewSet) else ()

    def _get_parameters(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super()._get_parameters()
        for parameter in found:
            if f"?{parameter['name']}" in self._deprecated():
                parameter["deprecated"] = True
        return found

    def _map_serializer_field(self, field: Any, direction: Any, *args: Any, **kwargs: Any) -> Any:
        """A field; where it is on its way out, that is said."""
        mapped = super()._map_serializer_field(  # type: ignore[no-untyped-call]
            field, direction, *args, **kwargs
        )
        is_own = direction == "response" and isinstance(field.parent, self._shown())
        if is_own and f".{field.field_name}" in self._deprecated():
            return {**mapped, "deprecated": True}
        return mapped

    def _shown(self) -> type[Any]:
        return getattr(self.view, "serializer_class", None) or object

    def get_description(self) -> str:  # type: ignore[override] # as spectacular has it
        """The docstring of the action, the scope that a token needs, and its user's roles."""
        words = super().get_description()
        if isinstance(self.view, BrandViewSet):
            scope = self.view.scope_of(self.method)
            words = f"{words}\n\nScope: `{scope.value}`."
            if roles := self.view.who_may(self.method):
                words = f"{words} Roles: {roles}."
        return words

    def get_operation_id(self) -> str:
        """`runs_approve` for what is done to a thing, at `runs/{id}:approve`."""
        if ":" not in self.path:
            return super().get_operation_id()
        named = "_".join(part.strip(":") for part in self._tokenize_path())
        return named.replace(":", "_")

    def get_summary(self) -> str | None:
        """The first sentence of the action's docstring."""
        action = getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)
        return get_doc(action).partition("\n")[0].rstrip(".") or None

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        for response in responses.values():
            response["description"] = response["description"] or self.get_summary() or ""
        statuses = [HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN]
        if "{" in self.path:
            statuses.append(HTTPStatus.NOT_FOUND)
        if isinstance(self.view, BrandViewSet):
            statuses.append(HTTPStatus.TOO_MANY_REQUESTS)
            if self.method == "GET":
                responses.setdefault(
                    "304", {"description": "Unchanged since the answer with this ETag."}
                )
            elif self._takes_if_match():
                statuses.append(HTTPStatus.PRECONDITION_FAILED)
            elif self._takes_key():
                statuses += [HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY]
        for status in statuses:
            if str(status.value) not in responses:
                found = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    ProblemSerializer, str(status.value), [MEDIA_TYPE]
                )
                responses[str(status.value)] = {**found, "description": STATUSES[status]}
        return responses


def list_parameters(view: BrandViewSet[Any]) -> list[OpenApiParameter]:
    """The look-ups and orders of the view's list."""
    filterset_class = getattr(view, "filterset_class", None)
    taken = filterset_class.base_filters if filterset_class else {}
    found = [
        _lookup(name, *asked) for name, asked in view.lookups.names.items() if name not in taken
    ]
    if view.orders:
        words = "The order; `-` is downwards. Rows that are alike come by their id."
        found.append(OpenApiParameter(SORT, str, enum=[*view.orders], description=words))
    return found


def _lookup(name: str, field: Field, lookup: str) -> OpenApiParameter:
    """One look-up: its type is that of the field's values."""
    words = WORDS[lookup]
    if lookup == "isnull":
        return OpenApiParameter(name, bool, description=words)
    values = [*field.words] or None
    if lookup == "in":
        return OpenApiParameter(
            name, field.type, many=True, enum=values, explode=False, style="form", description=words
        )
    return OpenApiParameter(name, field.type, enum=values, description=words)
