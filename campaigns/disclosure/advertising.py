"""What in a text reads like advertising, whether or not it says so: signs, and the text as it is.

A hint decides nothing. Plain wordings are cut out, since the question is what the rest sounds like;
accounts and addresses are, since they say who and not what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from campaigns.disclosure.files import read
from campaigns.disclosure.matcher import Form, Hit, Names, Reading
from campaigns.disclosure.packs import Packs
from campaigns.disclosure.text import Kind, Text

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
SENTENCE_MAX = 500


@dataclass(frozen=True)
class Signs:
    """The file advertising.yaml: what each sign weighs, and from what sum on a text is a hint."""

    version: str
    least: float
    signals: Mapping[str, float]
    unclear: float
    affiliate: float
    mention: float
    denial: float
    phrases: Mapping[str, float]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """All phrases, the longest first."""
        longest = sorted(self.phrases, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")


@dataclass(frozen=True)
class Sign:
    """One sign that a text has: its key ("words:use code" of a phrase), and what it weighs."""

    key: str
    weight: float


class Looked:
    """A text, and what in it bears on whether it is advertising. `names`: of the brand."""

    def __init__(self, raw: str, packs: Packs, names: Names) -> None:
        self.text = Text(raw)
        self._packs = packs
        self._read: Reading = packs.matcher.read(self.text, names)
        self._language, _words = packs.lexicon.language_of(self.text)

    @cached_property
    def plain(self) -> list[Hit]:
        """Wordings that say plainly that it is advertising, those that are denied left out."""
        return [
            hit
            for hit in self._read.hits
            if self._packs.lexicon.is_plain(hit.pattern, self._language) and not hit.denied_by
        ]

    @property
    def is_labelled(self) -> bool:
        """Whether it says so; the first word of a sentence may be a label or not."""
        return any(hit.form is not Form.OPENING for hit in self.plain)

    @property
    def is_denied(self) -> bool:
        """Whether it says that it is none."""
        return bool(self._read.denials) or any(hit.denied_by for hit in self._read.hits)

    @cached_property
    def words(self) -> str:
        """The text without plain wordings, accounts and addresses."""
        cut = [(hit.start, hit.end) for hit in self.plain]
        cut += [
            (token.start, token.end)
            for token in self.text.tokens
            if token.kind in {Kind.MENTION, Kind.LINK}
        ]
        kept, place = [], 0
        for start, end in sorted(cut):
            if start >= place:
                kept.append(self.text.folded[place:start])
            place = max(place, end)
        return " ".join([*kept, self.text.folded[place:]])

    @cached_property
    def signs(self) -> list[Sign]:
        """Each sign once, the heaviest first."""
        found = {sign.key: sign for sign in self._signs()}
        return sorted(found.values(), key=lambda one: (-one.weight, one.key))

    def _signs(self) -> Iterator[Sign]:
        own, lexicon = signs(), self._packs.lexicon
        for signal in lexicon.signals_in(self.text):
            yield Sign(signal.key, own.signals[signal.key])
        if any(self._is_unclear(hit) for hit in self._read.hits):
            yield Sign("unclear", own.unclear)
        if lexicon.affiliate_disclosures(self.text):
            yield Sign("affiliate", own.affiliate)
        if any(token.kind is Kind.MENTION for token in self.text.tokens):
            yield Sign("mention", own.mention)
        if self.is_denied:
            yield Sign("denial", own.denial)
        for phrase in own.pattern.findall(self.text.folded):
            yield Sign(f"words:{phrase}", own.phrases[phrase])

    def _is_unclear(self, hit: Hit) -> bool:
        """Whether it speaks of a connection, and no plain wording stands at its place.

        Signs of sellers that packs list as not enough ("use code") are signals of their own.
        """
        known = self._packs.lexicon.ambiguous | self._packs.accepted_somewhere
        is_plain = any(one.start < hit.end and hit.start < one.end for one in self.plain)
        return hit.pattern in known and not hit.denied_by and not is_plain

    @property
    def marks(self) -> list[str]:
        """The signs beside its words, as features to learn from."""
        return [f"sign:{sign.key}" for sign in self.signs if not sign.key.startswith("words:")]

    @property
    def strength(self) -> float:
        """The weights of its signs added up."""
        return sum(sign.weight for sign in self.signs)


def sentences(raw: str) -> Sequence[str]:
    """The sentences and lines of a text that have words, cut where they are very long."""
    parts = (part.strip() for part in _SENTENCE.split(raw))
    return [part[:SENTENCE_MAX] for part in parts if any(letter.isalpha() for letter in part)]


@cache
def signs() -> Signs:
    """The list that comes with the product."""
    form = read("advertising.yaml")
    phrases = {
        phrase: float(weight) for weight, some in form.pop("phrases").items() for phrase in some
    }
    return Signs(**form, phrases=phrases)
