"""Dimensions: the ways in which the brand looks at its creators."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import KeysetPagination, PageQuery, Row, WholeList
from crm.api.problems import MEDIA_TYPE
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.paging import Order
from segmentation.choices import Cadence, Cause, SegmentStatus
from segmentation.models import Dimension
from segmentation.selectors.ledger import stays_of_dimension
from segmentation.services import dimensions as service
from segmentation.services.edits import EditRefused

KEY = "[-a-zA-Z0-9_]{1,60}"
STAY_ORDER = Order("stays", key="creator_id", tie="segment_id")
STAY_COLUMNS = (
    "creator__uid",
    "creator__name",
    "segment__key",
    "version__number",
    "entered_at",
    "entered_cause",
    "left_at",
    "left_cause",
)
COLUMNS = (
    "key",
    "name",
    "description",
    "is_exclusive",
    "has_precedence",
    "position",
    "cadence",
    "cron",
    "drift_alert_percent",
)
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="`errors[0].code` is `segment_cycle`, or `outdated`: the order does not name "
        "every segment once.",
    )
}


class DimensionSerializer(serializers.Serializer[Any]):
    """A way of looking at creators, which holds segments."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    is_exclusive = serializers.BooleanField(
        help_text="A creator is in one of its segments at most."
    )
    has_precedence = serializers.BooleanField(
        help_text="Of several segments, the first in order is the effective one."
    )
    position = serializers.IntegerField()
    cadence = serializers.ChoiceField(
        choices=Cadence.choices, help_text="How often all are evaluated anew."
    )
    cron = serializers.CharField(allow_null=True, help_text="Of the cadence `cron`.")
    drift_alert_percent = serializers.IntegerField(
        help_text="A run that moves more of the creators alerts; 0: never."
    )
    origin = serializers.CharField(allow_null=True, help_text="The pack it came from.")
    segments = serializers.IntegerField(help_text="How many, without the archived ones.")


class StayingCreatorSerializer(serializers.Serializer[Any]):
    """Who is there."""

    uid = serializers.UUIDField()
    name = serializers.CharField()


class DimensionStaySerializer(serializers.Serializer[Any]):
    """A stay of a creator in one of the segments: closed-open, no end while it lasts."""

    creator = StayingCreatorSerializer()
    segment = serializers.CharField(help_text="The segment's key.")
    version = serializers.IntegerField(help_text="The version of the rule that let them in.")
    entered_at = serializers.DateTimeField()
    entered_cause = serializers.ChoiceField(choices=Cause.choices)
    left_at = serializers.DateTimeField(allow_null=True)
    left_cause = serializers.ChoiceField(choices=Cause.choices, allow_null=True)


class DimensionChange(Body):
    """What to change; what is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=2_000, allow_blank=True, required=False)
    is_exclusive = serializers.BooleanField(required=False)
    has_precedence = serializers.BooleanField(required=False)
    cadence = serializers.ChoiceField(choices=Cadence.choices, required=False)
    cron = serializers.CharField(
        max_length=100,
        allow_blank=True,
        required=False,
        help_text="Of the cadence `cron`: minute, hour, day, month, weekday.",
    )
    drift_alert_percent = serializers.IntegerField(min_value=0, max_value=100, required=False)


class NewDimension(DimensionChange):
    """A way of looking at creators, without segments yet."""

    key = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120)


class SegmentOrder(Body):
    """The segments of the dimension, all but the archived ones, each once."""

    segments = serializers.ListField(child=serializers.CharField(max_length=60), max_length=1_000)


class StaysQuery(PageQuery):
    """Of which moment."""

    as_of = MomentField(
        required=False, help_text="Stays that hold at this moment, by the ledger. Default: now."
    )


class DimensionViewSet(BrandViewSet[Dimension]):
    """Dimensions of the brand."""

    scope = Scope.SEGMENTS_READ
    write_scope = Scope.SEGMENTS_WRITE
    queryset = Dimension.objects.none()
    serializer_class = DimensionSerializer
    lookup_field = "key"
    lookup_value_regex = KEY
    pagination_class = WholeList
    queries = {"stays": StaysQuery}

    def get_queryset(self) -> QuerySet[Dimension]:
        """Dimensions of the token's brand."""
        return Dimension.objects.filter(brand=self.brand)

    def rows(self) -> Any:
        """Dimensions of the token's brand, as the API shows them."""
        shown = Q(segments__isnull=False) & ~Q(segments__status=SegmentStatus.ARCHIVED)
        dimensions = self.get_queryset().order_by("position", "key")
        return dimensions.values(*COLUMNS, "origin", count=Count("segments", filter=shown))

    def list(self, request: Request) -> Response:
        """All dimensions, in the order in which they are shown to people."""
        return self.whole([dimension_row(row) for row in self.rows()])

    @extend_schema(responses=DimensionSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One dimension."""
        return Response(dimension_row(self.one(self.rows().filter(key=key))))

    @extend_schema(request=NewDimension, responses={201: DimensionSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Add a way of looking at creators, after the ones there are."""
        body = NewDimension(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(EditRefused, body=body):
            made = service.create_dimension(
                brand=self.brand,
                key=body.validated_data["key"],
                values=body.validated_data,
                at=timezone.now(),
                actor=self.actor,
            )
        return Response(dimension_row(self.rows().get(pk=made.pk)), status=201)

    @extend_schema(request=DimensionChange, responses={200: DimensionSerializer, **REFUSED})
    def partial_update(self, request: Request, key: str) -> Response:
        """Change what a dimension is; who may be where changes with the next run."""
        dimension = self.one(self.get_queryset().filter(key=key).values("id"))
        body = DimensionChange(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(EditRefused, body=body):
            service.change_dimension(
                dimension_id=dimension["id"],
                changes=body.validated_data,
                at=timezone.now(),
                actor=self.actor,
            )
        return self.retrieve(request, key)

    @extend_schema(request=SegmentOrder, responses={200: SegmentOrder, **REFUSED})
    def order(self, request: Request, key: str) -> Response:
        """Put the segments in this order, the first first; members move with the next run."""
        dimension = self.one(self.get_queryset().filter(key=key).values("id"))
        body = SegmentOrder(data=request.data)
        body.is_valid(raise_exception=True)
        with refusals(EditRefused, body=body):
            service.order_segments(
                dimension_id=dimension["id"],
                keys=body.validated_data["segments"],
                at=timezone.now(),
                actor=self.actor,
            )
        return Response(body.validated_data)

    @extend_schema(responses=DimensionStaySerializer(many=True))
    @action(detail=True, pagination_class=KeysetPagination)
    def stays(self, request: Request, key: str) -> Response:
        """Who is, or was at `as_of`, in which segment of the dimension, by creator."""
        dimension = self.one(self.get_queryset().filter(key=key).values("id"))
        rows = stays_of_dimension(dimension["id"], self.query.get("as_of"))
        return self.page(rows.values(*STAY_COLUMNS), order=STAY_ORDER, represent=stays)


def dimension_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the API shows it."""
    shown = {column: row[column] for column in COLUMNS}
    return {
        **shown,
        "cron": row["cron"] or None,
        "origin": row["origin"] or None,
        "segments": row["count"],
    }


def stays(rows: list[Row]) -> list[Row]:
    """Rows of STAY_COLUMNS as the API shows them."""
    return [
        {
            "creator": {"uid": row["creator__uid"], "name": row["creator__name"]},
            "segment": row["segment__key"],
            "version": row["version__number"],
            "entered_at": row["entered_at"],
            "entered_cause": row["entered_cause"],
            "left_at": row["left_at"],
            "left_cause": row["left_cause"] or None,
        }
        for row in rows
    ]
