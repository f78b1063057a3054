"""Saved views of the list of creators: what `creators?filter=` takes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row
from crm.choices import ListKind, Scope
from crm.models import SavedView
from crm.paging import Order

ORDER = Order("views", key="name")
COLUMNS = ("id", "list", "name", "query", "author__email", "private_to", "updated_at")


class SavedViewSerializer(serializers.Serializer[Any]):
    """A list as somebody wants to see it again."""

    id = serializers.IntegerField()
    list = serializers.ChoiceField(choices=ListKind.choices)
    name = serializers.CharField()
    query = serializers.CharField(
        help_text="Filters, columns and order, as in the address of the list."
    )
    author = serializers.EmailField(allow_null=True)
    is_shared = serializers.BooleanField(help_text="Everybody in the brand sees it.")
    updated_at = serializers.DateTimeField()


def views(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {
            "id": row["id"],
            "list": row["list"],
            "name": row["name"],
            "query": row["query"],
            "author": row["author__email"],
            "is_shared": row["private_to"] is None,
            "updated_at": row["updated_at"],
        }
        for row in rows
    ]


class SavedViewViewSet(BrandViewSet[SavedView]):
    """The shared views, and those of the token's user."""

    scope = Scope.CREATORS_READ
    queryset = SavedView.objects.none()
    serializer_class = SavedViewSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[SavedView]:
        """Of the token's brand, as far as its user sees them."""
        return SavedView.objects.visible_to(self.actor).filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Views by name."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=views)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One view."""
        [found] = views([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])
        return Response(found)
