"""What a creator wrote, and the words in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

# What points at others says nothing of what a post is about, and names people.
_POINTERS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+|@[\w.]+", re.IGNORECASE)
# A hashtag counts as its word.
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|['\u2019](?=[^\W\d_]))*")

_HASHTAG = re.compile(r"#([^\W\d_][^\W_]*)")
# In so many posts a line is what stands below them, and not what they are about.
_STANDING = 3


@dataclass(frozen=True)
class Text:
    """The words of one post; `post` is its id."""

    post: int
    words: str


@dataclass(frozen=True)
class Document:
    """What one creator wrote: their newest posts, and what their accounts say of themselves."""

    creator: int
    texts: Sequence[Text]
    about: str = ""

    @property
    def whole(self) -> str:
        """All of it, without addresses and names of accounts."""
        return plain("\n".join([self.about, *(text.words for text in self.texts)]))


@dataclass(frozen=True)
class Guess:
    """What a classifier says of a document.

    value       the likeliest one; confidence: its probability, null where nobody knows it
    others      the next ones with their probabilities, likeliest first
    terms       words that led there with their share in it, strongest first
    posts       ids of posts with most of these words
    """

    creator: int
    value: str
    confidence: float | None
    others: Sequence[tuple[str, float]] = ()
    terms: Sequence[tuple[str, float]] = ()
    posts: Sequence[int] = ()
    read: int = 0
    note: str = field(default="")


def without_standing_lines(texts: Sequence[Text]) -> list[Text]:
    """The same, each line that stands in three posts or more in the first of them alone.

    "Support me on Patreon" below every video would make anybody a leader of a community. Lines of
    nothing but hashtags stay, and so do posts of nothing but such lines: they say what they say.
    """
    lines = [[(line, _standing(line)) for line in text.words.splitlines()] for text in texts]
    counts = Counter(key for one in lines for key in {key for _line, key in one if key})
    seen: set[str] = set()
    kept = []
    for text, one in zip(texts, lines, strict=True):
        own = [(line, key) for line, key in one if counts[key] < _STANDING or key not in seen]
        has_words = any(key for _line, key in own)
        kept.append(Text(text.post, "\n".join(line for line, _key in own)) if has_words else text)
        seen.update(key for _line, key in one)
    return kept


def _standing(line: str) -> str:
    """By what a line is known again: without addresses, accounts, hashtags, signs."""
    return " ".join(words_of(_HASHTAG.sub(" ", plain(line))))


def plain(text: str) -> str:
    """Without addresses and names of accounts."""
    return _POINTERS.sub(" ", text)


def words_of(text: str) -> list[str]:
    """The words of a plain text, in small letters."""
    return [word.replace("\u2019", "'") for word in _WORD.findall(text.lower())]


def hashtags_of(text: str) -> list[str]:
    """The words of a plain text that are hashtags, in small letters."""
    return _HASHTAG.findall(text.lower())


def phrases_of(text: str) -> Iterator[str]:
    """Words, and each two that stand side by side."""
    words = words_of(text)
    yield from words
    yield from (f"{one} {two}" for one, two in pairwise(words))


def telling(
    document: Document,
    terms: Sequence[tuple[str, float]],
    phrases: Callable[[str], Iterable[str]] = phrases_of,
    most: int = 3,
) -> list[int]:
    """The posts in which most of the terms stand, by their share; none without any of them."""
    weights = dict(terms)
    found = [
        (
            sum(weights.get(one, 0.0) for one in set(phrases(plain(text.words)))),
            -place,
            text.post,
        )
        for place, text in enumerate(document.texts)
    ]
    return [post for share, _place, post in sorted(found, reverse=True)[:most] if share > 0]
