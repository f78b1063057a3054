"""Claims in a text: where each stands, and whether it may be made there."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.choices import ClaimStatus
from campaigns.disclosure.text import Kind, Text, composed, fold, key_of
from campaigns.models import Claim
from crm.models import Brand

# What may stand between two words of a claim: not the end of a sentence.
_GAP = re.compile(r"[^.!?;]{0,3}")
_WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*\*?")  # noqa: RUF001 - people type both apostrophes
ANY_ENDING = "*"


@dataclass(frozen=True)
class Found:
    """A claim that a text makes. `start` and `end` are places in the text as it was given."""

    claim: int
    text: str
    words: str
    start: int
    end: int
    status: ClaimStatus
    # It must not be said there, or nothing shows that it is true.
    is_problem: bool
    says: str
    # The same for somebody from outside: not where the brand keeps its papers.
    says_outside: str


@dataclass(frozen=True)
class _Pattern:
    claim: Claim
    # Folded words; one that ends in * stands for all that begin so.
    words: tuple[str, ...]
    # Without spaces: as a hashtag has it, or a script without spaces.
    joined: str
    is_part: bool


class Scanner:
    """The claims of a brand, made ready for many texts: one look-up."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._first: dict[str, list[_Pattern]] = {}
        self._begins: list[_Pattern] = []
        self._parts: list[_Pattern] = []
        self._tags: dict[str, list[_Pattern]] = {}
        for claim in claims:
            for words in claim.words:
                self._add(claim, words)

    @classmethod
    def of(cls, brand: Brand, *, jurisdictions: Sequence[str], on: date) -> Scanner:
        """The claims that hold on a day. Without jurisdictions those of all of them count."""
        rows = Claim.objects.filter(brand=brand).in_force(on).order_by("pk")
        return cls(claim for claim in rows if holds_in(claim, jurisdictions))

    def scan(self, text: str) -> list[Found]:
        """What the text claims, in the order in which it stands there."""
        read = Text(text)
        hits: dict[int, list[tuple[int, int, Claim]]] = {}
        for start, end, claim in self._hits(read):
            hits.setdefault(claim.pk, []).append((start, end, claim))
        found = []
        for places in hits.values():
            for start, end, claim in _longest(places):
                first = _given(text, read.place(start), is_end=False)
                last = _given(text, read.end_place(end), is_end=True)
                found.append(_found(claim, text[first:last], first, last))
        return sorted(found, key=lambda one: (one.start, -one.end, one.claim))

    def _add(self, claim: Claim, words: str) -> None:
        parts = tuple(match.group() for match in _WORD.finditer(fold(words)))
        if not parts:
            return
        pattern = _Pattern(claim, parts, key_of(words), bool(_WITHOUT_SPACES.search(words)))
        if pattern.is_part:
            self._parts.append(pattern)
            return
        self._tags.setdefault(pattern.joined, []).append(pattern)
        if parts[0].endswith(ANY_ENDING):
            self._begins.append(pattern)
        else:
            self._first.setdefault(_plain(parts[0]), []).append(pattern)

    def _hits(self, read: Text) -> Iterator[tuple[int, int, Claim]]:
        tokens = read.tokens
        for index, token in enumerate(tokens):
            if token.kind is Kind.TAG:
                for pattern in self._tags.get(token.key, ()):
                    yield token.start, token.end, pattern.claim
            if token.kind is not Kind.WORD:
                continue
            starting = [p for p in self._begins if _is(p.words[0], token.key)]
            for pattern in (*self._first.get(_plain(token.key), ()), *starting):
                end = self._end(read, index, pattern)
                if end is not None:
                    yield token.start, end, pattern.claim
        for pattern in self._parts:
            needle = "".join(pattern.words)
            at = read.folded.find(needle)
            while at >= 0:
                yield at, at + len(needle), pattern.claim
                at = read.folded.find(needle, at + len(needle))

    @staticmethod
    def _end(read: Text, index: int, pattern: _Pattern) -> int | None:
        last = index + len(pattern.words) - 1
        if last >= len(read.tokens):
            return None
        for place, word in enumerate(pattern.words[1:], index + 1):
            before, token = read.tokens[place - 1], read.tokens[place]
            if token.kind is not Kind.WORD or not _is(word, token.key):
                return None
            if not _GAP.fullmatch(read.folded, before.end, token.start):
                return None
        return read.tokens[last].end


def scan(brand: Brand, text: str, *, jurisdictions: Sequence[str] = (), on: date) -> list[Found]:
    """The claims that a text makes, as the brand's library has them on that day.

    Case, accents and look-alike letters do not matter; words stand whole, next to each other, and
    may be one hashtag; `*` at the end of a word in the library stands for any ending.
    """
    return Scanner.of(brand, jurisdictions=jurisdictions, on=on).scan(text)


def holds_in(claim: Claim, jurisdictions: Sequence[str]) -> bool:
    """Whether the claim's rule counts for content in any of these; none named: for all."""
    named = set(claim.jurisdictions)
    return not named or not jurisdictions or not named.isdisjoint(jurisdictions)


_SAYS: Mapping[ClaimStatus, str] = {
    ClaimStatus.ALLOWED: "may be said",
    ClaimStatus.EVIDENCE: "may be said as far as the evidence goes",
    ClaimStatus.FORBIDDEN: "must not be said",
}


def says(claim: Claim, *, is_outside: bool = False) -> str:
    """Whether it may be made, and why, in words."""
    status = ClaimStatus(claim.status)
    if status is ClaimStatus.EVIDENCE and not claim.is_substantiated:
        return "needs evidence, and there is none in the library"
    words = _SAYS[status]
    if status is ClaimStatus.EVIDENCE:
        words += f": {claim.evidence}" + ("" if is_outside else f" ({claim.evidence_place})")
    elif claim.reason:
        words += f": {claim.reason}"
    return words


def is_problem(claim: Claim) -> bool:
    """Whether a text that makes it cannot go out."""
    status = ClaimStatus(claim.status)
    return status is ClaimStatus.FORBIDDEN or (
        status is ClaimStatus.EVIDENCE and not claim.is_substantiated
    )


def stands(claim: Claim) -> ClaimStatus:
    """How a brief has it: what needs evidence and has none must not be said."""
    return ClaimStatus.FORBIDDEN if is_problem(claim) else ClaimStatus(claim.status)


def told(claim: Claim) -> str:
    """What a creator is told beside a claim of a brief: not where the brand keeps its papers."""
    if ClaimStatus(claim.status) is ClaimStatus.EVIDENCE and not claim.is_substantiated:
        return "We cannot show yet that it is true."
    evidence = f"What shows it: {claim.evidence}" if claim.evidence else ""
    return ". ".join(part.rstrip(".") for part in (claim.reason, evidence) if part)


def _found(claim: Claim, words: str, start: int, end: int) -> Found:
    status = ClaimStatus(claim.status)
    inside, outside = (
        f"“{words}” {says(claim, is_outside=is_outside).rstrip('.')}."
        for is_outside in (False, True)
    )
    return Found(
        claim.pk, claim.text, words, start, end, status, is_problem(claim), inside, outside
    )


def _plain(word: str) -> str:
    return word.replace("’", "'")  # noqa: RUF001


def _is(wanted: str, word: str) -> bool:
    wanted = _plain(wanted)
    if wanted.endswith(ANY_ENDING):
        return word.startswith(wanted[:-1])
    return wanted == word


def _longest(places: list[tuple[int, int, Claim]]) -> list[tuple[int, int, Claim]]:
    """Each stretch of text once: of places that overlap the longest."""
    kept: list[tuple[int, int, Claim]] = []
    for place in sorted(set(places), key=lambda one: (one[0] - one[1], one[0])):
        if all(place[1] <= start or end <= place[0] for start, end, _claim in kept):
            kept.append(place)
    return kept


def _given(text: str, place: int, *, is_end: bool) -> int:
    """A place of the composed text in the text as it was given, where marks may stand apart."""
    if composed(text) == text:
        return place
    prefixes = _Prefixes(text)
    if is_end:
        return bisect_right(prefixes, place) - 1
    return bisect_left(prefixes, place + 1) - 1


class _Prefixes(Sequence[int]):
    """How long each beginning of a text is, composed; worked out only where it is asked."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __len__(self) -> int:
        return len(self._text) + 1

    def __getitem__(self, index: int) -> int:  # type: ignore[override]
        return len(composed(self._text[:index]))
