"""The reference meaning of a rule, in plain Python: true, false or unknown (None).

Logic is Kleene's: what is missing stays unknown unless the other side decides alone. `compile` says
the same in SQL, and generated cases compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.facts import NUMERIC_TYPES, Catalogue, Fact, FactType
from segmentation.rules.tree import Comparison, Op
from segmentation.rules.validate import validate

Truth = bool | None
_CAPITAL_I_WITH_DOT = "\u0130"


def evaluate(
    node: tree.Node,
    values: Mapping[str, object],
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
) -> Truth:
    """Return whether the rule holds for a creator: True, False, or None for unknown.

    values  what the fact row holds, by fact key (see `facts` for the Python types); a key that is
            absent or None is not known
    Raises RuleInvalid for a rule that does not pass `validate`, TypeError for a value of another
    type than its fact.
    """
    validate(node, catalogue).require()
    return truth(node, values, catalogue, as_of, calendar)


def truth(
    node: tree.Node,
    values: Mapping[str, object],
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
) -> Truth:
    """Return what `evaluate` does, for a rule that is known to be valid."""
    match node:
        case tree.All(items):
            return conjunction(truth(item, values, catalogue, as_of, calendar) for item in items)
        case tree.Any(items):
            return disjunction(truth(item, values, catalogue, as_of, calendar) for item in items)
        case tree.Not(item):
            return negation(truth(item, values, catalogue, as_of, calendar))
        case Comparison():
            fact = catalogue[node.fact]
            return compare(node, fact, values.get(node.fact), as_of, calendar)
        case _:
            raise TypeError(f"{type(node).__name__} passes no validation")


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


def lower(text: str) -> str:
    """Return the text in lower case, one character for one, as PostgreSQL's pg_c_utf8 does it.

    str.casefold and str.lower know longer forms (two characters for one, a Greek sigma that depends
    on its neighbours), which the database does not: both sides must find the same creators.
    """
    return "".join("i" if char == _CAPITAL_I_WITH_DOT else char.lower() for char in text)


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
