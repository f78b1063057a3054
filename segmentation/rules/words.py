"""Values and thresholds in words, for explanations and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.facts import NUMERIC_TYPES, Fact, FactType
from segmentation.rules.tree import Comparison, Norm, Op, Period, Span, Window

NOT_KNOWN = "not known"
LIST_LIMIT = 8
VALUE_DECIMALS, THRESHOLD_DECIMALS = 4, 10

_OPPOSITES = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.LE: Op.GT,
    Op.GT: Op.LE,
    Op.IS: Op.IS_NOT,
    Op.IS_NOT: Op.IS,
    Op.ANY_OF: Op.NONE_OF,
    Op.NONE_OF: Op.ANY_OF,
    Op.IS_KNOWN: Op.IS_UNKNOWN,
    Op.IS_UNKNOWN: Op.IS_KNOWN,
}
_BARE_WORDS = {Op.IS_KNOWN: "known", Op.IS_UNKNOWN: NOT_KNOWN, Op.EMPTY: "empty"}
_NEGATED_STARTS = {
    "is ": "is not ",
    "contains ": "does not contain ",
    "starts ": "does not start ",
    "include ": "do not include ",
}
_NUMBER_WORDS = {
    Op.EQ: "exactly",
    Op.NE: "other than",
    Op.LT: "less than",
    Op.LE: "at most",
    Op.GT: "more than",
    Op.GE: "at least",
}


def name_of(leaf: Comparison, fact: Fact) -> str:
    """Return what is compared, as it stands within a sentence: "engagement rate"."""
    label = mid_sentence(fact.label)
    return label if leaf.key is None else f"share of {fact.label_of(leaf.key)} in {label}"


def phrase(leaf: Comparison, fact: Fact, *, wanted: bool = True) -> str:
    """Return a comparison, or its opposite, in words: "followers at least 10,000"."""
    return f"{name_of(leaf, fact)} {threshold_words(leaf, fact, wanted=wanted)}"


def threshold_words(leaf: Comparison, fact: Fact, *, wanted: bool = True) -> str:
    """Return what a comparison asks of the value, or the opposite: "at least 10,000"."""
    if wanted:
        return _asked(leaf, fact)
    if isinstance(leaf.value, bool):
        return _asked(replace(leaf, value=not leaf.value), fact)
    if leaf.op in _OPPOSITES:
        return _asked(replace(leaf, op=_OPPOSITES[leaf.op]), fact)
    words = _asked(leaf, fact)
    for start, negated in _NEGATED_STARTS.items():
        if words.startswith(start):
            return f"{negated}{words.removeprefix(start)}"
    return f"not {words}"


def _asked(leaf: Comparison, fact: Fact) -> str:
    match leaf.value:
        case None:
            return _BARE_WORDS[leaf.op]
        case bool():
            return f"is {'yes' if leaf.value else 'no'}"
        case int() | float():
            return f"{_NUMBER_WORDS[leaf.op]} {_threshold(leaf.value, fact)}"
        case str() as text:
            shown = fact.label_of(text) if fact.type is FactType.CHOICE else f"\u201c{text}\u201d"
            return f"{leaf.op} {shown}"
        case Span() as span:
            if leaf.op is Op.OLDER_THAN:
                return f"more than {span_words(span)} ago"
            return window_words(span)
        case Period() as period:
            return window_words(period)
        case Norm() as norm:
            return f"{_NUMBER_WORDS[leaf.op]} {norm_words(norm)}"
        case tuple() as options:
            return _asked_of_many(leaf.op, options, fact)
        case _:
            raise TypeError(f"{leaf} passes no validation")


def _asked_of_many(op: Op, options: tuple[tree.Scalar, ...], fact: Fact) -> str:
    if op is Op.BETWEEN:
        return f"between {' and '.join(_threshold(option, fact) for option in options)}"
    labels = _listed(fact.label_of(str(option)) for option in options)
    return f"is one of {labels}" if op is Op.IN else f"include {op} {labels}"


def norm_words(norm: Norm) -> str:
    """Return what a norm is: "the 75th percentile of creators with the same tier"."""
    names = join_words([key.replace("_", " ") for key in norm.by], "and")
    return f"the {_ordinal(norm.percentile)} percentile of creators with the same {names}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number in (11, 12, 13) else ending}"


def window_words(window: Window) -> str:
    """Return a window as it stands after a fact: "in the last quarter"."""
    if isinstance(window, Span):
        return f"in the last {window.unit if window.count == 1 else span_words(window)}"
    period = window
    unit = f"fiscal {period.unit}" if period.fiscal else period.unit.value
    named = {0: "this", -1: "the last", 1: "the next"}.get(period.offset)
    if named is not None:
        return f"in {named} {unit}"
    side = "before" if period.offset < 0 else "after"
    return f"in the {unit} {abs(period.offset)} {side} this one"


def value_words(value: object, fact: Fact, key: str | None, calendar: Calendar) -> str:
    """Return what a creator's fact row holds in words; the share when `key` is given."""
    if fact.type is FactType.DISTRIBUTION and isinstance(value, Mapping) and key is not None:
        value = value.get(key)
    match value:
        case None:
            return NOT_KNOWN
        case bool():
            return "yes" if value else "no"
        case int() | float() | Decimal() if _is_number(fact):
            return _number(float(value), fact, VALUE_DECIMALS)
        case datetime():
            return f"{calendar.local(value):%Y-%m-%d %H:%M} ({calendar.timezone})"
        case date():
            return value.isoformat()
        case list() | tuple() | set() | frozenset():
            return _listed(sorted(fact.label_of(fact.named(item)) for item in value)) or "none"
        case Mapping():
            shares = sorted(value.items(), key=lambda item: (-float(item[1] or 0), item[0]))
            known = ((name, share) for name, share in shares if share is not None)
            return _listed(
                f"{fact.label_of(name)} {_number(float(share), fact, VALUE_DECIMALS)}"
                for name, share in known
            )
        case _:
            return fact.label_of(fact.named(value))


def mid_sentence(label: str) -> str:
    """Return a label with a small first letter, unless it starts with an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _is_number(fact: Fact) -> bool:
    return fact.type in NUMERIC_TYPES or fact.type is FactType.DISTRIBUTION


def _threshold(value: object, fact: Fact) -> str:
    return _number(float(str(value)), fact, THRESHOLD_DECIMALS)


def _number(value: float, fact: Fact, decimals: int) -> str:
    if fact.type in (FactType.PERCENT, FactType.DISTRIBUTION):
        return f"{_plain(value * 100, decimals)}%"
    shown = _plain(value, decimals)
    said = not fact.unit or fact.unit.lower() in fact.label.lower()
    return shown if said else f"{shown} {fact.unit}"


def _plain(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}".rstrip("0").rstrip(".")
    return f"{value:g}" if value and text in ("0", "-0") else text


def span_words(span: Span) -> str:
    """Return a length of time: "30 days"."""
    return f"{span.count:,} {span.unit}{'' if span.count == 1 else 's'}"


def _listed(items: Iterable[str]) -> str:
    found = list(items)
    more = len(found) - LIST_LIMIT
    shown = ", ".join(found[:LIST_LIMIT])
    return f"{shown} and {more} more" if more > 0 else shown


def join_words(parts: list[str], word: str) -> str:
    """Return parts joined as in a sentence: "a, b or c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def number_words(value: float, fact: Fact) -> str:
    """Return a number of the fact's kind in words: "3.1%"."""
    return _number(value, fact, VALUE_DECIMALS)
