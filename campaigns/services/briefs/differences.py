"""What differs between two versions of a brief, section by section and word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from campaigns.services.briefs.document import Document
from campaigns.services.briefs.words import sections

_TOKEN = re.compile(r"\s+|[^\W_]+|[\W_]")


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """Some words, and what became of them."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """A section that is not as it was."""

    title: str
    pieces: tuple[Piece, ...]

    @property
    def is_new(self) -> bool:
        """Whether the version before did not have it."""
        return all(piece.kind is Kind.ADDED for piece in self.pieces)

    @property
    def is_gone(self) -> bool:
        """Whether only the version before has it."""
        return all(piece.kind is Kind.REMOVED for piece in self.pieces)


def differences(before: Document, after: Document, names: Mapping[str, str]) -> list[Change]:
    """The sections that differ, in order."""
    old = {section.key: section for section in sections(before, names)}
    new = {section.key: section for section in sections(after, names)}
    found = []
    for key in dict.fromkeys([*new, *old]):
        was = old[key].as_text if key in old else ""
        now = new[key].as_text if key in new else ""
        if was != now:
            title = new[key].title if key in new else old[key].title
            found.append(Change(title, pieces(was, now)))
    return found


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as one: words that stayed, came and went."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    found: list[Piece] = []
    for code, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if code == "equal":
            found.append(Piece(Kind.SAME, "".join(old[a:b])))
            continue
        if a < b:
            found.append(Piece(Kind.REMOVED, "".join(old[a:b])))
        if c < d:
            found.append(Piece(Kind.ADDED, "".join(new[c:d])))
    return tuple(found)
