"""`followers__gte=1000`: what a list can be asked about its fields, from one declaration per list.

Read and applied only where it is asked for: a filter set would make a form of hundreds of fields at
each request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Q, TextChoices
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from crm.api.body import NumberField
from crm.api.problems import Fault, Refused
from crm.api.query import DayField, MomentField
from crm.limits import TookTooLong, limited

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import QueryDict

    from crm.models import Brand

SEPARATOR = "__"
SORT = "sort"
SECONDS = 10.0
TOO_LONG = (
    f"To look for this takes longer than {SECONDS:.0f} seconds here. Ask for something that an "
    "index answers too: docs/api.md says what."
)
IN_MAX = 100
TEXT_MAX = 200
EQUAL = ""
_ORDERED = (EQUAL, "not", "in", "gt", "gte", "lt", "lte")
_NAMED = (EQUAL, "not", "in")
_WRITTEN = (*_NAMED, "startswith", "icontains")
WORDS = {
    EQUAL: "Is this.",
    "not": "Is known, and another than this.",
    "in": f"Is one of these, with commas; at most {IN_MAX}.",
    "gt": "Is more, or later.",
    "gte": "Is as much or more, or then or later.",
    "lt": "Is less, or earlier.",
    "lte": "Is as much or less, or then or earlier.",
    "startswith": "Begins with this, upper and lower case told apart.",
    "icontains": "Has this in it, in upper or lower case.",
    "isnull": "`true`: is not known; `false`: is known.",
}


@dataclass(frozen=True)
class Field:
    """A field that a list can be asked about.

    `path` is where the queryset has it; `read` makes what checks a value. `words` are all values,
    where there are few. `is_blank`: an empty text stands for null. `is_indexed`: to find the rows
    costs about as many as there are; for all others the list is looked through in its order, and
    stopped in time.
    """

    path: str
    read: Callable[..., serializers.Field[Any, Any, Any, Any]]
    lookups: Sequence[str]
    type: OpenApiTypes
    words: Sequence[str] = ()
    is_nullable: bool = False
    is_blank: bool = False
    is_indexed: bool = False

    @property
    def allowed(self) -> Sequence[str]:
        """The look-ups that it takes."""
        return (*self.lookups, "isnull") if self.is_nullable or self.is_blank else self.lookups


def _kind(
    lookups: Sequence[str],
    read: Callable[..., serializers.Field[Any, Any, Any, Any]],
    type_: OpenApiTypes = OpenApiTypes.STR,
) -> Callable[..., Field]:
    def declare(
        path: str, *, null: bool = False, blank: bool = False, indexed: bool = False
    ) -> Field:
        return Field(
            path, read, lookups, type_, is_nullable=null, is_blank=blank, is_indexed=indexed
        )

    return declare


# Each is declared by its path in the queryset: `null` and `blank` say what stands for unknown.
_INTEGER = partial(serializers.IntegerField, min_value=-(2**63), max_value=2**63 - 1)
_TEXT = partial(serializers.CharField, max_length=TEXT_MAX)
_MONEY = partial(serializers.DecimalField, max_digits=20, decimal_places=6)
whole = _kind(_ORDERED, _INTEGER, OpenApiTypes.INT64)
number = _kind(_ORDERED, NumberField, OpenApiTypes.DOUBLE)
money = _kind(_ORDERED, _MONEY, OpenApiTypes.DECIMAL)
moment = _kind(_ORDERED, MomentField)
day = _kind(_ORDERED, DayField, OpenApiTypes.DATE)
text = _kind(_WRITTEN, _TEXT)
word = _kind(_NAMED, _TEXT)
uid = _kind(_NAMED, serializers.UUIDField, OpenApiTypes.UUID)
flag = _kind((EQUAL,), serializers.BooleanField, OpenApiTypes.BOOL)


def choice(path: str, choices: type[TextChoices], *, null: bool = False) -> Field:
    """One of a few words."""
    read = partial(serializers.ChoiceField, choices=choices.choices)
    return Field(path, read, _NAMED, OpenApiTypes.STR, tuple(choices.values), is_nullable=null)


@dataclass(frozen=True)
class Asked:
    """What a request asks of the rows; `is_indexed` as of Field."""

    condition: Q
    is_indexed: bool


class Lookups:
    """What a list can be asked: its fields by name."""

    def __init__(self, **fields: Field) -> None:
        self.fields = fields
        self.names: Mapping[str, tuple[Field, str]] = {
            f"{name}{SEPARATOR}{lookup}" if lookup else name: (field, lookup)
            for name, field in fields.items()
            for lookup in field.allowed
        }

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.fields)

    def read(
        self, params: QueryDict, *, taken: set[str], brand: Brand
    ) -> tuple[dict[str, Asked], list[Fault]]:
        """What is asked, by parameter, and what cannot be.

        `taken` are names that mean something else in this list.
        """
        asked: dict[str, Asked] = {}
        faults: list[Fault] = []
        for name, values in params.lists():
            if name in taken:
                continue
            if name not in self.names:
                if self and SEPARATOR in name:
                    faults.append(self._unknown(name))
                continue
            field, lookup = self.names[name]
            if len(values) > 1:
                words = "Say it once; several values go into one `in`, with commas."
                faults.append(Fault(f"?{name}", "repeated", words))
                continue
            try:
                value = _value(field, lookup, values[0], brand)
            except serializers.ValidationError as error:
                faults += [
                    Fault(f"?{name}", str(one.code), str(one)) for one in _leaves(error.detail)
                ]
                continue
            asked[name] = Asked(_condition(field, lookup, value), field.is_indexed)
        return asked, faults

    def _unknown(self, name: str) -> Fault:
        about, _, lookup = name.partition(SEPARATOR)
        if about in self.fields:
            allowed = ", ".join(one for one in self.fields[about].allowed if one)
            words = f"{about} has no look-up {lookup[:60]!r}. There are: {allowed}."
            return Fault(f"?{name}", "unknown_lookup", words)
        near = get_close_matches(about, self.fields, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(self.fields)}."
        words = f"There is no field {about[:60]!r} to ask about. {hint}"
        return Fault(f"?{name}", "unknown_field", words)


def _value(field: Field, lookup: str, given: str, brand: Brand) -> Any:
    if lookup == "isnull":
        return serializers.BooleanField().run_validation(given)
    if lookup != "in":
        return _one(field, given, brand)
    parts = [part.strip() for part in given.split(",")]
    if len(parts) > IN_MAX:
        words = f"At most {IN_MAX} values."
        raise serializers.ValidationError(ErrorDetail(words, "max_length"))
    return [_one(field, part, brand) for part in parts]


def _one(field: Field, given: str, brand: Brand) -> Any:
    reader = field.read()
    # As a parameter of a Query is read: MomentField asks for the brand.
    reader._context = {"brand": brand}  # type: ignore[attr-defined] # what `context` returns
    return reader.run_validation(given)


def _condition(field: Field, lookup: str, value: Any) -> Q:
    known = Q(**{f"{field.path}__isnull": False})
    if field.is_blank:
        known &= ~Q(**{field.path: ""})
    if lookup == "isnull":
        empty = Q(**{f"{field.path}__isnull": True})
        if field.is_blank:
            empty |= Q(**{field.path: ""})
        return empty if value else known
    if lookup == "not":
        # What is not known is neither this nor another.
        return known & ~Q(**{field.path: value})
    return Q(**{f"{field.path}__{lookup}" if lookup else field.path: value})


def _leaves(detail: object) -> Iterator[ErrorDetail]:
    if isinstance(detail, ErrorDetail):
        yield detail
    elif isinstance(detail, list):
        for below in detail:
            yield from _leaves(below)


def unknown_order(given: str, orders: Collection[str]) -> list[Fault]:
    """What is wrong with a `sort`, if anything."""
    if given in orders:
        return []
    words = f"There is no order {given[:60]!r} here. There are: {', '.join(orders)}."
    return [Fault(f"?{SORT}", "invalid_choice", words)]


@contextmanager
def in_time(asked: Collection[Asked]) -> Iterator[None]:
    """Stop what reads the rows where it takes too long: Refused.

    Only where something is asked that no index answers: setting the limit costs as much as a page.
    """
    if all(one.is_indexed for one in asked):
        yield
        return
    try:
        with limited(SECONDS):
            yield
    except TookTooLong as slow:
        raise Refused(TOO_LONG, code="took_too_long") from slow
