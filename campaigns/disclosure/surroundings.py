"""What stands around a word: a label is set apart by marks or ends of lines, as in "(Ad)"."""

from __future__ import annotations

from campaigns.disclosure.text import Kind, Text, Token

BRACKETS = {"(": ")", "[": "]", "{": "}", "【": "】", "「": "」", "『": "』"}
IN_BRACKETS = 60  # characters within which they close
# Before and after a word that stands as a label there is an end of line or a mark, not a sentence.
NO_LABEL_AFTER = frozenset("'’\"&@,;-/%$€£+_")  # noqa: RUF001
NO_LABEL_BEFORE = frozenset("'’\"&%$€£+_=")  # noqa: RUF001


def free_before(text: Text, index: int, token: Token) -> bool:
    """Whether no sentence leads up to the word."""
    folded, at = text.folded, token.start - 1
    spaced = False
    while at >= 0 and folded[at] in " \t\u00a0":
        at, spaced = at - 1, True
    if at < 0 or folded[at] == "\n":
        return True
    char = folded[at]
    if index and text.tokens[index - 1].end == at + 1:
        return spaced and text.tokens[index - 1].kind is not Kind.WORD
    if char in "-/,":
        return spaced or not (at and folded[at - 1].isalnum()) or char == "/"
    return not char.isalnum() and char not in NO_LABEL_BEFORE


def free_after(text: Text, index: int, token: Token) -> bool:
    """Whether no sentence goes on after the word."""
    folded, at = text.folded, token.end
    while at < len(folded) and folded[at] in " \t\u00a0":
        at += 1
    if at >= len(folded) or folded[at] == "\n":
        return True
    char = folded[at]
    following = text.tokens[index + 1] if index + 1 < len(text.tokens) else None
    if char in "@#" or (following and following.kind is Kind.LINK and following.start == at):
        return at > token.end
    after = folded[at + 1] if at + 1 < len(folded) else " "
    if char in ".-,/":
        return not after.isalnum() or at > token.end or char == "/"
    if char.isalnum():
        return (index == 0 and _shouted(text, token)) or _opens_brackets(text, token)
    return char not in NO_LABEL_AFTER


def _shouted(text: Text, token: Token) -> bool:
    """An opening in capitals before an ordinary sentence: "AD I tried ..."."""
    word = text.raw[text.place(token.start) : text.end_place(token.end)]
    rest = text.raw[text.end_place(token.end) :]
    return word.isupper() and len(word) > 1 and any(char.islower() for char in rest[:20])


def _opens_brackets(text: Text, token: Token) -> bool:
    """Set apart by brackets or a star at the start of a line: "[Werbung da Markennennung]"."""
    before = text.folded[: token.start].rstrip(" *")
    closing = BRACKETS.get(before[-1:])
    if closing is None:
        return False
    return text.folded[token.end : token.end + IN_BRACKETS].find(closing) >= 0
