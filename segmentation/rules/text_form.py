"""Turns the parse of a rule's text into its JSON form, and keeps the place of every part."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from lark import Token, Transformer, v_args

from segmentation.rules.errors import Position, RuleError, RuleInvalid, step
from segmentation.rules.json_values import MAX_NESTING
from segmentation.rules.tree import Percentage


@dataclass(frozen=True)
class Piece:
    """Part of a rule in JSON form: where it stands, and where its members are."""

    form: Any
    position: Position
    parts: tuple[tuple[tuple[str | int, ...], Piece], ...] = ()

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


def _piece(token: Token, form: object) -> Piece:
    return Piece(form, _position(token))


def _group(kind: str, position: Position, items: tuple[Piece, ...]) -> Piece:
    form = {kind: [item.form for item in items]}
    return Piece(form, position, tuple(((kind, n), item) for n, item in enumerate(items)))


def _object(position: Position, **members: Piece | None) -> Piece:
    """Return a JSON object of the members that are there; `_` ends names that Python reserves."""
    there = {name.rstrip("_"): part for name, part in members.items() if part is not None}
    form = {name: part.form for name, part in there.items()}
    return Piece(form, position, tuple(((name,), part) for name, part in there.items()))


def _merged(position: Position, *objects: Piece) -> Piece:
    """Return one JSON object with the members of several."""
    form: dict[str, Any] = {}
    for found in objects:
        form.update(found.form)
    return Piece(form, position, tuple(part for found in objects for part in found.parts))


@v_args(inline=True)
class ToForm(Transformer[Token, Piece]):
    """Turns the parse into the JSON form, bottom up: one method for each rule of the grammar."""

    def start(self, rule: Piece) -> Piece:
        return rule

    def some(self, *items: Piece) -> Piece:
        return _group("any", items[0].position, items)

    def every(self, *items: Piece) -> Piece:
        return _group("all", items[0].position, items)

    def all_call(self, call: Token, *items: Piece | None) -> Piece:
        return _group("all", _position(call), tuple(item for item in items if item is not None))

    def any_call(self, call: Token, *items: Piece | None) -> Piece:
        return _group("any", _position(call), tuple(item for item in items if item is not None))

    def negation(self, word: Token, item: Piece) -> Piece:
        return _object(_position(word), not_=item)

    def comparison(self, name: Token, key: Piece | None, test: Piece) -> Piece:
        subject = _object(_position(name), fact=_piece(name, str(name)), key=key)
        return _merged(subject.position, subject, test)

    def aggregate(
        self,
        function: Token,
        records: Piece,
        where: Piece | None,
        within: Piece | None,
        test: Piece,
    ) -> Piece:
        named = {
            str(function).lower() if name == ("records",) else "of": part
            for name, part in records.parts
        }
        head = _object(_position(function), **named, where=where, within=within)
        return _merged(head.position, head, test)

    def records(self, first: Token, second: Token | None) -> Piece:
        if second is None:
            return _object(_position(first), records=_piece(first, str(first)))
        source, field = _piece(second, str(second)), _piece(first, str(first))
        return _object(_position(first), records=source, of=field)

    def in_window(self, _in: Token, period: Piece) -> Piece:
        return period

    def stage(self, call: Token, name: Piece, test: Piece) -> Piece:
        subject = _object(_position(call), stage=name)
        return _merged(subject.position, subject, test)

    def stage_for(self, words: Token, span: Piece) -> Piece:
        at_least = {"at least": span.form["last"], "unit": span.form["unit"]}
        return _object(_position(words), for_=Piece(at_least, span.position))

    def stage_entered(self, word: Token, _how: Token, window: Piece) -> Piece:
        return _object(_position(word), entered=window)

    def segment(self, call: Token, name: Piece, period: Piece | None) -> Piece:
        return _object(_position(call), segment=name, was=period)

    def test(self, op: Token, value: Piece) -> Piece:
        return _object(_position(op), op=_operator(op), value=value)

    def norm_test(self, op: Token, norm: Piece) -> Piece:
        return _object(_position(op), op=_operator(op), norm=norm)

    def between_test(self, op: Token, low: Piece, high: Piece) -> Piece:
        parts = (((0,), low), ((1,), high))
        pair = Piece([low.form, high.form], low.position, parts)
        return _object(_position(op), op=_operator(op), value=pair)

    def bare_test(self, op: Token) -> Piece:
        return _object(_position(op), op=_operator(op))

    def span(self, count: Piece, unit: Token) -> Piece:
        return _object(count.position, last=count, unit=_piece(unit, _unit(unit)))

    def named_period(self, which: Token, fiscal: Token | None, unit: Token) -> Piece:
        offset = {"this": 0, "last": -1, "next": 1}[str(which).lower()]
        return _period(_position(which), fiscal, unit, offset)

    def numbered_period(self, fiscal: Token | None, unit: Token, offset: Piece) -> Piece:
        return _period(_position(fiscal or unit), fiscal, unit, offset.form)

    def norm(self, percentile: Token, *names: Token) -> Piece:
        form = {"percentile": int(str(percentile)[1:]), "by": [str(name) for name in names]}
        return _piece(percentile, form)

    def list(self, *words: Piece) -> Piece:
        forms = [word.form for word in words]
        return Piece(forms, words[0].position, tuple(((n,), word) for n, word in enumerate(words)))

    def word(self, token: Token) -> Piece:
        if token.type == "NAME":
            return _piece(token, str(token))
        try:
            return _piece(token, json.loads(token, strict=False))
        except json.JSONDecodeError:
            message = 'In quotes, write \\" for a quote and \\\\ for a backslash.'
            raise RuleInvalid([RuleError("", _position(token), "syntax", message)]) from None

    def truth(self, token: Token) -> Piece:
        return _piece(token, token.type == "TRUE")

    def number(self, token: Token) -> Piece:
        digits = str(token).replace("_", "")
        if digits.endswith("%"):
            # Move the point in decimal: 2.9% is 0.029, while 2.9 / 100 is 0.028999999999999998.
            whole, _, exponent = digits[:-1].lower().partition("e")
            return _piece(token, Percentage(f"{whole}e{int(exponent or 0) - 2}"))
        if re.fullmatch(r"-?[0-9]{1,20}", digits):
            return _piece(token, int(digits))
        return _piece(token, float(digits))


def _operator(token: Token) -> Piece:
    words = "empty" if token.type == "EMPTY" else " ".join(str(token).lower().split())
    return _piece(token, words)


def _unit(token: Token) -> str:
    return str(token).lower().removesuffix("s")


def _period(position: Position, fiscal: Token | None, unit: Token, offset: object) -> Piece:
    calendar = {} if fiscal is None else {"calendar": "fiscal"}
    return Piece({_unit(unit): offset, **calendar}, position)
