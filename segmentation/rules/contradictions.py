"""Finds conditions of one "all" group that no creator can meet together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from segmentation.rules import tree
from segmentation.rules.errors import RuleError, step
from segmentation.rules.facts import Catalogue, FactType
from segmentation.rules.tree import Comparison, Op


@dataclass(frozen=True)
class _Range:
    """The numbers from low to high; an open end leaves its number out."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    def both(self, other: _Range) -> _Range:
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_shut = min((self.high, not self.high_open), (other.high, not other.high_open))
        return _Range(low, high, low_open, not high_shut)

    @property
    def empty(self) -> bool:
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))


def find(group: tree.All, at: str, catalogue: Catalogue) -> Iterator[RuleError]:
    """Yield an error for each comparison that rules out what those before it in the group ask."""
    ranges: dict[tuple[str, str | None], _Range] = {}
    choices: dict[str, set[str]] = {}
    for place, item in enumerate(group.items):
        if not isinstance(item, Comparison):
            continue
        fact = catalogue.get(item.fact)
        if fact is None or item.op not in fact.operators:
            continue
        pointer = step(at, "all", place)
        allowed = _range(item)
        if allowed is not None and not allowed.empty:
            subject = (item.fact, item.key)
            ranges[subject] = ranges.get(subject, _Range()).both(allowed)
            if ranges[subject].empty:
                yield _error(pointer, item)
                ranges[subject] = allowed
        values = _choices(item) if fact.type is FactType.CHOICE else None
        if values:
            choices[item.fact] = choices.get(item.fact, values) & values
            if not choices[item.fact]:
                yield _error(pointer, item)
                choices[item.fact] = values


def _error(pointer: str, item: Comparison) -> RuleError:
    name = item.fact if item.key is None else f"{item.fact}[{item.key}]"
    message = f"No creator can meet this and the conditions on {name} before it in the group."
    return RuleError(pointer, None, "impossible_range", message)


def _range(item: Comparison) -> _Range | None:
    """Return the numbers a comparison allows; None when it is not a range of numbers."""
    match item.op, item.value:
        case Op.BETWEEN, (low, high):
            return _Range(float(low), float(high))
        case Op.EQ, int() | float():
            return _Range(float(item.value), float(item.value))
        case Op.GE, int() | float():
            return _Range(low=float(item.value))
        case Op.GT, int() | float():
            return _Range(low=float(item.value), low_open=True)
        case Op.LE, int() | float():
            return _Range(high=float(item.value))
        case Op.LT, int() | float():
            return _Range(high=float(item.value), high_open=True)
        case _:
            return None


def _choices(item: Comparison) -> set[str] | None:
    match item.op, item.value:
        case Op.IS, str():
            return {item.value}
        case Op.IN, tuple():
            return {str(value) for value in item.value}
        case _:
            return None
