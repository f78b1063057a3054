"""Names on the map of clusters: of the largest, as many as stand free of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.models import Cluster

# The map is 1,000 wide and high. Letters are as high as static/css/rapport.css has them, on wide
# screens and on phones; a letter is about so many times as wide as it is high.
SIDE = 1_000.0
WIDE, NARROW = 22.0, 34.0
_LETTER = 0.56
NAMES, LONGEST = 12, 20


@dataclass(frozen=True)
class Name:
    """A name with the middle of its lower edge, and on which screens it covers no other."""

    words: str
    x: float
    y: float
    is_wide: bool
    is_narrow: bool


def names_of(clusters: Sequence[Cluster]) -> list[Name]:
    """The names that can be read, for clusters from the largest on."""
    told = [_placed(cluster) for cluster in clusters[:NAMES]]
    wide, narrow = _free(told, WIDE), _free(told, NARROW)
    return [
        Name(words, x, y, place in wide, place in narrow)
        for place, (words, x, y) in enumerate(told)
        if place in wide or place in narrow
    ]


def _placed(cluster: Cluster) -> tuple[str, float, float]:
    """Over the disc, or as near to it as phones show it whole."""
    words = cluster.title
    if len(words) > LONGEST:
        words = words[: LONGEST - 1] + "…"
    half = len(words) * NARROW * _LETTER / 2
    x = min(max(cluster.x, half), SIDE - half)
    return words, x, max(cluster.y - cluster.radius - 8, NARROW)


def _free(told: Sequence[tuple[str, float, float]], letter: float) -> set[int]:
    """Which of them cover no earlier one, where letters are so high."""
    kept: list[tuple[float, float, float]] = []
    found: set[int] = set()
    for place, (words, x, y) in enumerate(told):
        half = len(words) * letter * _LETTER / 2
        if all(abs(x - ox) >= half + oh or abs(y - oy) >= letter for ox, oy, oh in kept):
            kept.append((x, y, half))
            found.add(place)
    return found
