"""Checks of one comparison against the fact it reads: operator, type, range, names."""

from __future__ import annotations

from segmentation.rules import tree
from segmentation.rules.context import PEER_TYPES
from segmentation.rules.errors import RuleError, step
from segmentation.rules.facts import (
    KNOWN_OPS,
    NUMERIC_OPS,
    NUMERIC_TYPES,
    TYPE_IN_WORDS,
    Catalogue,
    Fact,
    FactType,
    closest,
)
from segmentation.rules.tree import Comparison, Op, Percentage, Period

MAX_VALUES = 500
SHARES = frozenset({FactType.PERCENT, FactType.DISTRIBUTION})


class Checks:
    """Collects what is wrong with comparisons."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.errors: list[RuleError] = []
        self.warnings: list[RuleError] = []

    def error(self, pointer: str, code: str, message: str) -> None:
        self.errors.append(RuleError(pointer, None, code, message))

    def comparison(self, leaf: Comparison, at: str) -> None:
        fact = self.catalogue.get(leaf.fact)
        if fact is None:
            meant = self.catalogue.suggest(leaf.fact)
            hint = f" Did you mean {meant}?" if meant else ""
            why = self.catalogue.gone.get(leaf.fact, f'There is no fact "{leaf.fact}".{hint}')
            self.error(step(at, "fact"), "unknown_fact", why)
            return
        self.test(leaf, fact, at)

    def test(self, leaf: Comparison, fact: Fact, at: str) -> None:
        """Check what is asked of a fact that exists."""
        if leaf.op not in fact.operators:
            takes = ", ".join(fact.operators)
            self.error(
                step(at, "op"),
                "wrong_operator",
                f'"{leaf.op}" does not fit {TYPE_IN_WORDS[fact.type]}; {fact.key} takes {takes}.',
            )
            return
        self.key(leaf, fact, at)
        self.value(leaf, fact, at)

    def key(self, leaf: Comparison, fact: Fact, at: str) -> None:
        if fact.type is not FactType.DISTRIBUTION:
            if leaf.key is not None:
                self.error(step(at, "key"), "wrong_key", f"{fact.key} has no shares to name.")
        elif leaf.key is not None:
            self.named(leaf.key, fact, step(at, "key"))
        elif leaf.op not in KNOWN_OPS:
            self.error(at, "missing_key", f"Name the share: {fact.key}[...].")

    def value(self, leaf: Comparison, fact: Fact, at: str) -> None:
        place, kind = step(at, "value"), TYPE_IN_WORDS[fact.type]
        match leaf.value:
            case tree.Norm(_, by):
                self.norm(by, fact, step(at, "norm"))
            case tuple() if leaf.op is Op.BETWEEN:
                self.between(leaf.value, fact, place)
            case tuple():
                self.values(leaf.value, fact, place)
            case bool() if fact.type is not FactType.BOOLEAN:
                self.error(place, "wrong_type", f"{fact.key} is {kind}, not true or false.")
            case str() | Period() if fact.type is FactType.BOOLEAN:
                self.error(place, "wrong_type", f"{fact.key} is true or false.")
            case str():
                self.named(leaf.value, fact, place)
            case int() | float() if leaf.op in NUMERIC_OPS:
                self.number(leaf.value, fact, place)
            case Period() if fact.type not in (FactType.DATE, FactType.MOMENT):
                self.error(place, "wrong_type", f'{fact.key} takes a list of values after "in".')
            case _:
                pass  # spans, periods, booleans and "is known" need no more than their shape

    def norm(self, by: tuple[str, ...], fact: Fact, at: str) -> None:
        """Check a threshold that comes from the creator's peers."""
        if fact.type not in NUMERIC_TYPES or fact.key not in self.catalogue:
            self.error(
                at, "wrong_norm", f"Only numbers of a creator have a norm; {fact.label} has none."
            )
        for place, key in enumerate(by):
            peer = self.catalogue.get(key)
            if peer is None:
                meant = self.catalogue.suggest(key)
                hint = f" Did you mean {meant}?" if meant else ""
                self.error(
                    step(at, "by", place), "unknown_fact", f'There is no fact "{key}".{hint}'
                )
            elif peer.type not in PEER_TYPES:
                self.error(
                    step(at, "by", place),
                    "wrong_norm",
                    f"{key} is {TYPE_IN_WORDS[peer.type]}: peers are equal in a choice, a text or "
                    "in what is true or false.",
                )

    def between(self, pair: tuple[tree.Scalar, ...], fact: Fact, at: str) -> None:
        low, high = pair
        for place, item in enumerate(pair):
            self.number(item, fact, step(at, place))
        if float(low) > float(high):
            self.error(
                at,
                "impossible_range",
                f"Nothing lies between {low:,} and {high:,}: the lower number comes first.",
            )

    def number(self, value: tree.Scalar, fact: Fact, at: str) -> None:
        if isinstance(value, Percentage) and fact.type not in SHARES:
            self.error(at, "wrong_type", f"{fact.key} is not a share: write a number without %.")
            return
        low, high = fact.bounds
        if (low is not None and float(value) < low) or (high is not None and float(value) > high):
            self.error(at, "impossible_value", _outside(float(value), fact))
        elif fact.type in SHARES and float(value) > 1 and not isinstance(value, Percentage):
            message = f"{value:g} asks for {float(value):.0%}. {_share_hint(float(value))}"
            self.warnings.append(RuleError(at, None, "share_over_one", message))

    def values(self, values: tuple[tree.Scalar, ...], fact: Fact, at: str) -> None:
        if fact.type in (FactType.DATE, FactType.MOMENT):
            self.error(at, "wrong_type", f'After "in", {fact.key} takes a period: last quarter.')
            return
        if not values:
            self.error(at, "empty_list", "The list is empty; name at least one value.")
        if len(values) > MAX_VALUES:
            self.error(
                at,
                "too_many_values",
                f"The list has {len(values)} values; the limit is {MAX_VALUES}.",
            )
            return
        for place, value in enumerate(values):
            self.named(str(value), fact, step(at, place))

    def named(self, value: str, fact: Fact, at: str) -> None:
        """Check the name of a choice, a member of a set or a share."""
        allowed = fact.allowed
        if fact.type is FactType.TEXT or allowed is None or value in allowed:
            return
        meant = closest(value, allowed) or _by_label(value, fact)
        hint = f" Did you mean {meant}?" if meant else ""
        self.error(at, "unknown_value", f'{fact.key} has no value "{value}".{hint}')


def _by_label(label: str, fact: Fact) -> str | None:
    labels = {text: value for value, text in (fact.choices or {}).items()}
    meant = closest(label, labels)
    return None if meant is None else labels[meant]


def _outside(value: float, fact: Fact) -> str:
    low, high = fact.bounds
    reach = f"at least {low:,g}" if high is None else f"at most {high:,g}"
    if low is not None and high is not None:
        reach = f"between {low:,g} and {high:,g}"
    message = f"{fact.key} is {reach}, never {value:,g}."
    if fact.type in SHARES and 1 < value <= 100:
        message += f" {_share_hint(value)}"
    return message


def _share_hint(value: float) -> str:
    return f"Shares are fractions: {value:g}% is written {value:g}% or {value / 100:g}."
