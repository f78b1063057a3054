"""Hashtags are words without spaces: #skincareroutine says skincare and routine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import log

from segmentation.classifying.documents import plain, words_of

# Shorter hashtags are words themselves; shorter parts, and parts that few people write, say little.
LONG, PART_MIN, PART_MAX, CREATORS_MIN = 7, 3, 16, 5
PARTS_MAX = 20_000
# What a letter costs that belongs to no known part, and each such stretch.
_LETTER, _STRETCH = 3.0, 12.0


class Parts:
    """The words that hashtags are made of, each with its cost: the rarer, the dearer."""

    def __init__(self, costs: Mapping[str, float]) -> None:
        self.costs = dict(costs)
        self._split: dict[str, list[str]] = {}

    @classmethod
    def of(cls, texts: Iterable[str]) -> Parts:
        """Those that plain texts are made of."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(
                {word for word in words_of(plain(text)) if PART_MIN <= len(word) <= PART_MAX}
            )
        total = max(sum(counts.values()), 1)
        common = [one for one in counts.most_common(PARTS_MAX) if one[1] >= CREATORS_MIN]
        return cls({word: -log(number / total) for word, number in common})

    def split(self, word: str) -> list[str]:
        """The parts of a hashtag's word; empty where it is one word, or nothing known."""
        if len(word) < LONG or len(word) > PART_MAX * 4:
            return []
        if word not in self._split:
            found = [part for part in self._cheapest(word) if part in self.costs]
            self._split[word] = found if found != [word] else []
        return self._split[word]

    def _cheapest(self, word: str) -> list[str]:
        """The cheapest way to put the word together, by dynamic programming."""
        best, begins = [0.0], [0]
        for end in range(1, len(word) + 1):
            found = [
                (best[begin] + self._cost(word[begin:end]), begin)
                for begin in range(max(0, end - PART_MAX), end)
            ]
            cost, begin = min(found)
            best.append(cost)
            begins.append(begin)
        parts, end = [], len(word)
        while end:
            parts.append(word[begins[end] : end])
            end = begins[end]
        return parts[::-1]

    def _cost(self, part: str) -> float:
        return self.costs.get(part, _STRETCH + _LETTER * len(part))
