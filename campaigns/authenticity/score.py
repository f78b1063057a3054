"""From signs to a score of an account: a weighted mean of points, over what can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import yaml

from campaigns.authenticity.bare import points

_FILE = Path(__file__).with_name("data") / "score.yaml"
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Weights:
    """What each sign weighs, and from how much on there is a score."""

    version: str
    weight: float
    signs: int
    below: int
    weights: Mapping[str, int]

    @property
    def total(self) -> int:
        """All weights together."""
        return sum(self.weights.values())


@cache
def standard() -> Weights:
    """Those that come with the product."""
    return Weights(**yaml.safe_load(_FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Sign:
    """What a score reads of a sign. `excess` None: it cannot be told."""

    key: str
    excess: float | None
    # Somebody said what it comes from: it counts neither for nor against.
    is_explained: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What a sign adds. `points` None: unknown, or explained."""

    key: str
    weight: int
    points: float | None
    # In points of the score: they add up to it.
    adds: float | None
    is_explained: bool


@dataclass(frozen=True)
class Outcome:
    """A score from 0 to 100; None: too little can be told. `known`: part of all weight."""

    score: Decimal | None
    known: float
    parts: tuple[Part, ...]


def score(signs: Sequence[Sign], weights: Weights) -> Outcome:
    """All points at half a threshold or less, 50 on it, none at twice it; by weight."""
    of = {one.key: one for one in signs}
    got = {
        key: points(one.excess)
        for key, one in of.items()
        if key in weights.weights and one.excess is not None and not one.is_explained
    }
    weight = sum(weights.weights[key] for key in got)
    known = weight / weights.total
    is_enough = len(got) >= weights.signs and known >= weights.weight
    parts = tuple(
        Part(
            key,
            value,
            got.get(key),
            got[key] * value / weight if key in got and is_enough else None,
            is_explained=key in of and of[key].is_explained,
        )
        for key, value in weights.weights.items()
    )
    if not is_enough:
        return Outcome(None, known, parts)
    mean = sum(weights.weights[key] * value for key, value in got.items()) / weight
    rounded = Decimal(repr(mean)).quantize(_TENTH, ROUND_HALF_UP)
    return Outcome(rounded, known, parts)
