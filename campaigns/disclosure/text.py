"""A text as a reader sees it: folded to compare, cut into tokens, counted in visible characters.

Folding is NFKC, lower case, no zero-width characters, no accents of Latin letters; every folded
character knows where it came from, so that a match can be marked in the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
)
LATIN_ACCENTS = (0x0300, 0x036F)
VOICED_MARKS = "\u3099\u309a"
JOINER = "\u200d"
# Small capitals are letters of phonetics, which NFKC keeps: "ᴀᴅ" is read as "AD".
SMALL_CAPITALS = str.maketrans("ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ", "abcdeghijklmnoprtuvwyz")


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    TAG = "hashtag"
    MENTION = "mention"
    LINK = "link"


TOKEN = re.compile(
    r"(?P<link>(?:https?://|www\.)\S+|(?<![\w@.])[\w-]+(?:\.[\w-]+)+/\S*|[\w.+-]+@[\w-]+\.\w+)"
    r"|(?P<mention>@[\w.]*\w)"
    r"|(?P<hashtag>\#[\w·]+)"
    r"|(?P<word>[^\W_]+(?:['’][^\W_]+)*)"  # noqa: RUF001 - people type both apostrophes
)


class Token(NamedTuple):
    """A word, hashtag, mention or link, at its place in the folded text."""

    kind: Kind
    key: str  # what is compared: without "#", "@", "_" and dots
    start: int
    end: int


class _Fold(dict[str, str]):
    """Characters to their folded form, worked out when first met."""

    def __missing__(self, char: str) -> str:
        folded = "" if char in INVISIBLE else self.fold(char)
        self[char] = folded
        return folded

    @staticmethod
    def fold(char: str) -> str:
        plain = unicodedata.normalize("NFKC", char).casefold().translate(SMALL_CAPITALS)
        parts = unicodedata.normalize("NFD", plain)
        low, high = LATIN_ACCENTS
        kept = "".join(part for part in parts if not low <= ord(part) <= high)
        return unicodedata.normalize("NFC", kept)


_FOLD = _Fold()


def fold(text: str) -> str:
    """`text` as it is compared."""
    return _fold(unicodedata.normalize("NFC", text))[0]


def key_of(text: str) -> str:
    """A name or tag without what people add or leave out: case, accents, dots, dashes, spaces."""
    return "".join(char for char in fold(text) if char.isalnum())


def _fold(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and for each of its characters the place in `text` (None: the same)."""
    if text.isascii():
        return text.lower(), None
    pieces: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        folded = _FOLD[char]
        if folded and folded in VOICED_MARKS and pieces:
            # A half-width voiced mark stands beside its letter: ﾌ + ﾟ is プ.
            joined = unicodedata.normalize("NFC", pieces[-1] + folded)
            if len(joined) == 1:
                pieces[-1] = joined
                continue
        pieces.extend(folded)
        places.extend([place] * len(folded))
    return "".join(pieces), places


class Text:
    """A text that was captured, and what a matcher asks of it."""

    def __init__(self, raw: str) -> None:
        # Composed letters: what one types as "e" and an accent is one letter like any other "é".
        self.raw = unicodedata.normalize("NFC", raw)
        self.folded, self._places = _fold(self.raw)

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """The words, hashtags, mentions and links, in order."""
        tokens: list[Token] = []
        for found in TOKEN.finditer(self.folded):
            kind, piece, start = Kind(found.lastgroup or ""), found.group(), found.start()
            if kind is Kind.TAG and not self._begins_a_tag(start, tokens):
                kind = Kind.WORD
            tokens.append(Token(kind, _key(kind, piece), start, found.end()))
        return tokens

    def _begins_a_tag(self, start: int, before: Sequence[Token]) -> bool:
        """A "#" in a word, an address or an HTML entity begins no hashtag; one after a tag does."""
        if start == 0 or not (self.folded[start - 1].isalnum() or self.folded[start - 1] in "_&/"):
            return True
        return bool(before) and before[-1].kind is Kind.TAG and before[-1].end == start

    def place(self, folded_index: int) -> int:
        """Where a folded character is in the text, in code points."""
        if self._places is None:
            return folded_index
        if folded_index >= len(self._places):
            return len(self.raw)
        return self._places[folded_index]

    def end_place(self, folded_end: int) -> int:
        """The end in the text of what ends at `folded_end`."""
        return self.place(folded_end - 1) + 1 if folded_end else 0

    def visible_before(self, place: int) -> int:
        """How many characters a reader sees before `place` (code points of the text)."""
        return visible_length(self.raw[:place])

    def line_of(self, place: int) -> int:
        """The line, counted from 1."""
        return self.raw.count("\n", 0, place) + 1


def _key(kind: Kind, piece: str) -> str:
    if kind is Kind.WORD:
        return piece.lstrip("#").replace("’", "'")  # noqa: RUF001
    if kind is Kind.LINK:
        return piece
    return "".join(char for char in piece if char.isalnum())


def visible_length(text: str) -> int:
    """The number of characters that a reader sees: an emoji with its modifiers is one."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    count = 0
    joined = flag = False
    for char in text:
        if joined:
            joined = False
        elif _extends(char):
            joined = char == JOINER
            continue
        elif "\U0001f1e6" <= char <= "\U0001f1ff":
            flag = not flag
            count += flag
            continue
        else:
            count += 1
        flag = False
    return count - text.count("\r\n")


def _extends(char: str) -> bool:
    """Whether the character is seen with the one before it, or not at all."""
    return (
        char in INVISIBLE
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
        or unicodedata.category(char) in {"Mn", "Me", "Mc"}
    )
