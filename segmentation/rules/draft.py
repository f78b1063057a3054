"""A rule while it is being written: what can be read of it, and everything wrong with it.

Its form is the JSON notation, in which `{"text": "..."}` may stand for a condition or a group in
the text notation: a builder keeps there what it has no fields for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from segmentation.rules import tree
from segmentation.rules.errors import Position, RuleError, RuleInvalid, step
from segmentation.rules.facts import Catalogue
from segmentation.rules.json_form import dump, load
from segmentation.rules.json_values import MAX_NESTING, is_list
from segmentation.rules.printer import print_rule
from segmentation.rules.prose import in_words
from segmentation.rules.text import read
from segmentation.rules.validate import validate

LINE = "text"
# Stands for a line that cannot be read while the rest is looked at; its errors are not told.
_PLACEHOLDER: Mapping[str, object] = {"fact": "line", "op": "is known"}


@dataclass(frozen=True)
class Draft:
    """What is known of a rule as it stands.

    tree      None where it cannot be read
    errors    with any of them it can be neither saved nor run
    warnings  advice
    """

    tree: tree.Node | None
    errors: tuple[RuleError, ...] = ()
    warnings: tuple[RuleError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it can be saved and run."""
        return self.tree is not None and not self.errors

    def to_dict(self, catalogue: Catalogue) -> dict[str, Any]:
        """The rule in every notation with its errors; `lines` has each leaf as text by pointer."""
        faults = {
            "errors": [error.to_dict() for error in self.errors],
            "warnings": [warning.to_dict() for warning in self.warnings],
        }
        if self.tree is None:
            return {"form": None, "text": None, "words": None, "lines": {}, **faults}
        return {
            "form": dump(self.tree),
            "text": print_rule(self.tree, catalogue),
            "words": in_words(self.tree, catalogue),
            "lines": {at: print_rule(leaf, catalogue) for at, leaf in _leaves(self.tree, "")},
            **faults,
        }


def draft_of_text(text: str, catalogue: Catalogue, *, segment: str | None = None) -> Draft:
    """Read and check a rule in the text notation."""
    try:
        found = read(text)
    except RuleInvalid as invalid:
        return Draft(None, invalid.errors)
    return _checked(found.tree, catalogue, found.positions, segment)


def draft_of_form(form: object, catalogue: Catalogue, *, segment: str | None = None) -> Draft:
    """Read and check a rule in the JSON notation with lines of text in it.

    Errors point into the form; those within a line at the line, with the place in it.
    """
    lines = _Lines()
    whole = lines.expanded(form, "", 1)
    try:
        node = load(whole)
    except RuleInvalid as invalid:
        rest = [error for error in invalid.errors if not lines.has(error.pointer)]
        return Draft(None, (*lines.errors, *rest))
    if lines.errors:
        return Draft(None, tuple(lines.errors))
    return _checked(node, catalogue, read(print_rule(node, catalogue)).positions, segment)


def _checked(
    node: tree.Node,
    catalogue: Catalogue,
    positions: Mapping[str, Position],
    segment: str | None,
) -> Draft:
    report = validate(node, catalogue, positions, segment=segment)
    return Draft(node, report.errors, report.warnings)


class _Lines:
    """Reads the lines of text in a form and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.errors: list[RuleError] = []

    def has(self, pointer: str) -> bool:
        """Whether the pointer lies in a line that cannot be read."""
        return any(
            pointer == error.pointer or pointer.startswith(f"{error.pointer}/")
            for error in self.errors
        )

    def expanded(self, form: object, at: str, depth: int) -> object:
        """The form with each line replaced by what it says."""
        if not isinstance(form, Mapping) or depth > MAX_NESTING:
            return form
        if set(form) == {LINE}:
            return self.line(form[LINE], at)
        inner = dict(form)
        for kind in ("all", "any"):
            if is_list(form.get(kind)):
                inner[kind] = [
                    self.expanded(item, step(at, kind, place), depth + 1)
                    for place, item in enumerate(form[kind])
                ]
        if "not" in form:
            inner["not"] = self.expanded(form["not"], step(at, "not"), depth + 1)
        return inner

    def line(self, text: object, at: str) -> object:
        try:
            return dump(read(str(text)).tree)
        except RuleInvalid as invalid:
            self.errors += [
                RuleError(at, error.position, error.code, error.message) for error in invalid.errors
            ]
            return _PLACEHOLDER


def _leaves(node: tree.Node, at: str) -> Iterator[tuple[str, tree.Leaf]]:
    match node:
        case tree.All(items) | tree.Any(items):
            kind = "all" if isinstance(node, tree.All) else "any"
            for place, item in enumerate(items):
                yield from _leaves(item, step(at, kind, place))
        case tree.Not(item):
            yield from _leaves(item, step(at, "not"))
        case _:
            yield at, node
