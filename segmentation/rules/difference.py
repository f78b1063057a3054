"""What a new wording of a rule changes: condition by condition in words, and in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from segmentation.rules import tree
from segmentation.rules.facts import Catalogue
from segmentation.rules.prose import in_words

_GROUP_WORDS = {tree.All: "all of them must hold", tree.Any: "one of them is enough"}
_TOKENS = re.compile(r"\s+|[^\s]+")


class Kind(StrEnum):
    """What becomes of a condition."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """A condition that came, went or asks for something else; `before` or `after` may be empty."""

    kind: Kind
    before: str
    after: str

    @property
    def words(self) -> str:
        """The difference as a sentence."""
        if self.kind is Kind.ADDED:
            return f"Now also: {self.after}"
        if self.kind is Kind.REMOVED:
            return f"No longer: {self.before}"
        return f"{self.before} becomes {self.after}"


def differences(
    before: tree.Node | None, after: tree.Node | None, catalogue: Catalogue
) -> list[Difference]:
    """Return what `after` changes in `before`; None is no rule at all. Empty: it says the same."""
    return list(_between(before, after, catalogue))


def _between(
    before: tree.Node | None, after: tree.Node | None, facts: Catalogue
) -> Iterator[Difference]:
    if before == after:
        return
    if before is None or after is None:
        yield from (Difference(Kind.REMOVED, _words(one, facts), "") for one in _items(before))
        yield from (Difference(Kind.ADDED, "", _words(one, facts)) for one in _items(after))
        return
    if _is_group(before) and _is_group(after) and type(before) is not type(after):
        yield Difference(
            Kind.CHANGED,
            f"Of these conditions {_GROUP_WORDS[type(before)]}",
            _GROUP_WORDS[type(after)],
        )
    gone, come = _unmatched(_items(before), _items(after))
    for old, new in _paired(gone, come):
        if old is not None and new is not None and _is_group(old) and _is_group(new):
            yield from _between(old, new, facts)
        elif old is not None and new is not None:
            yield Difference(Kind.CHANGED, _words(old, facts), _inside(_words(new, facts)))
        elif old is not None:
            yield Difference(Kind.REMOVED, _words(old, facts), "")
        elif new is not None:
            yield Difference(Kind.ADDED, "", _words(new, facts))


def _items(node: tree.Node | None) -> tuple[tree.Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, tree.All | tree.Any) else (node,)


def _is_group(node: tree.Node) -> bool:
    return isinstance(node, tree.All | tree.Any)


def _unmatched(
    before: Sequence[tree.Node], after: Sequence[tree.Node]
) -> tuple[list[tree.Node], list[tree.Node]]:
    """The conditions of one side that the other lacks; order means nothing."""
    come = list(after)
    gone = []
    for one in before:
        if one in come:
            come.remove(one)
        else:
            gone.append(one)
    return gone, come


def _paired(
    gone: list[tree.Node], come: list[tree.Node]
) -> Iterator[tuple[tree.Node | None, tree.Node | None]]:
    """Conditions about the same thing together, then those that went, then those that came."""
    rest = list(come)
    lone = []
    for old in gone:
        subject = _subject(old)
        new = next((one for one in rest if _subject(one) == subject), None)
        if new is None:
            lone.append(old)
        else:
            rest.remove(new)
            yield old, new
    yield from ((old, None) for old in lone)
    yield from ((None, new) for new in rest)


def _subject(node: tree.Node) -> object:
    """What a condition is about: two of one subject are one condition, reworded."""
    match node:
        case tree.Comparison(fact, _, _, key):
            return "fact", fact, key
        case tree.Aggregate():
            return "records", node.function, node.records, node.field
        case tree.StageFor(stage):
            return "stage", stage
        case tree.SegmentRef(segment):
            return "segment", segment
        case tree.Not(item):
            return "not", _subject(item)
        case _:
            return "group", type(node)


def _words(node: tree.Node, facts: Catalogue) -> str:
    return in_words(node, facts).removesuffix(".")


def _inside(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}" if sentence[1:2].islower() else sentence


# --- the text --------------------------------------------------------------------------------


class Part(StrEnum):
    """What becomes of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stays, goes or is new."""

    part: Part
    text: str


def text_pieces(before: str, after: str) -> list[Piece]:
    """Return both texts as one, word by word: without the new pieces `before`, without the gone
    ones `after`."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Part.SAME, "".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            pieces.append(Piece(Part.GONE, "".join(old[old_from:old_to])))
        if new_to > new_from:
            pieces.append(Piece(Part.NEW, "".join(new[new_from:new_to])))
    return pieces
