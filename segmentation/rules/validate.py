"""Checks a rule against the catalogue before anything is saved or run: everything wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from segmentation.rules import contradictions, tree
from segmentation.rules.errors import Position, RuleError, RuleInvalid, step, with_positions
from segmentation.rules.facts import (
    KNOWN_OPS,
    NUMERIC_OPS,
    TYPE_IN_WORDS,
    Catalogue,
    Fact,
    FactType,
    closest,
)
from segmentation.rules.json_form import dump, load
from segmentation.rules.tree import Comparison, Op, Percentage, Period

MAX_DEPTH = 8
MAX_NODES = 200
MAX_VALUES = 500
SHARES = frozenset({FactType.PERCENT, FactType.DISTRIBUTION})


@dataclass(frozen=True)
class Report:
    """What was found: with errors the rule cannot be saved or run, warnings are advice."""

    errors: tuple[RuleError, ...]
    warnings: tuple[RuleError, ...]

    @property
    def ok(self) -> bool:
        """Whether the rule can be run."""
        return not self.errors

    def require(self) -> None:
        """Raise RuleInvalid if there is any error."""
        if self.errors:
            raise RuleInvalid(self.errors)


def validate(
    node: tree.Node, catalogue: Catalogue, positions: Mapping[str, Position] | None = None
) -> Report:
    """Return all errors and warnings of a rule; `positions` (of text.read) adds places in text."""
    try:
        load(dump(node))  # a tree built in code obeys the same shape as one that was read
    except RuleInvalid as invalid:
        return Report(tuple(with_positions(invalid.errors, positions or {})), ())
    checker = _Checker(catalogue)
    checker.node(node, "", 1)
    if checker.nodes > MAX_NODES:
        checker.error(
            "",
            "too_many_nodes",
            f"The rule has {checker.nodes} parts; the limit is {MAX_NODES}.",
        )
    errors = with_positions(checker.errors, positions or {})
    warnings = with_positions([*checker.warnings, *_warnings(node, catalogue)], positions or {})
    return Report(tuple(errors), tuple(warnings))


def _warnings(node: tree.Node, catalogue: Catalogue) -> Iterable[RuleError]:
    facts = tree.facts_of(node)
    if facts and all(_counts_followers(key, catalogue) for key in facts):
        yield RuleError(
            "",
            None,
            "follower_count_only",
            "The rule looks at follower counts alone, which says little about fit; add what the "
            "creators do or whom they reach.",
        )


def _counts_followers(key: str, catalogue: Catalogue) -> bool:
    """Whether the fact is a follower count: by convention `followers` or `followers_<platform>`."""
    fact = catalogue.get(key)
    is_count = fact is not None and fact.type is FactType.NUMBER
    return is_count and (key == "followers" or key.startswith("followers_"))


class _Checker:
    """Walks one rule and collects what is wrong with it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.errors: list[RuleError] = []
        self.warnings: list[RuleError] = []
        self.nodes = 0

    def error(self, pointer: str, code: str, message: str) -> None:
        self.errors.append(RuleError(pointer, None, code, message))

    def not_yet(self, pointer: str, what: str) -> None:
        self.error(
            pointer,
            "not_supported_yet",
            f"{what} can be written but not evaluated yet; use the facts of the catalogue.",
        )

    def node(self, node: tree.Node, at: str, depth: int) -> None:
        self.nodes += 1
        if depth == MAX_DEPTH + 1:
            self.error(at, "too_deep", f"Groups lie more than {MAX_DEPTH} levels deep here.")
        match node:
            case tree.All(items) | tree.Any(items):
                kind = "all" if isinstance(node, tree.All) else "any"
                if not items:
                    self.error(
                        at,
                        "empty_group",
                        f'The group "{kind}" is empty: add a condition.',
                    )
                for place, item in enumerate(items):
                    self.node(item, step(at, kind, place), depth + 1)
                if isinstance(node, tree.All):
                    self.errors += contradictions.find(node, at, self.catalogue)
            case tree.Not(item):
                self.node(item, step(at, "not"), depth + 1)
            case Comparison():
                self.comparison(node, at)
            case tree.Aggregate():
                self.not_yet(at, f'Counting and summing related records ("{node.function}")')
                if node.where is not None:
                    self.shape(node.where, step(at, "where"), depth + 1)
            case tree.StageFor():
                self.not_yet(at, "How long a creator has been in a stage")
            case tree.SegmentRef(was=None):
                self.not_yet(at, "Membership of another segment")
            case tree.SegmentRef():
                self.not_yet(at, "Past membership of a segment")

    def shape(self, node: tree.Node, at: str, depth: int) -> None:
        """Check size and depth of a part whose facts are not the catalogue's."""
        inner = _Checker(self.catalogue)
        inner.node(node, at, depth)
        self.nodes += inner.nodes
        about_shape = ("too_deep", "empty_group")
        self.errors += [error for error in inner.errors if error.code in about_shape]

    def comparison(self, leaf: Comparison, at: str) -> None:
        fact = self.catalogue.get(leaf.fact)
        if fact is None:
            meant = self.catalogue.suggest(leaf.fact)
            hint = f" Did you mean {meant}?" if meant else ""
            self.error(step(at, "fact"), "unknown_fact", f'There is no fact "{leaf.fact}".{hint}')
            return
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
            case tree.Norm():
                self.not_yet(step(at, "norm"), "Comparing with the creator's peers")
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
