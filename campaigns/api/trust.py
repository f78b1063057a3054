"""Trust and authenticity with every part, and how a brand weighs trust."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.readings import ComputedViewSet, R, ReadingViewSet, of_100
from campaigns.api.words import REFUSED
from campaigns.models import AuthenticityScore, TrustReading, TrustWeights
from campaigns.selectors.trust import authenticity_list, trust_list
from campaigns.services.refusals import CampaignRefused
from campaigns.services.trust.reading import read_some
from campaigns.services.trust.weighing import REASON_MAX, weigh
from campaigns.trust.weights import KEYS
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.models import Relationship
from crm.paging import Order

WEIGHTS = Order("trust-weights-api", "number", "id", descending=True)
_POINTS = "Null: unknown."


class TrustPartSerializer(serializers.Serializer[Any]):
    """One part of trust; what the parts add is the score."""

    key = serializers.ChoiceField(choices=KEYS)
    label = serializers.CharField()  # type: ignore[assignment] # the base class has one
    weight = serializers.IntegerField()
    points = serializers.FloatField(allow_null=True, help_text=_POINTS)
    adds = serializers.FloatField(allow_null=True, help_text="In points of the score.")
    value = serializers.CharField(help_text="What it was read from, or why it is not known.")
    why = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    on = serializers.DateField(allow_null=True, help_text="Of the newest thing.")


class TrustSerializer(serializers.Serializer[Any]):
    """How far a creator is trusted."""

    creator = CreatorRefSerializer()
    score = of_100(help_text="Of 100; null: too little is known.")
    known = serializers.FloatField(help_text="Part of all weight that is known.")
    components = TrustPartSerializer(many=True)
    weights = serializers.CharField(help_text="Version of the weights.")
    since = serializers.DateTimeField(help_text="Since when it comes to this, to a point.")
    computed_at = serializers.DateTimeField()


class SignPointsSerializer(serializers.Serializer[Any]):
    """What a sign adds."""

    key = serializers.CharField()
    weight = serializers.IntegerField()
    points = serializers.FloatField(allow_null=True, help_text=_POINTS)
    adds = serializers.FloatField(allow_null=True)
    explained = serializers.BooleanField(help_text="It counts neither for nor against.")


class AccountScoreSerializer(serializers.Serializer[Any]):
    """An account; `flags/{uid}/` has the numbers of its signs."""

    platform = serializers.CharField()
    handle = serializers.CharField()
    score = of_100()
    known = serializers.FloatField()
    signs = SignPointsSerializer(many=True)


class AuthenticitySerializer(serializers.Serializer[Any]):
    """How little is unusual in the numbers of a creator's accounts: a question, never a verdict."""

    creator = CreatorRefSerializer()
    score = of_100(help_text="Of the largest account that has one; null: too little can be told.")
    accounts = AccountScoreSerializer(many=True)
    weights = serializers.CharField(help_text="Version of the published weights.")
    since = serializers.DateTimeField(help_text="Since when it comes to this, to a point.")
    computed_at = serializers.DateTimeField()


def _weight() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=100)


class TrustWeightsSerializer(serializers.Serializer[Any]):
    """A version of the brand's own weights."""

    number = serializers.IntegerField()
    consistency = _weight()
    disclosure = _weight()
    sentiment = _weight()
    incidents = _weight()
    reliability = _weight()
    authenticity_below = _weight()
    reason = serializers.CharField()
    by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()


class Weighed(Body):
    """The next version."""

    consistency = _weight()
    disclosure = _weight()
    sentiment = _weight()
    incidents = _weight()
    reliability = _weight()
    authenticity_below = _weight()
    reason = serializers.CharField(max_length=REASON_MAX)


class _Parts(ReadingViewSet[R]):
    """Readings that say their parts."""

    more = ("parts", "looked_at")

    def told(self, row: Row) -> Row:
        """Its parts, and since when it comes to this."""
        return {**row["parts"], "since": row["read_at"], "computed_at": row["looked_at"]}


class TrustViewSet(_Parts[TrustReading], ComputedViewSet[TrustReading]):
    """The newest reading of each creator."""

    queryset = TrustReading.objects.none()
    serializer_class = TrustSerializer
    http_method_names = ["get", "head", "post"]
    order = Order("trust-api", "score", "id", nullable=True)

    def get_queryset(self) -> QuerySet[TrustReading]:
        """Of creators of the token's brand."""
        return trust_list(self.brand)

    def read(self, relationship: Relationship) -> None:
        """Compute trust in the creator now."""
        read_some(brand=relationship.brand, relationships=[relationship], at=timezone.now())


class AuthenticityViewSet(_Parts[AuthenticityScore]):
    """The newest score of each creator; `flags/{uid}:look` computes it now."""

    queryset = AuthenticityScore.objects.none()
    serializer_class = AuthenticitySerializer
    http_method_names = ["get", "head"]
    order = Order("authenticity-api", "score", "id", nullable=True)

    def get_queryset(self) -> QuerySet[AuthenticityScore]:
        """Of creators of the token's brand."""
        return authenticity_list(self.brand)


class TrustWeightsViewSet(BrandViewSet[TrustWeights]):
    """How the brand weighs trust, in versions; without one the published weights hold."""

    scope = Scope.SCORES_READ
    write_scope = Scope.SCORES_WRITE
    queryset = TrustWeights.objects.none()
    serializer_class = TrustWeightsSerializer
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[TrustWeights]:
        """Of the token's brand."""
        return TrustWeights.objects.filter(brand=self.brand).order_by("-number")

    def list(self, request: Request) -> Response:
        """The versions, the newest first."""
        rows = self.get_queryset().values(*_VERSION)
        return self.page(rows, order=WEIGHTS, represent=lambda some: list(map(_version, some)))

    @extend_schema(request=Weighed, responses={201: TrustWeightsSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Make the next version; scores follow in the night."""
        body = Weighed(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CampaignRefused, body=body):
            made = weigh(
                brand=self.brand,
                numbers={key: said[key] for key in KEYS},
                authenticity_below=said["authenticity_below"],
                reason=said["reason"],
                actor=self.actor,
                at=timezone.now(),
            )
        row = self.get_queryset().values(*_VERSION).get(pk=made.pk)
        return Response(_version(row), status=status.HTTP_201_CREATED)


_VERSION = ("id", "number", *KEYS, "authenticity_below", "reason", "by__email", "created_at")


def _version(row: Row) -> Row:
    told = {name: row[name] for name in _VERSION if name not in {"id", "by__email"}}
    return told | {"by": row["by__email"]}
