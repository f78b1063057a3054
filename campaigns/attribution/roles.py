"""What part creators play on the way to a conversion, whatever model divides the credit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from campaigns.attribution.events import Key
from campaigns.attribution.table import Booleans, JourneyTable, sums


@dataclass(frozen=True, slots=True)
class Roles:
    """Conversions with one creator on the journey, each counted once, by the creator's part.

    alone         nobody else was met
    closed        met last (or by the code that takes the credit), after somebody else
    introduced    met first, and somebody else was last
    influenced    met between
    """

    key: Key
    alone: float
    closed: float
    introduced: float
    influenced: float

    @property
    def on_journey(self) -> float:
        """All conversions with the creator on the journey."""
        return self.alone + self.closed + self.introduced + self.influenced

    @property
    def assisted(self) -> float:
        """Assisted conversions: on the journey, but not last, so not credited by last touch."""
        return self.introduced + self.influenced


def roles(table: JourneyTable) -> tuple[Roles, ...]:
    """Return the roles of every creator, those on most converting journeys first."""
    size = len(table.keys)
    table = table.converting
    journey, key = table.meetings.journey, table.meetings.creator
    conversions = table.conversions[journey]
    alone = np.bincount(journey, minlength=len(table))[journey] == 1
    is_last = key == table.touches[table.starts[1:] - 1][journey]
    is_first = key == table.touches[table.starts[:-1]][journey]

    def counted(which: Booleans) -> list[float]:
        found: list[float] = sums(key[which], conversions[which], size).tolist()
        return found

    columns = zip(
        table.keys,
        counted(alone),
        counted(is_last & ~alone),
        counted(is_first & ~is_last),
        counted(~is_first & ~is_last),
        strict=True,
    )
    found = [Roles(*column) for column in columns]
    return tuple(sorted(found, key=lambda role: -role.on_journey))
