"""The rules asked about a text that somebody wants to publish; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.disclosure_findings import DisclosureFindingSerializer
from campaigns.disclosure.case import Advertiser, Case, CaseRefused, Connection, Media
from campaigns.disclosure.check import check
from campaigns.disclosure.vocabulary import CONNECTION_KINDS, Format
from campaigns.models import DisclosureReview
from campaigns.selectors.packs import packs_for
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.problems import MEDIA_TYPE, BadBody, Fault
from crm.api.query import MomentField
from crm.api.schema import ProblemSerializer
from crm.choices import Scope

TEXT_MAX, NAMES_MAX, ITEMS_MAX = 50_000, 50, 100
_CONNECTION = {
    "type": "object",
    "required": ["kind"],
    "additionalProperties": False,
    "properties": {
        "kind": {"type": "string", "enum": list(CONNECTION_KINDS)},
        "value": {"type": ["string", "null"]},
        "currency": {"type": ["string", "null"]},
        "on": {"type": ["string", "null"], "format": "date"},
        "aim": {"type": ["string", "null"]},
        "influence": {"type": ["boolean", "null"]},
        "written_contract": {"type": ["boolean", "null"]},
    },
}


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": list(CONNECTION_KINDS)},
            {"type": "array", "items": _CONNECTION},
            {"type": "null"},
        ],
        "description": "What ties the creator to the advertiser: a kind, or a list with values. An "
        "empty list says that somebody looked and there is none; null that nobody knows.",
    }
)
class ConnectionsField(serializers.Field[Any, Any, Any, Any]):
    """A kind of connection, or a list of connections with what is known of each."""

    default_error_messages = {
        "shape": "Give a kind, a list of objects with a “kind”, or null.",
        "member": "There is no member {name!r} in a connection.",
        "value": "{name!r} is not a value that {member!r} takes.",
    }

    def to_internal_value(self, data: Any) -> tuple[Connection, ...]:
        """As the engine takes them."""
        rows = [data] if isinstance(data, (str, dict)) else data
        if not isinstance(rows, list) or len(rows) > ITEMS_MAX:
            self.fail("shape")
        return tuple(self._one(row) for row in rows)

    def to_representation(self, value: Any) -> Any:
        """Never shown."""
        return value

    def _one(self, row: Any) -> Connection:
        said = {"kind": row} if isinstance(row, str) else row
        if not isinstance(said, Mapping) or not isinstance(said.get("kind"), str):
            self.fail("shape")
        for name in said:
            if name not in _CONNECTION["properties"]:  # type: ignore[operator]
                self.fail("member", name=str(name)[:40])
        return Connection(
            kind=said["kind"],
            value=self._amount(said.get("value")),
            currency=self._text(said, "currency"),
            on=self._day(said.get("on")),
            aim=self._text(said, "aim"),
            influence=self._flag(said, "influence"),
            written_contract=self._flag(said, "written_contract"),
        )

    def _amount(self, value: Any) -> Decimal | None:
        if value is None:
            return None
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or isinstance(value, bool):
            self.fail("value", name=str(value)[:40], member="value")
        return amount

    def _day(self, value: Any) -> date | None:
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.fail("value", name=str(value)[:40], member="on")

    def _text(self, said: Mapping[str, Any], name: str) -> str | None:
        value = said.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > 200):
            self.fail("value", name=str(value)[:40], member=name)
        return value

    def _flag(self, said: Mapping[str, Any], name: str) -> bool | None:
        value = said.get(name)
        if value is not None and not isinstance(value, bool):
            self.fail("value", name=str(value)[:40], member=name)
        return value


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string"},
            {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "aliases": {"type": "array", "items": {"type": "string"}},
                },
            },
            {"type": "null"},
        ],
        "description": "For whom it advertises; left out: your brand.",
    }
)
class AdvertiserField(serializers.Field[Any, Any, Any, Any]):
    """A name, or a name with others (accounts) by which a text may call it."""

    default_error_messages = {"shape": "Give a name, or an object with “name” and “aliases”."}

    def to_internal_value(self, data: Any) -> Advertiser:
        """As the engine takes it."""
        said = {"name": data} if isinstance(data, str) else data
        if not isinstance(said, Mapping) or set(said) - {"name", "aliases"}:
            self.fail("shape")
        names = [said.get("name"), *(said.get("aliases") or [])]
        if len(names) > NAMES_MAX or not all(
            isinstance(name, str) and 0 < len(name.strip()) <= 200 for name in names
        ):
            self.fail("shape")
        return Advertiser(names[0], tuple(name.removeprefix("@") for name in names[1:]))

    def to_representation(self, value: Any) -> Any:
        """Never shown."""
        return value


class DisclosureCheckBody(Body):
    """A post, or what is to become one. Null: nobody knows."""

    text = serializers.CharField(
        max_length=TEXT_MAX, trim_whitespace=False, allow_blank=True, allow_null=True
    )
    platform = serializers.CharField(max_length=30, help_text="Of the rule packs: instagram ...")
    format = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Format], default=Format.POST.value
    )
    jurisdictions = serializers.ListField(
        child=serializers.CharField(max_length=8),
        max_length=NAMES_MAX,
        help_text="Keys or ISO codes: the markets, and the creator's seat.",
    )
    connection = ConnectionsField(required=False, allow_null=True, default=None)
    language = serializers.CharField(
        max_length=10, required=False, allow_null=True, default=None, help_text="Guessed, if null."
    )
    published_at = MomentField(required=False, help_text="Whose rules count; today, if left out.")
    advertiser = AdvertiserField(required=False, allow_null=True, default=None)
    title = serializers.CharField(
        max_length=TEXT_MAX, required=False, allow_null=True, default=None
    )
    frames = serializers.ListField(
        child=serializers.CharField(max_length=2_000, allow_blank=True),
        max_length=ITEMS_MAX,
        required=False,
        allow_null=True,
        default=None,
        help_text="Words on the picture, one text a frame or scene.",
    )
    spoken = serializers.CharField(
        max_length=TEXT_MAX, required=False, allow_null=True, default=None
    )
    platform_tool = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="The platform's own label."
    )
    categories = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=NAMES_MAX, required=False
    )


class DisclosureCheckViewSet(BrandViewSet[DisclosureReview]):
    """What the rules say of a text; nothing is kept."""

    scope = write_scope = Scope.LEGAL_READ
    queryset = DisclosureReview.objects.none()
    serializer_class = DisclosureFindingSerializer
    http_method_names = ["post"]

    @extend_schema(
        request=DisclosureCheckBody,
        responses={
            200: DisclosureFindingSerializer,
            (422, MEDIA_TYPE): OpenApiResponse(
                ProblemSerializer, "The rules cannot be asked: each fault with its place."
            ),
        },
        examples=[
            OpenApiExample(
                "A paid reel in Denmark",
                value={
                    "text": "#ad Ny jakke fra @acme",
                    "platform": "instagram",
                    "format": "reel",
                    "jurisdictions": ["DK", "US"],
                    "connection": "payment",
                    "language": "da",
                    "advertiser": "Acme",
                },
                request_only=True,
            )
        ],
    )
    def check(self, request: Request) -> Response:
        """Ask the rules, with what your brand adds to them."""
        body = DisclosureCheckBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        moment = said.get("published_at") or timezone.now()
        on = moment.astimezone(ZoneInfo(self.brand.timezone)).date()
        frames = said["frames"]
        case = Case(
            platform=said["platform"],
            format=Format(said["format"]),
            jurisdictions=tuple(said["jurisdictions"]),
            text=said["text"],
            title=said["title"],
            connections=said["connection"],
            language=said["language"] or None,
            advertiser=said["advertiser"] or Advertiser(self.brand.name),
            media=Media(frames=None if frames is None else tuple(frames), spoken=said["spoken"]),
            platform_tool=said["platform_tool"],
            categories=frozenset(said.get("categories", ())),
        )
        try:
            found = check(case, packs_for(self.brand, on), on)
        except CaseRefused as refused:
            raise BadBody(
                [
                    Fault(
                        one.pointer.replace("/connections", "/connection", 1),
                        "invalid",
                        one.message,
                    )
                    for one in refused.problems
                ],
                detail="The rules cannot be asked about this.",
                status=HTTPStatus.UNPROCESSABLE_ENTITY,
            ) from refused
        return Response(found.as_json())
