"""What in a text looks like a disclosure, where it stands, and why it counts or does not."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaigns.disclosure.lexicon import Lexicon
from campaigns.disclosure.surroundings import free_after, free_before
from campaigns.disclosure.text import Kind, Text, Token, key_of
from campaigns.disclosure.wordings import BRAND, NAMED_BRAND, Phrase, Wordings

LONGEST_BRAND = 4  # words of a brand's name inside a phrase
SHORTEST_BRAND = 3  # letters that make a name recognisable in a hashtag
NEAR_START = 3  # words that may stand before a label which must stand at the start
CLUSTER = 3  # hashtags, mentions and links in a row that make a group
LOOKALIKES = 10
MOST_HITS = 100  # of a text; what repeats a label more often says nothing new
TELLING = 5  # letters of a word that may be a label though a sentence goes on after it
GAP = re.compile(r"[^\n.!?;]{0,3}")


class Form(StrEnum):
    """How the words stand in the text."""

    TAG = "hashtag"
    BRAND_TAG = "hashtag with the brand's name"
    LABEL = "word as a label"
    PHRASE = "phrase"
    PART = "part of a word"
    OPENING = "first word of a sentence"  # perhaps a label without a mark, perhaps not


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern that was found: places are in the folded text, tokens count from 0."""

    pattern: str
    form: Form
    start: int
    end: int
    first: int
    last: int
    brand: str | None = None
    denied_by: str | None = None


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A word that might be taken for a label, and why it is none."""

    text: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """The row of hashtags, mentions and links in which a hit stands."""

    size: int
    position: int  # from 1
    tags: int


class Names:
    """What the advertiser is called, to be found in texts and hashtags."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.keys = tuple(key for key in (key_of(name) for name in names) if key)

    def __bool__(self) -> bool:
        return bool(self.keys)

    def has(self, key: str) -> bool:
        """Whether `key` is a name of the advertiser, or begins like one, or one begins like it."""
        return any(
            key == own
            or (
                min(len(key), len(own)) >= SHORTEST_BRAND
                and (own.startswith(key) or key.startswith(own))
            )
            for own in self.keys
        )

    def stands_in(self, text: Text) -> tuple[int, int] | None:
        """Where the text first names the advertiser, in places of the folded text."""
        for index, token in enumerate(text.tokens):
            length = _named_at(text, index, self)
            if length:
                return token.start, text.tokens[index + length - 1].end
            if token.kind in {Kind.TAG, Kind.MENTION} and any(
                len(own) >= SHORTEST_BRAND and own in token.key for own in self.keys
            ):
                return token.start, token.end
        return None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: wordings in order, those that it denies marked so, and the denials."""

    hits: Sequence[Hit]
    denials: Sequence[Hit]


class Matcher:
    """Finds the wordings of packs and lexicon in texts; made once for a set of packs."""

    def __init__(self, patterns: Iterable[str], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._denials = frozenset(lexicon.denials)
        self._no_labels = frozenset(lexicon.phrases_that_are_not)
        self.wordings = Wordings.of(
            [*patterns, *lexicon.patterns, *lexicon.denials, *lexicon.phrases_that_are_not]
        )
        self._roots = tuple(sorted(lexicon.roots))
        self._endings = tuple(ending for ending, _ in self.wordings.endings)
        self._beginnings = tuple(beginning for beginning, _ in self.wordings.beginnings)

    def read(self, text: Text, names: Names) -> Reading:
        """The wordings and denials in the text."""
        found = self._find(text, names)
        denials = [hit for hit in found if hit.pattern in self._denials]
        blocked = [(hit.start, hit.end) for hit in found if hit.pattern in self._no_labels]
        hits = [
            self._with_denial(text, hit, denials)
            for hit in found
            if hit.pattern not in self._denials
            and not any(start <= hit.start and hit.end <= end for start, end in blocked)
        ]
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        return Reading(hits[:MOST_HITS], denials[:MOST_HITS])

    def lookalikes(self, text: Text, hits: Sequence[Hit]) -> list[Lookalike]:
        """Words that begin like a label and are none, with the reason."""
        taken = {hit.first for hit in hits}
        found = []
        for index, token in enumerate(text.tokens):
            if index in taken or token.kind in {Kind.LINK, Kind.MENTION}:
                continue
            reason = self.lexicon.false_positives.get(token.key)
            if reason is None and token.key in self.wordings.words and token.kind is Kind.WORD:
                reason = "stands in a sentence, not as a label"
            if reason is None and token.kind is Kind.TAG and token.key.startswith(self._roots):
                reason = "another word: only whole hashtags count"
            if reason is not None:
                start, end = text.place(token.start), text.end_place(token.end)
                found.append(Lookalike(text.raw[start:end], start, end, reason))
        return found[:LOOKALIKES]

    def _find(self, text: Text, names: Names) -> list[Hit]:
        words, phrases = self.wordings.words, self.wordings.phrases
        hits: list[Hit] = []
        for index, token in enumerate(text.tokens):
            if token.kind is Kind.TAG:
                hits.extend(self._tag_hits(text, index, token, names))
            elif token.kind is Kind.WORD:
                if token.key in words:
                    form = _form(text, index, token, names)
                    if form is not None:
                        hits.extend(
                            Hit(pattern, form, token.start, token.end, index, index)
                            for pattern in words[token.key]
                        )
                for phrase in phrases.get(token.key, ()):
                    hit = _phrase_hit(text, index, phrase, names)
                    if hit is not None:
                        hits.append(hit)
        if not text.raw.isascii():
            hits.extend(_part_hits(text, self.wordings))
        return hits

    def _tag_hits(self, text: Text, index: int, token: Token, names: Names) -> Iterator[Hit]:
        for pattern in self.wordings.tags.get(token.key, ()):
            yield Hit(pattern, Form.TAG, token.start, token.end, index, index)
        if token.key.endswith(self._endings):
            for ending, pattern in self.wordings.endings:
                brand = token.key.removesuffix(ending)
                if (
                    brand != token.key
                    and len(brand) >= SHORTEST_BRAND
                    and _is_brand(text, index, brand, names)
                ):
                    yield Hit(pattern, Form.BRAND_TAG, token.start, token.end, index, index, brand)
        if token.key.startswith(self._beginnings):
            for beginning, pattern in self.wordings.beginnings:
                brand = token.key.removeprefix(beginning)
                if brand not in {"", token.key}:
                    yield Hit(pattern, Form.BRAND_TAG, token.start, token.end, index, index, brand)

    def _with_denial(self, text: Text, hit: Hit, denials: Sequence[Hit]) -> Hit:
        for denial in denials:
            if denial.start <= hit.start and hit.end <= denial.end:
                return _denied(hit, text.folded[denial.start : denial.end])
        index = hit.first - 1
        end = hit.start
        while index >= 0:
            token = text.tokens[index]
            if not GAP.fullmatch(text.folded, token.end, end):
                break
            if token.key in self.lexicon.negators:
                return _denied(hit, text.folded[token.start : hit.end])
            if token.key not in self.lexicon.fillers:
                break
            end, index = token.start, index - 1
        return hit


def _form(text: Text, index: int, token: Token, names: Names) -> Form | None:
    """A word is a label between marks or ends of lines, as in "(Ad)" or "Reklam Acme"."""
    if not free_before(text, index, token):
        return None
    if free_after(text, index, token) or _named_at(text, index + 1, names):
        return Form.LABEL
    return Form.OPENING if index == 0 and len(token.key) >= TELLING else None


def cluster_of(text: Text, hit: Hit) -> Cluster:
    """The row of hashtags, mentions and links around a hashtag; a word stands alone."""
    if hit.form not in {Form.TAG, Form.BRAND_TAG}:
        return Cluster(1, 1, 0)
    begin, end = hit.first, hit.last
    while begin > 0 and text.tokens[begin - 1].kind is not Kind.WORD:
        begin -= 1
    while end + 1 < len(text.tokens) and text.tokens[end + 1].kind is not Kind.WORD:
        end += 1
    row = text.tokens[begin : end + 1]
    return Cluster(len(row), hit.first - begin + 1, sum(token.kind is Kind.TAG for token in row))


def words_before(text: Text, hit: Hit) -> int:
    """How many plain words a reader passes before the hit."""
    return sum(token.kind is Kind.WORD for token in text.tokens[: hit.first])


def tag_number(text: Text, hit: Hit) -> int:
    """Which hashtag of the text it is, counted from 1."""
    return sum(token.kind is Kind.TAG for token in text.tokens[: hit.first + 1])


def _denied(hit: Hit, words: str) -> Hit:
    return Hit(hit.pattern, hit.form, hit.start, hit.end, hit.first, hit.last, hit.brand, words)


def _is_brand(text: Text, index: int, brand: str, names: Names) -> bool:
    """A known advertiser must be the one named; else the text itself must name the brand."""
    if names:
        return names.has(brand)
    # The hashtag itself begins with the brand; another one must too.
    begin = bisect_left(text.handles, brand)
    return any(
        handle.startswith(brand) and handle != text.tokens[index].key
        for handle in text.handles[begin : begin + 2]
    )


def _phrase_hit(text: Text, index: int, phrase: Phrase, names: Names) -> Hit | None:
    brand: str | None = None
    at = index
    parts = phrase.parts
    for number, part in enumerate(parts):
        if part in {BRAND, NAMED_BRAND}:
            taken = _brand_at(text, at, names, named=part == NAMED_BRAND)
            if taken is None:
                return None
            brand = text.tokens[at].key
            at += taken
            if number + 1 < len(parts):
                at = _skip_to(text, at, parts[number + 1])
            continue
        if at >= len(text.tokens) or text.tokens[at].key != part:
            return None
        if text.tokens[at].kind is not Kind.WORD or not _follows(text, at, index):
            return None
        at += 1
    last = at - 1
    return Hit(
        phrase.pattern,
        Form.PHRASE,
        text.tokens[index].start,
        text.tokens[last].end,
        index,
        last,
        brand,
    )


def _follows(text: Text, at: int, first: int) -> bool:
    if at == first:
        return True
    return GAP.fullmatch(text.folded, text.tokens[at - 1].end, text.tokens[at].start) is not None


def _brand_at(text: Text, at: int, names: Names, *, named: bool) -> int | None:
    """The number of tokens of a brand's name at `at`: a mention, a hashtag, or a name."""
    if at >= len(text.tokens) or not GAP.fullmatch(
        text.folded, text.tokens[at - 1].end, text.tokens[at].start
    ):
        return None
    token = text.tokens[at]
    if token.kind is Kind.MENTION or (token.kind is Kind.TAG and not named):
        return 1
    length = _named_at(text, at, names)
    if length:
        return length
    if named or token.kind is not Kind.WORD:
        return None
    first = text.raw[text.place(token.start)]
    return 1 if first.isupper() or not (first.islower() or first.isdigit()) else None


def _named_at(text: Text, at: int, names: Names) -> int:
    """The number of tokens from `at` that together are a name of the advertiser, or 0."""
    joined = ""
    for length, token in enumerate(text.tokens[at : at + LONGEST_BRAND] if names else (), 1):
        joined += key_of(token.key)
        if joined in names.keys:
            return length
    return 0


def _skip_to(text: Text, at: int, word: str) -> int:
    """Past further words of a brand's name, to the word that goes on with the phrase."""
    for ahead in range(LONGEST_BRAND):
        if at + ahead < len(text.tokens) and text.tokens[at + ahead].key == word:
            return at + ahead
    return at


def _part_hits(text: Text, wordings: Wordings) -> Iterator[Hit]:
    for part, pattern in wordings.parts_of_words:
        start = text.folded.find(part)
        if start < 0:
            continue
        end = start + len(part)
        first = next((i for i, token in enumerate(text.tokens) if token.end > start), 0)
        last = next((i for i, token in enumerate(text.tokens) if token.end >= end), first)
        yield Hit(pattern, Form.PART, start, end, first, last)
