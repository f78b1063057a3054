"""What the token's user was told, and marking it read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.choices import NotificationKind, Scope
from crm.models import Notification
from crm.paging import Order
from crm.services.notifications import mark_read

ORDER = Order("notifications", key="id", descending=True)
COLUMNS = ("id", "kind", "text", "url", "created_at", "read_at")
IDS_MAX = 1_000


class NotificationSerializer(serializers.Serializer[Any]):
    """One line that the user was told."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=NotificationKind.choices)
    text = serializers.CharField()
    url = serializers.CharField(allow_null=True, help_text="A path of this product.")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NotificationFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which notifications to list."""

    is_read = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", exclude=True)
    kind = filters.ChoiceFilter(choices=NotificationKind.choices)

    class Meta:
        model = Notification
        fields: list[str] = []


class ReadNotifications(Body):
    """Which to mark read."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        allow_null=True,
        max_length=IDS_MAX,
        help_text="Null: all of them. Those of others are passed over.",
    )


class ReadSerializer(serializers.Serializer[Any]):
    """What came of it."""

    marked = serializers.IntegerField(help_text="How many were unread.")


class NotificationViewSet(BrandViewSet[Notification]):
    """Notifications of the token's user in the token's brand."""

    scope = Scope.TASKS_READ
    write_scope = Scope.TASKS_WRITE
    queryset = Notification.objects.none()
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter

    def get_queryset(self) -> QuerySet[Notification]:
        """One's own, of this brand."""
        return Notification.objects.filter(user=self.actor, brand=self.brand)

    def list(self, request: Request) -> Response:
        """Notifications, newest first."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=notifications)

    @extend_schema(request=ReadNotifications, responses=ReadSerializer)
    def read(self, request: Request) -> Response:
        """Mark some or all of them read."""
        body = ReadNotifications(data=request.data)
        body.is_valid(raise_exception=True)
        ids = body.validated_data["ids"]
        marked = mark_read(user=self.actor, brand=self.brand, ids=ids, at=timezone.now())
        return Response({"marked": marked})


def notifications(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [row_of(row) for row in rows]


def row_of(row: Row) -> Row:
    """One of them."""
    return {
        "id": row["id"],
        "kind": row["kind"],
        "text": row["text"],
        "url": row["url"] or None,
        "created_at": row["created_at"],
        "read_at": row["read_at"],
    }
