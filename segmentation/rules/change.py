"""The smallest change that would bring a creator into a segment.

The search looks at which comparisons would have to turn out otherwise, fewest first, and keeps the
first set that one value for each fact can satisfy: it is tried on the whole rule before it is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from segmentation.rules import tree
from segmentation.rules.calendar import Bounds, Calendar
from segmentation.rules.context import NOTHING, Context
from segmentation.rules.evaluate import compare, truth
from segmentation.rules.facts import NUMERIC_TYPES, Catalogue, Fact, FactType
from segmentation.rules.plain import plain
from segmentation.rules.tree import Comparison, Op
from segmentation.rules.validate import validate
from segmentation.rules.words import name_of, threshold_words, value_words

# How many ways to fulfil a part of the rule are followed; the cheapest are kept.
MAX_WAYS = 100
_SURELY_NOT_USED = "\u2205"


@dataclass(frozen=True)
class Change:
    """One thing that would have to be otherwise; `sentence` says all of it for people.

    `fact` is the fact's key, else what would have to change in the text notation.
    """

    fact: str
    key: str | None
    label: str
    now: str
    wanted: str
    sentence: str

    def to_dict(self) -> dict[str, str | None]:
        """The change as the API shows it."""
        return {
            "fact": self.fact,
            "key": self.key,
            "label": self.label,
            "now": self.now,
            "wanted": self.wanted,
            "sentence": self.sentence,
        }


def smallest_change(
    node: tree.Node,
    values: Mapping[str, object],
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
    *,
    context: Context = NOTHING,
) -> tuple[Change, ...] | None:
    """Return the fewest comparisons that must change for the rule to be true, in words.

    Empty when it is true already; None when no way was found: the rule contradicts itself, or has
    so many alternatives that the cheapest MAX_WAYS of them all do. The arguments and exceptions are
    those of `evaluate`.
    """
    validate(node, catalogue).require()
    rule = plain(node, values, catalogue, as_of, calendar, context=context)
    return _Search(rule.values, rule.catalogue, as_of, calendar, rule.names).run(rule.node)


@dataclass(frozen=True)
class _Wish:
    """A comparison, what it should give, and whether it gives that already."""

    leaf: Comparison
    wanted: bool
    met: bool


_Way = tuple[_Wish, ...]


def _cost(way: _Way) -> int:
    return sum(not wish.met for wish in set(way))


def _cheapest(ways: Sequence[_Way]) -> list[_Way]:
    return sorted(ways, key=_cost)[:MAX_WAYS]


@dataclass(frozen=True)
class _Search:
    values: Mapping[str, object]
    catalogue: Catalogue
    as_of: datetime
    calendar: Calendar
    # What facts that stand for something else are called in the rule.
    names: Mapping[str, str]

    def run(self, node: tree.Node) -> tuple[Change, ...] | None:
        for way in self.ways(node, wanted=True):
            tried = self.fulfil(way)
            if tried is not None and self.holds(node, tried):
                return self.changes(way)
        return None

    def holds(self, node: tree.Node, values: Mapping[str, object]) -> bool:
        return truth(node, values, self.catalogue, self.as_of, self.calendar) is True

    def ways(self, node: tree.Node, *, wanted: bool) -> list[_Way]:
        """Return sets of wishes of which each makes the node what is wanted, cheapest first."""
        match node:
            case tree.Not(item):
                return self.ways(item, wanted=not wanted)
            case tree.All(items) | tree.Any(items):
                each = [self.ways(item, wanted=wanted) for item in items]
                if isinstance(node, tree.Any) == wanted:
                    return _cheapest([way for ways in each for way in ways])
                found: list[_Way] = [()]
                for ways in each:
                    found = _cheapest([first + second for first in found for second in ways])
                return found
            case Comparison():
                result = self.compare(node, self.values.get(node.fact))
                return [(_Wish(node, wanted, result is wanted),)]
            case _:
                raise TypeError(f"{type(node).__name__} passes no validation")

    def compare(self, leaf: Comparison, value: object) -> bool | None:
        return compare(leaf, self.catalogue[leaf.fact], value, self.as_of, self.calendar)

    def fulfil(self, way: _Way) -> dict[str, object] | None:
        """Return the values with one changed for each unmet fact so that every wish is met."""
        values = dict(self.values)
        for (key, share), wishes in _by_subject(way):
            if all(wish.met for wish in wishes):
                continue
            fact = self.catalogue[key]
            for candidate in self.candidates(fact, share, wishes, values.get(key)):
                if all(self.compare(wish.leaf, candidate) is wish.wanted for wish in wishes):
                    values[key] = candidate
                    break
            else:
                return None
        return values

    def changes(self, way: _Way) -> tuple[Change, ...]:
        found = []
        for (key, share), wishes in _by_subject(way):
            unmet = [wish for wish in wishes if not wish.met]
            if not unmet:
                continue
            fact = self.catalogue[key]
            now = value_words(self.values.get(key), fact, share, self.calendar)
            wanted = " and ".join(
                threshold_words(wish.leaf, fact, wanted=wish.wanted) for wish in unmet
            )
            sentence = f"{name_of(unmet[0].leaf, fact)} from {now} to {_as_target(wanted)}"
            name = self.names.get(key, key)
            found.append(Change(name, share, fact.label, now, wanted, sentence))
        return tuple(found)

    def candidates(
        self, fact: Fact, share: str | None, wishes: Sequence[_Wish], current: object
    ) -> Iterator[object]:
        """Yield values of a fact among which one meets the wishes, if any value does."""
        leaves = [wish.leaf for wish in wishes]
        if fact.type is FactType.DISTRIBUTION:
            shares = dict(current) if isinstance(current, Mapping) else {}
            for number in _numbers(fact, leaves):
                yield shares if share is None else {**shares, share: number}
            yield {name: number for name, number in shares.items() if name != share}
        elif fact.type in NUMERIC_TYPES:
            yield from _numbers(fact, leaves)
        elif fact.type is FactType.TEXT:
            yield from _texts(leaves)
        elif fact.type is FactType.CHOICE:
            named = [str(item) for leaf in leaves for item in _listed(leaf)]
            for name in dict.fromkeys([*named, *(fact.allowed or (_SURELY_NOT_USED,))]):
                yield fact.stored(name)
        elif fact.type is FactType.SET:
            yield from _sets(fact, wishes, current)
        elif fact.type is FactType.BOOLEAN:
            yield from (True, False)
        else:
            yield from self.times(fact, leaves)
        yield None

    def times(self, fact: Fact, leaves: Sequence[Comparison]) -> Iterator[object]:
        windows = [leaf.value for leaf in leaves if isinstance(leaf.value, tree.Span | tree.Period)]
        if fact.type is FactType.DATE:
            for window in windows:
                days = self.calendar.date_bounds(window, self.as_of)
                one_day = timedelta(days=1)
                yield from (days.end - one_day, days.start, days.start - one_day, days.end)
            yield self.calendar.day_of(self.as_of)
        else:
            instant = timedelta(microseconds=1)
            found = [self.calendar.bounds(window, self.as_of) for window in windows]
            for bounds in (*found, Bounds(self.as_of, self.as_of)):
                yield from (bounds.end - instant, bounds.start, bounds.start - instant, bounds.end)


def _as_target(words: str) -> str:
    """Return what is asked of a value as it stands after "to"."""
    if words.startswith(("contains ", "starts ", "does ")):
        return f"one that {words}"
    if words.startswith(("in ", "not in ")):
        return f"one {words}"
    return words.removeprefix("is ").removeprefix("do ")


def _by_subject(way: _Way) -> list[tuple[tuple[str, str | None], list[_Wish]]]:
    """Return the wishes of a way by fact and share, in the order of the rule."""
    order = {(wish.leaf.fact, wish.leaf.key): place for place, wish in reversed([*enumerate(way)])}
    together = sorted(dict.fromkeys(way), key=lambda wish: order[wish.leaf.fact, wish.leaf.key])
    groups = groupby(together, key=lambda wish: (wish.leaf.fact, wish.leaf.key))
    return [(subject, list(wishes)) for subject, wishes in groups]


def _listed(leaf: Comparison) -> tuple[tree.Scalar, ...]:
    """Return the values a comparison names."""
    if isinstance(leaf.value, tuple):
        return leaf.value
    return (leaf.value,) if isinstance(leaf.value, int | float | str) else ()


def _numbers(fact: Fact, leaves: Sequence[Comparison]) -> Iterator[float]:
    """Yield each number named and its neighbours, as far as the fact can be that."""
    low, high = fact.bounds
    named = [float(item) for leaf in leaves for item in _listed(leaf)]
    for number in [*named, 0.0]:
        for near in (number, math.nextafter(number, math.inf), math.nextafter(number, -math.inf)):
            if (low is None or near >= low) and (high is None or near <= high):
                yield near


def _texts(leaves: Sequence[Comparison]) -> Iterator[str]:
    """Yield each text named, what starts with one and contains the others, and a strange one."""
    starts = [str(leaf.value) for leaf in leaves if leaf.op is Op.STARTS_WITH]
    contained = [str(leaf.value) for leaf in leaves if leaf.op is Op.CONTAINS]
    for leaf in leaves:
        yield from (str(item) for item in _listed(leaf))
    yield from (start + " ".join(contained) for start in ["", *starts])
    yield _SURELY_NOT_USED


def _sets(fact: Fact, wishes: Sequence[_Wish], current: object) -> Iterator[object]:
    """Yield the set with what the wishes add and without what they remove."""
    has = frozenset(current) if isinstance(current, list | tuple | set | frozenset) else frozenset()
    removed: set[object] = set()
    added: set[object] = set()
    choices: list[list[object]] = []
    for wish in wishes:
        named: list[object] = [fact.stored(str(item)) for item in _listed(wish.leaf)]
        match wish.leaf.op, wish.wanted:
            case (Op.NONE_OF, True) | (Op.ANY_OF, False):
                removed.update(named)
            case Op.ALL_OF, True:
                added.update(named)
            case (Op.ANY_OF, True) | (Op.NONE_OF, False):
                choices.append(named)
            case Op.ALL_OF, False:
                removed.update(named[:1])
            case _:
                pass
    for options in choices:
        added.update([item for item in options if item not in removed][:1])
    yield tuple((has | added) - removed)
    yield tuple(added)
    yield from ((fact.stored(name),) for name in (fact.allowed or (_SURELY_NOT_USED,))[:MAX_WAYS])
