"""Themes of comments over REST, and what people say of single comments."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import KeysetPagination, PageQuery, Row
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import CommentKind, Mood, Scope, ThemeState
from crm.models import CommentTheme, PostComment
from crm.paging import Order
from crm.services.post_comments import deciding, labelling
from crm.services.post_comments.keeping import CommentsRefused

BY_NUMBER = Order("comment-themes", key="id")
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description="It cannot be done; why.")
}
COLUMNS = (
    "id",
    "kind",
    "term",
    "state",
    "comments",
    "writers",
    "recent",
    "earlier",
    "counted_at",
    "task_id",
    "answer",
    "version",
)


class CommentThemeSerializer(serializers.Serializer[Any]):
    """Comments of one kind with a word or two in common, of the last 90 days."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=CommentKind.choices)
    term = serializers.CharField()
    state = serializers.ChoiceField(choices=ThemeState.choices)
    comments = serializers.IntegerField()
    writers = serializers.IntegerField()
    recent = serializers.IntegerField(help_text="Comments of the last four weeks.")
    earlier = serializers.IntegerField(help_text="Comments of the four weeks before.")
    counted_at = serializers.DateTimeField(allow_null=True)
    task = serializers.IntegerField(allow_null=True, help_text="One of `tasks/`.")
    answer = serializers.CharField(allow_null=True, help_text="What was done.")
    version = serializers.IntegerField()


class HandleThemeBody(Body):
    """What was done about a theme, or why nothing was."""

    answer = serializers.CharField(max_length=deciding.ANSWER_MAX)
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The one that was read."
    )


class CommentLabelBody(Body):
    """What somebody says of a comment; null: nothing. All three null take it back."""

    kind = serializers.ChoiceField(choices=CommentKind.choices, allow_null=True, default=None)
    mood = serializers.ChoiceField(choices=Mood.choices, allow_null=True, default=None)
    is_relevant = serializers.BooleanField(allow_null=True, default=None)


class CommentLabelSerializer(serializers.Serializer[Any]):
    """What somebody says of a comment."""

    comment = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=CommentKind.choices, allow_null=True)
    mood = serializers.ChoiceField(choices=Mood.choices, allow_null=True)
    is_relevant = serializers.BooleanField(allow_null=True)


class CommentThemeViewSet(BrandViewSet[CommentTheme]):
    """Themes of comments."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = CommentTheme.objects.none()
    serializer_class = CommentThemeSerializer
    pagination_class = KeysetPagination
    queries = {"list": PageQuery}

    def list(self, request: Request) -> Response:
        """In the order in which they came up."""
        rows = CommentTheme.objects.filter(brand=self.brand).values(*COLUMNS)
        return self.page(
            rows, order=BY_NUMBER, represent=lambda found: [theme_row(row) for row in found]
        )

    @extend_schema(request=HandleThemeBody, responses={200: CommentThemeSerializer, **REFUSED})
    def handle(self, request: Request, pk: str) -> Response:
        """Say what was done about it."""
        body = HandleThemeBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(CommentsRefused, body=body):
            deciding.handle(
                brand=self.brand,
                theme_id=int(pk),
                **body.validated_data,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(theme_row(CommentTheme.objects.values(*COLUMNS).get(pk=pk)))


class CommentLabelViewSet(BrandViewSet[PostComment]):
    """What people say of comments."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = PostComment.objects.none()
    serializer_class = CommentLabelSerializer

    @extend_schema(request=CommentLabelBody, responses={200: CommentLabelSerializer, **REFUSED})
    def label(self, request: Request, pk: str) -> Response:
        """Say what a comment is; said again, the new word counts."""
        body = CommentLabelBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with refusals(CommentsRefused, body=body):
            labelling.label(
                brand=self.brand,
                comment_id=int(pk),
                kind=said["kind"] or "",
                mood=said["mood"] or "",
                is_relevant=said["is_relevant"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response({"comment": int(pk), **said})


def theme_row(row: Row) -> Row:
    """A theme."""
    plain = {name: row[name] for name in COLUMNS if name != "task_id"}
    return plain | {"task": row["task_id"], "answer": row["answer"] or None}
