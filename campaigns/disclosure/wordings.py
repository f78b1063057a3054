"""The patterns of packs and lexicon, made ready to be looked up token by token.

"#tag" is a whole hashtag, "#<brand>partner" a hashtag made of a brand's name and an ending, "word"
a word that stands as a label, "two words" a phrase anywhere, <brand> a name, <@brand> a mention or
the advertiser, "~text" a part of a word, for scripts without spaces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from campaigns.disclosure.text import fold, key_of

BRAND = "<brand>"
NAMED_BRAND = "<@brand>"


class PatternRefused(ValueError):
    """The pattern means nothing; the message says which."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row, of which some may stand for a brand."""

    pattern: str
    parts: tuple[str, ...]


@dataclass(slots=True)
class Wordings:
    """Patterns by the token they begin with."""

    tags: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    phrases: dict[str, list[Phrase]] = field(default_factory=dict)
    # Endings after, and beginnings before, the name of a brand.
    endings: list[tuple[str, str]] = field(default_factory=list)
    beginnings: list[tuple[str, str]] = field(default_factory=list)
    parts_of_words: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, patterns: Iterable[str]) -> Wordings:
        """The patterns, each once."""
        made = cls()
        for pattern in dict.fromkeys(patterns):
            made.add(pattern)
        return made

    def add(self, pattern: str) -> None:
        """Take the pattern up. Raises PatternRefused."""
        if pattern.startswith("~"):
            self.parts_of_words.append((fold(pattern[1:]), pattern))
        elif pattern.startswith("#"):
            self._add_tag(pattern)
        elif " " in pattern:
            parts = tuple(
                part if part in {BRAND, NAMED_BRAND} else fold(part) for part in pattern.split()
            )
            if parts[0].startswith("<"):
                raise PatternRefused(f"{pattern!r} begins with a brand; begin with a word.")
            self.phrases.setdefault(parts[0], []).append(Phrase(pattern, parts))
        elif fold(pattern):
            self.words.setdefault(fold(pattern), []).append(pattern)
        else:
            raise PatternRefused(f"{pattern!r} has nothing to look for.")

    def _add_tag(self, pattern: str) -> None:
        before, brand, after = pattern[1:].partition(BRAND)
        if not brand:
            self.tags.setdefault(key_of(before), []).append(pattern)
        elif before and not after:
            self.beginnings.append((key_of(before), pattern))
        elif after and not before:
            self.endings.append((key_of(after), pattern))
        else:
            raise PatternRefused(f"{pattern!r} needs words on one side of the brand.")
