"""How alike two creators are: in the words they use, in numbers among creators of their size, in
niche, language and country. Plain Python; what is not known of both does not count.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Of how words and numbers are made into a look: another way has another name.
METHOD = "2026-11"
# Heaviest terms that are kept of a creator, and looked for in others.
MOST_TERMS = 60
# A term says something where some use it and most do not.
FEWEST_USERS, LARGEST_SHARE = 3, 0.1
MOST_WORDS = 50_000
WORD_MAX = 100
_TOKEN = re.compile(r"[#@]?\w[\w.]*", re.UNICODE)

# Facts that are compared among creators of the same size, and how they are told.
NUMBERS = {
    "engagement_rate": "engagement rate",
    "view_rate": "views per follower",
    "posts_90d": "posts in 90 days",
    "video_share": "share of videos",
    "paid_share": "share of paid posts",
}
# What each part counts; over those that are known of both.
PARTS = {
    "words": ("Words, hashtags and mentions", 50),
    "numbers": ("Numbers among creators of their size", 15),
    "size": ("Size", 10),
    "niches": ("Niches", 15),
    "language": ("Language", 5),
    "country": ("Country", 5),
}


def tokens(text: str) -> Iterable[str]:
    """Words of three letters and more, hashtags and mentions, in small letters."""
    for found in _TOKEN.findall(text.lower()):
        token = found.rstrip(".")
        bare = token.lstrip("#@")
        if len(bare) < 3 or len(token) > WORD_MAX or bare.isdigit():
            continue
        yield token
        # A hashtag is also the word that it is made of.
        if token[0] == "#":
            yield bare


@dataclass(frozen=True)
class Vocabulary:
    """The terms that tell creators apart: by their number, with how many of `creators` use each."""

    creators: int
    users: Mapping[str, int]
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, users: Mapping[str, int], creators: int) -> Vocabulary:
        """Of how many creators use each term, those that say something, the most used first."""
        most = max(creators * LARGEST_SHARE, FEWEST_USERS)
        kept = [(word, n) for word, n in users.items() if FEWEST_USERS <= n <= most]
        kept.sort(key=lambda one: (-one[1], one[0]))
        kept = kept[:MOST_WORDS]
        return cls(creators, dict(kept), {word: at for at, (word, _) in enumerate(kept)})

    def vector(self, words: Counter[str]) -> tuple[list[int], list[float]]:
        """Numbers and weights of the heaviest terms, as a vector of length 1; empty: no term."""
        weighed = [
            (
                (1 + math.log(count)) * math.log((1 + self.creators) / (1 + self.users[word])),
                self.numbers[word],
            )
            for word, count in words.items()
            if word in self.numbers
        ]
        weighed.sort(key=lambda one: (-one[0], one[1]))
        return unit([(number, weight) for weight, number in weighed[:MOST_TERMS]])


def unit(weighed: Sequence[tuple[int, float]]) -> tuple[list[int], list[float]]:
    """Terms and weights, of length 1 together."""
    length = math.sqrt(sum(weight * weight for _, weight in weighed))
    if not length:
        return [], []
    return [number for number, _ in weighed], [weight / length for _, weight in weighed]


def band(followers: int | None) -> int | None:
    """Creators of the same size: two bands to a power of ten; None: the size is not known."""
    return None if not followers else int(math.log10(followers) * 2)


@dataclass(frozen=True)
class Spread:
    """How a number is spread among creators of a size."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread | None:
        """None where fewer than 20 are known, or all are the same."""
        if len(values) < 20:
            return None
        mean = sum(values) / len(values)
        deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
        return cls(mean, deviation) if deviation > 1e-12 else None

    def place(self, value: float) -> float:
        """In standard deviations from the mean, three at most."""
        return max(-3.0, min((value - self.mean) / self.deviation, 3.0))


@dataclass(frozen=True)
class Look:
    """What is compared of a creator; None and empty: not known."""

    numbers: Sequence[float | None] = ()
    followers: float | None = None
    niches: frozenset[int] = frozenset()
    language: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class Likeness:
    """How alike two are, from 0 to 100, by part; a part that is None is not known of both."""

    score: float
    parts: Mapping[str, float | None]


def likeness(one: Look, other: Look, words: float | None) -> Likeness:
    """Compare two; `words` is how alike their words are, 0 to 1 (None: of one there are none)."""
    parts: dict[str, float | None] = {
        "words": words,
        "numbers": _numbers(one.numbers, other.numbers),
        "size": _size(one.followers, other.followers),
        "niches": _shared(one.niches, other.niches),
        "language": _same(one.language, other.language),
        "country": _same(one.country, other.country),
    }
    known = [(PARTS[key][1], value) for key, value in parts.items() if value is not None]
    whole = sum(weight for weight, _ in known)
    score = 100 * sum(weight * value for weight, value in known) / whole if whole else 0.0
    return Likeness(score, parts)


def _numbers(one: Sequence[float | None], other: Sequence[float | None]) -> float | None:
    both = [
        (a - b) ** 2 for a, b in zip(one, other, strict=False) if a is not None and b is not None
    ]
    return sum(math.exp(-distance / 2) for distance in both) / len(both) if both else None


def _size(one: float | None, other: float | None) -> float | None:
    """As many followers count 1, ten times as many (or few) nothing."""
    if not one or not other:
        return None
    return max(1 - abs(math.log10(one / other)), 0.0)


def _shared(one: frozenset[int], other: frozenset[int]) -> float | None:
    return len(one & other) / len(one | other) if one and other else None


def _same(one: str | None, other: str | None) -> float | None:
    return None if not one or not other else float(one == other)
