"""Comments below posts: told in batches, read as they are kept, and added up by post."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.posts import MAX_ID
from crm.api.problems import BadBody, Fault
from crm.api.query import MomentField
from crm.choices import Scope, Source
from crm.models import CommentThread, PostComment
from crm.paging import Order
from crm.services.post_comments.keeping import (
    KEY_MAX,
    LIKES_MAX,
    TEXT_MAX,
    CommentsRefused,
    Told,
    tell,
)

BATCH_MAX = 1_000
ORDER = Order("post-comments", key="id")
BY_POST = Order("comment-threads", key="id")
COLUMNS = (
    "id",
    "post_id",
    "external_id",
    "parent_key",
    "author",
    "text",
    "published_at",
    "likes",
    "source",
    "score__language",
    "score__sentiment",
    "score__relevance",
    "score__scorer__name",
    "score__scorer__version",
)
COUNTS = (
    "comments",
    "replies",
    "answered",
    "authors",
    "scored",
    "in_language",
    "positive",
    "negative",
    "classified",
    "relevant",
)
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True, "max_length": KEY_MAX}
_NULL: dict[str, Any] = {"required": False, "allow_null": True, "default": None}


class PostCommentSerializer(serializers.Serializer[Any]):
    """A comment as it was told, and what a scorer says of it. Null: not known."""

    id = serializers.IntegerField()
    post = serializers.IntegerField()
    key = serializers.CharField()
    reply_to = serializers.CharField(allow_null=True, help_text="The key of what it answers.")
    author = serializers.CharField(
        allow_null=True, help_text="A number for whoever wrote it, the same within the brand."
    )
    text = serializers.CharField(allow_null=True, help_text="Null once its months are over.")
    published_at = serializers.DateTimeField(allow_null=True)
    likes = serializers.IntegerField(allow_null=True)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment] # a field's name
    language = serializers.CharField(allow_null=True, help_text="ISO 639-1.")
    sentiment = serializers.FloatField(allow_null=True, help_text="From -1 to 1, of English.")
    relevance = serializers.FloatField(
        allow_null=True, help_text="From 0 to 1: how close it is to the post and the others."
    )
    scorer = serializers.CharField(allow_null=True, help_text="Name and version.")


class CommentThreadSerializer(serializers.Serializer[Any]):
    """The comments of a post, added up."""

    post = serializers.IntegerField()
    comments = serializers.IntegerField()
    replies = serializers.IntegerField()
    answered = serializers.IntegerField(help_text="Those that another one answers.")
    authors = serializers.IntegerField(help_text="Different writers, as far as they are known.")
    scored = serializers.IntegerField()
    in_language = serializers.IntegerField(help_text="In a language whose mood is scored.")
    positive = serializers.IntegerField()
    negative = serializers.IntegerField()
    classified = serializers.IntegerField(help_text="With words to compare.")
    relevant = serializers.IntegerField()
    waits = serializers.BooleanField(help_text="Some are not scored and added up yet.")


class NewComment(Body):
    """A comment. What is left out is not known."""

    post = serializers.IntegerField(
        min_value=0, max_value=MAX_ID, help_text="The id of one of `posts/`."
    )
    key = serializers.CharField(max_length=KEY_MAX, help_text="The platform's own.")
    text = serializers.CharField(max_length=TEXT_MAX)
    author = serializers.CharField(
        help_text="The platform's key of whoever wrote it; only a number made of it is kept.",
        **_TEXT,
    )
    reply_to = serializers.CharField(help_text="The key of the comment that it answers.", **_TEXT)
    published_at = MomentField(**_NULL)
    likes = serializers.IntegerField(min_value=0, max_value=LIKES_MAX, **_NULL)


class NewComments(Body):
    """Several at once: all are taken, or none."""

    source = serializers.ChoiceField(  # type: ignore[assignment] # a field's name
        choices=Source.choices, default=Source.VENDOR.value
    )
    comments = serializers.ListField(child=NewComment(), min_length=1, max_length=BATCH_MAX)


class CommentsTakenSerializer(serializers.Serializer[Any]):
    """What became of them."""

    new = serializers.IntegerField()
    known = serializers.IntegerField()
    posts = serializers.IntegerField()


class CommentFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which comments to list."""

    post = filters.NumberFilter(
        field_name="post_id", min_value=0, max_value=MAX_ID, decimal_places=0
    )

    class Meta:
        model = PostComment
        fields: list[str] = []


class PostCommentViewSet(BrandViewSet[PostComment]):
    """Comments that the brand took in."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = PostComment.objects.none()
    serializer_class = PostCommentSerializer
    filterset_class = CommentFilter
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[PostComment]:
        """Comments of the token's brand."""
        return PostComment.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Comments in the order in which they came in."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=_shown)

    @extend_schema(
        request=NewComments,
        responses={200: CommentsTakenSerializer, 201: CommentsTakenSerializer},
        examples=[
            OpenApiExample(
                "A comment and its answer",
                value={
                    "source": "vendor",
                    "comments": [
                        {"post": 1, "key": "c1", "text": "Where is it from?", "author": "kim"},
                        {"post": 1, "key": "c2", "text": "From our shop!", "reply_to": "c1"},
                    ],
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Tell up to 1,000 comments: all are taken or none; what is known stays as it is."""
        body = NewComments(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        told = [_told(one) for one in body.validated_data["comments"]]
        try:
            kept = tell(
                brand=self.brand,
                comments=told,
                source=Source(body.validated_data["source"]),
                actor=self.actor,
                at=timezone.now(),
            )
        except CommentsRefused as refusal:
            where = "/comments" if refusal.place is None else f"/comments/{refusal.place}"
            name = "reply_to" if refusal.field == "parent" else refusal.field
            pointer = where if refusal.place is None else f"{where}/{name}"
            raise BadBody([Fault(pointer, refusal.code, str(refusal))]) from refusal
        status = HTTPStatus.CREATED if kept.new else HTTPStatus.OK
        return Response({"new": kept.new, "known": kept.known, "posts": kept.posts}, status=status)


class CommentThreadViewSet(BrandViewSet[CommentThread]):
    """The comments of each post, added up."""

    scope = Scope.SERIES_READ
    queryset = CommentThread.objects.none()
    serializer_class = CommentThreadSerializer
    http_method_names = ["get", "head"]

    def list(self, request: Request) -> Response:
        """Posts in the order in which their first comments came in."""
        rows = CommentThread.objects.filter(brand=self.brand)
        return self.page(
            rows.values("id", "post_id", "waits_since", *COUNTS), order=BY_POST, represent=_threads
        )


def _told(said: Mapping[str, Any]) -> Told:
    return Told(
        post_id=said["post"],
        key=said["key"],
        text=said["text"],
        author=said.get("author", ""),
        parent=said.get("reply_to", ""),
        published_at=said["published_at"],
        likes=said["likes"],
    )


def _shown(rows: list[Row]) -> list[Row]:
    plain = ("id", "published_at", "likes", "source")
    return [
        {name: row[name] for name in plain}
        | {
            "post": row["post_id"],
            "key": row["external_id"],
            "reply_to": row["parent_key"] or None,
            # A number of 64 bits: JavaScript would round it.
            "author": None if row["author"] is None else str(row["author"]),
            "text": row["text"] or None,
            "language": row["score__language"] or None,
            "sentiment": row["score__sentiment"],
            "relevance": row["score__relevance"],
            "scorer": _scorer(row),
        }
        for row in rows
    ]


def _scorer(row: Row) -> str | None:
    name = row["score__scorer__name"]
    return name and f"{name} {row['score__scorer__version']}"


def _threads(rows: list[Row]) -> list[Row]:
    return [
        {name: row[name] for name in COUNTS}
        | {"post": row["post_id"], "waits": row["waits_since"] is not None}
        for row in rows
    ]
