"""Why a creator is in a segment, or is not, or why nobody can tell: the rule leaf by leaf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.evaluate import Truth, compare, conjunction, disjunction, negation
from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.rules.tree import Comparison
from segmentation.rules.validate import validate
from segmentation.rules.words import phrase, threshold_words, value_words

SECONDS_IN_A_DAY = 86_400


@dataclass(frozen=True)
class FactReading:
    """A value with its source in words and the moment it was true, where they are known."""

    value: object
    source: str | None = None
    captured_at: datetime | None = None


@dataclass(frozen=True)
class LeafReading:
    """What one comparison looked at.

    value       as the fact row holds it; the share, when the comparison names one
    value_words the value for people, "not known" for None
    threshold   what was asked of it, in words
    age_days    days from captured_at to as_of
    """

    fact: str
    key: str | None
    label: str
    unit: str
    value: object
    value_words: str
    threshold: str
    source: str
    captured_at: datetime | None
    age_days: float | None


@dataclass(frozen=True)
class Explanation:
    """The result of a part of a rule, with its parts.

    kind     "all", "any", "not" or "fact"
    result   True, False, or None for unknown
    words    a leaf in words; empty for groups
    missing  keys of the facts that made it unknown, in the order they are read
    """

    kind: str
    result: Truth
    words: str = ""
    items: tuple[Explanation, ...] = ()
    leaf: LeafReading | None = None
    missing: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The explanation as the API shows it: plain JSON values, null for unknown."""
        form: dict[str, Any] = {"kind": self.kind, "result": self.result}
        form["missing"] = list(self.missing)
        if self.leaf is None:
            return {**form, "items": [item.to_dict() for item in self.items]}
        leaf = self.leaf
        captured = leaf.captured_at.isoformat() if leaf.captured_at is not None else None
        return {
            **form,
            "words": self.words,
            "fact": leaf.fact,
            **({} if leaf.key is None else {"key": leaf.key}),
            "label": leaf.label,
            "unit": leaf.unit,
            "value": _plain(leaf.value),
            "value_words": leaf.value_words,
            "threshold": leaf.threshold,
            "source": leaf.source,
            "captured_at": captured,
            "age_days": leaf.age_days,
        }


def explain(
    node: tree.Node,
    values: Mapping[str, object],
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
    *,
    readings: Mapping[str, FactReading] | None = None,
) -> Explanation:
    """Return the rule with each part's result for one creator.

    The arguments are those of `evaluate`, and so are the exceptions. `readings` gives facts with
    source and age by key, and goes before `values`; without one, the source is the catalogue's.
    """
    validate(node, catalogue).require()
    return _Explainer(values, catalogue, as_of, calendar, readings or {}).node(node)


@dataclass(frozen=True)
class _Explainer:
    values: Mapping[str, object]
    catalogue: Catalogue
    as_of: datetime
    calendar: Calendar
    readings: Mapping[str, FactReading]

    def node(self, node: tree.Node) -> Explanation:
        match node:
            case tree.All(items):
                return self.group("all", tuple(self.node(item) for item in items))
            case tree.Any(items):
                return self.group("any", tuple(self.node(item) for item in items))
            case tree.Not(item):
                return self.group("not", (self.node(item),))
            case Comparison():
                return self.leaf(node, self.catalogue[node.fact])
            case _:
                raise TypeError(f"{type(node).__name__} passes no validation")

    def group(self, kind: str, items: tuple[Explanation, ...]) -> Explanation:
        results = [item.result for item in items]
        if kind == "not":
            result = negation(results[0])
        else:
            result = conjunction(results) if kind == "all" else disjunction(results)
        missing: tuple[str, ...] = ()
        if result is None:
            missing = tuple(dict.fromkeys(key for item in items for key in item.missing))
        return Explanation(kind, result, items=items, missing=missing)

    def leaf(self, leaf: Comparison, fact: Fact) -> Explanation:
        reading = self.readings.get(leaf.fact, FactReading(self.values.get(leaf.fact)))
        value = reading.value
        result = compare(leaf, fact, value, self.as_of, self.calendar)
        words = value_words(value, fact, leaf.key, self.calendar)
        if fact.type is FactType.DISTRIBUTION and leaf.key is not None:
            value = value.get(leaf.key) if isinstance(value, Mapping) else None
        captured_at = reading.captured_at
        age = None
        if captured_at is not None:
            age = round((self.as_of - captured_at).total_seconds() / SECONDS_IN_A_DAY, 2)
        found = LeafReading(
            fact=leaf.fact,
            key=leaf.key,
            label=fact.label,
            unit=fact.unit,
            value=value,
            value_words=words,
            threshold=threshold_words(leaf, fact),
            source=reading.source or fact.source,
            captured_at=captured_at,
            age_days=age,
        )
        missing = (leaf.fact,) if result is None else ()
        return Explanation("fact", result, phrase(leaf, fact), leaf=found, missing=missing)


def _plain(value: object) -> object:
    """Return a value as JSON knows it: sets sorted, moments and days as ISO text."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case set() | frozenset():
            return sorted(value)
        case tuple():
            return list(value)
        case _:
            return value
