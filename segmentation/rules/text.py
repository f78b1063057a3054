"""The text notation: `parse` reads it into a tree, `print_rule` writes what reads back equal.

The grammar is in grammar.lark. Text is turned into the JSON form and read by `json_form.load`, so
both notations share one set of checks; places in the text are kept beside it by JSON pointer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import UnexpectedToken, VisitError

from segmentation.rules import tree
from segmentation.rules.errors import Position, RuleError, RuleInvalid, step
from segmentation.rules.facts import RESERVED_WORDS, Catalogue, FactType
from segmentation.rules.json_form import MAX_NESTING, load
from segmentation.rules.tree import Op, Percentage, Period, Span

MAX_LENGTH = 50_000
_BARE_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SHARES = frozenset({FactType.PERCENT, FactType.DISTRIBUTION})
UNDERSCORES_FROM = 10_000

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
        piece: _Piece = parser.feed_eof()  # type: ignore[no-untyped-call]
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


def with_positions(
    errors: tuple[RuleError, ...], positions: Mapping[str, Position]
) -> list[RuleError]:
    """Return the errors with the place of the part they point at, or of the nearest part around."""
    found = []
    for error in errors:
        pointer = error.pointer
        while pointer and pointer not in positions:
            pointer = pointer.rpartition("/")[0]
        found.append(RuleError(error.pointer, positions.get(pointer), error.code, error.message))
    return found


def print_rule(node: tree.Node, catalogue: Catalogue | None = None) -> str:
    """Return the rule as text, one line for each item of the outermost group.

    parse(print_rule(tree)) == tree. With a catalogue, shares are written as percentages.
    """
    return _Printer(catalogue).whole(node)


# --- reading ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """Part of a rule in JSON form: where it stands, and where its members are."""

    form: Any
    position: Position
    parts: tuple[tuple[tuple[str | int, ...], _Piece], ...] = ()

    def positions(self) -> dict[str, Position]:
        """Return the place of this piece and of all below, by JSON pointer."""
        found: dict[str, Position] = {}
        waiting = [("", self, 0)]
        while waiting:
            pointer, piece, depth = waiting.pop()
            found[pointer] = piece.position
            if depth <= MAX_NESTING:
                waiting.extend(
                    (step(pointer, *names), part, depth + 1) for names, part in piece.parts
                )
        return found


def _position(token: Token) -> Position:
    return Position(token.line or 1, token.column or 1, token.start_pos or 0)


def _piece(token: Token, form: object) -> _Piece:
    return _Piece(form, _position(token))


def _group(kind: str, position: Position, items: tuple[_Piece, ...]) -> _Piece:
    form = {kind: [item.form for item in items]}
    return _Piece(form, position, tuple(((kind, n), item) for n, item in enumerate(items)))


def _object(position: Position, **members: _Piece | None) -> _Piece:
    """Return a JSON object of the members that are there; `_` ends names that Python reserves."""
    there = {name.rstrip("_"): part for name, part in members.items() if part is not None}
    form = {name: part.form for name, part in there.items()}
    return _Piece(form, position, tuple(((name,), part) for name, part in there.items()))


def _merged(position: Position, *objects: _Piece) -> _Piece:
    """Return one JSON object with the members of several."""
    form: dict[str, Any] = {}
    for found in objects:
        form.update(found.form)
    return _Piece(form, position, tuple(part for found in objects for part in found.parts))


@v_args(inline=True)
class _ToForm(Transformer[Token, _Piece]):
    """Turns the parse into the JSON form, bottom up: one method for each rule of the grammar."""

    def start(self, rule: _Piece) -> _Piece:
        return rule

    def some(self, *items: _Piece) -> _Piece:
        return _group("any", items[0].position, items)

    def every(self, *items: _Piece) -> _Piece:
        return _group("all", items[0].position, items)

    def all_call(self, call: Token, *items: _Piece | None) -> _Piece:
        return _group("all", _position(call), tuple(item for item in items if item is not None))

    def any_call(self, call: Token, *items: _Piece | None) -> _Piece:
        return _group("any", _position(call), tuple(item for item in items if item is not None))

    def negation(self, word: Token, item: _Piece) -> _Piece:
        return _object(_position(word), not_=item)

    def comparison(self, name: Token, key: _Piece | None, test: _Piece) -> _Piece:
        subject = _object(_position(name), fact=_piece(name, str(name)), key=key)
        return _merged(subject.position, subject, test)

    def aggregate(
        self,
        function: Token,
        records: _Piece,
        where: _Piece | None,
        within: _Piece | None,
        test: _Piece,
    ) -> _Piece:
        named = {
            str(function).lower() if name == ("records",) else "of": part
            for name, part in records.parts
        }
        head = _object(_position(function), **named, where=where, within=within)
        return _merged(head.position, head, test)

    def records(self, first: Token, second: Token | None) -> _Piece:
        if second is None:
            return _object(_position(first), records=_piece(first, str(first)))
        source, field = _piece(second, str(second)), _piece(first, str(first))
        return _object(_position(first), records=source, of=field)

    def in_window(self, _in: Token, period: _Piece) -> _Piece:
        return period

    def stage(self, call: Token, name: _Piece, test: _Piece) -> _Piece:
        subject = _object(_position(call), stage=name)
        return _merged(subject.position, subject, test)

    def stage_for(self, words: Token, span: _Piece) -> _Piece:
        at_least = {"at least": span.form["last"], "unit": span.form["unit"]}
        return _object(_position(words), for_=_Piece(at_least, span.position))

    def stage_entered(self, word: Token, _how: Token, window: _Piece) -> _Piece:
        return _object(_position(word), entered=window)

    def segment(self, call: Token, name: _Piece, period: _Piece | None) -> _Piece:
        return _object(_position(call), segment=name, was=period)

    def test(self, op: Token, value: _Piece) -> _Piece:
        return _object(_position(op), op=_operator(op), value=value)

    def norm_test(self, op: Token, norm: _Piece) -> _Piece:
        return _object(_position(op), op=_operator(op), norm=norm)

    def between_test(self, op: Token, low: _Piece, high: _Piece) -> _Piece:
        parts = (((0,), low), ((1,), high))
        pair = _Piece([low.form, high.form], low.position, parts)
        return _object(_position(op), op=_operator(op), value=pair)

    def bare_test(self, op: Token) -> _Piece:
        return _object(_position(op), op=_operator(op))

    def span(self, count: _Piece, unit: Token) -> _Piece:
        return _object(count.position, last=count, unit=_piece(unit, _unit(unit)))

    def named_period(self, which: Token, fiscal: Token | None, unit: Token) -> _Piece:
        offset = {"this": 0, "last": -1, "next": 1}[str(which).lower()]
        return _period(_position(which), fiscal, unit, offset)

    def numbered_period(self, fiscal: Token | None, unit: Token, offset: _Piece) -> _Piece:
        return _period(_position(fiscal or unit), fiscal, unit, offset.form)

    def norm(self, percentile: Token, *names: Token) -> _Piece:
        form = {"percentile": int(str(percentile)[1:]), "by": [str(name) for name in names]}
        return _piece(percentile, form)

    def list(self, *words: _Piece) -> _Piece:
        forms = [word.form for word in words]
        return _Piece(forms, words[0].position, tuple(((n,), word) for n, word in enumerate(words)))

    def word(self, token: Token) -> _Piece:
        if token.type == "NAME":
            return _piece(token, str(token))
        try:
            return _piece(token, json.loads(token, strict=False))
        except json.JSONDecodeError:
            message = 'In quotes, write \\" for a quote and \\\\ for a backslash.'
            raise RuleInvalid([_error(_position(token), message)]) from None

    def truth(self, token: Token) -> _Piece:
        return _piece(token, token.type == "TRUE")

    def number(self, token: Token) -> _Piece:
        digits = str(token).replace("_", "")
        if digits.endswith("%"):
            # Move the point in decimal: 2.9% is 0.029, while 2.9 / 100 is 0.028999999999999998.
            whole, _, exponent = digits[:-1].lower().partition("e")
            return _piece(token, Percentage(f"{whole}e{int(exponent or 0) - 2}"))
        if re.fullmatch(r"-?[0-9]{1,20}", digits):
            return _piece(token, int(digits))
        return _piece(token, float(digits))


def _operator(token: Token) -> _Piece:
    words = "empty" if token.type == "EMPTY" else " ".join(str(token).lower().split())
    return _piece(token, words)


def _unit(token: Token) -> str:
    return str(token).lower().removesuffix("s")


def _period(position: Position, fiscal: Token | None, unit: Token, offset: object) -> _Piece:
    calendar = {} if fiscal is None else {"calendar": "fiscal"}
    return _Piece({_unit(unit): offset, **calendar}, position)


@cache
def _parser() -> Lark:
    return Lark.open(
        "grammar.lark",
        rel_to=__file__,
        parser="lalr",
        maybe_placeholders=True,
        transformer=_ToForm(),
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


# --- writing ---------------------------------------------------------------------------------


class _Printer:
    """Writes a tree as text; parentheses stand around every group inside a group."""

    def __init__(self, catalogue: Catalogue | None) -> None:
        self.catalogue = catalogue

    def whole(self, node: tree.Node) -> str:
        if isinstance(node, tree.All | tree.Any) and len(node.items) > 1:
            word = "and" if isinstance(node, tree.All) else "or"
            return f"\n{word} ".join(self.item(item) for item in node.items)
        return self.item(node)

    def item(self, node: tree.Node) -> str:
        match node:
            case tree.All(items) | tree.Any(items):
                word = "and" if isinstance(node, tree.All) else "or"
                if len(items) > 1:
                    return "(" + f" {word} ".join(self.item(item) for item in items) + ")"
                call = "all" if isinstance(node, tree.All) else "any"
                return f"{call}({', '.join(self.item(item) for item in items)})"
            case tree.Not(item):
                return f"not {self.item(item)}"
            case tree.Comparison(fact, op, value, key):
                share = "" if key is None else f"[{_word(key)}]"
                return f"{fact}{share} {self.test(op, value, self.is_share(fact))}"
            case tree.Aggregate():
                return self.aggregate(node)
            case tree.StageFor(stage, at_least, entered):
                call = f"stage({_word(stage)})"
                if at_least is not None:
                    return f"{call} for at least {_span(at_least)}"
                if isinstance(entered, Span):
                    return f"{call} entered within last {_span(entered)}"
                return f"{call} entered in {_period_text(entered)}" if entered else call
            case tree.SegmentRef(segment, was):
                past = "" if was is None else f" was in {_period_text(was)}"
                return f"segment({json.dumps(segment, ensure_ascii=False)}){past}"

    def aggregate(self, node: tree.Aggregate) -> str:
        inside = node.records if node.field is None else f"{node.field} of {node.records}"
        if node.where is not None:
            inside += f" where {self.item(node.where)}"
        if isinstance(node.within, Span):
            inside += f", last {_span(node.within)}"
        elif node.within is not None:
            inside += f", in {_period_text(node.within)}"
        return f"{node.function}({inside}) {self.test(node.op, node.value, as_share=False)}"

    def test(self, op: Op, value: tree.Value, as_share: bool) -> str:
        match value:
            case None:
                return "is empty" if op is Op.EMPTY else op.value
            case Span():
                last = "last " if op is Op.WITHIN else ""
                return f"{op} {last}{_span(value)}"
            case Period():
                return f"{op} {_period_text(value)}"
            case tree.Norm(percentile, by):
                return f"{op} p{percentile}({', '.join(by)})"
            case (low, high) if op is Op.BETWEEN:
                return f"between {_scalar(low, as_share)} and {_scalar(high, as_share)}"
            case tuple():
                return f"{op} ({', '.join(_quoted(item) for item in value)})"
            case _:
                return f"{op} {_scalar(value, as_share)}"

    def is_share(self, key: str) -> bool:
        fact = None if self.catalogue is None else self.catalogue.get(key)
        return fact is not None and fact.type in _SHARES


def _word(value: object) -> str:
    """Return a value as a bare word where the text reads it back as the same, else in quotes."""
    text = str(value)
    if _BARE_WORD.fullmatch(text) and text.lower() not in RESERVED_WORDS:
        return text
    return _quoted(text)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _scalar(value: tree.Scalar, as_share: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _word(value)
    if as_share and (percent := _percent(value)) is not None:
        return percent
    if isinstance(value, int):
        return f"{value:_}" if abs(value) >= UNDERSCORES_FROM else str(value)
    return repr(float(value))


def _percent(value: float) -> str | None:
    """Return a fraction as the percentage that reads back as the same number, if there is one."""
    text = f"{value * 100:.12f}".rstrip("0").rstrip(".")
    return f"{text}%" if float(f"{text}e-2") == value else None


def _span(span: Span) -> str:
    return f"{span.count} {span.unit}{'' if span.count == 1 else 's'}"


def _period_text(period: Period) -> str:
    fiscal = "fiscal " if period.fiscal else ""
    named = {0: "this", -1: "last", 1: "next"}.get(period.offset)
    if named is not None:
        return f"{named} {fiscal}{period.unit}"
    return f"{fiscal}{period.unit} {period.offset}"
