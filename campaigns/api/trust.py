"""Trust and authenticity with every part, and how a brand weighs trust."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED, problem
from campaigns.models import AuthenticityScore, TrustReading, TrustWeights
from campaigns.selectors.trust import authenticity_list, trust_list
from campaigns.services.refusals import CampaignRefused
from campaigns.services.trust.reading import read_some
from campaigns.services.trust.weighing import REASON_MAX, weigh
from campaigns.trust.weights import KEYS
from crm.api.base import UID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.models import Relationship
from crm.paging import Order

TRUST = Order("trust-api", "score", "id", nullable=True)
AUTHENTICITY = Order("authenticity-api", "score", "id", nullable=True)
WEIGHTS = Order("trust-weights-api", "number", "id", descending=True)
_SCORE: dict[str, Any] = {"max_digits": 4, "decimal_places": 1, "allow_null": True}
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
    score = serializers.DecimalField(**_SCORE, help_text="Of 100; null: too little is known.")
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
    score = serializers.DecimalField(**_SCORE)
    known = serializers.FloatField()
    signs = SignPointsSerializer(many=True)


class AuthenticitySerializer(serializers.Serializer[Any]):
    """How little is unusual in the numbers of a creator's accounts: a question, never a verdict."""

    creator = CreatorRefSerializer()
    score = serializers.DecimalField(
        **_SCORE, help_text="Of the largest account that has one; null: too little can be told."
    )
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


class BelowFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """By score, or by creator."""

    below = filters.NumberFilter(
        field_name="score", lookup_expr="lt", min_value=0, max_value=100, label="Score below"
    )
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")


class TrustViewSet(BrandViewSet[TrustReading]):
    """The newest reading of each creator."""

    scope = Scope.REVIEWS_READ
    write_scope = Scope.REVIEWS_WRITE
    queryset = TrustReading.objects.none()
    serializer_class = TrustSerializer
    filterset_class = BelowFilter
    lookup_field = "uid"
    lookup_value_regex = UID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[TrustReading]:
        """Of creators of the token's brand."""
        return trust_list(self.brand)

    def list(self, request: Request) -> Response:
        """Creators by trust, the least first."""
        rows = self.filter_queryset(self.get_queryset())
        return self.page(_values(rows), order=TRUST, represent=lambda some: list(map(_plain, some)))

    def retrieve(self, request: Request, uid: str) -> Response:
        """Trust in one creator; 404 where nothing was computed yet."""
        rows = self.get_queryset().filter(relationship__creator__uid=uid)
        return Response(_plain(self.one(_values(rows))))

    @extend_schema(request=None, responses={200: TrustSerializer})
    def compute(self, request: Request, uid: str) -> Response:
        """Compute it now."""
        rows = Relationship.objects.filter(brand=self.brand, creator__uid=uid, unprofiled_at=None)
        relationship = rows.select_related("brand", "creator").first()
        if relationship is None:
            raise Http404
        read_some(brand=self.brand, relationships=[relationship], at=timezone.now())
        return self.retrieve(request, uid)


class AuthenticityViewSet(BrandViewSet[AuthenticityScore]):
    """The newest score of each creator."""

    scope = Scope.REVIEWS_READ
    queryset = AuthenticityScore.objects.none()
    serializer_class = AuthenticitySerializer
    filterset_class = BelowFilter
    lookup_field = "uid"
    lookup_value_regex = UID
    http_method_names = ["get", "head"]

    def get_queryset(self) -> QuerySet[AuthenticityScore]:
        """Of creators of the token's brand."""
        return authenticity_list(self.brand)

    def list(self, request: Request) -> Response:
        """Creators by authenticity, the lowest first."""
        rows = self.filter_queryset(self.get_queryset())
        return self.page(
            _values(rows), order=AUTHENTICITY, represent=lambda some: list(map(_plain, some))
        )

    def retrieve(self, request: Request, uid: str) -> Response:
        """Of one creator; 404 where nobody looked yet. `flags/{uid}:look` computes it now."""
        rows = self.get_queryset().filter(relationship__creator__uid=uid)
        return Response(_plain(self.one(_values(rows))))


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
        try:
            made = weigh(
                brand=self.brand,
                numbers={key: said[key] for key in KEYS},
                authenticity_below=said["authenticity_below"],
                reason=said["reason"],
                actor=self.actor,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            raise problem(refusal) from refusal
        row = self.get_queryset().values(*_VERSION).get(pk=made.pk)
        return Response(_version(row), status=status.HTTP_201_CREATED)


_VERSION = ("id", "number", *KEYS, "authenticity_below", "reason", "by__email", "created_at")


def _version(row: Row) -> Row:
    told = {name: row[name] for name in _VERSION if name not in {"id", "by__email"}}
    return told | {"by": row["by__email"]}


def _values(rows: QuerySet[Any]) -> QuerySet[Any, Row]:
    return rows.values(
        "id",
        "score",
        "parts",
        "weights",
        "read_at",
        "looked_at",
        "relationship__creator__uid",
        "relationship__creator__name",
    )


def _plain(row: Row) -> Row:
    return {
        "creator": {
            "uid": row["relationship__creator__uid"],
            "name": row["relationship__creator__name"],
        },
        "score": None if row["score"] is None else str(row["score"]),
        **row["parts"],
        "weights": row["weights"],
        "since": row["read_at"],
        "computed_at": row["looked_at"],
    }
