"""What webhooks were told, attempt by attempt, to be sent again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.choices import DeliveryStatus, Scope
from crm.models import Brand, WebhookDelivery
from crm.paging import Order
from crm.services.webhooks import again, calling, keeping

ORDER = Order("webhook-deliveries", key="created_at", descending=True)


class DeliverySerializer(serializers.Serializer[Any]):
    """One thing told to one webhook."""

    id = serializers.IntegerField()
    webhook = serializers.IntegerField()
    message = serializers.CharField(help_text="As the header `webhook-id` has it.")
    type = serializers.CharField()
    status = serializers.ChoiceField(choices=DeliveryStatus.choices)
    attempts = serializers.IntegerField()
    next_try_at = serializers.DateTimeField(allow_null=True)
    status_code = serializers.IntegerField(allow_null=True, help_text="Of the last answer.")
    duration_ms = serializers.IntegerField(allow_null=True, help_text="Of the last attempt.")
    error = serializers.CharField(allow_null=True, help_text="What was wrong with it, in words.")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class AttemptSerializer(serializers.Serializer[Any]):
    """One attempt to deliver it."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    duration_ms = serializers.IntegerField()
    status_code = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField(allow_null=True, help_text="The beginning of it.")
    error = serializers.CharField(allow_null=True)


class DeliveryItemSerializer(DeliverySerializer):
    """One thing told to one webhook, with each attempt."""

    log = AttemptSerializer(many=True)


class DeliveryFilter(filters.FilterSet):  # type: ignore[misc] # no types
    """Which deliveries to list."""

    webhook = filters.NumberFilter(field_name="webhook", min_value=1, max_value=2**63 - 1)
    status = filters.ChoiceFilter(choices=DeliveryStatus.choices)

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []


class DeliveryViewSet(BrandViewSet[WebhookDelivery]):
    """What the brand's webhooks were told in the last 30 days."""

    scope = Scope.WEBHOOKS_READ
    write_scope = Scope.WEBHOOKS_WRITE
    queryset = WebhookDelivery.objects.none()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        """Those of the token's brand."""
        return deliveries_of(self.brand)

    def list(self, request: Request) -> Response:
        """Deliveries, the newest first."""
        rows = self.filter_queryset(self.get_queryset())
        return self.page(rows, order=ORDER, represent=deliveries)

    @extend_schema(responses=DeliveryItemSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One delivery with its attempts."""
        found = self._delivery(pk)
        [row] = deliveries([found])
        log = [
            {
                "number": one.number,
                "at": one.at,
                "duration_ms": one.duration_ms,
                "status_code": one.status_code,
                "answer": one.answer or None,
                "error": one.error or None,
            }
            for one in found.log.all()
        ]
        return Response({**row, "log": log})

    @extend_schema(request=None, responses={202: DeliverySerializer})
    def replay(self, request: Request, pk: str) -> Response:
        """Send it again, under the name it had; 409 where its webhook is paused."""
        found = self._delivery(pk)
        with refusals(keeping.WebhookRefused):
            again.send_again(delivery=found, actor=self.actor, at=timezone.now())
        [row] = deliveries([self._delivery(pk)])
        return Response(row, status=202)

    def _delivery(self, pk: str) -> WebhookDelivery:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def deliveries_of(brand: Brand) -> QuerySet[WebhookDelivery]:
    """A brand's deliveries, with what the API shows of each."""
    return WebhookDelivery.objects.filter(webhook__brand=brand).for_log()


def deliveries(rows: Iterable[Any]) -> list[Row]:
    """Deliveries as the API shows them."""
    return [
        {
            "id": row.pk,
            "webhook": row.webhook_id,
            "message": calling.name_of(row.webhook, row),
            "type": row.entry.verb if row.entry else calling.PING,
            "status": row.status,
            "attempts": row.attempts,
            "next_try_at": row.next_try_at,
            "status_code": row.last_status,
            "duration_ms": row.last_ms,
            "error": row.last_error or None,
            "created_at": row.created_at,
            "ended_at": row.ended_at,
        }
        for row in rows
    ]
