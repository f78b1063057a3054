"""The stored notation: `load` reads a JSON value into a tree, `dump` writes it back.

`load` checks the shape only (which members, which kind of value for an operator); whether facts
exist and values make sense is for `validate`. Everything wrong is reported at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation.rules import tree
from segmentation.rules.errors import RuleInvalid, step
from segmentation.rules.json_values import MAX_NESTING, ValueReader, is_list, kind_of
from segmentation.rules.tree import Function, Period, Span

KINDS = (
    "all",
    "any",
    "not",
    "fact",
    *(function.value for function in Function),
    "stage",
    "segment",
)


def load(form: object) -> tree.Node:
    """Return the tree of a rule in its JSON form; RuleInvalid with JSON pointers if it has none."""
    loader = _Loader()
    node = loader.node(form, "", 1)
    if loader.errors or node is None:
        raise RuleInvalid(loader.errors)
    return node


def dump(node: tree.Node) -> dict[str, Any]:
    """Return the JSON form of a tree: load(dump(tree)) == tree."""
    match node:
        case tree.All(items):
            return {"all": [dump(item) for item in items]}
        case tree.Any(items):
            return {"any": [dump(item) for item in items]}
        case tree.Not(item):
            return {"not": dump(item)}
        case tree.Comparison():
            key = {} if node.key is None else {"key": node.key}
            return {"fact": node.fact, **key, "op": node.op.value, **_dump_threshold(node.value)}
        case tree.Aggregate():
            return _dump_aggregate(node)
        case tree.StageFor():
            form: dict[str, Any] = {"stage": node.stage}
            if node.at_least is not None:
                length = node.at_least
                form["for"] = {"at least": length.count, "unit": length.unit.value}
            if node.entered is not None:
                form["entered"] = _dump_window(node.entered)
            return form
        case tree.SegmentRef(segment, was):
            past = {} if was is None else {"was": _dump_window(was)}
            return {"segment": segment, **past}


def _dump_aggregate(node: tree.Aggregate) -> dict[str, Any]:
    form: dict[str, Any] = {node.function.value: node.records}
    if node.field is not None:
        form["of"] = node.field
    if node.where is not None:
        form["where"] = dump(node.where)
    if node.within is not None:
        form["within"] = _dump_window(node.within)
    return {**form, "op": node.op.value, **_dump_threshold(node.value)}


def _dump_threshold(value: tree.Value) -> dict[str, Any]:
    match value:
        case None:
            return {}
        case tree.Norm(percentile, by):
            return {"norm": {"percentile": percentile, "by": list(by)}}
        case Span() | Period():
            return {"value": _dump_window(value)}
        case tuple():
            return {"value": [_dump_scalar(item) for item in value]}
        case _:
            return {"value": _dump_scalar(value)}


def _dump_scalar(value: tree.Scalar) -> tree.Scalar:
    return float(value) if isinstance(value, tree.Percentage) else value


def _dump_window(window: tree.Window) -> dict[str, Any]:
    if isinstance(window, Span):
        return {"last": window.count, "unit": window.unit.value}
    return {window.unit.value: window.offset, **({"calendar": "fiscal"} if window.fiscal else {})}


class _Loader(ValueReader):
    """Reads one rule and collects what is wrong with it; a part that is wrong becomes None."""

    def node(self, form: object, at: str, depth: int) -> tree.Node | None:
        if depth > MAX_NESTING:
            self.error(at, "too_deep", "The rule is nested far too deep.")
            return None
        if not isinstance(form, Mapping):
            self.error(at, "wrong_shape", f"Expected a condition in braces, found {kind_of(form)}.")
            return None
        kinds = [kind for kind in KINDS if kind in form]
        if not kinds:
            self.error(
                at,
                "wrong_shape",
                "A condition needs one of: all, any, not, fact, stage, segment, count, sum, avg, "
                "min, max, latest.",
            )
            return None
        if len(kinds) > 1:
            self.error(
                at, "wrong_shape", f"A condition cannot be {kinds[0]} and {kinds[1]} at once."
            )
            return None
        match kinds[0]:
            case "all" | "any" as kind:
                return self.group(form, kind, at, depth)
            case "not":
                self.members(form, at, {"not"})
                item = self.node(form["not"], step(at, "not"), depth + 1)
                return None if item is None else tree.Not(item)
            case "fact":
                return self.comparison(form, at)
            case "stage":
                return self.stage(form, at)
            case "segment":
                return self.segment(form, at)
            case function:
                return self.aggregate(form, Function(function), at, depth)

    def group(
        self, form: Mapping[str, object], kind: str, at: str, depth: int
    ) -> tree.All | tree.Any | None:
        self.members(form, at, {kind})
        items = form[kind]
        if not is_list(items):
            self.error(step(at, kind), "wrong_shape", f'"{kind}" needs a list of conditions.')
            return None
        found = [
            self.node(item, step(at, kind, number), depth + 1) for number, item in enumerate(items)
        ]
        whole = tuple(item for item in found if item is not None)
        if len(whole) < len(found):
            return None
        return tree.All(whole) if kind == "all" else tree.Any(whole)

    def comparison(self, form: Mapping[str, object], at: str) -> tree.Comparison | None:
        self.members(form, at, {"fact", "key", "op", "value", "norm"})
        fact = self.fact_key(form["fact"], step(at, "fact"))
        key = self.text(form["key"], step(at, "key")) if "key" in form else None
        op, value, fine = self.threshold(form, at)
        if fact is None or op is None or not fine:
            return None
        return tree.Comparison(fact, op, value, key)

    def aggregate(
        self, form: Mapping[str, object], function: Function, at: str, depth: int
    ) -> tree.Aggregate | None:
        self.members(form, at, {function.value, "of", "where", "within", "op", "value", "norm"})
        records = self.fact_key(form[function.value], step(at, function.value))
        field = self.fact_key(form["of"], step(at, "of")) if "of" in form else None
        if function is Function.COUNT and "of" in form:
            self.error(step(at, "of"), "unknown_member", '"count" counts records, not a field.')
        if function is not Function.COUNT and "of" not in form:
            self.error(at, "missing_member", f'"{function}" needs "of": the field to take.')
        where = within = None
        if "where" in form:
            where = self.node(form["where"], step(at, "where"), depth + 1)
        if "within" in form:
            within = self.window(form["within"], step(at, "within"))
        op, value, fine = self.threshold(form, at)
        if records is None or op is None or not fine:
            return None
        return tree.Aggregate(function, records, op, value, field, where, within)

    def stage(self, form: Mapping[str, object], at: str) -> tree.StageFor | None:
        self.members(form, at, {"stage", "for", "entered"})
        stage = self.text(form["stage"], step(at, "stage"))
        if ("for" in form) == ("entered" in form):
            self.error(
                at,
                "missing_member",
                '"stage" needs either "for" or "entered"; for the stage alone use the fact.',
            )
            return None
        at_least = entered = None
        if "for" in form:
            at_least = self.span(form["for"], "at least", step(at, "for"))
        else:
            entered = self.window(form["entered"], step(at, "entered"))
        return None if stage is None else tree.StageFor(stage, at_least, entered)

    def segment(self, form: Mapping[str, object], at: str) -> tree.SegmentRef | None:
        self.members(form, at, {"segment", "was"})
        segment = self.text(form["segment"], step(at, "segment"))
        was = self.period(form["was"], step(at, "was")) if "was" in form else None
        return None if segment is None else tree.SegmentRef(segment, was)
