"""The text notation: `parse` reads it into a tree, `print_rule` (of `printer`) writes it.

The grammar is in grammar.lark. Text is turned into the JSON form and read by `json_form.load`, so
both notations share one set of checks; places in the text are kept beside it by JSON pointer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lark import Lark, UnexpectedInput
from lark.exceptions import UnexpectedToken, VisitError

from segmentation.rules import tree
from segmentation.rules.errors import Position, RuleError, RuleInvalid, with_positions
from segmentation.rules.json_form import load
from segmentation.rules.printer import print_rule
from segmentation.rules.text_form import Piece, ToForm

__all__ = ["MAX_LENGTH", "Parsed", "parse", "print_rule", "read"]

MAX_LENGTH = 50_000

# What the reader of an error knows a terminal of the grammar as.
_WORDS = {
    "NAME": "a name",
    "STRING": "text in quotes",
    "NUMBER": "a number",
    "PERCENTILE": "a percentile like p75(...)",
    "NUMBER_OP": "= != < <= > >=",
    "UNIT": "day, week, month, quarter or year",
    "EMPTY": '"is empty"',
    "LAST_PERIOD": '"last"',
    "FUNCTION": "count, sum, avg, min, max, latest",
    "LPAR": '"("',
    "RPAR": '")"',
    "LSQB": '"["',
    "RSQB": '"]"',
    "COMMA": '","',
    "$END": "the end",
}
# Ways in which few people start a condition: named in errors only when nothing else fits.
_RARE = frozenset({"ALL_CALL", "ANY_CALL", "FUNCTION", "STAGE_CALL", "SEGMENT_CALL", "LSQB"})


@dataclass(frozen=True)
class Parsed:
    """A rule read from text: the tree, and the place of each part by its JSON pointer."""

    tree: tree.Node
    positions: Mapping[str, Position]


def parse(text: str) -> tree.Node:
    """Return the tree of a rule in text; RuleInvalid with line and column if it cannot be read."""
    return read(text).tree


def read(text: str) -> Parsed:
    """Return the tree of a rule in text together with the places of its parts."""
    if len(text) > MAX_LENGTH:
        raise RuleInvalid([_error(None, f"The rule is longer than {MAX_LENGTH:,} characters.")])
    parser = _parser().parse_interactive(text)
    try:
        parser.exhaust_lexer()
        piece: Piece = parser.feed_eof()  # type: ignore[no-untyped-call]
    except UnexpectedInput as error:
        expected = parser.accepts()  # type: ignore[no-untyped-call]
        raise RuleInvalid([_syntax_error(error, text, expected)]) from None
    except VisitError as error:
        if isinstance(error.orig_exc, RuleInvalid):
            raise error.orig_exc from None
        raise
    positions = piece.positions()
    try:
        return Parsed(load(piece.form), positions)
    except RuleInvalid as invalid:
        raise RuleInvalid(with_positions(invalid.errors, positions)) from None


@cache
def _parser() -> Lark:
    return Lark.open(
        "grammar.lark",
        rel_to=__file__,
        parser="lalr",
        maybe_placeholders=True,
        transformer=ToForm(),
    )


def _error(position: Position | None, message: str) -> RuleError:
    return RuleError("", position, "syntax", message)


def _syntax_error(error: UnexpectedInput, text: str, expected: set[str]) -> RuleError:
    """Return what the parser met in words: what was found, and what could stand there."""
    lines = text.split("\n")
    offset = sum(len(line) + 1 for line in lines[: error.line - 1]) + error.column - 1
    at = Position(error.line, error.column, offset)
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if ended:
        before = text.rstrip()
        line = before.count("\n") + 1
        at = Position(line, len(before) - before.rfind("\n"), len(before))
        found = "The rule ends too early"
    else:
        word = re.match(r"[\w.-]+|\S", text[at.offset :])
        found = f"Did not expect {json.dumps(word[0] if word else '', ensure_ascii=False)} here"
    message = f"{found}; expected {_expected(expected)}."
    if not ended and text[at.offset] == ",":
        message += " Write thousands as 10_000."
    if not ended and text[at.offset] == '"':
        message += " The quotes are not closed."
    return _error(at, message)


def _expected(terminals: set[str]) -> str:
    usual = terminals - _RARE or terminals
    words = sorted({_WORDS.get(name) or _keyword(name) for name in usual})
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _keyword(terminal: str) -> str:
    return f'"{terminal.strip("_").lower().replace("_", " ")}"'
