"""What a text seems to be, by weights of its words; any process can say it, and say why.

Features are words, pairs of neighbouring words, ? and !, and marks: what else is known of a text
("~mood:2"). A text is a TF-IDF vector of its words (sublinear, of length 1), and 1 for each mark,
however long it is; a class's score is its bias and the sum of weight times value, and shares are
the softmax of these. What each feature adds is therefore exact.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Features of what is known beside the words begin with it: no word does.
MARK = "~"
TEXT_MAX = 4_000
_TOKEN = re.compile("[^\\W\\d_]+(?:['\u2019][^\\W\\d_]+)*|[?!]")


@dataclass(frozen=True)
class Weights:
    """What was learned.

    terms  the inverse document frequency of each feature, and its weight for each class
    """

    classes: Sequence[str]
    bias: Sequence[float]
    terms: Mapping[str, tuple[float, Sequence[float]]]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Weights:
        """As `kept` has them."""
        terms = {term: (one[0], one[1:]) for term, one in kept["terms"].items()}
        return cls(kept["classes"], kept["bias"], terms)

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "classes": list(self.classes),
            "bias": [_short(one) for one in self.bias],
            "terms": {
                term: [_short(idf), *map(_short, weights)]
                for term, (idf, weights) in sorted(self.terms.items())
            },
        }


@dataclass(frozen=True)
class Said:
    """What a text seems to be, how sure that is (0 to 1), and what spoke for it most.

    why  features with what each adds to the score of `label`, the largest first
    """

    label: str
    sure: float
    why: Sequence[tuple[str, float]]


def tokens(text: str) -> list[str]:
    """Words in small letters, ? and !, in their order."""
    return [one.replace("\u2019", "'") for one in _TOKEN.findall(text[:TEXT_MAX].lower())]


def features(text: str, marks: Iterable[str] = ()) -> Counter[str]:
    """How often each feature is in a text."""
    words = tokens(text)
    found = Counter(words)
    found.update(f"{one} {other}" for one, other in pairwise(words))
    found.update(f"{MARK}{mark}" for mark in marks)
    return found


def say(
    weights: Weights, text: str, marks: Iterable[str] = (), *, why: int = 0, of: str = ""
) -> Said:
    """What the text seems to be, with the `why` features that spoke for it most.

    of  one of the classes: how sure it is of this one, and what speaks for it, likeliest or not
    """
    values = _values(weights, features(text, marks))
    scores = [
        bias + sum(value * weights.terms[term][1][place] for term, value in values.items())
        for place, bias in enumerate(weights.bias)
    ]
    top = max(scores)
    shares = [math.exp(score - top) for score in scores]
    likeliest = max(range(len(shares)), key=shares.__getitem__)
    best = weights.classes.index(of) if of else likeliest
    # Only differences between classes count: what a feature adds is told against their mean.
    parts = {
        term: value * (weights.terms[term][1][best] - _mean(weights.terms[term][1]))
        for term, value in (values.items() if why else ())
    }
    spoke = sorted(parts.items(), key=lambda one: (-one[1], one[0]))
    return Said(
        weights.classes[best],
        shares[best] / sum(shares),
        [one for one in spoke[:why] if one[1] > 0],
    )


def _values(weights: Weights, found: Mapping[str, int]) -> dict[str, float]:
    known = {term: count for term, count in found.items() if term in weights.terms}
    words = {
        term: (1 + math.log(count)) * weights.terms[term][0]
        for term, count in known.items()
        if not term.startswith(MARK)
    }
    length = math.sqrt(sum(value * value for value in words.values())) or 1.0
    marks = {term: 1.0 for term in known if term.startswith(MARK)}
    return {term: value / length for term, value in words.items()} | marks


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _short(number: float) -> float:
    return round(float(number), 5)
