"""A rule as one SQL expression for PostgreSQL 17 or later: true, false or NULL (unknown).

The expression reads the fact row through the alias `f`. SQL's own AND, OR and NOT are Kleene's, so
a missing fact needs no special care. Values travel as parameters, never in the text; a literal
percent sign is doubled, so the text must always be executed together with its parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.facts import NUMERIC_TYPES, Catalogue, Fact, FactType
from segmentation.rules.tree import Comparison, Op
from segmentation.rules.validate import validate

# Case is ignored the same way whatever locale the database was made with.
LOWER = 'lower(({}) COLLATE "pg_c_utf8")'


@dataclass(frozen=True)
class Sql:
    """A piece of SQL with a %s for each parameter."""

    text: str
    params: tuple[Any, ...] = ()


def compile_rule(node: tree.Node, catalogue: Catalogue, as_of: datetime, calendar: Calendar) -> Sql:
    """Return the rule as a boolean expression over the fact row `f`; NULL means unknown.

    Relative dates become fixed moments counted from `as_of`. Raises RuleInvalid for a rule that
    does not pass `validate`: nothing is compiled half.
    """
    validate(node, catalogue).require()
    return _Compiler(catalogue, as_of, calendar).node(node)


@dataclass(frozen=True)
class _Compiler:
    catalogue: Catalogue
    as_of: datetime
    calendar: Calendar

    def node(self, node: tree.Node) -> Sql:
        match node:
            case tree.All(items):
                return _join(" AND ", [self.node(item) for item in items])
            case tree.Any(items):
                return _join(" OR ", [self.node(item) for item in items])
            case tree.Not(item):
                inner = self.node(item)
                return Sql(f"(NOT {inner.text})", inner.params)
            case Comparison():
                return self.comparison(node, self.catalogue[node.fact])
            case _:
                raise TypeError(f"{type(node).__name__} passes no validation")

    def comparison(self, leaf: Comparison, fact: Fact) -> Sql:
        subject = _subject(leaf, fact)
        if leaf.op is Op.IS_KNOWN:
            return Sql(f"({subject.text} IS NOT NULL)", subject.params)
        if leaf.op is Op.IS_UNKNOWN:
            return Sql(f"({subject.text} IS NULL)", subject.params)
        if fact.type in NUMERIC_TYPES or fact.type is FactType.DISTRIBUTION:
            test = _number_test(leaf)
        elif fact.type is FactType.TEXT:
            return _text_test(leaf, subject)
        elif fact.type is FactType.CHOICE:
            test = _choice_test(leaf, fact)
        elif fact.type is FactType.SET:
            return _set_test(leaf, fact, subject)
        elif fact.type is FactType.BOOLEAN:
            test = Sql("= %s::boolean", (leaf.value,))
        else:
            return self.time_test(leaf, fact, subject)
        return Sql(f"({subject.text} {test.text})", subject.params + test.params)

    def time_test(self, leaf: Comparison, fact: Fact, subject: Sql) -> Sql:
        if not isinstance(leaf.value, tree.Span | tree.Period):
            raise _unsound(leaf)
        # A day is compared as a day: cast to a moment, it would depend on the session's time zone.
        if fact.type is FactType.DATE:
            days = self.calendar.date_bounds(leaf.value, self.as_of)
            kind, start, end = "date", days.start, days.end
        else:
            moments = self.calendar.bounds(leaf.value, self.as_of)
            kind, start, end = "timestamptz", moments.start, moments.end
        if leaf.op is Op.OLDER_THAN:
            return Sql(f"({subject.text} < %s::{kind})", (start,))
        text = f"({subject.text} >= %s::{kind} AND {subject.text} < %s::{kind})"
        return Sql(text, (start, end))


def _subject(leaf: Comparison, fact: Fact) -> Sql:
    """Return what is compared: the fact's expression, or one share of a distribution."""
    column = f"({fact.sql.replace('%', '%%')})"
    if leaf.key is None:
        return Sql(column)
    return Sql(f"({column} ->> %s::text)::double precision", (leaf.key,))


def _number_test(leaf: Comparison) -> Sql:
    match leaf.value:
        case (low, high):
            params = (float(low), float(high))
            return Sql("BETWEEN %s::double precision AND %s::double precision", params)
        case int() | float():
            sign = "<>" if leaf.op is Op.NE else leaf.op.value
            return Sql(f"{sign} %s::double precision", (float(leaf.value),))
        case _:
            raise _unsound(leaf)


def _text_test(leaf: Comparison, subject: Sql) -> Sql:
    left, right = LOWER.format(subject.text), LOWER.format("%s::text")
    match leaf.op, leaf.value:
        case Op.IN, tuple() as options:
            return Sql(f"({left} IN ({', '.join([right] * len(options))}))", options)
        case Op.IS, str():
            text = f"({left} = {right})"
        case Op.IS_NOT, str():
            text = f"({left} <> {right})"
        case Op.CONTAINS, str():
            text = f"(strpos({left}, {right}) > 0)"
        case Op.STARTS_WITH, str():
            text = f"starts_with({left}, {right})"
        case _:
            raise _unsound(leaf)
    return Sql(text, (leaf.value,))


def _choice_test(leaf: Comparison, fact: Fact) -> Sql:
    kind = "text" if fact.vocabulary is None else "integer"
    match leaf.op, leaf.value:
        case Op.IN, tuple() as options:
            stored = [fact.stored(str(option)) for option in options]
            return Sql(f"= ANY(%s::{kind}[])", (stored,))
        case Op.IS, str() as option:
            return Sql(f"= %s::{kind}", (fact.stored(option),))
        case Op.IS_NOT, str() as option:
            return Sql(f"<> %s::{kind}", (fact.stored(option),))
        case _:
            raise _unsound(leaf)


def _set_test(leaf: Comparison, fact: Fact, subject: Sql) -> Sql:
    if leaf.op is Op.EMPTY:
        return Sql(f"(cardinality({subject.text}) = 0)")
    if not isinstance(leaf.value, tuple):
        raise _unsound(leaf)
    kind = "text" if fact.vocabulary is None else "integer"
    named = [fact.stored(str(value)) for value in leaf.value]
    sign = "@>" if leaf.op is Op.ALL_OF else "&&"
    text = f"({subject.text} {sign} %s::{kind}[])"
    return Sql(f"(NOT {text})" if leaf.op is Op.NONE_OF else text, (named,))


def _join(word: str, parts: Sequence[Sql]) -> Sql:
    text = f"({word.join(part.text for part in parts)})"
    return Sql(text, tuple(param for part in parts for param in part.params))


def _unsound(leaf: Comparison) -> TypeError:
    return TypeError(f"{leaf} passes no validation")
