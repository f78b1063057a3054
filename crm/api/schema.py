"""How OpenAPI describes the endpoints: parameters, scopes and problems of each, from the code."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Literal, TypeAlias

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_doc
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema_serializer
from rest_framework import serializers

from crm.api import repeating
from crm.api.base import BrandViewSet
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
WORDS = {
    HTTPStatus.BAD_REQUEST: "The request cannot be used; `errors` says what to correct.",
    HTTPStatus.UNAUTHORIZED: "No token, or one that is not known or was revoked.",
    HTTPStatus.FORBIDDEN: "The token lacks the scope, or its user's role may not do this.",
    HTTPStatus.NOT_FOUND: "There is nothing here that this token may see.",
    HTTPStatus.TOO_MANY_REQUESTS: "The token has had its requests of this minute: `Retry-After`.",
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
        if self.method == "POST" and self.view.action not in self.view.keyed:
            found.append(KEYED)
        return found

    def get_description(self) -> str:  # type: ignore[override] # as spectacular has it
        """The docstring of the action, and the scope that a token needs."""
        words = super().get_description()
        if isinstance(self.view, BrandViewSet):
            scope = self.view.scope_of(self.method)
            words = f"{words}\n\nScope: `{scope.value}`."
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
        for status in statuses:
            if str(status.value) not in responses:
                found = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    ProblemSerializer, str(status.value), [MEDIA_TYPE]
                )
                responses[str(status.value)] = {**found, "description": WORDS[status]}
        return responses
