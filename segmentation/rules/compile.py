"""A rule as one SQL expression for PostgreSQL 17 or later: true, false or NULL (unknown).

The expression reads the fact row through the alias `f`. SQL's own AND, OR and NOT are Kleene's, so
a missing fact needs no special care. Values travel as parameters, never in the text; a literal
percent sign is doubled, so the text must always be executed together with its parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.context import NormKey
from segmentation.rules.facts import NUMERIC_TYPES, Catalogue, Fact, FactType
from segmentation.rules.reads import PastStay, Reads
from segmentation.rules.records import as_comparison, result_fact
from segmentation.rules.sql import LOWER, Sql, escaped, joined
from segmentation.rules.tree import Comparison, Op
from segmentation.rules.validate import validate


def compile_rule(
    node: tree.Node,
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
    reads: Reads | None = None,
    *,
    segment: str | None = None,
) -> Sql:
    """Return the rule as a boolean expression over the fact row `f`; NULL means unknown.

    Relative dates become fixed moments counted from `as_of`. What the rule reads beyond the facts
    is asked of `reads`, whose columns the rows `f` must then have (see `Reads.enrich`); without it
    only rules over facts can be compiled. Raises RuleInvalid for a rule that does not pass
    `validate`: nothing is compiled half.
    """
    validate(node, catalogue, segment=segment).require()
    return compile_valid(node, catalogue, as_of, calendar, reads)


def compile_valid(
    node: tree.Node,
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
    reads: Reads | None = None,
) -> Sql:
    """Return what `compile_rule` does, for a rule that is known to be valid."""
    return _Compiler(catalogue, as_of, calendar, reads).node(node)


def subject(
    leaf: tree.Leaf, catalogue: Catalogue, as_of: datetime, calendar: Calendar, reads: Reads
) -> Sql:
    """Return SQL for the value that a leaf looks at; a stage is the moment it was entered."""
    return _Compiler(catalogue, as_of, calendar, reads).subject(leaf)


@dataclass(frozen=True)
class _Compiler:
    catalogue: Catalogue
    as_of: datetime
    calendar: Calendar
    reads: Reads | None

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
                fact = self.catalogue[node.fact]
                return self.comparison(node, fact, self.subject(node))
            case tree.Aggregate():
                result = result_fact(node, self.catalogue.records[node.records])
                return self.comparison(as_comparison(node), result, self.subject(node))
            case tree.StageFor():
                return self.stage(node)
            case tree.SegmentRef():
                return self.subject(node)

    def subject(self, leaf: tree.Leaf) -> Sql:
        match leaf:
            case Comparison(fact, _, _, key):
                column = f"({escaped(self.catalogue[fact].sql)})"
                if key is None:
                    return Sql(column)
                return Sql(f"({column} ->> %s::text)::double precision", (key,))
            case tree.Aggregate():
                return Sql(self.asking.total(leaf, lambda: self.condition(leaf)))
            case tree.StageFor():
                return Sql(f"({escaped(self.catalogue[tree.STAGE_SINCE].sql)})")
            case tree.SegmentRef(segment, was):
                if was is None:
                    return Sql(self.asking.member(segment))
                past = self.calendar.past(was, self.as_of)
                return Sql(self.asking.stay(PastStay(segment, past.start, past.end)))

    @property
    def asking(self) -> Reads:
        if self.reads is None:
            raise TypeError("this rule reads more than facts: give it Reads")
        return self.reads

    def condition(self, leaf: tree.Aggregate) -> Sql | None:
        """Return which records an aggregate takes; None for all."""
        kind = self.catalogue.records[leaf.records]
        conditions = []
        if leaf.within is not None:
            bounds = self.calendar.bounds(leaf.within, self.as_of)
            text = f"({kind.moment} >= %s::timestamptz AND {kind.moment} < %s::timestamptz)"
            conditions.append(Sql(text, (bounds.start, bounds.end)))
        if leaf.where is not None:
            inner = _Compiler(kind.fields, self.as_of, self.calendar, None)
            conditions.append(inner.node(leaf.where))
        return joined(" AND ", conditions) if conditions else None

    def stage(self, leaf: tree.StageFor) -> Sql:
        is_there = self.node(Comparison(tree.STAGE, Op.IS, leaf.stage))
        since = f"({escaped(self.catalogue[tree.STAGE_SINCE].sql)})"
        window = leaf.at_least or leaf.entered
        if window is None:
            raise TypeError(f"{leaf} passes no validation")
        bounds = self.calendar.bounds(window, self.as_of)
        if leaf.entered is None:
            long_enough = Sql(f"({since} <= %s::timestamptz)", (bounds.start,))
        else:
            text = f"({since} >= %s::timestamptz AND {since} < %s::timestamptz)"
            long_enough = Sql(text, (bounds.start, bounds.end))
        return _join(" AND ", [is_there, long_enough])

    def comparison(self, leaf: Comparison, fact: Fact, subject: Sql) -> Sql:
        if leaf.op is Op.IS_KNOWN:
            return Sql(f"({subject.text} IS NOT NULL)", subject.params)
        if leaf.op is Op.IS_UNKNOWN:
            return Sql(f"({subject.text} IS NULL)", subject.params)
        if fact.type in NUMERIC_TYPES or fact.type is FactType.DISTRIBUTION:
            test = self.number_test(leaf)
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

    def number_test(self, leaf: Comparison) -> Sql:
        match leaf.value:
            case (low, high):
                least, most = _number(float(low)), _number(float(high))
                return Sql(f"BETWEEN {least.text} AND {most.text}", least.params + most.params)
            case int() | float():
                number = _number(float(leaf.value))
                return Sql(f"{_sign(leaf.op)} {number.text}", number.params)
            case tree.Norm(slack=0):
                norm = self.asking.norm(NormKey.of(leaf.fact, leaf.value))
                return Sql(f"{_sign(leaf.op)} {norm}")
            case tree.Norm(slack=slack):
                norm = self.asking.norm(NormKey.of(leaf.fact, leaf.value))
                moved = f"({norm} + abs({norm}) * %s::double precision)"
                return Sql(f"{_sign(leaf.op)} {moved}", (slack,))
            case _:
                raise _unsound(leaf)

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


def _number(value: float) -> Sql:
    """A whole number as one: then a column of whole numbers need not be converted in each row."""
    if value.is_integer():
        return Sql("%s::bigint", (int(value),))
    return Sql("%s::double precision", (value,))


def _sign(op: Op) -> str:
    return "<>" if op is Op.NE else op.value


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
    found = joined(word, parts)
    return Sql(f"({found.text})", found.params)


def _unsound(leaf: Comparison) -> TypeError:
    return TypeError(f"{leaf} passes no validation")
