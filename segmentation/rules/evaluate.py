"""The reference meaning of a rule, in plain Python: true, false or unknown (None).

Logic is Kleene's: what is missing stays unknown unless the other side decides alone. `compile` says
the same in SQL, and generated cases compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.context import NOTHING, Context, NormKey, Stay, lower
from segmentation.rules.facts import NUMERIC_TYPES, Catalogue, Fact, FactType
from segmentation.rules.records import Record, RecordType, as_comparison, result_fact, sum_up
from segmentation.rules.tree import Comparison, Op
from segmentation.rules.validate import validate

Truth = bool | None


def evaluate(
    node: tree.Node,
    values: Mapping[str, object],
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
    *,
    context: Context = NOTHING,
) -> Truth:
    """Return whether the rule holds for a creator: True, False, or None for unknown.

    values   what the fact row holds, by fact key (see `facts` for the Python types); a key that is
             absent or None is not known
    context  what the rule reads beyond: records, norms, membership
    Raises RuleInvalid for a rule that does not pass `validate`, TypeError for a value of another
    type than its fact.
    """
    validate(node, catalogue).require()
    return truth(node, values, catalogue, as_of, calendar, context=context)


def truth(
    node: tree.Node,
    values: Mapping[str, object],
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
    *,
    context: Context = NOTHING,
) -> Truth:
    """Return what `evaluate` does, for a rule that is known to be valid."""
    match node:
        case tree.All(items):
            return conjunction(
                truth(item, values, catalogue, as_of, calendar, context=context) for item in items
            )
        case tree.Any(items):
            return disjunction(
                truth(item, values, catalogue, as_of, calendar, context=context) for item in items
            )
        case tree.Not(item):
            return negation(truth(item, values, catalogue, as_of, calendar, context=context))
        case Comparison():
            fact = catalogue[node.fact]
            asked = with_norm(node, values, catalogue, context)
            if asked is None:
                return None
            return compare(asked, fact, values.get(node.fact), as_of, calendar)
        case tree.Aggregate():
            kind = catalogue.records[node.records]
            found = aggregate(node, kind, context.records.get(node.records, ()), as_of, calendar)
            return compare(as_comparison(node), result_fact(node, kind), found, as_of, calendar)
        case tree.StageFor():
            return in_stage(node, values, catalogue, as_of, calendar)
        case tree.SegmentRef(segment, was):
            if was is None:
                return context.members.get(segment)
            return was_member(context.stays.get(segment, ()), was, as_of, calendar)


def with_norm(
    leaf: Comparison, values: Mapping[str, object], catalogue: Catalogue, context: Context
) -> Comparison | None:
    """Return a comparison with the number that its norm stands for; None where that is unknown."""
    if not isinstance(leaf.value, tree.Norm):
        return leaf
    norm = context.norm_for(NormKey.of(leaf.fact, leaf.value), values, catalogue)
    if norm is None:
        return None
    return replace(leaf, value=norm.value + abs(norm.value) * leaf.value.slack)


def aggregate(
    leaf: tree.Aggregate,
    kind: RecordType,
    records: Sequence[Record],
    as_of: datetime,
    calendar: Calendar,
) -> object:
    """Return what an aggregate gives for a creator's records; None for unknown.

    Only records that are known as of the moment count, and of those the ones within the time window
    for which `where` is true.
    """
    bounds = None if leaf.within is None else calendar.bounds(leaf.within, as_of)
    chosen = [
        record
        for record in records
        if (record.known is None or record.known <= as_of)
        and (bounds is None or record.moment in bounds)
        and (
            leaf.where is None
            or truth(leaf.where, record.fields, kind.fields, as_of, calendar) is True
        )
    ]
    field = None if leaf.field is None else kind.fields[leaf.field]
    return sum_up(leaf.function, field, chosen)


def in_stage(
    leaf: tree.StageFor,
    values: Mapping[str, object],
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
) -> Truth:
    """Return whether the creator is in the stage, and since when as the leaf asks."""
    stage, since = values.get(tree.STAGE), values.get(tree.STAGE_SINCE)
    is_there = None if stage is None else stage == catalogue[tree.STAGE].stored(leaf.stage)
    long_enough: Truth = None
    if isinstance(since, datetime):
        bounds = calendar.bounds(_window(leaf), as_of)
        long_enough = since <= bounds.start if leaf.entered is None else since in bounds
    return conjunction((is_there, long_enough))


def _window(leaf: tree.StageFor) -> tree.Window:
    window = leaf.at_least or leaf.entered
    if window is None:
        raise TypeError(f"{leaf} passes no validation")
    return window


def was_member(
    stays: Iterable[Stay], period: tree.Period, as_of: datetime, calendar: Calendar
) -> bool:
    """Return whether any stay overlaps the part of the period that has passed as of the moment."""
    bounds = calendar.bounds(period, as_of)
    end = min(bounds.end, as_of)
    return any(
        stay.entered_at < end and (stay.left_at is None or stay.left_at > bounds.start)
        for stay in stays
    )


def conjunction(truths: Iterable[Truth]) -> Truth:
    """False if any is false, else unknown if any is unknown, else true."""
    found = set(truths)
    if False in found:
        return False
    return None if None in found else True


def disjunction(truths: Iterable[Truth]) -> Truth:
    """True if any is true, else unknown if any is unknown, else false."""
    found = set(truths)
    if True in found:
        return True
    return None if None in found else False


def negation(found: Truth) -> Truth:
    """The opposite; unknown stays unknown."""
    return None if found is None else not found


def compare(
    leaf: Comparison, fact: Fact, value: object, as_of: datetime, calendar: Calendar
) -> Truth:
    """Return whether one comparison holds for the value its fact has."""
    if fact.type is FactType.DISTRIBUTION and leaf.key is not None and value is not None:
        value = _expect(value, Mapping, fact).get(leaf.key)
    if leaf.op is Op.IS_KNOWN:
        return value is not None
    if leaf.op is Op.IS_UNKNOWN:
        return value is None
    if value is None:
        return None
    if fact.type in NUMERIC_TYPES or fact.type is FactType.DISTRIBUTION:
        return _compare_number(leaf, float(_expect(value, int | float | Decimal, fact)))
    match fact.type:
        case FactType.TEXT:
            return _compare_text(leaf, lower(_expect(value, str, fact)))
        case FactType.CHOICE:
            return _compare_choice(leaf, fact, _expect(value, str | int, fact))
        case FactType.SET:
            members = frozenset(_expect(value, list | tuple | set | frozenset, fact))
            return _compare_set(leaf, fact, members)
        case FactType.BOOLEAN:
            return _expect(value, bool, fact) is leaf.value
        case FactType.DATE:
            if isinstance(value, datetime):
                raise TypeError(f"{fact.key} is a date, not a moment")
            return _compare_date(leaf, _expect(value, date, fact), as_of, calendar)
        case _:
            return _compare_moment(leaf, _expect(value, datetime, fact), as_of, calendar)


def _expect(value: object, types: Any, fact: Fact) -> Any:
    if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
        raise TypeError(f"{fact.key} is {fact.type}, but its value is {value!r}")
    return value


def _compare_number(leaf: Comparison, value: float) -> bool:
    threshold = leaf.value
    match leaf.op, threshold:
        case Op.BETWEEN, (low, high):
            return float(low) <= value <= float(high)
        case Op.EQ, int() | float():
            return value == float(threshold)
        case Op.NE, int() | float():
            return value != float(threshold)
        case Op.LT, int() | float():
            return value < float(threshold)
        case Op.LE, int() | float():
            return value <= float(threshold)
        case Op.GT, int() | float():
            return value > float(threshold)
        case _, int() | float():
            return value >= float(threshold)
        case _:
            raise _unsound(leaf)


def _compare_text(leaf: Comparison, value: str) -> bool:
    match leaf.op, leaf.value:
        case Op.IN, tuple() as options:
            return value in {lower(str(option)) for option in options}
        case Op.IS, str() as text:
            return value == lower(text)
        case Op.IS_NOT, str() as text:
            return value != lower(text)
        case Op.CONTAINS, str() as text:
            return lower(text) in value
        case Op.STARTS_WITH, str() as text:
            return value.startswith(lower(text))
        case _:
            raise _unsound(leaf)


def _compare_choice(leaf: Comparison, fact: Fact, value: str | int) -> bool:
    match leaf.op, leaf.value:
        case Op.IN, tuple() as options:
            return value in {fact.stored(str(option)) for option in options}
        case Op.IS, str() as option:
            return value == fact.stored(option)
        case Op.IS_NOT, str() as option:
            return value != fact.stored(option)
        case _:
            raise _unsound(leaf)


def _compare_set(leaf: Comparison, fact: Fact, members: frozenset[object]) -> bool:
    if leaf.op is Op.EMPTY:
        return not members
    if not isinstance(leaf.value, tuple):
        raise _unsound(leaf)
    named = {fact.stored(str(value)) for value in leaf.value}
    if leaf.op is Op.ALL_OF:
        return named <= members
    shared = bool(named & members)
    return shared if leaf.op is Op.ANY_OF else not shared


def _compare_moment(
    leaf: Comparison, moment: datetime, as_of: datetime, calendar: Calendar
) -> bool:
    if moment.tzinfo is None:
        raise TypeError(f"{leaf.fact} needs a moment with a time zone, found {moment!r}")
    if not isinstance(leaf.value, tree.Span | tree.Period):
        raise _unsound(leaf)
    bounds = calendar.bounds(leaf.value, as_of)
    return moment < bounds.start if leaf.op is Op.OLDER_THAN else moment in bounds


def _compare_date(leaf: Comparison, day: date, as_of: datetime, calendar: Calendar) -> bool:
    if not isinstance(leaf.value, tree.Span | tree.Period):
        raise _unsound(leaf)
    bounds = calendar.date_bounds(leaf.value, as_of)
    return day < bounds.start if leaf.op is Op.OLDER_THAN else day in bounds


def _unsound(leaf: Comparison) -> TypeError:
    return TypeError(f"{leaf} passes no validation")
