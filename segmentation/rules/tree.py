"""A rule as a tree of frozen dataclasses: what JSON and text are read into and printed from.

A rule survives a round trip through any notation, whether it can be evaluated or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Op(StrEnum):
    """What a comparison asks. Which fact types take which operator is in `facts.OPERATORS`."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    BETWEEN = "between"
    IS = "is"
    IS_NOT = "is not"
    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    IN = "in"
    ANY_OF = "any of"
    ALL_OF = "all of"
    NONE_OF = "none of"
    EMPTY = "empty"
    WITHIN = "within"
    OLDER_THAN = "older than"
    IS_KNOWN = "is known"
    IS_UNKNOWN = "is unknown"


class Unit(StrEnum):
    """A length of calendar time. A week starts on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Function(StrEnum):
    """How an aggregate sums up related records."""

    COUNT = "count"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    LATEST = "latest"


# The facts that a condition on the time in a stage reads.
STAGE, STAGE_SINCE = "stage", "stage_since"


class Percentage(float):
    """A number that was written with a percent sign: 2.5% is Percentage(0.025).

    It equals the plain number; validation uses it to refuse `followers >= 10%`.
    """

    __slots__ = ()


Number = int | float
Scalar = int | float | str | bool


@dataclass(frozen=True)
class Span:
    """A length that ends at `as_of`: the last 90 days."""

    count: int
    unit: Unit


@dataclass(frozen=True)
class Period:
    """A whole day, week, month, quarter or year: offset 0 is the one `as_of` lies in, -1 the last.

    `fiscal` counts quarters and years from the brand's fiscal year instead of January.
    """

    unit: Unit
    offset: int
    fiscal: bool = False


Window = Span | Period


@dataclass(frozen=True)
class Norm:
    """A threshold taken from the creator's own peers: the percentile among those equal in `by`.

    `slack` is no part of the language: near misses move the threshold by such a fraction.
    """

    percentile: int
    by: tuple[str, ...]
    slack: float = 0.0


Value = Scalar | tuple[Scalar, ...] | Span | Period | Norm | None


@dataclass(frozen=True)
class Comparison:
    """A fact compared with a value; `key` names the share in a distribution.

    The value follows from the operator: a number (or Norm) for = != < <= > >=, (low, high) for
    between, a string or bool for is and is not, a string for contains and starts with, a tuple of
    strings for any of, all of, none of and in, a Span for within and older than, a Period for in
    over dates, and None for is known, is unknown and empty.
    """

    fact: str
    op: Op
    value: Value = None
    key: str | None = None


@dataclass(frozen=True)
class Aggregate:
    """Related records of a creator summed up and compared: count(engagements where ...) >= 3.

    `field` is the record's field to sum up (None for count), `where` a rule over the record's own
    fields, `within` the time the records must lie in.
    """

    function: Function
    records: str
    op: Op
    value: Value
    field: str | None = None
    where: Node | None = None
    within: Window | None = None


@dataclass(frozen=True)
class StageFor:
    """In a relationship stage for at least a span, or entered within a window: exactly one."""

    stage: str
    at_least: Span | None = None
    entered: Window | None = None


@dataclass(frozen=True)
class SegmentRef:
    """Membership of another segment: in the same run, or (`was`) in a past period."""

    segment: str
    was: Period | None = None


@dataclass(frozen=True)
class All:
    """True where every item is."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Any:
    """True where at least one item is."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """True where the item is false; unknown stays unknown."""

    item: Node


Leaf = Comparison | Aggregate | StageFor | SegmentRef
Node = All | Any | Not | Leaf


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield the leaves in the order they are written (not those of an aggregate's `where`)."""
    if isinstance(node, All | Any):
        for item in node.items:
            yield from leaves(item)
    elif isinstance(node, Not):
        yield from leaves(node.item)
    else:
        yield node


def facts_of(node: Node) -> frozenset[str]:
    """Return the keys of the facts that the rule reads from the fact row."""
    found = set()
    for leaf in leaves(node):
        if isinstance(leaf, Comparison):
            found.add(leaf.fact)
            if isinstance(leaf.value, Norm):
                found.update(leaf.value.by)
        elif isinstance(leaf, StageFor):
            found.update((STAGE, STAGE_SINCE))
    return frozenset(found)


def references(node: Node) -> tuple[str, ...]:
    """Return the keys of the segments whose membership in the same run the rule needs."""
    found = (leaf for leaf in leaves(node) if isinstance(leaf, SegmentRef) and leaf.was is None)
    return tuple(dict.fromkeys(leaf.segment for leaf in found))
