"""What comments are to the people who make a product: a question, praise, an objection, an issue.

By a list of signs (comment_signs.yaml) until a brand's people have said enough of others to learn
from; then by what was learned, for which the signs are features among others. English only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm.choices import CommentKind
from crm.data_files import read_yaml
from crm.services.learning.weighing import MARK, Weights, say, tokens

# Below, what was learned is too unsure to sort by.
SURE_MIN = 0.4
_SIGNS = "comment_signs.yaml"


@dataclass(frozen=True)
class Sorted:
    """Of which kind a comment seems to be ("": it cannot be said), and what speaks for it.

    sure  from 0 to 1; None: by the list of signs, which says no number
    """

    kind: str
    sure: float | None
    why: Sequence[tuple[str, float]]


def by_signs(text: str) -> Sorted:
    """The kind whose signs weigh most."""
    found = _found(text)
    best, weight = "", 0.0
    for kind, signs in found.items():
        total = sum(signs.values())
        if total > weight:
            best, weight = kind, total
    why = sorted(found.get(best, {}).items(), key=lambda one: (-one[1], one[0]))
    return Sorted(best, None, why)


def sort(text: str, weights: Weights | None, *, why: int = 0) -> Sorted:
    """The kind of a comment in English."""
    if weights is None:
        return by_signs(text)
    told = say(weights, text, marks(text), why=why)
    return Sorted(told.label if told.sure >= SURE_MIN else "", told.sure, told.why)


def marks(text: str) -> list[str]:
    """The signs of each kind, as features to learn from."""
    return [f"sign:{kind}" for kind, signs in _found(text).items() if signs]


def in_words(feature: str) -> str:
    """A feature as people read it."""
    if feature.startswith(f"{MARK}sign:"):
        kind = CommentKind(feature.removeprefix(f"{MARK}sign:"))
        return f"a sign of: {kind.label.lower()}"
    return f"“{feature}”"


def _found(text: str) -> dict[str, dict[str, float]]:
    words = tokens(text)
    line = f" {' '.join(words)} "
    return {
        kind: {sign: weight for sign, weight in signs.items() if f" {sign} " in line}
        for kind, signs in signs_of_all().items()
    }


@cache
def signs_of_all() -> Mapping[str, Mapping[str, float]]:
    """The signs of each kind with their weights."""
    told = read_yaml(Path(__file__).with_name(_SIGNS))
    return {
        CommentKind(kind).value: {
            " ".join(tokens(sign)): float(weight)
            for weight, signs in weights.items()
            for sign in signs
        }
        for kind, weights in told.items()
    }
