"""A rule for one creator as comparisons alone: what it reads beyond the facts becomes facts too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.context import Context
from segmentation.rules.evaluate import aggregate, truth, with_norm
from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.rules.printer import subject_text
from segmentation.rules.prose import subject_words
from segmentation.rules.records import as_comparison, result_fact
from segmentation.rules.tree import Comparison, Op


@dataclass
class PlainRule:
    """Comparisons over facts, whose meaning for the creator is that of the rule.

    names  what the facts that stand for something else are called in the rule, by key
    """

    node: tree.Node
    values: dict[str, object]
    catalogue: Catalogue
    names: dict[str, str]


def plain(
    node: tree.Node,
    values: Mapping[str, object],
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
    *,
    context: Context,
) -> PlainRule:
    """Return a valid rule with each leaf that is no simple comparison replaced by one."""
    maker = _Maker(dict(values), catalogue, as_of, calendar, context)
    made = maker.node(node)
    facts = Catalogue([*catalogue.values(), *maker.facts.values()])
    return PlainRule(made, maker.values, facts, maker.names)


class _Maker:
    def __init__(
        self,
        values: dict[str, object],
        catalogue: Catalogue,
        as_of: datetime,
        calendar: Calendar,
        context: Context,
    ) -> None:
        self.values = values
        self.catalogue = catalogue
        self.as_of = as_of
        self.calendar = calendar
        self.context = context
        self.facts: dict[str, Fact] = {}
        self.names: dict[str, str] = {}

    def node(self, node: tree.Node) -> tree.Node:
        match node:
            case tree.All(items):
                return tree.All(tuple(self.node(item) for item in items))
            case tree.Any(items):
                return tree.Any(tuple(self.node(item) for item in items))
            case tree.Not(item):
                return tree.Not(self.node(item))
            case Comparison():
                asked = with_norm(node, self.values, self.catalogue, self.context)
                return self.asked(node) if asked is None else asked
            case tree.Aggregate():
                kind = self.catalogue.records[node.records]
                records = self.context.records.get(node.records, ())
                found = aggregate(node, kind, records, self.as_of, self.calendar)
                fact = replace(result_fact(node, kind), label=subject_words(node, self.catalogue))
                key = self.key(subject_text(node, self.catalogue), fact, found)
                return replace(as_comparison(node), fact=key)
            case _:
                return self.asked(node)

    def asked(self, leaf: tree.Leaf) -> Comparison:
        """A leaf as a fact that is yes, no or not known."""
        result = truth(
            leaf, self.values, self.catalogue, self.as_of, self.calendar, context=self.context
        )
        words = subject_words(leaf, self.catalogue)
        fact = Fact(key="x", label=words[:1].upper() + words[1:], type=FactType.BOOLEAN, sql="")
        return Comparison(self.key(subject_text(leaf, self.catalogue), fact, result), Op.IS, True)

    def key(self, name: str, fact: Fact, value: object) -> str:
        """The key of the fact that stands for what is called `name`; the same for the same."""
        for key, known in self.names.items():
            if known == name and self.facts[key].type is fact.type:
                return key
        number = len(self.names)
        while (key := f"x_{number}") in self.catalogue:
            number += 1000
        self.names[key] = name
        self.facts[key] = replace(fact, key=key)
        self.values[key] = value
        return key
