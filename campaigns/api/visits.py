"""Visits of the brand's site by link, code and day: told in batches, read as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import VisitDay
from campaigns.models.tracking import UTM
from campaigns.services import visits
from campaigns.services.visits import NUMBERS, SESSIONS_MAX, TOTAL_MAX, Told, VisitsRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.problems import BadBody, Fault
from crm.api.query import DayField
from crm.choices import Scope, Source
from crm.paging import Order

BATCH_MAX = 1_000
ORDER = Order("visits-api", key="id")
COLUMNS = ("id", "day", "link__code", "code__code", *NUMBERS, "source")
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True, "max_length": 100}
_COUNT: dict[str, Any] = {"required": False, "allow_null": True, "default": None, "min_value": 0}


class VisitDaySerializer(serializers.Serializer[Any]):
    """A day of visits by a link, or with a code; the other is null. Null numbers: not told."""

    id = serializers.IntegerField()
    day = serializers.DateField()
    link = serializers.CharField(allow_null=True, help_text="The end of the short link.")
    code = serializers.CharField(allow_null=True)
    sessions = serializers.IntegerField()
    engaged = serializers.IntegerField(allow_null=True)
    bounces = serializers.IntegerField(allow_null=True)
    pages = serializers.IntegerField(allow_null=True)
    seconds = serializers.IntegerField(allow_null=True)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment] # a field's name


class NewVisitDay(Body):
    """A day of visits: whose they are is said by a link, by a code, or by UTM words."""

    day = DayField()
    link = serializers.CharField(help_text="The short link, or the end of it.", **_TEXT)
    code = serializers.CharField(**_TEXT)
    utm_source = serializers.CharField(**_TEXT)
    utm_medium = serializers.CharField(**_TEXT)
    utm_campaign = serializers.CharField(**_TEXT)
    utm_content = serializers.CharField(**_TEXT)
    utm_term = serializers.CharField(**_TEXT)
    sessions = serializers.IntegerField(min_value=0, max_value=SESSIONS_MAX)
    engaged = serializers.IntegerField(max_value=SESSIONS_MAX, **_COUNT)
    bounces = serializers.IntegerField(max_value=SESSIONS_MAX, **_COUNT)
    pages = serializers.IntegerField(max_value=TOTAL_MAX, **_COUNT)
    seconds = serializers.IntegerField(max_value=TOTAL_MAX, **_COUNT)


class NewVisits(Body):
    """Several days at once: all are taken, or none."""

    source = serializers.ChoiceField(  # type: ignore[assignment] # a field's name
        choices=Source.choices, default=Source.MEASURED.value
    )
    visits = serializers.ListField(child=NewVisitDay(), min_length=1, max_length=BATCH_MAX)


class VisitsTakenSerializer(serializers.Serializer[Any]):
    """What became of them."""

    new = serializers.IntegerField()
    known = serializers.IntegerField(help_text="There with the same numbers.")
    replaced = serializers.IntegerField()


class VisitViewSet(BrandViewSet[VisitDay]):
    """Visits of the brand's site by links and codes."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = VisitDay.objects.none()
    serializer_class = VisitDaySerializer
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[VisitDay]:
        """Visits of the token's brand."""
        return VisitDay.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Days in the order in which they came in."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=_shown)

    @extend_schema(
        request=NewVisits,
        responses={200: VisitsTakenSerializer, 201: VisitsTakenSerializer},
        examples=[
            OpenApiExample(
                "A day of a code",
                value={
                    "visits": [
                        {"day": "2026-11-20", "code": "ANNA10", "sessions": 120, "engaged": 66}
                    ]
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Tell up to 1,000 days: all are taken or none; told again, the new numbers stand."""
        body = NewVisits(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        try:
            _batch, kept = visits.tell(
                brand=self.brand,
                days=[_told(one) for one in body.validated_data["visits"]],
                source=Source(body.validated_data["source"]),
                actor=self.actor,
                at=timezone.now(),
            )
        except VisitsRefused as refusal:
            where = "/visits" if refusal.place is None else f"/visits/{refusal.place}"
            pointer = where if refusal.place is None else f"{where}/{refusal.field}"
            raise BadBody([Fault(pointer, refusal.code, str(refusal))]) from refusal
        told = {"new": kept.new, "known": kept.known, "replaced": kept.replaced}
        return Response(told, status=HTTPStatus.CREATED if kept.new else HTTPStatus.OK)


def _told(said: Mapping[str, Any]) -> Told:
    return Told(
        day=said["day"],
        numbers={name: said[name] for name in NUMBERS if said[name] is not None},
        link=said.get("link", ""),
        code=said.get("code", ""),
        utm={name: said[name] for name in UTM if said.get(name)} or None,
    )


def _shown(rows: list[Row]) -> list[Row]:
    plain = ("id", "day", *NUMBERS, "source")
    return [
        {name: row[name] for name in plain} | {"link": row["link__code"], "code": row["code__code"]}
        for row in rows
    ]
