"""What a rule may count and sum up: records of a creator, such as posts, each with its own fields.

The concrete kinds are in segmentation/facts; this module knows their shape, what may be asked of
them, and which kind of value an aggregate gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from segmentation.rules.facts import NUMERIC_TYPES, Catalogue, Fact, FactType
from segmentation.rules.tree import Aggregate, Comparison, Function

TIME_TYPES = frozenset({FactType.DATE, FactType.MOMENT})
# What a function may be asked of; counting asks for no field.
TAKES: Mapping[Function, frozenset[FactType]] = {
    Function.SUM: NUMERIC_TYPES,
    Function.AVG: NUMERIC_TYPES,
    Function.MIN: NUMERIC_TYPES | TIME_TYPES,
    Function.MAX: NUMERIC_TYPES | TIME_TYPES,
    Function.LATEST: frozenset(FactType) - {FactType.SET, FactType.DISTRIBUTION},
}
FUNCTION_LABELS: Mapping[Function, str] = {
    Function.SUM: "Sum of",
    Function.AVG: "Average of",
    Function.MIN: "Lowest",
    Function.MAX: "Highest",
    Function.LATEST: "Latest",
}


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """A kind of record that belongs to creators.

    label    what many of them are called within a sentence: "posts"
    sql      trusted FROM items, the record itself as `r`. {as_of} and {brand} stand for those
             values, {creators:r.creator_id} for the condition that picks the creators looked at
    creator  SQL of the creator's id
    moment   SQL of the moment that time windows look at; NULL lies in no window
    known    SQL of the moment from which the record counts; NULL: always
    order    SQL that tells records of one moment apart: the higher is the later
    where    SQL condition that always holds ({brand} and {creators:...} as in `sql`)
    fields   what `where` and the functions read, as facts over `r`. Columns of type number hold
             whole or decimal numbers; percent and money may be double precision
    """

    key: str
    label: str
    sql: str
    creator: str
    moment: str
    known: str
    order: str
    fields: Catalogue
    where: str = "TRUE"
    description: str = ""
    app: str = "crm"


@dataclass(frozen=True)
class Record:
    """One record as the reference sees it: its fields, and the moments of its RecordType."""

    fields: Mapping[str, object]
    moment: datetime | None
    known: datetime | None
    order: int = 0


def result_fact(leaf: Aggregate, kind: RecordType) -> Fact:
    """Return what an aggregate gives, as a fact: it decides the operators and the words.

    The field must exist and fit the function (`validate` sees to it).
    """
    if leaf.field is None:
        return Fact(
            key="count",
            label=f"Number of {kind.label}",
            type=FactType.NUMBER,
            sql="",
            unit=kind.label,
            minimum=0,
        )
    field = kind.fields[leaf.field]
    label = f"{field.label[:1].lower()}{field.label[1:]}" if not field.label.isupper() else ""
    low, high = field.bounds
    return Fact(
        key=leaf.function.value,
        label=f"{FUNCTION_LABELS[leaf.function]} {label or field.label} of {kind.label}",
        type=field.type,
        sql="",
        unit=field.unit,
        choices=field.choices,
        vocabulary=field.vocabulary,
        minimum=low,
        maximum=None if leaf.function is Function.SUM and field.type in NUMERIC_TYPES else high,
    )


def as_comparison(leaf: Aggregate) -> Comparison:
    """Return the comparison that an aggregate makes with what it gives."""
    return Comparison(leaf.function.value, leaf.op, leaf.value)


def sum_up(function: Function, field: Fact | None, chosen: Sequence[Record]) -> object:
    """Return what a function gives for records that were chosen; None for unknown.

    Records whose field is not known are left out. The count of none is 0, everything else of none
    is unknown.
    """
    if field is None:
        return len(chosen)
    known = [record for record in chosen if record.fields.get(field.key) is not None]
    if not known:
        return None
    if function is Function.LATEST:
        return max(known, key=_place).fields[field.key]
    values: list[Any] = [record.fields[field.key] for record in known]
    if function in (Function.MIN, Function.MAX):
        return min(values) if function is Function.MIN else max(values)
    # Added up in decimal, so that no order of adding gives another sum.
    total = float(sum((_decimal(value, field) for value in values), Decimal(0)))
    return total if function is Function.SUM else total / len(values)


def _place(record: Record) -> tuple[datetime, int]:
    """When a record is, so that the latest is the greatest: one without a moment comes first."""
    return (record.moment or datetime.min.replace(tzinfo=UTC), record.order)


def _decimal(value: object, field: Fact) -> Decimal:
    """Return a number as the database adds it: of double precision, fifteen digits count."""
    if isinstance(value, float) and field.type is not FactType.NUMBER:
        return Decimal(f"{value:.15g}")
    return Decimal(str(value))
