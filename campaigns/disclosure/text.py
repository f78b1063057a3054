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
HALF_WIDTH = re.compile("[\uff66-\uff9f]+")
JOINER = "\u200d"
# Small capitals are letters of phonetics, which NFKC keeps: "ᴀᴅ" is read as "AD".
SMALL_CAPITALS = str.maketrans("ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ", "abcdeghijklmnoprtuvwyz")


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    TAG = "hashtag"
    MENTION = "mention"
    LINK = "link"


KINDS = {kind.value: kind for kind in Kind}
TOKEN = re.compile(
    r"(?P<link>(?:https?://|www\.)\S+|(?<![\w@.])[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/\S*|[\w.+-]{1,64}@[\w-]{1,63}\.\w+)"
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


class _Fold(dict[int, str]):
    """Characters to their folded form, worked out when first met; for `str.translate`."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = "" if char in INVISIBLE else self.fold(char)
        self[code] = folded
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
    return composed(text).translate(_FOLD)


def composed(text: str) -> str:
    """What is typed as a letter and a mark is one letter; half-width kana are full ones."""
    text = HALF_WIDTH.sub(lambda kana: unicodedata.normalize("NFKC", kana.group()), text)
    return unicodedata.normalize("NFC", text)


def key_of(text: str) -> str:
    """A name or tag without what people add or leave out: case, accents, dots, dashes, spaces."""
    return _alphanumeric(fold(text))


def _alphanumeric(text: str) -> str:
    return text if text.isalnum() else "".join(char for char in text if char.isalnum())


class Text:
    """A text that was captured, and what a matcher asks of it."""

    def __init__(self, raw: str) -> None:
        self.raw = raw if raw.isascii() else composed(raw)
        self.folded = raw.lower() if raw.isascii() else self.raw.translate(_FOLD)

    @cached_property
    def _places(self) -> Sequence[int]:
        """For each folded character its place in the text; asked for only where a match is."""
        return [place for place, char in enumerate(self.raw) for _ in _FOLD[ord(char)]]

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """The words, hashtags, mentions and links, in order."""
        tokens: list[Token] = []
        for found in TOKEN.finditer(self.folded):
            kind = KINDS[found.lastgroup or ""]
            start, end = found.span()
            if kind is Kind.TAG and not self._begins_a_tag(start, tokens):
                kind = Kind.WORD
            tokens.append(Token(kind, _key(kind, found.group()), start, end))
        return tokens

    def _begins_a_tag(self, start: int, before: Sequence[Token]) -> bool:
        """A "#" in a word, an address or an HTML entity begins no hashtag; one after a tag does."""
        if start == 0 or not (self.folded[start - 1].isalnum() or self.folded[start - 1] in "_&/"):
            return True
        return bool(before) and before[-1].kind is Kind.TAG and before[-1].end == start

    @cached_property
    def handles(self) -> Sequence[str]:
        """The distinct hashtags, mentions and links, in order of the alphabet."""
        return sorted({token.key for token in self.tokens if token.kind is not Kind.WORD})

    def place(self, folded_index: int) -> int:
        """Where a folded character is in the text, in code points."""
        if self.raw.isascii():
            return folded_index
        if folded_index >= len(self._places):
            return len(self.raw)
        return self._places[folded_index]

    def end_place(self, folded_end: int) -> int:
        """The end in the text of what ends at `folded_end`."""
        return self.place(folded_end - 1) + 1 if folded_end else 0

    def visible_before(self, place: int) -> int:
        """How many characters a reader sees before `place` (code points of the text)."""
        return self._visible[place]

    @cached_property
    def _visible(self) -> Sequence[int]:
        return _visible(self.raw)

    def line_of(self, place: int) -> int:
        """The line, counted from 1."""
        return self.raw.count("\n", 0, place) + 1


def _key(kind: Kind, piece: str) -> str:
    if kind is Kind.WORD:
        return piece.lstrip("#").replace("’", "'")  # noqa: RUF001
    return piece if kind is Kind.LINK else _alphanumeric(piece[1:])


def visible_length(text: str) -> int:
    """The number of characters that a reader sees: an emoji with its modifiers is one."""
    return _visible(text)[-1]


def _visible(text: str) -> list[int]:
    """For each place, how many characters a reader sees before it; the last is for the end."""
    counts = [0]
    count = 0
    joined = flag = False
    before = ""
    for char in text:
        if joined:
            joined = False
        elif _EXTENDS[char]:
            joined = char == JOINER
            counts.append(count)
            continue
        elif "\U0001f1e6" <= char <= "\U0001f1ff":
            flag = not flag
            count += flag
            counts.append(count)
            continue
        else:
            count += not (char == "\n" and before == "\r")
        flag = False
        before = char
        counts.append(count)
    return counts


class _Extends(dict[str, bool]):
    """Whether a character is seen with the one before it, or not at all."""

    def __missing__(self, char: str) -> bool:
        self[char] = (
            char in INVISIBLE
            or "\U0001f3fb" <= char <= "\U0001f3ff"
            or "\U000e0020" <= char <= "\U000e007f"
            or unicodedata.category(char) in {"Mn", "Me", "Mc"}
        )
        return self[char]


_EXTENDS = _Extends()
