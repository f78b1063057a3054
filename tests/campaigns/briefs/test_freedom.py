"""How much of a brief is a script, and what differs between two of them."""

from __future__ import annotations

import pytest

from campaigns.services.briefs.differences import Kind, differences, pieces
from campaigns.services.briefs.document import Block, Document, Message
from campaigns.services.briefs.freedom import count, script_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Made in Aarhus.", 3),
        ("It's well-known, isn't it?", 4),
        ("  ", 0),
        ("\u30cb\u30ad\u30d3\u3092\u6cbb\u3059", 3),
        ("Été à Århus 2027", 4),
    ],
)
def test_words_are_counted(text, words):
    assert count([text]) == words


def document(freedom: str, *messages: tuple[str, bool], seconds: int | None = None) -> Document:
    return Document(
        freedom=freedom,
        messages=tuple(Message(*message) for message in messages),
        blocks=(Block("tiktok", "short_video", 1, seconds), Block("youtube", "video", 1, 600)),
    )


@pytest.mark.parametrize(
    ("freedom", "is_warned"), [("free", True), ("guided", True), ("strict", False)]
)
def test_the_level_of_freedom_limits_the_share_of_required_words(freedom, is_warned):
    script = script_of(document(freedom, ("one two three four", False), ("five six", True)))
    assert (script.required, script.words, script.share) == (2, 6, pytest.approx(1 / 3))
    assert bool(script.warnings) is is_warned


def test_at_the_limit_nobody_is_warned():
    ten = [("one two three four five six seven", False), ("eight nine ten", True)]
    assert script_of(document("guided", *ten)).warnings == ()
    assert script_of(document("free", ("one", False))).warnings == ()
    assert script_of(Document()).share is None


def test_what_does_not_fit_into_the_shortest_video_is_said():
    long = " ".join(["word"] * 30)
    script = script_of(document("strict", (long, True), (long * 3, False), seconds=20))
    assert (script.seconds, script.spoken) == (20, pytest.approx(0.6))
    (warning,) = script.warnings
    assert warning == (
        "The required words take 12 of the 20 seconds of the shortest piece. More than 50% sounds "
        "read out."
    )
    assert script_of(document("strict", (long, True), (long * 3, False), seconds=24)).warnings == ()


def test_a_crisis_statement_is_a_script_too():
    script = script_of(Document(freedom="strict", statements=("We call it back.",)))
    assert (script.required, script.words, script.share) == (4, 4, 1.0)
    assert len(script.warnings) == 1


def test_two_texts_are_compared_word_by_word():
    found = pieces("It is for the night.", "It is for each morning.")
    assert [(piece.kind, piece.text) for piece in found] == [
        (Kind.SAME, "It is for "),
        (Kind.REMOVED, "the"),
        (Kind.ADDED, "each"),
        (Kind.SAME, " "),
        (Kind.REMOVED, "night"),
        (Kind.ADDED, "morning"),
        (Kind.SAME, "."),
    ]


def test_only_what_differs_is_shown_in_its_section():
    before = Document(goal="Calm.", dos=("Be yourself",), usage="Six months.")
    after = Document(goal="Calm.", dos=("Be yourself", "Be brief"), donts=("Shout",))
    changes = differences(before, after, {})
    assert [(one.title, one.is_new, one.is_gone) for one in changes] == [
        ("Do", False, False),
        ("Don't", True, False),
        ("What we do with your content", False, True),
    ]
