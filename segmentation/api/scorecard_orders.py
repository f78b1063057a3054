"""Scorecards that a worker was asked for: of a quarter, by who looks at it or wants it anew."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import Refused
from crm.api.schema import refusal
from crm.choices import Scope
from crm.paging import Order
from segmentation.choices import ErrandStatus
from segmentation.models import ScorecardOrder
from segmentation.services import scorecard_orders
from segmentation.services.scorecards import PeriodRefused, read_period

ORDER = Order("scorecard-orders", key="id", descending=True)
# Most quarters are through by then.
LOOK_AGAIN_AFTER = 5
COLUMNS = ("id", "period", "segment__key", "status", "error", "requested_at")


class PeriodBody(Body):
    """Which quarter."""

    period = serializers.CharField(
        max_length=20, help_text="A quarter of the brand's fiscal calendar, e.g. 2026Q3."
    )

    def validate_period(self, text: str) -> str:
        """The quarter, as it is stored."""
        try:
            return str(read_period(text, brand=self.context["brand"], as_of=timezone.now()))
        except PeriodRefused as no:
            raise serializers.ValidationError(ErrorDetail(str(no), no.code)) from no


class ScorecardOrderSerializer(serializers.Serializer[Any]):
    """A quarter whose scorecards somebody looked at, or wanted anew: all who ask share one."""

    id = serializers.IntegerField()
    period = serializers.CharField()
    segment = serializers.CharField(
        allow_null=True, help_text="Null: of all segments in use. Else one that is not in use."
    )
    status = serializers.ChoiceField(choices=ErrandStatus.choices)
    error = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField()


@extend_schema_serializer(many=False)
class UnderWaySerializer(ScorecardOrderSerializer):
    """There is no scorecard yet: a worker was asked for it. Ask again after `Retry-After`."""


UNDER_WAY: dict[Any, Any] = {
    202: OpenApiResponse(
        UnderWaySerializer,
        description="Not computed yet, a worker was asked: ask again after `Retry-After` seconds.",
    ),
    **refusal("not_computed"),
}


def under_way(order: ScorecardOrder) -> Response:
    """The answer while what was asked for is computed; Refused where that failed just now."""
    if not order.is_open:
        raise Refused(order.error, code="not_computed")
    return _accepted(order)


class ScorecardOrderViewSet(BrandViewSet[ScorecardOrder]):
    """Scorecards that a worker was asked for."""

    scope = Scope.SCORECARDS_READ
    write_scope = Scope.RUNS_WRITE
    queryset = ScorecardOrder.objects.none()
    serializer_class = ScorecardOrderSerializer
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[ScorecardOrder]:
        """Those of the token's brand."""
        return ScorecardOrder.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Each quarter that somebody looked at or asked for, once; the newest first."""
        rows = self.get_queryset().values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=lambda found: [_shown(row) for row in found])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One: ask again while its status is `queued`."""
        return Response(_shown(self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))))

    @extend_schema(
        request=PeriodBody,
        responses={
            202: OpenApiResponse(
                ScorecardOrderSerializer, description="Queued; the Location header leads to it."
            )
        },
        examples=[OpenApiExample("Of a quarter", value={"period": "2026Q3"}, request_only=True)],
    )
    def refresh(self, request: Request) -> Response:
        """Have the scorecards of all segments in use computed now, not with the next run."""
        body = PeriodBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        try:
            order = scorecard_orders.ask(
                brand=self.brand,
                period=body.validated_data["period"],
                actor=self.actor,
                at=timezone.now(),
            )
        except PeriodRefused as no:
            raise serializers.ValidationError({"period": ErrorDetail(str(no), no.code)}) from no
        address = f"{reverse('api-scorecard-orders-detail', args=[order.pk])}/"
        answer = _accepted(order)
        answer["Location"] = request.build_absolute_uri(address)
        return answer


def _accepted(order: ScorecardOrder) -> Response:
    rows = ScorecardOrder.objects.filter(pk=order.pk).values(*COLUMNS)
    return Response(
        _shown(rows.get()),
        status=HTTPStatus.ACCEPTED,
        headers={"Retry-After": str(LOOK_AGAIN_AFTER)},
    )


def _shown(row: Row) -> Row:
    return {
        "id": row["id"],
        "period": row["period"],
        "segment": row["segment__key"],
        "status": row["status"],
        "error": row["error"] or None,
        "requested_at": row["requested_at"],
    }
