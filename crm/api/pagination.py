"""Lists of the API: {results, next, previous, count}, in keyset pages (crm/paging.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.problems import BadQuery
from crm.api.query import Query
from crm.paging import BadCursor, Order, capped_count, paginate

Row = dict[str, Any]
MAX_LIMIT = 200
# Counted up to here; beyond it `count` is null, since an exact count reads every row.
MAX_COUNT = 10_000


class PageQuery(Query):
    """Parameters of every list."""

    limit = serializers.IntegerField(
        min_value=1, max_value=MAX_LIMIT, default=50, help_text="Rows on a page."
    )
    cursor = serializers.CharField(
        max_length=2_000, required=False, help_text="From `next` or `previous` of an answer."
    )
    count = serializers.BooleanField(
        default=True,
        help_text=f"`false` leaves `count` null, which is quicker. Lists beyond {MAX_COUNT:,} rows "
        "have no count.",
    )


def page_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The shape of a page whose rows are of `schema`."""
    link = {"type": ["string", "null"], "format": "uri"}
    return {
        "type": "object",
        "required": ["results", "next", "previous", "count"],
        "properties": {
            "results": schema,
            "next": {**link, "description": "The next page; null on the last."},
            "previous": {**link, "description": "The page before; null on the first."},
            "count": {
                "type": ["integer", "null"],
                "description": f"All rows; null beyond {MAX_COUNT:,} or when not asked for.",
            },
        },
    }


class WholeList(BasePagination):
    """For lists that are short by nature: all of it, in the shape of a page."""

    def whole(self, rows: list[Row]) -> Response:
        """The answer to a list request."""
        return Response({"results": rows, "next": None, "previous": None, "count": len(rows)})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape of a page, for the OpenAPI schema."""
        return page_schema(schema)


class KeysetPagination(BasePagination):
    """Answers with a page of rows, as values() or models."""

    def page(
        self,
        rows: QuerySet[Any, Any],
        *,
        order: Order,
        request: Request,
        query: Mapping[str, Any],
        represent: Callable[[list[Row]], list[Row]],
    ) -> Response:
        """The answer to a list request whose checked parameters are `query` (a PageQuery)."""
        try:
            page = paginate(rows, order, cursor=query.get("cursor"), size=query["limit"])
        except BadCursor as error:
            raise BadQuery.of("cursor", "bad_cursor", str(error)) from error

        def link(cursor: str | None) -> str | None:
            if cursor is None:
                return None
            params = request.query_params.copy()
            params["cursor"] = cursor
            return request.build_absolute_uri(f"{request.path}?{params.urlencode()}")

        count = capped_count(rows, cap=MAX_COUNT) if query["count"] else None
        return Response(
            {
                "results": represent(page.items),
                "next": link(page.next),
                "previous": link(page.previous),
                "count": None if count is None or count.is_capped else count.number,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape of a page, for the OpenAPI schema."""
        return page_schema(schema)
