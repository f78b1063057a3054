"""Files of numbers and words that the brand took in, kind by kind, and taking one back.

`uploads/comments/` and `uploads/samples/` here; upper apps have kinds of their own. Lists of
creators and posts are `imports/`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.api.schema import refusal
from crm.choices import Scope
from crm.models import CommentBatch, SampleBatch
from crm.paging import Order
from crm.services.audience_samples import importing as samples
from crm.services.post_comments import importing
from crm.services.post_comments.keeping import CommentsRefused


@dataclass(frozen=True)
class Kind:
    """A kind of uploads.

    about    what the files hold, in words
    model    its rows: with `brand`, `file_name`, `created_by`, `created_at`, `undone_at`
    counts   columns of numbers, or one named `counts` that holds them by name
    undo     the service that takes one back, by `batch_id`, `brand`, `actor`, `at`
    refused  what it raises; `code` is the API's
    """

    key: str
    about: str
    model: type[Model]
    counts: tuple[str, ...]
    undo: Callable[..., object]
    refused: type[Exception]
    scope: Scope
    write_scope: Scope


class UploadSerializer(serializers.Serializer[Any]):
    """One file that was taken in."""

    id = serializers.IntegerField()
    file_name = serializers.CharField(allow_null=True, help_text="Null: told over REST.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="What became of its rows."
    )
    created_by = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class UploadViewSet(BrandViewSet[Any]):
    """Uploads of one kind."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = CommentBatch.objects.none()
    serializer_class = UploadSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]
    kind: ClassVar[Kind]

    def get_queryset(self) -> QuerySet[Any]:
        """Those of the token's brand."""
        return self.kind.model._default_manager.filter(brand=self.brand)

    def page_of_uploads(self) -> Response:
        """The newest first."""
        order = Order(f"uploads-{self.kind.key}", key="id", descending=True)
        return self.page(self._rows(), order=order, represent=self._shown)

    def one_upload(self, pk: str) -> Response:
        """One of them."""
        [found] = self._shown([self.one(self._rows().filter(pk=pk))])
        return Response(found)

    def take_back(self, pk: str) -> Response:
        """Undo what it brought; 409 where that cannot be."""
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        with refusals(self.kind.refused):
            self.kind.undo(
                batch_id=row["id"], brand=self.brand, actor=self.actor, at=timezone.now()
            )
        return self.one_upload(pk)

    def _rows(self) -> QuerySet[Any, Any]:
        names = ("id", "file_name", "created_by__email", "created_at", "undone_at")
        return self.get_queryset().values(*names, *self.kind.counts)

    def _shown(self, rows: list[Row]) -> list[Row]:
        return [
            {
                "id": row["id"],
                "file_name": row["file_name"] or None,
                "counts": row["counts"]
                if self.kind.counts == ("counts",)
                else {name: row[name] for name in self.kind.counts},
                "created_by": row["created_by__email"],
                "created_at": row["created_at"],
                "undone_at": row["undone_at"],
            }
            for row in rows
        ]


def viewset_of(kind: Kind) -> type[UploadViewSet]:
    """The endpoint of a kind, described in the schema."""

    def list_(self: UploadViewSet, request: Request) -> Response:
        return self.page_of_uploads()

    def retrieve(self: UploadViewSet, request: Request, pk: str) -> Response:
        return self.one_upload(pk)

    def undo(self: UploadViewSet, request: Request, pk: str) -> Response:
        return self.take_back(pk)

    list_.__doc__ = f"Uploads of {kind.about}, the newest first."
    retrieve.__doc__ = f"One upload of {kind.about}."
    undo.__doc__ = f"Take back what an upload of {kind.about} brought."
    answers: dict[Any, Any] = {200: UploadSerializer, **refusal("undone", "outdated", "refused")}
    members = {
        "__doc__": f"Uploads of {kind.about}.",
        "kind": kind,
        "scope": kind.scope,
        "write_scope": kind.write_scope,
        "queryset": kind.model._default_manager.none(),
        "list": list_,
        "retrieve": retrieve,
        "undo": extend_schema(request=None, responses=answers)(undo),
    }
    return type(f"{kind.key.title()}UploadViewSet", (UploadViewSet,), members)


COMMENTS = Kind(
    "comments",
    "comments below posts",
    CommentBatch,
    ("comments_new", "comments_known", "posts"),
    importing.undo_import,
    CommentsRefused,
    Scope.SERIES_READ,
    Scope.SERIES_WRITE,
)
SAMPLES = Kind(
    "samples",
    "samples of followers",
    SampleBatch,
    ("samples", "people"),
    samples.undo_import,
    samples.SamplesRefused,
    Scope.SERIES_READ,
    Scope.SERIES_WRITE,
)
