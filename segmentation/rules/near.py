"""Near misses: a rule with the thresholds of one subject moved by some percent in its favour."""

from __future__ import annotations

from dataclasses import replace

from segmentation.rules import tree
from segmentation.rules.printer import subject_text
from segmentation.rules.tree import Aggregate, Comparison, Norm, Op

LOW_OPS, HIGH_OPS = frozenset({Op.GE, Op.GT}), frozenset({Op.LE, Op.LT})


def subjects(node: tree.Node) -> tuple[str, ...]:
    """Return what the rule compares with thresholds, by name, in the order of the rule."""
    found = (subject_text(leaf) for leaf in tree.leaves(node) if _can_move(leaf))
    return tuple(dict.fromkeys(found))


def loosened(node: tree.Node, subject: str, percent: int) -> tree.Node:
    """Return the rule with the thresholds of `subject` moved so that more creators meet it.

    Not meant to be stored: it need not pass `validate`.
    """
    return _moved(node, subject, percent / 100, wanted=True)


def _can_move(leaf: tree.Leaf) -> bool:
    if not isinstance(leaf, Comparison | Aggregate):
        return False
    if isinstance(leaf.value, Norm):
        return leaf.op in LOW_OPS | HIGH_OPS
    is_number = isinstance(leaf.value, int | float) and not isinstance(leaf.value, bool)
    return leaf.op is Op.BETWEEN or (is_number and leaf.op is not Op.NE)


def _moved(node: tree.Node, subject: str, fraction: float, *, wanted: bool) -> tree.Node:
    match node:
        case tree.All(items):
            return tree.All(tuple(_moved(one, subject, fraction, wanted=wanted) for one in items))
        case tree.Any(items):
            return tree.Any(tuple(_moved(one, subject, fraction, wanted=wanted) for one in items))
        case tree.Not(item):
            return tree.Not(_moved(item, subject, fraction, wanted=not wanted))
        case Comparison() | Aggregate() if _can_move(node) and subject_text(node) == subject:
            return _with_room(node, fraction if wanted else -fraction)
        case _:
            return node


def _with_room(leaf: Comparison | Aggregate, fraction: float) -> tree.Leaf:
    """Return the leaf with more room (a negative fraction: with less)."""
    match leaf.op, leaf.value:
        case op, Norm() as norm:
            return replace(
                leaf, value=replace(norm, slack=-fraction if op in LOW_OPS else fraction)
            )
        case Op.BETWEEN, (low, high):
            pair = (_lower(float(low), fraction), _higher(float(high), fraction))
            return replace(leaf, value=pair)
        case Op.EQ, int() | float() as number:
            if fraction < 0:
                return leaf
            pair = (_lower(number, fraction), _higher(number, fraction))
            return replace(leaf, op=Op.BETWEEN, value=pair)
        case op, int() | float() as number:
            move = _lower if op in LOW_OPS else _higher
            return replace(leaf, value=move(number, fraction))
        case _:
            return leaf


def _lower(number: float, fraction: float) -> float:
    return number - abs(number) * fraction


def _higher(number: float, fraction: float) -> float:
    return number + abs(number) * fraction
