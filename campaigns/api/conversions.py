"""Conversions and refunds: told by shops and tools, each key once; read as they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.choices import ConversionKind, ConversionSource
from campaigns.filters.conversions import ConversionFilter
from campaigns.models import Conversion, Refund
from campaigns.services.conversions import taking
from campaigns.services.conversions.told import (
    BATCH_MAX,
    KEY_MAX,
    TEXT_MAX,
    ConversionsRefused,
    Told,
    ToldRefund,
)
from crm.api import lookups
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import MEDIA_TYPE, BadBody, Fault
from crm.api.query import MomentField
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.paging import Order

Rows = list[Row]  # a class below has a method of that name
ORDER = Order("conversions-api", key="id")
COLUMNS = (
    "id",
    "key",
    "at",
    "kind",
    "value",
    "currency",
    "is_share",
    "visitor",
    "click",
    "link_text",
    "link__code",
    "link__variant",
    "code_text",
    "code__code",
    "is_new_customer",
    "campaign__key",
    "source",
    "received_at",
)
_MAY: dict[str, Any] = {"required": False}
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True, "max_length": TEXT_MAX}
_NULL: dict[str, Any] = {"required": False, "allow_null": True}
SAMPLE = {
    "key": "shop-1001",
    "at": "2026-11-20T18:05:00+01:00",
    "value": "49.90",
    "currency": "EUR",
    "code": "ANNA10",
    "click": "019aa3c2-6f3e-7c41-8d3a-2f6b1c0d9e8f",
    "is_new_customer": True,
}
CONFLICT = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="The key is known with another content: `errors` names what differs. Nothing "
        "was taken.",
    )
}
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Taken for `key` where the body has none.",
)


class RefundSerializer(serializers.Serializer[Any]):
    """What was taken back; `value` null: all of it."""

    key = serializers.CharField()
    conversion = serializers.CharField(help_text="The key of the conversion.")
    at = serializers.DateTimeField()
    value = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    currency = serializers.CharField(
        allow_null=True,
        help_text="That of the conversion; where nobody said what that brought, as it was told.",
    )


class ConversionSerializer(serializers.Serializer[Any]):
    """One conversion as it was told, and what it was found to belong to. Null: nobody said."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=ConversionKind.choices)
    value = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    currency = serializers.CharField(allow_null=True)
    is_share = serializers.BooleanField(help_text="An even share of a sum told for a day.")
    visitor = serializers.CharField(allow_null=True)
    click = serializers.UUIDField(allow_null=True)
    link = serializers.CharField(allow_null=True, help_text="As it was told.")
    link_found = serializers.CharField(allow_null=True, help_text="The link of the brand.")
    variant = serializers.CharField(
        allow_null=True, help_text="Of that link: in an experiment, the key of the creator's arm."
    )
    code = serializers.CharField(allow_null=True, help_text="As it was told.")
    code_found = serializers.CharField(allow_null=True, help_text="The code of the brand.")
    is_new_customer = serializers.BooleanField(allow_null=True)
    campaign = serializers.CharField(allow_null=True)
    source = serializers.ChoiceField(choices=ConversionSource.choices)  # type: ignore[assignment] # a field
    received_at = serializers.DateTimeField()
    refunds = RefundSerializer(many=True)


class TakenSerializer(serializers.Serializer[Any]):
    """What was told in its order; `new` of them were not known before."""

    new = serializers.IntegerField()
    results = ConversionSerializer(many=True)


class NewConversion(Body):
    """A conversion. What is left out is not known, which is not zero."""

    key = serializers.CharField(max_length=KEY_MAX, help_text="The shop's own number.")
    at = MomentField()
    kind = serializers.ChoiceField(choices=ConversionKind.choices, **_MAY)
    value = serializers.DecimalField(max_digits=14, decimal_places=2, **_NULL)
    currency = serializers.CharField(max_length=3, allow_blank=True, **_MAY)
    visitor = serializers.IntegerField(help_text="The visitor as clicks count them.", **_NULL)
    click = serializers.UUIDField(
        help_text="What links hand to the shop (`rapport_click`).", **_NULL
    )
    link = serializers.CharField(help_text="The end of a short link.", **_TEXT)
    code = serializers.CharField(**_TEXT)
    is_new_customer = serializers.BooleanField(**_NULL)
    campaign = serializers.CharField(allow_blank=True, max_length=60, **_MAY)


class NewConversions(Body):
    """Several at once: all are taken, or none."""

    conversions = serializers.ListField(child=NewConversion(), min_length=1, max_length=BATCH_MAX)


class NewRefund(Body):
    """What was taken back of a conversion; without value, all of it."""

    key = serializers.CharField(max_length=KEY_MAX)
    conversion = serializers.CharField(max_length=KEY_MAX, help_text="The key of the conversion.")
    at = MomentField()
    value = serializers.DecimalField(max_digits=14, decimal_places=2, **_NULL)
    currency = serializers.CharField(
        max_length=3,
        allow_blank=True,
        **_MAY,
        help_text="Needed with a value where that of the conversion is not known.",
    )


class ConversionViewSet(BrandViewSet[Conversion]):
    """Conversions of the brand."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CONVERSIONS_WRITE
    keyed = frozenset({"create"})
    queryset = Conversion.objects.none()
    serializer_class = ConversionSerializer
    filterset_class = ConversionFilter
    lookups = lookups.Lookups(
        id=lookups.whole("id", indexed=True),
        key=lookups.word("key", indexed=True),
        at=lookups.moment("at", indexed=True),
        received_at=lookups.moment("received_at"),
        kind=lookups.choice("kind", ConversionKind),
        source=lookups.choice("source", ConversionSource),
        value=lookups.money("value", null=True),
        currency=lookups.word("currency", blank=True),
        campaign=lookups.word("campaign__key", null=True),
        is_new_customer=lookups.flag("is_new_customer", null=True),
    )
    orders = {
        "id": ORDER,
        "-id": replace(ORDER, name="-conversions-api", descending=True),
        "at": Order("conversions-api-at", key="at"),
        "-at": Order("-conversions-api-at", key="at", descending=True),
    }
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[Conversion]:
        """Conversions of the token's brand."""
        return Conversion.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Conversions in the order in which they came in."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=_shown)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One conversion with its refunds."""
        return Response(_shown([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])[0])

    @extend_schema(
        request=NewConversion,
        parameters=[IDEMPOTENCY],
        responses={200: ConversionSerializer, 201: ConversionSerializer, **CONFLICT},
        examples=[OpenApiExample("An order", value=SAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Tell one conversion: 201 where it is new, 200 where it was known with this content."""
        data = request.data
        named = request.headers.get("Idempotency-Key", "")
        if named and isinstance(data, Mapping) and "key" not in data:
            data = {**data, "key": named}
        body = NewConversion(data=data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        taken = self._take([_told(body.validated_data)], below="")
        status = HTTPStatus.CREATED if taken.new else HTTPStatus.OK
        return Response(self._kept(taken)[0], status=status)

    @extend_schema(
        request=NewConversions,
        responses={200: TakenSerializer, 201: TakenSerializer, **CONFLICT},
        examples=[
            OpenApiExample("Two", value={"conversions": [SAMPLE]}, request_only=True),
        ],
    )
    def batch(self, request: Request) -> Response:
        """Tell up to 1,000 conversions: all are taken or none, and it is safe to repeat."""
        body = NewConversions(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        told = [_told(one) for one in body.validated_data["conversions"]]
        taken = self._take(told, below="/conversions")
        status = HTTPStatus.CREATED if taken.new else HTTPStatus.OK
        return Response({"new": len(taken.new), "results": self._kept(taken)}, status=status)

    @extend_schema(
        request=NewRefund,
        responses={200: RefundSerializer, 201: RefundSerializer, **CONFLICT},
        examples=[
            OpenApiExample(
                "A part",
                value={
                    "key": "shop-refund-7",
                    "conversion": "shop-1001",
                    "at": "2026-11-21T09:00:00+01:00",
                    "value": "20.00",
                },
                request_only=True,
            )
        ],
    )
    def refund(self, request: Request) -> Response:
        """Tell that something was taken back: 201 where it is new, 200 where it was known."""
        body = NewRefund(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        said["currency"] = said.get("currency", "").strip().upper()
        try:
            taken = taking.take_back(
                brand=self.brand, told=[ToldRefund(**said)], origin=self._origin()
            )
        except ConversionsRefused as refusal:
            raise _problem(refusal, below="") from refusal
        status = HTTPStatus.CREATED if taken.new else HTTPStatus.OK
        return Response(_refund(taken.rows[0]), status=status)

    def _origin(self) -> taking.Origin:
        return taking.Origin(ConversionSource.API, timezone.now())

    def _take(self, told: Sequence[Told], *, below: str) -> taking.Taken:
        try:
            return taking.take(brand=self.brand, told=told, origin=self._origin())
        except ConversionsRefused as refusal:
            raise _problem(refusal, below=below) from refusal

    def _kept(self, taken: taking.Taken) -> Rows:
        wanted = [row.pk for row in taken.rows]
        rows = {row["id"]: row for row in Conversion.objects.filter(pk__in=wanted).values(*COLUMNS)}
        return _shown([rows[pk] for pk in wanted])


def _told(said: Mapping[str, Any]) -> Told:
    given = dict(said)
    given["currency"] = given.get("currency", "").strip().upper()
    return Told(**given)


def _problem(refusal: ConversionsRefused, *, below: str) -> BadBody:
    """Each mistake with its place: 409 where a key is known with another content, else 400."""
    is_conflict = any(one.code == "conflict" for one in refusal.mistakes)
    return BadBody(
        [
            Fault(
                f"{below}/{one.place}/{one.field}" if below else f"/{one.field}",
                one.code,
                one.message,
            )
            for one in refusal.mistakes
        ],
        detail=str(refusal),
        status=HTTPStatus.CONFLICT if is_conflict else HTTPStatus.BAD_REQUEST,
    )


def _shown(rows: list[Row]) -> list[Row]:
    """Rows of `COLUMNS` as the API gives them: one query for the refunds of all."""
    refunds: dict[int, list[Row]] = {}
    wanted = [row["id"] for row in rows]
    for one in Refund.objects.filter(conversion__in=wanted).select_related("conversion"):
        refunds.setdefault(one.conversion_id, []).append(_refund(one))
    plain = ("id", "key", "at", "kind", "is_share", "click", "is_new_customer", "source")
    return [
        {name: row[name] for name in plain}
        | {
            "value": _amount(row["value"]),
            "currency": row["currency"] or None,
            # A number of 64 bits: JavaScript would round it.
            "visitor": None if row["visitor"] is None else str(row["visitor"]),
            "link": row["link_text"] or None,
            "link_found": row["link__code"],
            "variant": row["link__variant"] or None,
            "code": row["code_text"] or None,
            "code_found": row["code__code"],
            "campaign": row["campaign__key"],
            "received_at": row["received_at"],
            "refunds": refunds.get(row["id"], []),
        }
        for row in rows
    ]


def _refund(row: Refund) -> Row:
    return {
        "key": row.key,
        "conversion": row.conversion.key,
        "at": row.at,
        "value": _amount(row.value),
        "currency": row.conversion.currency or row.currency or None,
    }


def _amount(value: Decimal | None) -> str | None:
    """As text: a number of JSON may lose cents on its way."""
    return None if value is None else f"{value:.2f}"
