"""Writes a tree as text, so that the text reads back as the same tree."""

from __future__ import annotations

import json
import re

from segmentation.rules import tree
from segmentation.rules.facts import RESERVED_WORDS, Catalogue, FactType
from segmentation.rules.tree import Op, Period, Span

_BARE_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SHARES = frozenset({FactType.PERCENT, FactType.DISTRIBUTION})
UNDERSCORES_FROM = 10_000


def print_rule(node: tree.Node, catalogue: Catalogue | None = None) -> str:
    """Return the rule as text, one line for each item of the outermost group.

    parse(print_rule(tree)) == tree. With a catalogue, shares are written as percentages.
    """
    return _Printer(catalogue).whole(node)


def subject_text(leaf: tree.Leaf, catalogue: Catalogue | None = None) -> str:
    """Return what a leaf looks at, without what it asks of it: "count(posts, last 90 days)"."""
    match leaf:
        case tree.Comparison(fact, _, _, key):
            return fact if key is None else f"{fact}[{key}]"
        case tree.Aggregate():
            return _Printer(catalogue).summed(leaf)
        case tree.StageFor(stage):
            return f"stage({_word(stage)})"
        case tree.SegmentRef():
            return _Printer(catalogue).item(leaf)


class _Printer:
    """Writes a tree as text; parentheses stand around every group inside a group."""

    def __init__(self, catalogue: Catalogue | None) -> None:
        self.catalogue = catalogue

    def whole(self, node: tree.Node) -> str:
        if isinstance(node, tree.All | tree.Any) and len(node.items) > 1:
            word = "and" if isinstance(node, tree.All) else "or"
            return f"\n{word} ".join(self.item(item) for item in node.items)
        return self.item(node)

    def item(self, node: tree.Node) -> str:
        match node:
            case tree.All(items) | tree.Any(items):
                word = "and" if isinstance(node, tree.All) else "or"
                if len(items) > 1:
                    return "(" + f" {word} ".join(self.item(item) for item in items) + ")"
                call = "all" if isinstance(node, tree.All) else "any"
                return f"{call}({', '.join(self.item(item) for item in items)})"
            case tree.Not(item):
                return f"not {self.item(item)}"
            case tree.Comparison(fact, op, value, key):
                share = "" if key is None else f"[{_word(key)}]"
                return f"{fact}{share} {self.test(op, value, self.is_share(fact))}"
            case tree.Aggregate():
                return (
                    f"{self.summed(node)} {self.test(node.op, node.value, self.sums_shares(node))}"
                )
            case tree.StageFor(stage, at_least, entered):
                call = f"stage({_word(stage)})"
                if at_least is not None:
                    return f"{call} for at least {_span(at_least)}"
                if isinstance(entered, Span):
                    return f"{call} entered within last {_span(entered)}"
                return f"{call} entered in {_period_text(entered)}" if entered else call
            case tree.SegmentRef(segment, was):
                past = "" if was is None else f" was in {_period_text(was)}"
                return f"segment({json.dumps(segment, ensure_ascii=False)}){past}"

    def summed(self, node: tree.Aggregate) -> str:
        inside = node.records if node.field is None else f"{node.field} of {node.records}"
        if node.where is not None:
            inside += f" where {_Printer(self.fields_of(node)).item(node.where)}"
        if isinstance(node.within, Span):
            inside += f", last {_span(node.within)}"
        elif node.within is not None:
            inside += f", in {_period_text(node.within)}"
        return f"{node.function}({inside})"

    def test(self, op: Op, value: tree.Value, as_share: bool) -> str:
        match value:
            case None:
                return "is empty" if op is Op.EMPTY else op.value
            case Span():
                last = "last " if op is Op.WITHIN else ""
                return f"{op} {last}{_span(value)}"
            case Period():
                return f"{op} {_period_text(value)}"
            case tree.Norm(percentile, by):
                return f"{op} p{percentile}({', '.join(by)})"
            case (low, high) if op is Op.BETWEEN:
                return f"between {_scalar(low, as_share)} and {_scalar(high, as_share)}"
            case tuple():
                return f"{op} ({', '.join(_quoted(item) for item in value)})"
            case _:
                return f"{op} {_scalar(value, as_share)}"

    def is_share(self, key: str) -> bool:
        fact = None if self.catalogue is None else self.catalogue.get(key)
        return fact is not None and fact.type in _SHARES

    def fields_of(self, node: tree.Aggregate) -> Catalogue | None:
        kind = None if self.catalogue is None else self.catalogue.records.get(node.records)
        return None if kind is None else kind.fields

    def sums_shares(self, node: tree.Aggregate) -> bool:
        """Whether an aggregate gives a share: then it is compared with a percentage."""
        fields = self.fields_of(node)
        field = None if fields is None or node.field is None else fields.get(node.field)
        return field is not None and field.type in _SHARES


def _word(value: object) -> str:
    """Return a value as a bare word where the text reads it back as the same, else in quotes."""
    text = str(value)
    if _BARE_WORD.fullmatch(text) and text.lower() not in RESERVED_WORDS:
        return text
    return _quoted(text)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _scalar(value: tree.Scalar, as_share: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _word(value)
    if as_share and (percent := _percent(value)) is not None:
        return percent
    if isinstance(value, int):
        return f"{value:_}" if abs(value) >= UNDERSCORES_FROM else str(value)
    return repr(float(value))


def _percent(value: float) -> str | None:
    """Return a fraction as the percentage that reads back as the same number, if there is one."""
    text = f"{value * 100:.12f}".rstrip("0").rstrip(".")
    return f"{text}%" if float(f"{text}e-2") == value else None


def _span(span: Span) -> str:
    return f"{span.count} {span.unit}{'' if span.count == 1 else 's'}"


def _period_text(period: Period) -> str:
    fiscal = "fiscal " if period.fiscal else ""
    named = {0: "this", -1: "last", 1: "next"}.get(period.offset)
    if named is not None:
        return f"{named} {fiscal}{period.unit}"
    return f"{fiscal}{period.unit} {period.offset}"
