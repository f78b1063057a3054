"""Whether a comment is about what is talked about: words said here more than elsewhere.

Each word says by how much it is likelier below this post than below others (log of the ratio);
words that are said here count whole, words that are not count less, since comments wander.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

# A word of the post itself counts as if so many comments had said it.
_POST = 2.0
# Of how many comments a thread is drawn to what is said everywhere, and everywhere to the usual.
_DRAWN_HERE, _DRAWN_ELSEWHERE = 15.0, 10.0
# A word that is in so many comments where nothing else is known of it.
_USUAL = 0.005
# What words that are said elsewhere count.
_AWAY = 0.4
# The sum of logs from which a comment is close, and how steep the scale from 0 to 1 is.
_CLOSE_FROM, _STEEP = 1.5, 0.5
_WORD = re.compile(r"[^\W\d_][^\W_]+")
# Only what English adds to a word, longest first.
_ENDINGS = ("ing", "ed", "ly", "s")
_STEM_MIN = 3


@dataclass
class _Thread:
    """What is below a post: in how many comments each word is, and what the post itself says."""

    post: frozenset[str]
    comments: int = 0
    words: Counter[str] = field(default_factory=Counter)


def closeness(
    comments: Sequence[tuple[int, str]],
    below: Mapping[int, tuple[str, Sequence[str]]],
    background: Sequence[str],
    *,
    close: float,
) -> list[float | None]:
    """How close comments (post, text) are to their post, from 0 to 1; None: no words to compare.

    `below` has each post's own words and the other comments there, `background` comments from
    below other posts. `close` is what a comment gets that is just close.
    """
    texts = [_words(text) for _post, text in comments]
    threads = {
        post: _Thread(_words(words), len(others), _count(map(_words, others)))
        for post, (words, others) in below.items()
    }
    for (post, _text), words in zip(comments, texts, strict=True):
        threads[post].comments += 1
        threads[post].words.update(words)
    rest = _count(map(_words, background))
    everywhere, number = Counter(rest), len(background)
    for thread in threads.values():
        everywhere.update(thread.words)
        number += thread.comments
    said = everywhere + _count(thread.post for thread in threads.values())
    shift = math.log(close / (1 - close)) - _STEEP * _CLOSE_FROM
    found: list[float | None] = []
    for (post, _text), words in zip(comments, texts, strict=True):
        if not any(said[word] > 1 for word in words):  # only this comment has them
            found.append(None)
            continue
        weight = _weight(words, threads[post], everywhere, number)
        found.append(1 / (1 + math.exp(-max(min(_STEEP * weight + shift, 30.0), -30.0))))
    return found


def _weight(
    words: Iterable[str], thread: _Thread, everywhere: Mapping[str, int], number: int
) -> float:
    """The sum over the words of a comment of this thread, which itself is left out."""
    here, away = thread.comments - 1, number - thread.comments
    total = 0.0
    for word in sorted(words):
        inside = thread.words[word] - 1
        outside = everywhere[word] - thread.words[word]
        usual = (outside + _DRAWN_ELSEWHERE * _USUAL) / (away + _DRAWN_ELSEWHERE)
        of_post = _POST if word in thread.post else 0.0
        share = (inside + of_post + _DRAWN_HERE * usual) / (here + _DRAWN_HERE)
        ratio = math.log(share / usual)
        total += ratio if ratio > 0 else _AWAY * ratio
    return total


def _count(texts: Iterable[Iterable[str]]) -> Counter[str]:
    return Counter(word for words in texts for word in words)


def _words(text: str) -> frozenset[str]:
    """Stems of words, without the commonest of English."""
    commonest = _commonest()
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in commonest)


@cache
def _commonest() -> frozenset[str]:
    from sklearn.feature_extraction.text import (  # noqa: PLC0415 - slow to import, for workers
        ENGLISH_STOP_WORDS,
    )

    return frozenset(ENGLISH_STOP_WORDS)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_MIN:
            return word[: -len(ending)]
    return word
