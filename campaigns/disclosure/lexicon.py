"""Words that disclose, deny or give away advertising, and which language a text is in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from campaigns.disclosure.files import read
from campaigns.disclosure.text import Kind, Text, fold, key_of

SURE = 2  # words of a language that must be met
LEAD = 1.3  # and how much more often than those of the next
SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
SENTENCE_ENDS = ".!?\n"
OF_A_SCRIPT = 4  # characters that make a text one of the script


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that sellers write, with where it stands (in the folded text)."""

    key: str
    words: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Lexicon:
    """The file lexicon.yaml."""

    version: str
    clear: Mapping[str, tuple[str, ...]]  # pattern to the languages in which it is plain
    ambiguous: frozenset[str]
    brand_tags: tuple[str, ...]
    denials: tuple[str, ...]
    negators: frozenset[str]
    fillers: frozenset[str]
    false_positives: Mapping[str, str]
    phrases_that_are_not: tuple[str, ...]
    signals: tuple[tuple[str, str, re.Pattern[str]], ...]
    affiliate: tuple[tuple[str, str, re.Pattern[str]], ...]
    affiliate_denials: re.Pattern[str]
    machine_made: tuple[tuple[str, str, re.Pattern[str]], ...]
    languages: Mapping[str, tuple[str, ...]]  # word to languages

    @property
    def patterns(self) -> list[str]:
        """Everything that may disclose."""
        return [*self.clear, *sorted(self.ambiguous), *self.brand_tags]

    @property
    def roots(self) -> frozenset[str]:
        """What a hashtag may begin with and yet be another word: "#adidas"."""
        plain = (pattern for pattern in self.clear if pattern.startswith("#"))
        return frozenset(key_of(pattern) for pattern in plain)

    def is_plain(self, pattern: str, language: str | None) -> bool:
        """Whether the wording says plainly that it is advertising.

        What means something else in other languages, as "#pub" does, is plain only in its own.
        """
        if pattern in self.ambiguous:
            return language is not None and language in self.clear.get(pattern, ())
        return pattern in self.clear or pattern in self.brand_tags

    def signals_in(self, text: Text) -> list[Signal]:
        """What sellers write: codes, reductions, links of affiliate networks."""
        return list(_found(text, self.signals))

    def affiliate_disclosures(self, text: Text) -> list[Signal]:
        """Where the text says that its links earn money, unless the sentence says they do not."""
        return list(_found(text, self.affiliate, denied_by=self.affiliate_denials))

    def machine_made_in(self, text: Text) -> list[Signal]:
        """Where the text says that nobody real speaks, or that a machine made the picture."""
        return list(_found(text, self.machine_made))

    def language_of(self, text: Text) -> tuple[str | None, frozenset[str]]:
        """The language, when enough of its commonest words are met, and all that were met."""
        for language, script in SCRIPTS:
            if len(script.findall(text.folded)) >= OF_A_SCRIPT:
                return language, frozenset({language})
        counts: Counter[str] = Counter()
        for token in text.tokens:
            if token.kind is Kind.WORD:
                counts.update(self.languages.get(token.key, ()))
        if not counts:
            return None, frozenset()
        (language, most), *others = counts.most_common(2)
        sure = most >= SURE and (not others or most >= others[0][1] * LEAD)
        return (language if sure else None), frozenset(counts)


def _found(
    text: Text,
    patterns: tuple[tuple[str, str, re.Pattern[str]], ...],
    denied_by: re.Pattern[str] | None = None,
) -> Iterator[Signal]:
    """The first place of each pattern, of those in sentences that do not deny it."""
    for key, words, pattern in patterns:
        for found in pattern.finditer(text.folded):
            start, end = found.span()
            if denied_by is None or not denied_by.search(_sentence(text.folded, start, end)):
                yield Signal(key, words, found.group(), start, end)
                break


def _sentence(folded: str, start: int, end: int) -> str:
    """The sentence around a passage."""
    begin = max((folded.rfind(mark, 0, start) for mark in SENTENCE_ENDS), default=-1) + 1
    ends = [place for mark in SENTENCE_ENDS if (place := folded.find(mark, end)) >= 0]
    return folded[begin : min(ends, default=len(folded))]


@cache
def standard() -> Lexicon:
    """The lexicon that comes with the product."""
    form = read("lexicon.yaml")
    clear: dict[str, list[str]] = {}
    for language, patterns in form["clear"].items():
        for pattern in patterns:
            clear.setdefault(pattern, []).append(language)
    words: dict[str, list[str]] = {}
    for language, common in form["languages"].items():
        for word in common:
            words.setdefault(fold(word), []).append(language)
    return Lexicon(
        version=form["version"],
        clear={pattern: tuple(languages) for pattern, languages in clear.items()},
        ambiguous=frozenset(form["ambiguous"]),
        brand_tags=tuple(form["brand_tags"]),
        denials=tuple(form["denials"]),
        negators=frozenset(fold(word) for some in form["negators"].values() for word in some),
        fillers=frozenset(fold(word) for word in form["fillers"]),
        false_positives={fold(word): reason for word, reason in form["false_positives"].items()},
        phrases_that_are_not=tuple(form["phrases_that_are_not"]),
        signals=_patterns(form["signals"]),
        affiliate=_patterns(form["affiliate"]),
        affiliate_denials=re.compile(form["affiliate_denials"]),
        machine_made=_patterns(form["machine_made"]),
        languages={word: tuple(languages) for word, languages in words.items()},
    )


def _patterns(forms: list[dict[str, Any]]) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple((form["key"], form["words"], re.compile(form["pattern"])) for form in forms)
