"""Counts of a post that somebody read off: one more moment of its history."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.problems import BadBody, Fault, Refused
from crm.api.profiles import known_to
from crm.api.query import MomentField
from crm.api.schema import refusal
from crm.choices import Scope, Source
from crm.models import Post
from crm.services.post_counts import COUNT_MAX, COUNTS, ROWS_MAX, Counted, CountsRefused, add_counts

_COUNT: dict[str, Any] = {
    "min_value": 0,
    "max_value": COUNT_MAX,
    "required": False,
    "allow_null": True,
}


class CountsBody(Body):
    """Counts at a moment; what is left out is not known."""

    captured_at = MomentField()
    likes = serializers.IntegerField(**_COUNT)
    comments = serializers.IntegerField(**_COUNT)
    saves = serializers.IntegerField(**_COUNT)
    shares = serializers.IntegerField(**_COUNT)
    views = serializers.IntegerField(**_COUNT)
    reach = serializers.IntegerField(**_COUNT)
    impressions = serializers.IntegerField(**_COUNT)
    completions = serializers.IntegerField(**_COUNT)
    opens = serializers.IntegerField(**_COUNT)
    captures = serializers.IntegerField(**_COUNT)
    downloads = serializers.IntegerField(**_COUNT)


class NewCounts(Body):
    """Moments of a post, all or none."""

    counts = serializers.ListField(child=CountsBody(), min_length=1, max_length=ROWS_MAX)


class KeptCountsSerializer(serializers.Serializer[Any]):
    """What became of them."""

    new = serializers.IntegerField()
    known = serializers.IntegerField(help_text="That were there already, with these numbers.")


class PostCountsViewSet(BrandViewSet[Post]):
    """The history of a post's counts; `posts/{id}/` shows it."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.IMPORTS_WRITE
    queryset = Post.objects.none()
    serializer_class = KeptCountsSerializer
    lookup_value_regex = ID
    http_method_names = ["post"]

    def get_queryset(self) -> QuerySet[Post]:
        """Posts of creators with whom the brand has a relationship."""
        return Post.objects.filter(known_to(self.brand))

    @extend_schema(
        request=NewCounts,
        responses={
            200: KeptCountsSerializer,
            201: KeptCountsSerializer,
            **refusal("known_differently"),
        },
        examples=[
            OpenApiExample(
                "A moment",
                value={
                    "counts": [{"captured_at": "2026-11-21T09:00:00Z", "likes": 412, "views": 9100}]
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request, pk: str) -> Response:
        """Add counts that were read off; the newest become the post's own. History stays."""
        post = self.get_queryset().filter(pk=pk).first()
        if post is None:
            raise Http404
        body = NewCounts(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        rows = [_counted(one) for one in body.validated_data["counts"]]
        try:
            kept = add_counts(
                post_id=post.pk,
                brand=self.brand,
                rows=rows,
                source=Source.MANUAL,
                actor=self.actor,
                at=timezone.now(),
            )
        except CountsRefused as no:
            if no.place is None or no.code == "known_differently":
                raise Refused(no, code=no.code) from no
            raise BadBody([Fault(f"/counts/{no.place}/{no.field}", no.code, str(no))]) from no
        status = HTTPStatus.CREATED if kept.new else HTTPStatus.OK
        return Response({"new": kept.new, "known": kept.known}, status=status)


def _counted(said: dict[str, Any]) -> Counted:
    counts = {name: said[name] for name in COUNTS if said.get(name) is not None}
    return Counted(said["captured_at"], counts)
