"""The cold start: lists of words that ship with the product. Each post gives its vote to values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from segmentation.classifying.documents import Document, Guess, phrases_of, plain, telling

# As many votes as nobody cast: so few posts are never enough to be sure.
DOUBT = 3.0
TERMS = 6


@dataclass(frozen=True)
class Lexicon:
    """The word lists of a fact: value to words; one that ends in * stands for all that go on."""

    name: str
    lists: Mapping[str, Sequence[str]]

    @property
    def values(self) -> list[str]:
        """What it can say."""
        return list(self.lists)

    def guess(self, documents: Sequence[Document]) -> list[Guess | None]:
        """What each document may be; None where none of the words stand in it."""
        exact, prefixes = self._index()
        return [self._one(document, exact, prefixes) for document in documents]

    def _index(self) -> tuple[dict[str, list[str]], dict[str, list[tuple[str, str]]]]:
        exact: dict[str, list[str]] = defaultdict(list)
        prefixes: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for value, words in self.lists.items():
            for word in words:
                if word.endswith("*"):
                    prefixes[word[:3]].append((word[:-1], value))
                else:
                    exact[word].append(value)
        return exact, prefixes

    def _one(
        self,
        document: Document,
        exact: Mapping[str, Collection[str]],
        prefixes: Mapping[str, Sequence[tuple[str, str]]],
    ) -> Guess | None:
        votes: dict[str, float] = defaultdict(float)
        terms: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for words in [document.about, *(text.words for text in document.texts)]:
            heard = _heard(words, exact, prefixes)
            total = sum(len(found) for found in heard.values())
            for value, found in heard.items():
                votes[value] += len(found) / total
                for term in found:
                    terms[value][term] += 1 / total
        if not votes:
            return None
        even = DOUBT / len(self.lists)
        whole = sum(votes.values()) + DOUBT
        ranked = sorted(votes, key=lambda value: (-votes[value], value))
        shares = [(value, (votes[value] + even) / whole) for value in ranked]
        strongest = [
            (term, round(share / whole, 4))
            for term, share in sorted(terms[ranked[0]].items(), key=lambda one: (-one[1], one[0]))[
                :TERMS
            ]
        ]
        return Guess(
            creator=document.creator,
            value=ranked[0],
            confidence=shares[0][1],
            others=shares[1:5],
            terms=strongest,
            posts=telling(document, strongest),
            read=len(document.texts),
        )


def _heard(
    words: str,
    exact: Mapping[str, Collection[str]],
    prefixes: Mapping[str, Sequence[tuple[str, str]]],
) -> dict[str, set[str]]:
    """The words of each list that stand in a text."""
    found: dict[str, set[str]] = defaultdict(set)
    for phrase in set(phrases_of(plain(words))):
        for value in exact.get(phrase, ()):
            found[value].add(phrase)
        for begins, value in prefixes.get(phrase[:3], ()):
            if phrase.startswith(begins) and " " not in phrase[len(begins) :]:
                found[value].add(phrase)
    return found


@cache
def _shipped() -> Mapping[str, Mapping[str, Sequence[str]]]:
    with Path(__file__).with_name("lexicon.yaml").open(encoding="utf-8") as file:
        lists: dict[str, dict[str, str]] = yaml.safe_load(file)
    return {
        fact: {value: [one.strip() for one in words.split(",")] for value, words in values.items()}
        for fact, values in lists.items()
    }


def lexicon_of(fact: str, values: Collection[str] | None = None) -> Lexicon | None:
    """The lists of a fact, of these values only; None where there are fewer than two."""
    lists = _shipped().get(fact, {})
    kept = {value: lists[value] for value in lists if values is None or value in values}
    return Lexicon(fact, kept) if len(kept) > 1 else None
