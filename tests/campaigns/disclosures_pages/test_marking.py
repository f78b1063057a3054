"""Texts cut at the fold and marked: places are code points of the composed text."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest

from campaigns.disclosure import packs
from campaigns.disclosure.case import Case, Connection, Media
from campaigns.disclosure.check import check
from campaigns.disclosure.vocabulary import Format
from campaigns.selectors.disclosures.marking import (
    Shown,
    cut,
    fold_place,
    fold_words,
    shown,
    shown_texts,
)

FAMILY = "👩\u200d👩\u200d👧"


def found(text: str, **said: Any) -> list[Shown]:
    """What the page shows of a post that the rules have read."""
    case = Case(
        platform="instagram",
        format=Format.REEL,
        jurisdictions=("DK", "US"),
        text=text,
        connections=(Connection("payment"),),
        language="da",
        **said,
    )
    result = check(case, packs.standard(), date(2026, 11, 1)).as_json()
    return shown_texts(
        {
            "text": case.text,
            "title": case.title,
            "media": {"frames": case.media.frames, "spoken": case.media.spoken},
        },
        result,
    )


def whole(one: Shown) -> str:
    """The text as the pieces have it."""
    return "".join(piece.text for piece in [*one.pieces, *one.behind])


def marked(one: Shown) -> list[tuple[str, str]]:
    """What is marked, and how."""
    return [(piece.text, piece.tone) for piece in [*one.pieces, *one.behind] if piece.tone]


def test_a_label_is_marked_where_it_stands():
    [caption] = found("#reklame Ny jakke fra @acme")
    assert marked(caption) == [("#reklame", "partly")]
    [note] = caption.notes
    assert (note.number, note.text, note.start, note.end) == (1, "#reklame", 0, 8)
    assert note.words[0] == "DK: 'reklame' is accepted here."
    assert (caption.fold, caption.behind) == ("", ())


@pytest.mark.parametrize(
    "before",
    [
        f"{FAMILY} hej ",
        "🇩🇰👍🏽 ",
        "Cafe\u0301 A\u030angstro\u0308m ",
        "שלום עולם ",
        "مرحبا \u200f",
        '<script>alert(1)</script> & "x" ',
        "\U0001d5db\U0001d5f2\U0001d5f7 ",
    ],
)
def test_places_are_right_behind_whatever_people_type(before):
    [caption] = found(before + "(#reklame) efter")
    assert ("#reklame", "partly") in marked(caption)
    assert whole(caption) == unicodedata.normalize("NFC", before + "(#reklame) efter")


def test_the_fold_is_drawn_where_the_rules_cut():
    text = "a" * 120 + FAMILY * 10 + "\n#reklame"
    [caption] = found(text)
    assert caption.fold == "125 characters"
    # A family is one character that readers see: 120 and five of ten.
    assert "".join(piece.text for piece in caption.pieces) == "a" * 120 + FAMILY * 5
    assert whole(caption) == text
    [note] = caption.notes
    assert "Behind the fold." in note.words


def test_a_mark_across_the_fold_is_cut_in_two_and_numbered_once():
    one = shown("caption", "abc #reklame", [match("#reklame", 4, 12)])
    both = cut(one, "abc #reklame", {"chars": 6, "lines": None})
    assert [(piece.text, piece.tone, list(piece.ends)) for piece in both.pieces] == [
        ("abc ", "", []),
        ("#r", "accepted", []),
    ]
    assert [(piece.text, list(piece.ends)) for piece in both.behind] == [("eklame", [1])]


@pytest.mark.parametrize(
    ("text", "fold", "place"),
    [
        ("abcdef", {"chars": 3, "lines": None}, 3),
        ("abcdef", {"chars": 6, "lines": None}, None),
        ("e\u0301e\u0301e\u0301", {"chars": 2, "lines": None}, 2),
        ("x\u0323\u0301y", {"chars": 1, "lines": None}, 3),
        ("one\ntwo\nthree", {"chars": None, "lines": 2}, 7),
        ("one\ntwo", {"chars": None, "lines": 2}, None),
        ("one\ntwo\nthree", {"chars": 5, "lines": 1}, 3),
        (FAMILY * 3, {"chars": 2, "lines": None}, len(FAMILY) * 2),
        ("abc", {"chars": None, "lines": None}, None),
        ("", {"chars": 3, "lines": 1}, None),
    ],
)
def test_where_a_text_is_cut(text, fold, place):
    assert fold_place(text, fold) == place


def test_the_fold_in_words():
    assert fold_words({"chars": 1500, "lines": 1}) == "1,500 characters or 1 line"
    assert fold_words({"chars": None, "lines": 3}) == "3 lines"


def test_denials_lie_over_lookalikes():
    [caption] = found("Min nye jakke, not sponsored, bare god")
    assert marked(caption) == [("not ", "denial"), ("sponsored", "denial")]
    assert [(note.number, note.tone) for note in caption.notes] == [(1, "denial"), (2, "lookalike")]


def test_each_text_has_its_own_marks_and_the_numbers_go_on():
    texts = found(
        "Hej #reklame", title="Reklame: x", media=Media(frames=("Reklame", "intet"), spoken="#ad")
    )
    assert [one.name for one in texts] == ["title", "caption", "frame 1", "frame 2", "speech"]
    assert [[note.number for note in one.notes] for one in texts] == [[1], [2], [3], [], [4]]
    assert [piece.ends for piece in texts[1].pieces if piece.tone] == [[2]]
    assert [one.fold for one in texts] == [""] * 5


def test_what_was_not_captured_is_not_shown():
    assert shown_texts({"text": None, "title": None, "media": {}}, None) == []


def match(text: str, start: int, end: int) -> dict[str, Any]:
    """A wording that is accepted."""
    return {
        "surface": "caption",
        "text": text,
        "start": start,
        "end": end,
        "standing": {"DK": "accepted"},
        "reasons": {},
        "denied_by": None,
        "before_fold": None,
        "cluster_size": 1,
    }
