"""Shops that send their orders themselves: set up, tried out, changed, ended."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.words import LOCK
from campaigns.choices import FeedSignature
from campaigns.models import ConversionFeed
from campaigns.services.conversions import feeds
from campaigns.services.conversions.told import ConversionsRefused
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.choices import Scope

SAMPLE_MAX = 100_000
_PLACE: dict[str, Any] = {"max_length": 300, "required": False, "allow_blank": True}
_NULL: dict[str, Any] = {"allow_null": True}


class FeedPlacesSerializer(serializers.Serializer[Any]):
    """Where in a message what lies, as JSON pointers; null: it is not told."""

    key = serializers.CharField(**_NULL)
    at = serializers.CharField(**_NULL)
    value = serializers.CharField(**_NULL)
    currency = serializers.CharField(**_NULL)
    code = serializers.CharField(**_NULL)
    click = serializers.CharField(**_NULL)
    link = serializers.CharField(**_NULL)
    is_new_customer = serializers.CharField(**_NULL)
    kind = serializers.CharField(**_NULL)


class ConversionFeedSerializer(serializers.Serializer[Any]):
    """A shop that sends its orders to `address`."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    address = serializers.URLField(help_text="Where the shop sends to.")
    signature = serializers.ChoiceField(choices=FeedSignature.choices)
    places = FeedPlacesSerializer()
    received_at = serializers.DateTimeField(allow_null=True, help_text="Its last message.")
    refused_at = serializers.DateTimeField(allow_null=True)
    refusal = serializers.CharField(allow_null=True, help_text="Why the last one was refused.")
    archived_at = serializers.DateTimeField(allow_null=True, help_text="It takes no more.")
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Send it back with a change.")


class NewConversionFeedSerializer(ConversionFeedSerializer):
    """The feed with its secret, which no other answer has."""

    secret = serializers.CharField()


class FeedPlaces(Body):
    """JSON pointers into a message: /order/total_price. `key` and `at` are needed."""

    key = serializers.CharField(max_length=300)
    at = serializers.CharField(max_length=300)
    value = serializers.CharField(**_PLACE)
    currency = serializers.CharField(**_PLACE)
    code = serializers.CharField(**_PLACE)
    click = serializers.CharField(**_PLACE)
    link = serializers.CharField(**_PLACE)
    is_new_customer = serializers.CharField(**_PLACE)
    kind = serializers.CharField(**_PLACE)


class NewFeed(Body):
    """A shop to set up."""

    name = serializers.CharField(max_length=80)
    signature = serializers.ChoiceField(choices=FeedSignature.choices)
    secret = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text="The one that your shop gives you; without, one is made.",
    )
    places = FeedPlaces()


class FeedChange(Body):
    """What to change; what is left out stays. `places` is replaced as a whole."""

    version = serializers.IntegerField(**LOCK)
    name = serializers.CharField(max_length=80, required=False)
    signature = serializers.ChoiceField(choices=FeedSignature.choices, required=False)
    secret = serializers.CharField(max_length=200, required=False, trim_whitespace=False)
    places = FeedPlaces(required=False)


class FeedTrial(Body):
    """A message, and where in it what lies."""

    places = FeedPlaces()
    sample = serializers.CharField(
        max_length=SAMPLE_MAX, help_text="One message of the shop as text; nothing of it is kept."
    )


class ReadMessageSerializer(serializers.Serializer[Any]):
    """What a message would be taken for; null: it does not say."""

    key = serializers.CharField()
    at = serializers.DateTimeField()
    value = serializers.CharField(**_NULL)
    currency = serializers.CharField(**_NULL)
    code = serializers.CharField(**_NULL)
    click = serializers.UUIDField(**_NULL)
    link = serializers.CharField(**_NULL)
    is_new_customer = serializers.BooleanField(**_NULL)
    kind = serializers.CharField()


class ConversionFeedViewSet(BrandViewSet[ConversionFeed]):
    """Shops that send their orders as they come in."""

    scope = Scope.CONNECTORS_READ
    write_scope = Scope.CONNECTORS_WRITE
    queryset = ConversionFeed.objects.none()
    serializer_class = ConversionFeedSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[ConversionFeed]:
        """Feeds of the token's brand, those that ended too."""
        return ConversionFeed.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """All of them, by name; those that ended last."""
        rows = self.get_queryset().order_by("archived_at", "name", "pk")
        return self.whole([self._row(one) for one in rows])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them, with its last sign of life."""
        return Response(self._row(self._found(pk)))

    @extend_schema(
        request=NewFeed,
        responses={201: NewConversionFeedSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "A shop",
                value={
                    "name": "Web shop",
                    "signature": "body",
                    "places": {"key": "/id", "at": "/created_at", "value": "/total_price"},
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Set a shop up; this answer alone has its secret."""
        body = NewFeed(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body, places=_PLACES):
            feed, secret = feeds.create(
                brand=self.brand, wanted=_wanted(said), actor=self.actor, at=timezone.now()
            )
        return Response(self._row(feed) | {"secret": secret}, status=HTTPStatus.CREATED)

    @extend_schema(request=FeedChange, responses={200: ConversionFeedSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Another name, signature, secret or other places."""
        found = self._found(pk)
        body = FeedChange(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        held = {"name": found.name, "signature": found.signature, "places": found.pointers}
        with refusals(CampaignRefused, body=body, places=_PLACES):
            feeds.change(
                feed_id=found.pk,
                brand=self.brand,
                wanted=_wanted(held | said),
                actor=self.actor,
                at=timezone.now(),
                expected_version=said["version"],
            )
        return Response(self._row(self._found(pk)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """It takes no more messages; what it brought stays, and so does its name in the list."""
        with refusals(CampaignRefused):
            feeds.archive(feed_id=int(pk), brand=self.brand, actor=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request=FeedTrial, responses={200: ReadMessageSerializer})
    def trial(self, request: Request) -> Response:
        """What a message would be taken for; nothing is kept."""
        body = FeedTrial(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        try:
            told = feeds.try_out(_pointers(said["places"]), said["sample"])
        except ConversionsRefused as refusal:
            faults = [
                Fault(_PLACES.get(one.field, "/sample"), one.code, one.message)
                for one in refusal.mistakes
            ]
            raise BadBody(faults, detail=str(refusal)) from refusal
        read = {name: getattr(told, name) for name in feeds.FIELDS}
        return Response(
            {name: None if value == "" else value for name, value in read.items()}
            | {"value": None if told.value is None else str(told.value)}
        )

    def _found(self, pk: str) -> ConversionFeed:
        with refusals(CampaignRefused):
            return self.get_queryset().get(pk=pk)

    def _row(self, one: ConversionFeed) -> Row:
        plain = ("name", "signature", "received_at", "refused_at", "archived_at", "created_at")
        address = reverse("receive_conversions", args=[one.token])
        return {name: getattr(one, name) for name in (*plain, "version")} | {
            "id": one.pk,
            "address": self.request.build_absolute_uri(address),
            "places": {name: one.pointers.get(name) for name in feeds.FIELDS},
            "refusal": one.refusal or None,
        }


_PLACES = {name: f"/places/{name}" for name in feeds.FIELDS}


def _pointers(places: Mapping[str, str]) -> dict[str, str]:
    return {name: place for name in feeds.FIELDS if (place := places.get(name, "").strip())}


def _wanted(said: Mapping[str, Any]) -> feeds.Wanted:
    return feeds.Wanted(
        said["name"], said["signature"], said.get("secret", ""), _pointers(said["places"])
    )
