"""Comments of somebody who asks that they go, over REST."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.models import PostComment
from crm.services.post_comments import forgetting
from crm.services.post_comments.keeping import CommentsRefused


class ForgetAuthorBody(Body):
    """Who asks."""

    platform = serializers.CharField(max_length=30, help_text="Its key.")
    author = serializers.CharField(
        max_length=200, help_text="The key or the name that their comments came with."
    )


class AuthorForgottenSerializer(serializers.Serializer[Any]):
    """What went."""

    deleted = serializers.IntegerField(help_text="Comments.")


class CommentAuthorViewSet(BrandViewSet[PostComment]):
    """Whoever wrote comments."""

    scope = Scope.PRIVACY_READ
    write_scope = Scope.PRIVACY_WRITE
    queryset = PostComment.objects.none()
    serializer_class = AuthorForgottenSerializer

    @extend_schema(
        request=ForgetAuthorBody,
        responses=AuthorForgottenSerializer,
        examples=[
            OpenApiExample(
                "Of one platform",
                value={"platform": "instagram", "author": "kim"},
                request_only=True,
            )
        ],
    )
    def forget(self, request: Request) -> Response:
        """Delete all comments of an author; nothing is kept of who that was."""
        body = ForgetAuthorBody(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(CommentsRefused, body=body):
            gone = forgetting.forget_author(
                brand=self.brand,
                platform=body.validated_data["platform"],
                key=body.validated_data["author"],
                actor=self.actor,
                at=timezone.now(),
            )
        return Response({"deleted": gone})
