"""Posts: what creators published, with the newest known counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import lookups
from crm.api.base import ID, BrandViewSet
from crm.api.pagination import PageQuery, Row
from crm.api.profiles import known_to
from crm.api.query import MomentField
from crm.choices import PostKind, Scope, Source
from crm.models import Post, PostMetricSnapshot
from crm.paging import Order
from crm.services.post_counts import COUNTS

ORDER = Order("posts", key="id")
MAX_HISTORY = 500
MAX_ID = 2**63 - 1


class CountsSerializer(serializers.Serializer[Any]):
    """Counts of a post; null is unknown."""

    likes = serializers.IntegerField(allow_null=True)
    comments = serializers.IntegerField(allow_null=True)
    saves = serializers.IntegerField(allow_null=True)
    shares = serializers.IntegerField(allow_null=True)
    views = serializers.IntegerField(allow_null=True)
    reach = serializers.IntegerField(allow_null=True)
    impressions = serializers.IntegerField(allow_null=True)
    completions = serializers.IntegerField(allow_null=True, help_text="Seen or heard to the end.")
    opens = serializers.IntegerField(allow_null=True, help_text="Of an effect.")
    captures = serializers.IntegerField(allow_null=True, help_text="With an effect.")
    downloads = serializers.IntegerField(allow_null=True, help_text="Of an episode.")


class PostSerializer(CountsSerializer):
    """A publication with its newest known counts."""

    id = serializers.IntegerField()
    creator = serializers.UUIDField()
    profile = serializers.IntegerField()
    platform = serializers.CharField()
    external_id = serializers.CharField()
    posted_at = serializers.DateTimeField(allow_null=True)
    kind = serializers.ChoiceField(choices=PostKind.choices)
    title = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    language = serializers.CharField(allow_null=True)
    is_paid_partnership = serializers.BooleanField(
        allow_null=True, help_text="The platform's own mark."
    )
    followers_at_post = serializers.IntegerField(allow_null=True)
    metrics_at = serializers.DateTimeField(allow_null=True, help_text="The age of the counts.")
    metrics_source = serializers.ChoiceField(choices=Source.choices)


class PostSnapshotSerializer(CountsSerializer):
    """The counts of a post at a moment."""

    captured_at = serializers.DateTimeField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment] # a field's name


class PostDetailSerializer(PostSerializer):
    """A publication with its text and what is known of its past."""

    caption = serializers.CharField(allow_null=True)
    history = PostSnapshotSerializer(many=True, help_text=f"Newest first, at most {MAX_HISTORY}.")


class PostFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which posts to list."""

    creator = filters.UUIDFilter(field_name="creator__uid", label="A creator's uid")
    profile = filters.NumberFilter(
        field_name="profile_id", min_value=0, max_value=MAX_ID, decimal_places=0
    )
    platform = filters.CharFilter(field_name="profile__platform_id", max_length=30)
    kind = filters.ChoiceFilter(choices=PostKind.choices)

    class Meta:
        model = Post
        fields: list[str] = []


class PostsQuery(PageQuery):
    """From when to when."""

    posted_from = MomentField(required=False, help_text="Published at or after this moment.")
    posted_before = MomentField(required=False, help_text="Published before this moment.")


COLUMNS = (
    "id",
    "creator__uid",
    "profile_id",
    "profile__platform_id",
    "external_id",
    "posted_at",
    "kind",
    "title",
    "url",
    "language",
    "is_paid_partnership",
    "followers_at_post",
    "metrics_at",
    "metrics_source",
    *COUNTS,
)


def posts(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them: empty texts are unknown."""
    return [
        {
            "id": row["id"],
            "creator": row["creator__uid"],
            "profile": row["profile_id"],
            "platform": row["profile__platform_id"],
            "external_id": row["external_id"],
            "posted_at": row["posted_at"],
            "kind": row["kind"],
            "title": row["title"] or None,
            "url": row["url"] or None,
            "language": row["language"] or None,
            "is_paid_partnership": row["is_paid_partnership"],
            "followers_at_post": row["followers_at_post"],
            "metrics_at": row["metrics_at"],
            "metrics_source": row["metrics_source"],
            **{name: row[name] for name in COUNTS},
        }
        for row in rows
    ]


class PostViewSet(BrandViewSet[Post]):
    """Publications of the brand's creators."""

    scope = Scope.CREATORS_READ
    queryset = Post.objects.none()
    serializer_class = PostSerializer
    filterset_class = PostFilter
    lookups = lookups.Lookups(
        id=lookups.whole("id", indexed=True),
        platform=lookups.word("profile__platform_id"),
        kind=lookups.choice("kind", PostKind),
        posted_at=lookups.moment("posted_at", null=True, indexed=True),
        is_paid_partnership=lookups.flag("is_paid_partnership", null=True),
        likes=lookups.whole("likes", null=True),
        comments=lookups.whole("comments", null=True),
        views=lookups.whole("views", null=True),
    )
    orders = {"id": ORDER, "-id": replace(ORDER, name="-posts", descending=True)}
    lookup_value_regex = ID
    queries = {"list": PostsQuery}

    def get_queryset(self) -> QuerySet[Post]:
        """Posts of creators with whom the brand has a relationship."""
        return Post.objects.filter(known_to(self.brand))

    def list(self, request: Request) -> Response:
        """Posts in the order in which they came to Rapport."""
        found = self.filter_queryset(self.get_queryset())
        if moment := self.query.get("posted_from"):
            found = found.filter(posted_at__gte=moment)
        if moment := self.query.get("posted_before"):
            found = found.filter(posted_at__lt=moment)
        rows = found.values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=posts)

    @extend_schema(responses=PostDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One post with its text and the history of its counts."""
        row = self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS, "caption"))
        history = PostMetricSnapshot.objects.filter(post=row["id"]).order_by("-captured_at", "-pk")
        shown = history.values("captured_at", "source", *COUNTS)[:MAX_HISTORY]
        [found] = posts([row])
        return Response({**found, "caption": row["caption"] or None, "history": list(shown)})
