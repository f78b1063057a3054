"""Daily series over REST: made, written and read by day; notes on days."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.choices import SeriesKind
from campaigns.models import DailySeries, DailyValue, DayNote
from campaigns.selectors.series.charts import in_list
from campaigns.services.series import keeping, notes
from campaigns.services.series.keeping import SeriesRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body, NumberField
from crm.api.pagination import KeysetPagination, PageQuery, Row, WholeList
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.models import Platform
from crm.paging import Order

KEY = "[-a-zA-Z0-9_]{1,60}"
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description="It cannot be kept; why.")
}
BY_DAY = Order("-day", "day", "id", descending=True)


class SeriesSerializer(serializers.Serializer[Any]):
    """A series: a number for each day that is known."""

    key = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=SeriesKind.choices)
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment] # a field's name
    days = serializers.IntegerField(help_text="How many are known.")
    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)


class DailyValueSerializer(serializers.Serializer[Any]):
    """A day of a series."""

    day = serializers.DateField()
    value = serializers.FloatField()


class WrittenSerializer(serializers.Serializer[Any]):
    """What became of the values."""

    new = serializers.IntegerField()
    replaced = serializers.IntegerField()


class DayNoteSerializer(serializers.Serializer[Any]):
    """What happened on a day."""

    id = serializers.IntegerField()
    day = serializers.DateField()
    title = serializers.CharField()
    platform = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)


class SeriesBody(Body):
    """A series that is to be kept; its key is made of its name."""

    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=SeriesKind.choices)
    source = serializers.CharField(  # type: ignore[assignment] # a field's name
        max_length=200, allow_blank=True, default=""
    )


class DailyValueBody(Body):
    """A day of a series."""

    day = serializers.DateField()
    value = NumberField(min_value=0)


class ValuesBody(Body):
    """Values; a day that is there is replaced."""

    values = serializers.ListField(child=DailyValueBody(), min_length=1, max_length=5_000)


class DayNoteBody(Body):
    """What happened on a day."""

    day = serializers.DateField()
    title = serializers.CharField(max_length=160)
    platform = serializers.CharField(
        max_length=30, allow_null=True, default=None, help_text="A platform's key."
    )
    url = serializers.CharField(max_length=500, allow_blank=True, default="")

    def validate_platform(self, key: str | None) -> Platform | None:
        """A platform that is known."""
        found = Platform.objects.filter(key=key).first() if key is not None else None
        if key is not None and found is None:
            words = "There is no platform of this key."
            raise serializers.ValidationError(ErrorDetail(words, "unknown_platform"))
        return found


class SeriesViewSet(BrandViewSet[DailySeries]):
    """Daily series of the brand."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = DailySeries.objects.none()
    serializer_class = SeriesSerializer
    lookup_field = "key"
    lookup_value_regex = KEY
    pagination_class = WholeList

    def get_queryset(self) -> QuerySet[DailySeries]:
        """Series of the token's brand."""
        return in_list(self.brand)

    def list(self, request: Request) -> Response:
        """All of them, by name."""
        return self.whole([series_row(one) for one in self.get_queryset()])

    @extend_schema(responses=SeriesSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One of them."""
        return Response(series_row(self._found(key)))

    @extend_schema(request=SeriesBody, responses={201: SeriesSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Make a series."""
        body = SeriesBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(SeriesRefused, body=body):
            made = keeping.create_series(
                brand=self.brand, **body.validated_data, actor=self.actor, at=timezone.now()
            )
        return Response(series_row(self._found(made.key)), status=HTTPStatus.CREATED)

    def _found(self, key: str) -> DailySeries:
        found = self.get_queryset().filter(key=key).first()
        if found is None:
            raise Http404
        return found


class SeriesValueViewSet(BrandViewSet[DailyValue]):
    """The days of a series."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = DailyValue.objects.none()
    serializer_class = DailyValueSerializer
    pagination_class = KeysetPagination
    queries = {"list": PageQuery}

    def _series(self, key: str) -> DailySeries:
        rows = DailySeries.objects.filter(brand=self.brand, key=key).select_related("brand")
        found = rows.first()
        if found is None:
            raise Http404
        return found

    def list(self, request: Request, key: str) -> Response:
        """The days that are known, the newest first."""
        rows = DailyValue.objects.filter(series=self._series(key)).values("id", "day", "value")
        return self.page(
            rows,
            order=BY_DAY,
            represent=lambda found: [{"day": row["day"], "value": row["value"]} for row in found],
        )

    @extend_schema(
        request=ValuesBody,
        responses={200: WrittenSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Two days",
                value={
                    "values": [
                        {"day": "2026-11-20", "value": 412},
                        {"day": "2026-11-21", "value": 398},
                    ]
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request, key: str) -> Response:
        """Write days down; sent twice they are there once."""
        series = self._series(key)
        body = ValuesBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        values = {one["day"]: one["value"] for one in body.validated_data["values"]}
        with refusals(SeriesRefused, body=body):
            kept = keeping.put_values(
                series=series, values=values, actor=self.actor, at=timezone.now()
            )
        return Response({"new": kept.new, "replaced": len(kept.replaced)})


class DayNoteViewSet(BrandViewSet[DayNote]):
    """What happened on days, and shows in numbers."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = DayNote.objects.none()
    serializer_class = DayNoteSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def list(self, request: Request) -> Response:
        """All of them, the newest first."""
        rows = DayNote.objects.filter(brand=self.brand).order_by("-day", "-pk")
        return self.whole([note_row(one) for one in rows])

    @extend_schema(request=DayNoteBody, responses={201: DayNoteSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Write one down."""
        body = DayNoteBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with refusals(SeriesRefused, body=body):
            made = notes.add_note(
                brand=self.brand, **body.validated_data, actor=self.actor, at=timezone.now()
            )
        return Response(note_row(made), status=HTTPStatus.CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take one back."""
        rows = DayNote.objects.filter(brand=self.brand, pk=pk).select_related("brand")
        note = rows.first()
        if note is None:
            raise Http404
        notes.remove_note(note=note, actor=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


def series_row(one: Any) -> Row:
    """A series, with how many days are known."""
    plain = ("key", "name", "kind", "days", "first", "last")
    return {name: getattr(one, name) for name in plain} | {"source": one.source or None}


def note_row(one: DayNote) -> Row:
    """A note."""
    return {
        "id": one.pk,
        "day": one.day,
        "title": one.title,
        "platform": one.platform_id,
        "url": one.url or None,
    }
