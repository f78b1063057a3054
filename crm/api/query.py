"""Query strings: every name and value is checked, and what is wrong is named."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from crm.api.problems import BadQuery, Fault
from crm.filters import EARLIEST, LATEST

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from crm.models import Brand


class Query(serializers.Serializer[Any]):
    """The parameters of an endpoint: subclasses add theirs."""


class DayField(serializers.DateField):
    """A day that a calendar of the product has."""

    default_error_messages = {
        **serializers.DateField.default_error_messages,
        "range": f"The year must lie from {EARLIEST} to {LATEST}.",
    }

    def to_internal_value(self, value: Any) -> date:
        """The day."""
        day = super().to_internal_value(value)
        if not EARLIEST <= day.year <= LATEST:
            self.fail("range")
        return day


@extend_schema_field(OpenApiTypes.STR)
class MomentField(serializers.Field[datetime, str, str, Any]):
    """An ISO 8601 moment with its offset, or a day: its beginning in the brand's time zone."""

    default_error_messages = {
        "invalid": (
            "Not a moment: write 2026-09-30T12:00:00Z, or 2026-09-30 for the beginning of the day."
        ),
        "range": f"The year must lie from {EARLIEST} to {LATEST}.",
    }

    def to_internal_value(self, data: str) -> datetime:
        """The moment, aware."""
        brand: Brand | _Zone = self.context["brand"]
        try:
            moment = self._moment(str(data).strip(), ZoneInfo(brand.timezone))
        except ValueError:  # well formed, but there is no such day
            self.fail("invalid")
        if moment is None:
            self.fail("invalid")
        if not EARLIEST <= moment.year <= LATEST:
            self.fail("range")
        return moment

    def to_representation(self, value: datetime) -> str:
        """As it is written in answers."""
        return value.isoformat()

    @staticmethod
    def _moment(text: str, zone: ZoneInfo) -> datetime | None:
        day: date | None = parse_date(text)
        if day is not None:
            return datetime.combine(day, time.min, zone)
        # "+" of an offset arrives as a space where the client did not escape it.
        moment = parse_datetime(text.replace(" ", "+") if "T" in text else text)
        return None if moment is None or moment.tzinfo is None else moment


def read_query(
    query_class: type[Query],
    params: QueryDict,
    *,
    also: Collection[str] = (),
    brand: Brand,
    faults: Sequence[Fault] = (),
) -> Mapping[str, Any]:
    """The checked values of `params`; BadQuery names each unknown name and each bad value.

    `also` are names that are read elsewhere (a filter set), `faults` what was found wrong there.
    """
    query = _reader(query_class, brand.timezone)
    known = {*query.fields, *also}
    told = {fault.pointer for fault in faults}
    faults = [
        *faults,
        *(
            Fault(f"?{name}", "unknown_parameter", _unknown(name, known))
            for name in params
            if name not in known and f"?{name}" not in told
        ),
    ]
    values: Mapping[str, Any] = {}
    try:
        # A plain dict: of a form, DRF would take an absent checkbox for false.
        values = query.run_validation(params.dict())
    except serializers.ValidationError as refusal:
        faults += [
            Fault(f"?{name}", str(error.code), str(error))
            for name, errors in cast("Mapping[str, list[object]]", refusal.detail).items()
            for error in errors
            if isinstance(error, ErrorDetail)
        ]
    if faults:
        raise BadQuery(faults)
    return values


@dataclass(frozen=True)
class _Zone:
    """All that a parameter may ask of the brand."""

    timezone: str


@lru_cache(maxsize=1_000)
def _reader(query_class: type[Query], timezone: str) -> Query:
    """What reads the parameters, for all requests: a new one would copy each of its fields first.

    Reading leaves nothing in it.
    """
    return query_class(context={"brand": _Zone(timezone)})


def _unknown(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no parameter {name[:60]!r} here.{hint}"


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc] # no types
    """django-filter, with bad values told as problems of the query string."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        """The rows that the query asks for; BadQuery names each value that cannot be used."""
        filterset = self.checked(request, queryset, view)
        return queryset if filterset is None else cast("QuerySet[Any]", filterset.qs)

    def checked(self, request: Request, queryset: QuerySet[Any], view: APIView) -> FilterSet | None:
        """The view's filter set over `queryset`, its values checked; BadQuery as above."""
        filterset: FilterSet | None = self.get_filterset(request, queryset, view)
        return None if filterset is None else require_valid(filterset)


def require_valid(filterset: FilterSet) -> FilterSet:
    """The filter set; BadQuery names each value that cannot be used."""
    if filterset.is_valid():
        return filterset
    raise BadQuery(
        [
            Fault(f"?{name}", str(error.code or "invalid"), str(message))
            for name, errors in filterset.errors.as_data().items()
            for error in errors
            for message in error.messages
        ]
    )
