"""What people say that posts are about: a tutorial, an interview; and taking it back."""

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

from campaigns.api.words import REFUSED
from campaigns.choices import ContentKind
from campaigns.models import PostFormat
from campaigns.services.formats.saying import say
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.models import Relationship
from crm.paging import Order

ORDER = Order("post-formats", key="id")
COLUMNS = ("id", "post_id", "post__creator__uid", "kind", "suggested", "by__email", "at")
MOST = 2**63 - 1


class PostFormatSerializer(serializers.Serializer[Any]):
    """What a person said of a post; it wins over what its words suggest."""

    post = serializers.IntegerField()
    creator = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ContentKind.choices)
    suggested = serializers.ChoiceField(
        choices=ContentKind.choices, allow_null=True, help_text="By its words, then; null: nothing."
    )
    by = serializers.EmailField(allow_null=True)
    at = serializers.DateTimeField()


class NewPostFormat(Body):
    """A post, and what it is about."""

    post = serializers.IntegerField(min_value=1, max_value=MOST)
    kind = serializers.ChoiceField(choices=ContentKind.choices)


class PostFormatFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """By creator, or by what it is about."""

    creator = filters.UUIDFilter(field_name="post__creator__uid", label="A creator's uid")
    kind = filters.ChoiceFilter(choices=ContentKind.choices, label="What it is about")


class PostFormatViewSet(BrandViewSet[PostFormat]):
    """What people say that posts are about."""

    scope = Scope.REVIEWS_READ
    write_scope = Scope.REVIEWS_WRITE
    queryset = PostFormat.objects.none()
    serializer_class = PostFormatSerializer
    filterset_class = PostFormatFilter
    http_method_names = ["get", "head", "post", "delete"]
    lookup_field = "post"
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[PostFormat]:
        """Of creators of the token's brand, without those who object to profiling."""
        known = Relationship.objects.filter(brand=self.brand, unprofiled_at=None)
        return PostFormat.objects.filter(
            brand=self.brand, post__creator__in=known.values("creator")
        )

    def list(self, request: Request) -> Response:
        """In the order in which they were first said."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=_shown)

    @extend_schema(request=NewPostFormat, responses={201: PostFormatSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Say what a post is about; said again, the new word stands."""
        body = NewPostFormat(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        post = body.validated_data["post"]
        relationship = self._relationship(post)
        if relationship is None:
            words = "The brand knows no creator of such a post."
            raise BadBody([Fault("/post", "unknown_post", words)])
        with refusals(CampaignRefused, body=body):
            say(
                relationship=relationship,
                post_id=post,
                kind=body.validated_data["kind"],
                actor=self.actor,
                at=timezone.now(),
            )
        [row] = _shown([self.one(self.get_queryset().filter(post=post).values(*COLUMNS))])
        return Response(row, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None, **REFUSED})
    def destroy(self, request: Request, post: str) -> Response:
        """Take back what was said; the words of the post count again."""
        number = int(post)
        relationship = self._relationship(number)
        if relationship is None or not self.get_queryset().filter(post=number).exists():
            raise Http404
        with refusals(CampaignRefused):
            say(
                relationship=relationship,
                post_id=number,
                kind="",
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _relationship(self, post: int) -> Relationship | None:
        rows = Relationship.objects.filter(brand=self.brand, creator__posts=post)
        return rows.select_related("creator", "brand").first()


def _shown(rows: list[Row]) -> list[Row]:
    return [
        {
            "post": row["post_id"],
            "creator": row["post__creator__uid"],
            "kind": row["kind"],
            "suggested": row["suggested"] or None,
            "by": row["by__email"],
            "at": row["at"],
        }
        for row in rows
    ]
