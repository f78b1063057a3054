"""What is computed of creators with a number of 100, over REST: lists, one creator's, again now."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, TypeVar

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models.readings import Reading
from crm.api.base import UID, BrandViewSet
from crm.api.pagination import Row
from crm.choices import Scope
from crm.models import Relationship
from crm.paging import Order

R = TypeVar("R", bound=Reading)

COLUMNS = (
    "id",
    "score",
    "weights",
    "read_at",
    "relationship__creator__uid",
    "relationship__creator__name",
)


def of_100(**words: Any) -> serializers.DecimalField:
    """A number of 100, or null."""
    return serializers.DecimalField(max_digits=4, decimal_places=1, allow_null=True, **words)


class BelowFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """By score, or by creator."""

    below = filters.NumberFilter(
        field_name="score", lookup_expr="lt", min_value=0, max_value=100, label="Score below"
    )
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")


class ReadingViewSet(BrandViewSet[R], ABC):
    """The newest reading of each creator."""

    scope = Scope.REVIEWS_READ
    filterset_class = BelowFilter
    lookup_field = "uid"
    lookup_value_regex = UID
    order: ClassVar[Order]
    # What is read of a reading besides `COLUMNS`.
    more: ClassVar[tuple[str, ...]]

    def list(self, request: Request) -> Response:
        """Creators with the newest number of each, the lowest first; unknown last."""
        rows = self._values(self.filter_queryset(self.get_queryset()))
        return self.page(
            rows, order=self.order, represent=lambda some: list(map(self._plain, some))
        )

    def retrieve(self, request: Request, uid: str) -> Response:
        """One creator's; 404 where nothing was computed yet."""
        rows = self.get_queryset().filter(relationship__creator__uid=uid)
        return Response(self._plain(self.one(self._values(rows))))

    @abstractmethod
    def told(self, row: Row) -> Row:
        """What is said of a reading besides whose it is, its number and the weights' version."""

    def _values(self, rows: QuerySet[R]) -> QuerySet[R, Row]:
        return rows.values(*COLUMNS, *self.more)

    def _plain(self, row: Row) -> Row:
        return {
            "creator": {
                "uid": row["relationship__creator__uid"],
                "name": row["relationship__creator__name"],
            },
            "score": None if row["score"] is None else str(row["score"]),
            "weights": row["weights"],
            **self.told(row),
        }


class ComputedViewSet(ReadingViewSet[R]):
    """Readings that are computed again on request."""

    write_scope = Scope.REVIEWS_WRITE

    @extend_schema(request=None)
    def compute(self, request: Request, uid: str) -> Response:
        """Compute it now."""
        rows = Relationship.objects.filter(brand=self.brand, creator__uid=uid, unprofiled_at=None)
        relationship = rows.select_related("brand", "creator").first()
        if relationship is None:
            raise Http404
        self.read(relationship)
        return self.retrieve(request, uid)

    @abstractmethod
    def read(self, relationship: Relationship) -> None:
        """Compute the creator's number now."""
