"""A text as legal sees it: cut where readers are asked for more, with what was found marked.

Places are those of the finding: code points of the text in its composed form (NFC).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from campaigns.disclosure.labels import CAPTION, FRAME, SPEECH, TITLE
from campaigns.disclosure.text import Text

# The strongest first: what is written over what.
TONES = ("denial", "accepted", "partly", "weak", "lookalike", "signal")
_TONE_WORDS = {
    "denial": "denial",
    "accepted": "accepted",
    "partly": "accepted by some",
    "weak": "not accepted",
    "lookalike": "lookalike",
    "signal": "commercial signal",
}


@dataclass(frozen=True)
class Note:
    """One thing that was found in a text, numbered as it comes."""

    number: int
    text: str
    tone: str
    # What it is, and how each jurisdiction looks at it.
    words: Sequence[str]
    start: int
    end: int

    @property
    def kind(self) -> str:
        """The tone in words."""
        return _TONE_WORDS[self.tone]


@dataclass(frozen=True)
class Piece:
    """A stretch of text that looks the same; `ends` are the notes that end with it."""

    text: str
    tone: str = ""
    ends: Sequence[int] = ()


@dataclass(frozen=True)
class Shown:
    """A text of the post: what is seen at once, and what only behind the fold."""

    name: str
    pieces: Sequence[Piece]
    behind: Sequence[Piece]
    notes: Sequence[Note]
    # What the fold is, in words; empty: the text has none, or ends before it.
    fold: str = ""


def shown_texts(case: Mapping[str, Any], result: Mapping[str, Any] | None) -> list[Shown]:
    """All texts of a post, as they were given to the rules: title, caption, frames, speech."""
    result = result or {}
    media = case.get("media") or {}
    texts = [(TITLE, case.get("title")), (CAPTION, case.get("text"))]
    texts += [
        (f"{FRAME} {number}", text) for number, text in enumerate(media.get("frames") or (), 1)
    ]
    texts += [(SPEECH, media.get("spoken"))]
    found = []
    first = 1
    for name, raw in texts:
        if raw is None:
            continue
        fold = result.get("fold") or {} if name == CAPTION else {}
        matches, marks = _of(result.get("matches"), name), _of(result.get("marks"), name)
        one = shown(name, raw, matches, marks, first=first)
        found.append(cut(one, raw, fold))
        first += len(one.notes)
    return found


def shown(
    name: str,
    raw: str,
    matches: Iterable[Mapping[str, Any]] = (),
    marks: Iterable[Mapping[str, Any]] = (),
    *,
    first: int = 1,
) -> Shown:
    """A text with what was found in it; whole, as if it had no fold."""
    text = Text(raw).raw
    found = [_of_match(match) for match in matches] + [_of_mark(mark) for mark in marks]
    inside = [note for note in found if 0 <= note.start < note.end <= len(text)]
    inside.sort(key=lambda note: (note.start, note.end, TONES.index(note.tone)))
    notes = [replace(note, number=number) for number, note in enumerate(inside, first)]
    return Shown(name, _pieces(text, notes), (), notes)


def cut(one: Shown, raw: str, fold: Mapping[str, int | None]) -> Shown:
    """The same, cut at the fold that the rules went by."""
    place = fold_place(raw, fold)
    if place is None:
        return one
    before, behind, at = [], [], 0
    for piece in one.pieces:
        end = at + len(piece.text)
        if end <= place:
            before.append(piece)
        elif at >= place:
            behind.append(piece)
        else:
            before.append(Piece(piece.text[: place - at], piece.tone))
            behind.append(replace(piece, text=piece.text[place - at :]))
        at = end
    return replace(one, pieces=before, behind=behind, fold=fold_words(fold))


def fold_place(raw: str, fold: Mapping[str, int | None]) -> int | None:
    """The code point before which a text is cut; None: all of it is seen."""
    text = Text(raw)
    length = len(text.raw)
    if (captured := fold.get("captured")) is not None:
        return captured if captured < length else None
    places = []
    if chars := fold.get("chars"):
        low, high = 0, length
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (
                (middle, high) if text.visible_before(middle) <= chars else (low, middle - 1)
            )
        places.append(low)
    if lines := fold.get("lines"):
        place = -1
        for _ in range(lines):
            place = text.raw.find("\n", place + 1)
            if place < 0:
                break
        places.append(place if place >= 0 else length)
    place = min(places, default=length)
    return place if place < length else None


def fold_words(fold: Mapping[str, int | None]) -> str:
    """The fold as the platform has it: "125 characters or 2 lines"."""
    if fold.get("captured") is not None:
        return "what was seen at once when it was captured"
    parts = []
    if chars := fold.get("chars"):
        parts.append(f"{chars:,} characters")
    if lines := fold.get("lines"):
        parts.append("1 line" if lines == 1 else f"{lines} lines")
    return " or ".join(parts)


def _of(found: Iterable[Mapping[str, Any]] | None, name: str) -> list[Mapping[str, Any]]:
    return [one for one in found or () if one.get("surface") == name]


def _of_match(match: Mapping[str, Any]) -> Note:
    standing = match["standing"]
    words = [
        f"{key}: {match['reasons'].get(key) or value}" for key, value in sorted(standing.items())
    ]
    if match["denied_by"]:
        tone = "denial"
        words.insert(0, f"Taken back by “{match['denied_by']}”.")
    elif standing and set(standing.values()) <= {"accepted", "mark"}:
        tone = "accepted"
    elif {"accepted", "conditional"} & set(standing.values()):
        tone = "partly"
    else:
        tone = "weak"
    if not standing:
        words.append("A wording of another jurisdiction.")
    if match["before_fold"] is False:
        words.append("Behind the fold.")
    if match["cluster_size"] > 2:
        words.append(f"In a row of {match['cluster_size']} hashtags, mentions or links.")
    return Note(0, match["text"], tone, words, match["start"], match["end"])


def _of_mark(mark: Mapping[str, Any]) -> Note:
    tone = mark["kind"] if mark["kind"] in TONES else "signal"
    return Note(0, mark["text"], tone, [mark["reason"]], mark["start"], mark["end"])


def _pieces(text: str, notes: Sequence[Note]) -> list[Piece]:
    edges = sorted({0, len(text), *(note.start for note in notes), *(note.end for note in notes)})
    found = []
    for start, end in pairwise(edges):
        over = [note for note in notes if note.start <= start and end <= note.end]
        tone = min((note.tone for note in over), key=TONES.index, default="")
        ends = [note.number for note in over if note.end == end]
        found.append(Piece(text[start:end], tone, ends))
    return found
