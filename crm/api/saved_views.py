"""Saved views of the list of creators: what `creators?filter=` takes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.choices import ListKind, Scope
from crm.filters import CreatorFilter
from crm.lists.columns import PARAMETER as COLUMNS_PARAMETER
from crm.lists.columns import unknown_columns
from crm.lists.query import kept
from crm.lists.selection import errors_in_words
from crm.models import SavedView
from crm.paging import Order
from crm.permissions import Can, may
from crm.selectors import relationships_of
from crm.services import saved_views as service

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


class SavedViewChange(Body):
    """What to change; what is left out stays."""

    name = serializers.CharField(max_length=service.NAME_MAX, required=False)
    query = serializers.CharField(
        max_length=service.QUERY_MAX,
        allow_blank=True,
        required=False,
        help_text="As in the address of the list: stage=core&country=DK&sort=-followers.",
    )
    is_shared = serializers.BooleanField(required=False)

    def validate_query(self, words: str) -> str:
        """In the one spelling of it; what a list does not know, or cannot use, is refused."""
        request: Request = self.context["request"]
        brand = self.context["brand"]
        asked = QueryDict(words)
        known = {*CreatorFilter.base_filters, COLUMNS_PARAMETER}
        wrong = sorted(set(asked) - known)
        wrong += unknown_columns(brand, asked.get(COLUMNS_PARAMETER, ""))
        if wrong:
            said = f"There is no filter or column {', '.join(wrong)}."
            raise serializers.ValidationError(ErrorDetail(said[:300], "unknown_filter"))
        found = CreatorFilter(asked, relationships_of(brand), request=request)
        if not found.is_valid():
            raise serializers.ValidationError(ErrorDetail(errors_in_words(found), "invalid"))
        return kept(asked)


class NewSavedView(SavedViewChange):
    """A list of creators, to be kept under a name."""

    name = serializers.CharField(max_length=service.NAME_MAX)
    query = serializers.CharField(max_length=service.QUERY_MAX, allow_blank=True)
    is_shared = serializers.BooleanField(required=False, default=False)


class SavedViewViewSet(BrandViewSet[SavedView]):
    """The shared views, and those of the token's user."""

    scope = Scope.CREATORS_READ
    write_scope = Scope.CREATORS_WRITE
    # One's own: the service asks whose it is.
    write_can = Can.VIEW
    http_method_names = ["get", "head", "post", "patch", "delete"]
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

    @extend_schema(
        request=NewSavedView,
        responses={201: SavedViewSerializer},
        examples=[
            OpenApiExample(
                "Danish core partners",
                value={"name": "Danish core", "query": "country=DK&stage=core", "is_shared": True},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Keep a list of creators under a name; it is nobody's tab before somebody pins it."""
        body, said = self._said(NewSavedView)
        with refusals(service.ViewRefused, body=body):
            made = service.save_new(brand=self.brand, author=self.actor, is_pinned=False, **said)
        [found] = views(list(self.get_queryset().filter(pk=made.pk).values(*COLUMNS)))
        return Response(found, status=201)

    @extend_schema(request=SavedViewChange, responses=SavedViewSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a view's list or name, share it or take it back: your own, or as an admin."""
        found = self._view(pk)
        body, said = self._said(SavedViewChange)
        who: dict[str, Any] = {"view": found, "actor": self.actor, "is_admin": self._is_admin}
        with refusals(service.ViewRefused, body=body), transaction.atomic():
            if "query" in said:
                service.overwrite(query=said["query"], **who)
            if said.keys() & {"name", "is_shared"}:
                service.change(
                    name=said.get("name", found.name),
                    is_shared=said.get("is_shared", found.private_to_id is None),
                    **who,
                )
        return self.retrieve(request, pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a view for everybody who sees it: your own, or as an admin."""
        with refusals(service.ViewRefused):
            service.delete(view=self._view(pk), actor=self.actor, is_admin=self._is_admin)
        return Response(status=204)

    @property
    def _is_admin(self) -> bool:
        return may(self.role, Can.MANAGE_BRAND)

    def _view(self, pk: str) -> SavedView:
        found = self.get_queryset().select_related("author", "brand").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _said(self, body_class: type[Body]) -> tuple[Body, dict[str, Any]]:
        """The checked body, and what it says."""
        body = body_class(
            data=self.request.data, context={"brand": self.brand, "request": self.request}
        )
        body.is_valid(raise_exception=True)
        return body, dict(body.validated_data)
