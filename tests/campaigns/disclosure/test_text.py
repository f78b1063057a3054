# ruff: noqa: RUF001 - look-alike letters are the subject
"""Folding, tokens, and places in visible characters."""

from __future__ import annotations

import pytest

from campaigns.disclosure.text import Kind, Text, fold, key_of, visible_length


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("＃ＰＲ", "#pr"),
        ("𝗮𝗱", "ad"),
        ("ᴀɴᴢᴇɪɢᴇ", "anzeige"),
        ("#a\u200bd", "#ad"),
        ("Pubblicità", "pubblicita"),
        ("pubblicita\u0300", "pubblicita"),
        ("ﾌﾟﾛﾓｰｼｮﾝ", "プロモーション"),
        ("プロモーション", "プロモーション"),
        ("광고", "광고"),
        ("REKLAMEINDLÆG", "reklameindlæg"),
    ],
)
def test_what_looks_alike_is_read_alike(written: str, read: str) -> None:
    assert fold(written) == read


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("#ad hi", [(Kind.TAG, "ad"), (Kind.WORD, "hi")]),
        ("#a#b", [(Kind.TAG, "a"), (Kind.TAG, "b")]),
        ("❤️#ad", [(Kind.TAG, "ad")]),
        ("c#ad", [(Kind.WORD, "c"), (Kind.WORD, "ad")]),
        ("a&#39;b", [(Kind.WORD, "a"), (Kind.WORD, "39"), (Kind.WORD, "b")]),
        ("www.x.de/#ad", [(Kind.LINK, "www.x.de/#ad")]),
        ("amzn.to/1ad", [(Kind.LINK, "amzn.to/1ad")]),
        ("me@ad.com", [(Kind.LINK, "me@ad.com")]),
        ("@a.b_c", [(Kind.MENTION, "abc")]),
        ("#paid_partnership", [(Kind.TAG, "paidpartnership")]),
        ("isn’t", [(Kind.WORD, "isn't")]),
    ],
)
def test_tokens(text: str, kinds: list[tuple[Kind, str]]) -> None:
    assert [(token.kind, token.key) for token in Text(text).tokens] == kinds


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("❤️", 1),
        ("👍🏽", 1),
        ("👨‍👩‍👧", 1),
        ("🇩🇰🇩🇰", 2),
        ("a\u200bb", 2),
        ("a\r\nb", 3),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 1),
    ],
)
def test_visible_length(text: str, length: int) -> None:
    assert visible_length(text) == length


def test_a_match_is_marked_where_it_stands_in_the_original() -> None:
    text = Text("👨‍👩‍👧 ＃ＰＲ")
    [token] = text.tokens
    start, end = text.place(token.start), text.end_place(token.end)
    assert text.raw[start:end] == "＃ＰＲ"
    assert (text.visible_before(start), text.visible_before(end)) == (2, 5)


def test_lines_are_counted_from_one() -> None:
    text = Text("a\nb\n#ad")
    assert text.line_of(text.place(text.tokens[2].start)) == 3


def test_names_are_compared_without_dots_spaces_and_accents() -> None:
    assert key_of("Café del_Mar.") == "cafedelmar"
