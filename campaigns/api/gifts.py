"""Gifts: what was sent to whom, how far it got, and what it is worth."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import LOCK, REFUSED, PersonField
from campaigns.choices import GiftAct, GiftState
from campaigns.filters.offers import GiftFilter
from campaigns.models import Gift, Offer
from campaigns.services import gifts as service
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.choices import Scope
from crm.models import User
from crm.paging import Order

ORDER = Order("gifts-api", key="id")
_DAYS = ("asked_on", "answered_on", "shipped_on", "delivered_on", "posted_on", "returned_on")
COLUMNS = (
    "id",
    "relationship__creator__uid",
    "relationship__creator__name",
    "offer_id",
    "product",
    "variant",
    "value",
    "currency",
    "owner__email",
    "state",
    "state_since",
    *_DAYS,
    "carrier",
    "tracking",
    "post_url",
    "created_at",
    "version",
)
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_VALUE: dict[str, Any] = {
    "max_digits": 12,
    "decimal_places": 2,
    "allow_null": True,
    "required": False,
}


class GiftSerializer(serializers.Serializer[Any]):
    """A gift; without a value it is not known what it is worth. Where it went is not told here."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer()
    offer = serializers.IntegerField(allow_null=True, help_text="The offer that promised it.")
    product = serializers.CharField()
    variant = serializers.CharField(allow_null=True)
    value = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    currency = serializers.CharField(allow_null=True)
    owner = serializers.EmailField(allow_null=True)
    state = serializers.ChoiceField(choices=GiftState.choices)
    state_since = serializers.DateTimeField()
    asked_on = serializers.DateField(allow_null=True)
    answered_on = serializers.DateField(allow_null=True)
    shipped_on = serializers.DateField(allow_null=True)
    delivered_on = serializers.DateField(allow_null=True)
    posted_on = serializers.DateField(allow_null=True)
    returned_on = serializers.DateField(allow_null=True)
    carrier = serializers.CharField(allow_null=True)
    tracking = serializers.CharField(allow_null=True)
    post_url = serializers.CharField(allow_null=True)
    acts = serializers.ListField(
        child=serializers.ChoiceField(choices=GiftAct.choices),
        help_text="What can happen next.",
    )
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Send it back with each step.")


class _Details(Body):
    product = serializers.CharField(max_length=200, required=False)
    variant = serializers.CharField(max_length=120, **_TEXT)
    value = serializers.DecimalField(**_VALUE, help_text="Null: not known.")
    currency = serializers.CharField(max_length=3, **_TEXT, help_text="ISO 4217; else the brand's.")
    owner = PersonField(required=False, allow_null=True)


class NewGift(_Details):
    """A gift for a creator."""

    creator = KnownCreatorField()
    product = serializers.CharField(max_length=200)
    offer = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        allow_null=True,
        help_text="The accepted offer that promised it.",
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """The offer is one to this creator; that it is accepted, the service says."""
        number = values.get("offer")
        if number is None:
            return values
        found = Offer.objects.filter(pk=number, relationship=values["creator"]).first()
        if found is None:
            words = "There is no such offer to this creator."
            raise serializers.ValidationError({"offer": ErrorDetail(words, "unknown_offer")})
        return values | {"offer": found}


class GiftChange(_Details):
    """What to correct; what is left out stays."""

    version = serializers.IntegerField(**LOCK)


class GiftStep(Body):
    """What happened to a gift."""

    version = serializers.IntegerField(**LOCK)
    act = serializers.ChoiceField(choices=GiftAct.choices)
    on = serializers.DateField(required=False, allow_null=True, help_text="Today, if left out.")
    note = serializers.CharField(max_length=service.NOTE_MAX, **_TEXT)
    carrier = serializers.CharField(max_length=60, **_TEXT, help_text="Of `ship`.")
    tracking = serializers.CharField(max_length=120, **_TEXT, help_text="Of `ship`.")
    post_url = serializers.CharField(
        max_length=500, **_TEXT, help_text="Of `post`: the post's address, which it needs."
    )


class GiftViewSet(BrandViewSet[Gift]):
    """Gifts of the brand."""

    scope = Scope.OFFERS_READ
    write_scope = Scope.OFFERS_WRITE
    queryset = Gift.objects.none()
    serializer_class = GiftSerializer
    filterset_class = GiftFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Gift]:
        """Gifts of the token's brand."""
        return Gift.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Gifts in the order in which they were planned."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=gifts)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One gift."""
        return Response(self._shown(pk))

    @extend_schema(request=NewGift, responses={201: GiftSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Plan a gift."""
        body = NewGift(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        relationship, offer = given.pop("creator"), given.pop("offer", None)
        with refusals(service.GiftRefused, body=body):
            made = service.plan_gift(
                relationship=relationship,
                details=service.Details(**given),
                offer=offer,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=GiftChange, responses={200: GiftSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what it is, what it is worth or who sees to it."""
        row = self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS, "owner"))
        body = GiftChange(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        version = given.pop("version")
        names = ("product", "variant", "value", "currency")
        kept: dict[str, Any] = {name: row[name] for name in names}
        if "owner" not in given:
            given["owner"] = User.objects.filter(pk=row["owner"]).first()
        return self._do(
            service.change_gift, pk, body, version, details=service.Details(**(kept | given))
        )

    @extend_schema(request=GiftStep, responses={200: GiftSerializer, **REFUSED})
    def advance(self, request: Request, pk: str) -> Response:
        """Write down what happened next; `acts` of a gift says what can."""
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = GiftStep(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        version, act = given.pop("version"), GiftAct(given.pop("act"))
        return self._do(service.advance, pk, body, version, act=act, step=service.Step(**given))

    def _do(self, do: Any, pk: str, body: Body, version: int, **more: Any) -> Response:
        with refusals(service.GiftRefused, body=body):
            do(
                gift_id=int(pk),
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                expected_version=version,
                **more,
            )
        return Response(self._shown(pk))

    def _shown(self, pk: int | str) -> Row:
        [found] = gifts([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return found


def gifts(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "creator": {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "offer": row["offer_id"],
            "product": row["product"],
            "variant": row["variant"] or None,
            "value": None if row["value"] is None else str(row["value"]),
            "currency": row["currency"] or None,
            "owner": row["owner__email"],
            "state": row["state"],
            "state_since": row["state_since"],
            **{day: row[day] for day in _DAYS},
            "carrier": row["carrier"] or None,
            "tracking": row["tracking"] or None,
            "post_url": row["post_url"] or None,
            "acts": list(service.allowed(row["state"])),
            "created_at": row["created_at"],
            "version": row["version"],
        }
        for row in rows
    ]
