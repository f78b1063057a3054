"""The brand's creators cut in two ways at once: two dimensions, two facts, or one of each (F25)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import product
from operator import or_
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from crm.models import Brand
from segmentation.choices import SegmentStatus
from segmentation.facts.catalogue import rows
from segmentation.models import Dimension, Segment
from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.selectors.audiences import country_name
from segmentation.services.masks import flag_of, word_of

# What stands for "in no segment of the dimension" and "not known" in addresses.
NONE = "-"
# What stands for a set that is known to be empty.
EMPTY = "--"
# As many lines as a person can compare; the rest is in the file.
MAX_LINES = 40
# Text facts with few enough values to be an axis.
TEXT_AXES = ("country", "language")
FACT_TYPES = (FactType.CHOICE, FactType.BOOLEAN, FactType.SET)


@dataclass(frozen=True)
class Value:
    """A line or a column: its name in addresses, what people read, and how many creators."""

    key: str
    label: str
    creators: int = 0


@dataclass(frozen=True)
class Axis:
    """A way of cutting: a dimension (by its segments) or a fact (by its values)."""

    key: str
    label: str
    segments: tuple[Segment, ...] = ()
    fact: Fact | None = None
    is_exclusive: bool = False

    @property
    def sql(self) -> str:
        """SQL for what of a fact row the axis looks at: the fact, or the words of the mask."""
        if self.fact is not None:
            return f"({_escaped(self.fact)})"
        words = sorted({word_of(one.bit) for one in self.segments}) or [1]
        masks = [
            f"coalesce(f.member_bits[{word}], 0) & "
            f"{reduce(or_, (flag_of(one.bit) for one in self._of(word)), 0)}"
            for word in words
        ]
        return f"ARRAY[{', '.join(masks)}]::bigint[]"

    def _of(self, word: int) -> list[Segment]:
        return [one for one in self.segments if word_of(one.bit) == word]

    def keys(self, found: Any) -> list[str]:
        """The values that a creator with this content has: several of a set or of segments."""
        if self.fact is not None:
            if found is None:
                return [NONE]
            if self.is_set:
                return [self._name(one) for one in dict.fromkeys(found)] or [EMPTY]
            return [self._name(found)]
        words = sorted({word_of(one.bit) for one in self.segments}) or [1]
        held = dict(zip(words, found, strict=True))
        keys = [one.key for one in self.segments if held[word_of(one.bit)] & flag_of(one.bit)]
        return keys or [NONE]

    @property
    def is_set(self) -> bool:
        """Whether it is a fact of which a creator has several values."""
        return self.fact is not None and self.fact.type is FactType.SET

    def _name(self, found: Any) -> str:
        if isinstance(found, bool):
            return "true" if found else "false"
        return str(self.fact.named(found)) if self.fact else str(found)

    def label_of(self, key: str) -> str:
        """What people read for a value."""
        if self.fact is None:
            named = {one.key: one.name for one in self.segments}
            return named.get(key, "In none")
        if key in {NONE, EMPTY}:
            return "Not known" if key == NONE else "None of them"
        if self.fact.type is FactType.BOOLEAN:
            return {"true": "Yes", "false": "No"}.get(key, key)
        return country_name(key) if self.fact.key == "country" else self.fact.label_of(key)

    def order(self, creators: Mapping[str, int]) -> list[str]:
        """The values in order: segments by precedence, choices as declared, others by size."""
        if self.fact is None:
            return [one.key for one in self.segments] + [NONE]
        named = [key for key in creators if key not in {NONE, EMPTY}]
        last = [EMPTY, NONE] if EMPTY in creators else [NONE]
        if self.fact.choices:
            declared = [key for key in self.fact.choices if key in creators]
            others = sorted(key for key in named if key not in self.fact.choices)
            return [*declared, *others, *last]
        return [*sorted(named, key=lambda key: (-creators[key], key)), *last]

    def condition(self, key: str) -> tuple[str, list[Any]]:
        """SQL for the creators who have the value. KeyError: there is no such value."""
        if self.fact is not None:
            if key == NONE:
                return f"{self.sql} IS NULL", []
            if key == EMPTY and self.is_set:
                return f"cardinality({self.sql}) = 0", []
            if self.is_set:
                return f"%s = ANY({self.sql})", [self.fact.stored(key)]
            stored = key == "true" if self.fact.type is FactType.BOOLEAN else self.fact.stored(key)
            return f"{self.sql} = %s", [stored]
        if key == NONE:
            terms = [
                f"coalesce(f.member_bits[{word_of(one.bit)}], 0) & {flag_of(one.bit)} = 0"
                for one in self.segments
            ]
            return " AND ".join(terms) or "TRUE", []
        bit = {one.key: one.bit for one in self.segments}[key]
        return f"f.member_bits[{word_of(bit)}] & {flag_of(bit)} <> 0", []


@dataclass(frozen=True)
class Matrix:
    """The counts: cells[line][column]; `lines` and `columns` have their own totals.

    A creator in several segments of a multi-valued dimension, or with several values of a set,
    counts in each of them, so that lines may add up to more than `population`. `hidden` lines did
    not fit on the page.
    """

    rows: Axis
    across: Axis
    lines: list[Value]
    columns: list[Value]
    cells: dict[tuple[str, str], int]
    population: int
    hidden: int = 0

    def table(self) -> list[tuple[Value, list[tuple[Value, int]]]]:
        """Each line with its cells, for the page."""
        return [
            (line, [(column, self.cells.get((line.key, column.key), 0)) for column in self.columns])
            for line in self.lines
        ]


def axes_of(brand: Brand, facts: Catalogue) -> dict[str, Axis]:
    """Return what the brand's creators can be cut by: its dimensions, then facts, by address."""
    segments: dict[int, list[Segment]] = {}
    in_use = Segment.objects.filter(brand=brand).filter(
        status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN]
    )
    for segment in in_use.order_by("position", "key"):
        segments.setdefault(segment.dimension_id, []).append(segment)
    axes = {
        dimension.key: Axis(
            dimension.key,
            dimension.name,
            tuple(segments[dimension.pk]),
            is_exclusive=dimension.is_exclusive,
        )
        for dimension in Dimension.objects.filter(brand=brand).order_by("position", "key")
        if dimension.pk in segments
    }
    for fact in facts.values():
        if fact.type in FACT_TYPES or fact.key in TEXT_AXES:
            # A fact of the name of a dimension stands beside it under a name of its own.
            axes[f"fact.{fact.key}"] = Axis(
                f"fact.{fact.key}",
                fact.label,
                fact=fact,
                is_exclusive=fact.type is not FactType.SET,
            )
    return axes


def matrix(brand: Brand, first: Axis, second: Axis, *, at: datetime, whole: bool = False) -> Matrix:
    """Return the brand's creators by both axes, in one pass over the facts.

    `at` is the moment that relative facts count from; `whole` leaves no line out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {first.sql}, {second.sql}, count(*) FROM {rows()} "  # noqa: S608 - ours
            "WHERE f.known_since IS NOT NULL GROUP BY 1, 2",
            [at, brand.pk],
        )
        groups = cursor.fetchall()
    cells: Counter[tuple[str, str]] = Counter()
    lines: Counter[str] = Counter()
    columns: Counter[str] = Counter()
    for one, other, creators in groups:
        down, right = first.keys(one), second.keys(other)
        for pair in product(down, right):
            cells[pair] += creators
        for key in down:
            lines[key] += creators
        for key in right:
            columns[key] += creators
    shown = _values(first, lines)
    limit = len(shown) if whole else MAX_LINES
    beside = _values(second, columns)
    wide = len(beside) if whole else MAX_LINES
    return Matrix(
        rows=first,
        across=second,
        lines=shown[:limit],
        columns=beside[:wide],
        cells=dict(cells),
        population=sum(creators for _, _, creators in groups),
        hidden=max(0, len(shown) - limit) + max(0, len(beside) - wide),
    )


def _escaped(fact: Fact) -> str:
    """The fact's SQL for a statement that takes parameters."""
    return fact.sql.replace("%", "%%")


def _values(axis: Axis, creators: Mapping[str, int]) -> list[Value]:
    return [
        Value(key, axis.label_of(key), creators.get(key, 0))
        for key in axis.order(creators)
        if key != NONE or creators.get(NONE)
    ]


def creators_with(brand: Brand, parts: Sequence[tuple[Axis, str]], *, at: datetime) -> RawSQL:
    """Return the ids of the creators who have all the values, for `creator__in`.

    KeyError: an axis has no such value.
    """
    conditions, params = ["f.known_since IS NOT NULL"], []
    for axis, key in parts:
        sql, values = axis.condition(key)
        conditions.append(f"({sql})")
        params += values
    wanted = " AND ".join(conditions)
    statement = f"SELECT f.creator_id FROM {rows()} WHERE {wanted}"  # noqa: S608 - facts of ours
    return RawSQL(statement, [at, brand.pk, *params])  # noqa: S611 - values are parameters
