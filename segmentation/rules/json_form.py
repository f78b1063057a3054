"""The stored notation: `load` reads a JSON value into a tree, `dump` writes it back.

`load` checks the shape only (which members, which kind of value for an operator); whether facts
exist and values make sense is for `validate`. Everything wrong is reported at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from segmentation.rules import tree
from segmentation.rules.errors import RuleError, RuleInvalid, step
from segmentation.rules.facts import KNOWN_OPS, closest, is_fact_key
from segmentation.rules.tree import Function, Op, Period, Span, Unit

# Deeper than any valid rule (validate.MAX_DEPTH), low enough that no input exhausts the stack.
MAX_NESTING = 50
MAX_NUMBER = 2**53 - 1  # up to here every whole number is exact as double precision
MAX_TEXT = 500
DAYS_IN = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.QUARTER: 91, Unit.YEAR: 365}
MAX_WINDOW_DAYS = 36_600  # a hundred years: later or earlier dates would leave the calendar

NUMBER_OPS = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE})
LIST_OPS = frozenset({Op.ANY_OF, Op.ALL_OF, Op.NONE_OF})
TEXT_OPS = frozenset({Op.CONTAINS, Op.STARTS_WITH})
SPAN_OPS = frozenset({Op.WITHIN, Op.OLDER_THAN})
NO_VALUE_OPS = frozenset({*KNOWN_OPS, Op.EMPTY})
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


class _Loader:
    """Reads one rule and collects what is wrong with it; a part that is wrong becomes None."""

    def __init__(self) -> None:
        self.errors: list[RuleError] = []

    def error(self, pointer: str, code: str, message: str) -> None:
        self.errors.append(RuleError(pointer, None, code, message))

    def node(self, form: object, at: str, depth: int) -> tree.Node | None:
        if depth > MAX_NESTING:
            self.error(at, "too_deep", "The rule is nested far too deep.")
            return None
        if not isinstance(form, Mapping):
            self.error(at, "wrong_shape", f"Expected a condition in braces, found {_kind(form)}.")
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
        if not _is_list(items):
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

    def threshold(self, form: Mapping[str, object], at: str) -> tuple[Op | None, tree.Value, bool]:
        """Return the operator, the value, and whether both could be read."""
        if "op" not in form:
            self.error(at, "missing_member", 'A comparison needs "op": the operator.')
            return None, None, False
        try:
            op = Op(str(form["op"]))
        except ValueError:
            meant = closest(str(form["op"]), list(Op))
            hint = f" Did you mean {meant!s}?" if meant else ""
            self.error(
                step(at, "op"),
                "unknown_operator",
                f"There is no operator {_short(form['op'])}.{hint}",
            )
            return None, None, False
        before = len(self.errors)
        value = self.threshold_value(form, op, at)
        return op, value, len(self.errors) == before

    def threshold_value(self, form: Mapping[str, object], op: Op, at: str) -> tree.Value:
        if op in NO_VALUE_OPS:
            for member in ("value", "norm"):
                if member in form:
                    self.error(step(at, member), "unknown_member", f'"{op}" takes no value.')
            return None
        if "norm" in form:
            if op not in NUMBER_OPS:
                self.error(step(at, "norm"), "wrong_value", f'"{op}" cannot compare with a norm.')
            if "value" in form:
                self.error(step(at, "value"), "wrong_shape", "Give a value or a norm, not both.")
            return self.norm(form["norm"], step(at, "norm"))
        if "value" not in form:
            self.error(at, "missing_member", f'"{op}" needs a "value".')
            return None
        return self.value(form["value"], op, step(at, "value"))

    def value(self, form: object, op: Op, at: str) -> tree.Value:
        if op in NUMBER_OPS:
            return self.number(form, at)
        if op in TEXT_OPS:
            return self.text(form, at)
        if op in SPAN_OPS:
            return self.span(form, "last", at)
        if op is Op.BETWEEN:
            return self.pair(form, at)
        if op in LIST_OPS or (op is Op.IN and _is_list(form)):
            return self.texts(form, at)
        if op is Op.IN:
            return self.period(form, at)
        return form if isinstance(form, bool) else self.text(form, at)

    def pair(self, form: object, at: str) -> tree.Value:
        if not _is_list(form) or len(form) != 2:
            self.error(at, "wrong_value", '"between" needs two numbers: lowest and highest.')
            return None
        low, high = (self.number(item, step(at, place)) for place, item in enumerate(form))
        return None if low is None or high is None else (low, high)

    def number(self, form: object, at: str) -> tree.Number | None:
        if isinstance(form, bool) or not isinstance(form, int | float):
            self.error(at, "wrong_value", f"Expected a number, found {_kind(form)}.")
        elif not abs(form) <= MAX_NUMBER:  # written so that NaN is refused too
            self.error(at, "wrong_value", "The number is too large.")
        else:
            return form
        return None

    def text(self, form: object, at: str) -> str | None:
        if not isinstance(form, str):
            self.error(at, "wrong_value", f"Expected text, found {_kind(form)}.")
        elif not form:
            self.error(at, "wrong_value", "The text is empty.")
        elif len(form) > MAX_TEXT:
            self.error(at, "wrong_value", f"The text is longer than {MAX_TEXT} characters.")
        elif "\0" in form or not _is_unicode(form):
            self.error(at, "wrong_value", "The text holds a character that cannot be stored.")
        else:
            return form
        return None

    def texts(self, form: object, at: str) -> tuple[str, ...] | None:
        if not _is_list(form):
            self.error(at, "wrong_value", f"Expected a list of values, found {_kind(form)}.")
            return None
        found = [self.text(item, step(at, place)) for place, item in enumerate(form)]
        return tuple(item for item in found if item is not None)

    def fact_key(self, form: object, at: str) -> str | None:
        key = self.text(form, at)
        if key is not None and not is_fact_key(key):
            self.error(
                at,
                "bad_key",
                f"{_short(key)} cannot be a key: use lower case letters, digits and _, and no word "
                "of the language.",
            )
            return None
        return key

    def norm(self, form: object, at: str) -> tree.Norm | None:
        if not isinstance(form, Mapping):
            self.error(at, "wrong_shape", 'A norm needs "percentile" and "by".')
            return None
        self.members(form, at, {"percentile", "by"})
        percentile = self.whole(form.get("percentile"), step(at, "percentile"), 1, 99)
        by = form.get("by")
        if not _is_list(by) or not by:
            self.error(step(at, "by"), "wrong_value", "Name the facts that make creators peers.")
            return None
        keys = [self.fact_key(item, step(at, "by", place)) for place, item in enumerate(by)]
        whole = tuple(key for key in keys if key is not None)
        return None if percentile is None else tree.Norm(percentile, whole)

    def window(self, form: object, at: str) -> tree.Window | None:
        if isinstance(form, Mapping) and "last" in form:
            return self.span(form, "last", at)
        return self.period(form, at)

    def span(self, form: object, count_name: str, at: str) -> Span | None:
        if not isinstance(form, Mapping):
            self.error(at, "wrong_value", f'Expected {{"{count_name}": 90, "unit": "day"}}.')
            return None
        self.members(form, at, {count_name, "unit"})
        unit = self.unit(form.get("unit"), step(at, "unit"))
        if unit is None:
            return None
        longest = MAX_WINDOW_DAYS // DAYS_IN[unit]
        count = self.whole(form.get(count_name), step(at, count_name), 1, longest)
        return None if count is None else Span(count, unit)

    def period(self, form: object, at: str) -> Period | None:
        units = [unit for unit in Unit if isinstance(form, Mapping) and unit.value in form]
        if not isinstance(form, Mapping) or len(units) != 1:
            self.error(
                at,
                "wrong_value",
                'Expected one of day, week, month, quarter, year with a number: {"quarter": -1} is '
                "the last quarter.",
            )
            return None
        unit = units[0]
        self.members(form, at, {unit.value, "calendar"})
        furthest = MAX_WINDOW_DAYS // DAYS_IN[unit]
        offset = self.whole(form[unit.value], step(at, unit.value), -furthest, furthest)
        kind = form.get("calendar", "calendar")
        if kind not in ("calendar", "fiscal"):
            self.error(step(at, "calendar"), "wrong_value", '"calendar" is "calendar" or "fiscal".')
        elif kind == "fiscal" and unit not in (Unit.QUARTER, Unit.YEAR):
            self.error(
                step(at, "calendar"), "wrong_value", "Only quarters and years can be fiscal."
            )
        elif offset is not None:
            return Period(unit, offset, kind == "fiscal")
        return None

    def unit(self, form: object, at: str) -> Unit | None:
        if form not in tuple(Unit):
            self.error(at, "wrong_value", "The unit is one of day, week, month, quarter, year.")
            return None
        return Unit(str(form))

    def whole(self, form: object, at: str, low: int, high: int) -> int | None:
        if isinstance(form, bool) or not isinstance(form, int) or not low <= form <= high:
            self.error(at, "wrong_value", f"Expected a whole number from {low:,} to {high:,}.")
            return None
        return form

    def members(self, form: Mapping[str, object], at: str, allowed: set[str]) -> None:
        for name in form:
            if name not in allowed:
                meant = closest(str(name), allowed)
                hint = f' Did you mean "{meant}"?' if meant else ""
                self.error(
                    step(at, name), "unknown_member", f"{_short(name)} has no place here.{hint}"
                )


def _is_list(form: object) -> TypeGuard[Sequence[object]]:
    return isinstance(form, Sequence) and not isinstance(form, str | bytes)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _short(form: object) -> str:
    text = f'"{form}"' if isinstance(form, str) else repr(form)
    return text if len(text) <= 60 else text[:57] + "..."


def _kind(form: object) -> str:
    """Name what was found, for an error message."""
    if form is None:
        return "nothing"
    if isinstance(form, bool):
        return "true or false"
    if isinstance(form, int | float):
        return f"the number {_short(form)}"
    if isinstance(form, str):
        return f"the text {_short(form)}"
    return "a list" if _is_list(form) else "an object"
