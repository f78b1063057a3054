"""Where clusters and creators are on the map: a square of 1,000 by 1,000. For workers: numpy.

Clusters that share more ties are closer to each other. A cluster is a disc, as large as it has
creators; in it, those with the most ties are in the middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Any

SIDE = 1_000.0
# Of the square, how much discs cover: less looks empty, more leaves no way between them.
COVERED = 0.3
_GAP = 12.0
_GOLDEN = pi * (3 - sqrt(5))
_ROUNDS = 400


@dataclass(frozen=True)
class Disc:
    """Of a cluster."""

    x: float
    y: float
    radius: float


def discs(between: Any, sizes: Sequence[int]) -> list[Disc]:
    """Lay clusters out. `between` is the weight of ties between each two, as a square array."""
    import numpy as np  # noqa: PLC0415 - slow to import, needed by workers only

    number = len(sizes)
    if not number:
        return []
    radius = np.sqrt(np.array(sizes, dtype=float))
    radius *= sqrt(COVERED * SIDE * SIDE / (pi * float((radius**2).sum())))
    radius = np.maximum(radius, 14.0)
    pull = np.asarray(between, dtype=float)
    pull = pull / pull.max() if pull.max() > 0 else pull
    angles = np.arange(number) * _GOLDEN
    far = SIDE / 3 * np.sqrt((np.arange(number) + 0.5) / number)
    place = SIDE / 2 + np.stack([np.cos(angles) * far, np.sin(angles) * far], axis=1)
    for round_ in range(_ROUNDS):
        step = 0.1 * (1 - round_ / _ROUNDS)
        apart = place[None, :, :] - place[:, None, :]
        distance = np.sqrt((apart**2).sum(axis=2)) + 1e-9
        # Those that share ties are drawn together; all are drawn to the middle a little.
        move = (pull[:, :, None] * apart).sum(axis=1) * step
        move += (SIDE / 2 - place) * step * 0.15
        place += move
        # Discs that lie upon each other are pushed apart.
        apart = place[None, :, :] - place[:, None, :]
        distance = np.sqrt((apart**2).sum(axis=2)) + 1e-9
        missing = np.maximum(radius[:, None] + radius[None, :] + _GAP - distance, 0.0)
        np.fill_diagonal(missing, 0.0)
        place -= (apart / distance[:, :, None] * missing[:, :, None]).sum(axis=1) / 2
    return _fitted(place, radius)


def _fitted(place: Any, radius: Any) -> list[Disc]:
    """Scaled into the square as a whole."""
    low = (place - radius[:, None]).min(axis=0)
    high = (place + radius[:, None]).max(axis=0)
    scale = (SIDE - 2 * _GAP) / float((high - low).max())
    shift = (SIDE - (high - low) * scale) / 2
    place = (place - low) * scale + shift
    return [
        Disc(round(float(x), 1), round(float(y), 1), round(float(r), 1))
        for (x, y), r in zip(place, radius * scale, strict=True)
    ]


def inside(disc: Disc, number: int) -> list[tuple[float, float]]:
    """Places for so many creators in a disc, from its middle outwards: as seeds in a sunflower."""
    found = []
    for place in range(number):
        far = (disc.radius - 4) * sqrt((place + 0.5) / number)
        angle = place * _GOLDEN
        found.append((round(disc.x + far * cos(angle), 1), round(disc.y + far * sin(angle), 1)))
    return found
