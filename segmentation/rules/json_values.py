"""Reads the values of a rule's JSON form: operators, thresholds, windows, and their limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

from segmentation.rules import tree
from segmentation.rules.errors import RuleError, step
from segmentation.rules.facts import KNOWN_OPS, closest, is_fact_key
from segmentation.rules.tree import Op, Period, Span, Unit

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


class ValueReader:
    """Reads values and collects what is wrong with them; a value that is wrong becomes None."""

    def __init__(self) -> None:
        self.errors: list[RuleError] = []

    def error(self, pointer: str, code: str, message: str) -> None:
        self.errors.append(RuleError(pointer, None, code, message))

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
                f"There is no operator {short(form['op'])}.{hint}",
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
        if op in LIST_OPS or (op is Op.IN and is_list(form)):
            return self.texts(form, at)
        if op is Op.IN:
            return self.period(form, at)
        return form if isinstance(form, bool) else self.text(form, at)

    def pair(self, form: object, at: str) -> tree.Value:
        if not is_list(form) or len(form) != 2:
            self.error(at, "wrong_value", '"between" needs two numbers: lowest and highest.')
            return None
        low, high = (self.number(item, step(at, place)) for place, item in enumerate(form))
        return None if low is None or high is None else (low, high)

    def number(self, form: object, at: str) -> tree.Number | None:
        if isinstance(form, bool) or not isinstance(form, int | float):
            self.error(at, "wrong_value", f"Expected a number, found {kind_of(form)}.")
        elif not abs(form) <= MAX_NUMBER:  # written so that NaN is refused too
            self.error(at, "wrong_value", "The number is too large.")
        else:
            return form
        return None

    def text(self, form: object, at: str) -> str | None:
        if not isinstance(form, str):
            self.error(at, "wrong_value", f"Expected text, found {kind_of(form)}.")
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
        if not is_list(form):
            self.error(at, "wrong_value", f"Expected a list of values, found {kind_of(form)}.")
            return None
        found = [self.text(item, step(at, place)) for place, item in enumerate(form)]
        return tuple(item for item in found if item is not None)

    def fact_key(self, form: object, at: str) -> str | None:
        key = self.text(form, at)
        if key is not None and not is_fact_key(key):
            self.error(
                at,
                "bad_key",
                f"{short(key)} cannot be a key: use lower case letters, digits and _, and no word "
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
        if not is_list(by) or not by:
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
                    step(at, name), "unknown_member", f"{short(name)} has no place here.{hint}"
                )


def is_list(form: object) -> TypeGuard[Sequence[object]]:
    return isinstance(form, Sequence) and not isinstance(form, str | bytes)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def short(form: object) -> str:
    text = f'"{form}"' if isinstance(form, str) else repr(form)
    return text if len(text) <= 60 else text[:57] + "..."


def kind_of(form: object) -> str:
    """Name what was found, for an error message."""
    if form is None:
        return "nothing"
    if isinstance(form, bool):
        return "true or false"
    if isinstance(form, int | float):
        return f"the number {short(form)}"
    if isinstance(form, str):
        return f"the text {short(form)}"
    return "a list" if is_list(form) else "an object"
