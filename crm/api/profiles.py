"""Profiles: the accounts of creators on platforms, each number with its source and age."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import lookups
from crm.api.base import ID, BrandViewSet
from crm.api.creator_bodies import DUPLICATE, NewProfile, refused
from crm.api.pagination import Row
from crm.api.problems import BadBody, Fault
from crm.choices import Scope, Source
from crm.models import Brand, MetricSnapshot, Profile, Relationship
from crm.paging import Order
from crm.services.creators import CreatorRefused, add_profile

NUMBERS = (
    "followers",
    "following",
    "posts_count",
    "avg_views",
    "avg_likes",
    "avg_comments",
    "avg_shares",
    "engagement_rate",
)
ORDER = Order("profiles", key="id")
# As much of a profile's history as an answer holds.
MAX_HISTORY = 500


class NumbersSerializer(serializers.Serializer[Any]):
    """Numbers of a profile; null is unknown."""

    followers = serializers.IntegerField(allow_null=True)
    following = serializers.IntegerField(allow_null=True)
    posts_count = serializers.IntegerField(allow_null=True)
    avg_views = serializers.FloatField(allow_null=True)
    avg_likes = serializers.FloatField(allow_null=True)
    avg_comments = serializers.FloatField(allow_null=True)
    avg_shares = serializers.FloatField(allow_null=True)
    engagement_rate = serializers.FloatField(
        allow_null=True, help_text="A fraction (0.025 is 2.5 %), as the source states it."
    )


class ProfileSerializer(NumbersSerializer):
    """An account on a platform with its newest known numbers."""

    id = serializers.IntegerField()
    creator = serializers.UUIDField()
    platform = serializers.CharField()
    handle = serializers.CharField()
    display_name = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    is_verified = serializers.BooleanField(allow_null=True)
    metrics_at = serializers.DateTimeField(allow_null=True, help_text="The age of the numbers.")
    metrics_source = serializers.ChoiceField(choices=Source.choices)


class SnapshotSerializer(NumbersSerializer):
    """The numbers of a profile at a moment."""

    captured_at = serializers.DateTimeField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment] # a field's name


class ProfileDetailSerializer(ProfileSerializer):
    """An account with what is known of its past."""

    bio = serializers.CharField(allow_null=True)
    history = SnapshotSerializer(many=True, help_text=f"Newest first, at most {MAX_HISTORY}.")


class ProfileFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which profiles to list."""

    creator = filters.UUIDFilter(field_name="creator__uid", label="A creator's uid")
    platform = filters.CharFilter(field_name="platform_id", max_length=30, label="A platform's key")
    handle = filters.CharFilter(method="by_handle", max_length=200, label="Exactly this handle")

    class Meta:
        model = Profile
        fields: list[str] = []

    def by_handle(self, queryset: QuerySet[Profile], _name: str, value: str) -> QuerySet[Profile]:
        """Handles are stored in lower case without the @."""
        return queryset.filter(handle=value.strip().lstrip("@").lower())


def known_to(brand: Brand, creator: str = "creator") -> Exists:
    """That `brand` has a relationship with the row's creator."""
    return Exists(Relationship.objects.filter(brand=brand, creator=OuterRef(creator)))


COLUMNS = (
    "id",
    "creator__uid",
    "platform_id",
    "handle",
    "display_name",
    "url",
    "is_verified",
    "metrics_at",
    "metrics_source",
    *NUMBERS,
)


def profiles(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them: empty texts are unknown."""
    return [
        {
            "id": row["id"],
            "creator": row["creator__uid"],
            "platform": row["platform_id"],
            "handle": row["handle"],
            "display_name": row["display_name"] or None,
            "url": row["url"] or None,
            "is_verified": row["is_verified"],
            "metrics_at": row["metrics_at"],
            "metrics_source": row["metrics_source"],
            **{name: row[name] for name in NUMBERS},
        }
        for row in rows
    ]


class ProfileViewSet(BrandViewSet[Profile]):
    """Accounts of the brand's creators."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.CREATORS_WRITE
    queryset = Profile.objects.none()
    serializer_class = ProfileSerializer
    filterset_class = ProfileFilter
    lookups = lookups.Lookups(
        id=lookups.whole("id", indexed=True),
        platform=lookups.word("platform_id"),
        handle=lookups.text("handle"),
        followers=lookups.whole("followers", null=True),
        engagement_rate=lookups.number("engagement_rate", null=True),
        is_verified=lookups.flag("is_verified", null=True),
        metrics_at=lookups.moment("metrics_at", null=True),
    )
    orders = {"id": ORDER, "-id": replace(ORDER, name="-profiles", descending=True)}
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Profile]:
        """Profiles of creators with whom the brand has a relationship."""
        return Profile.objects.filter(known_to(self.brand))

    def list(self, request: Request) -> Response:
        """Profiles in the order in which they came to Rapport."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=profiles)

    @extend_schema(responses=ProfileDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One profile with the history of its numbers."""
        return Response(self._shown(pk))

    @extend_schema(
        request=NewProfile,
        responses={201: ProfileDetailSerializer, **DUPLICATE},
    )
    def create(self, request: Request) -> Response:
        """Add an account of a creator, or today's follower count of one that is there."""
        body = NewProfile(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        uid = said.pop("creator")
        found = Relationship.objects.filter(brand=self.brand, creator__uid=uid).first()
        if found is None:
            words = "There is no such creator in your brand."
            raise BadBody([Fault("/creator", "does_not_exist", words)])
        try:
            profile = add_profile(relationship=found, actor=self.actor, at=timezone.now(), **said)
        except CreatorRefused as refusal:
            raise refused(refusal, request) from refusal
        return Response(self._shown(profile.pk), status=HTTPStatus.CREATED)

    def _shown(self, pk: int | str) -> Row:
        row = self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS, "bio"))
        history = MetricSnapshot.objects.filter(profile=row["id"]).order_by("-captured_at", "-pk")
        shown = history.values("captured_at", "source", *NUMBERS)[:MAX_HISTORY]
        [found] = profiles([row])
        return {**found, "bio": row["bio"] or None, "history": list(shown)}
