"""Past pieces of many creators as arrays: what a forecast is learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# numpy's own types tell floats of different widths apart, which nothing here needs.
Floats = NDArray[Any]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# From this age on a count is taken for whole; it grows quickest in the first week.
WEEK, WHOLE = 7.0, 60.0
# Longer ago is not told apart: counts of years ago say little of how much all has moved since.
LONGEST = 3.0


@dataclass(frozen=True)
class History:
    """Pieces with their counts, and the creators who made them.

    `creator` is the row of each piece's creator; pieces of a creator come in the order of time.
    `age` are the days from publication to the count, nan: not known, taken for whole.
    `since` are the days from publication to the moment that is told of.
    `followers` of each creator, nan: not known. `groups`: creators x names.
    """

    creator: Ints
    value: Floats
    age: Floats
    since: Floats
    followers: Floats
    groups: Bools
    names: tuple[str, ...]

    @property
    def creators(self) -> int:
        """How many there are, those without a piece too."""
        return len(self.followers)

    @property
    def logs(self) -> Floats:
        """The counts as logarithms: errors are factors, and 0 is a count."""
        return np.log1p(self.value)

    def counts(self) -> Ints:
        """Pieces of each creator."""
        return np.bincount(self.creator, minlength=self.creators)

    def from_last(self) -> Ints:
        """Of each piece, how many of its creator came after it."""
        # Pieces of a creator lie in order, though not beside each other.
        order = np.argsort(self.creator, kind="stable")
        ends = np.cumsum(self.counts())
        after = np.empty(len(self.creator), dtype=np.int64)
        after[order] = ends[self.creator[order]] - 1 - np.arange(len(order))
        return after

    def only(self, pieces: Bools) -> History:
        """Some of the pieces, and all creators."""
        return History(
            self.creator[pieces],
            self.value[pieces],
            self.age[pieces],
            self.since[pieces],
            self.followers,
            self.groups,
            self.names,
        )


def shifts(history: History) -> Floats:
    """What makes counts of all creators less than they are to be, whoever they are: pieces x 3.

    Two are of `youth`; the third are the years since publication: people gain followers, and the
    number that is known is today's.
    """
    years = np.clip(history.since / 365.25, 0.0, LONGEST)
    return np.column_stack([youth(history.age), -years])


def youth(age: Floats) -> Floats:
    """How far a count is from whole, by two lines over log days: pieces x 2, 0 is whole."""
    days = np.where(np.isnan(age), WHOLE, np.clip(age, 0.0, WHOLE))
    first = np.log1p(np.minimum(days, WEEK)) - np.log1p(WEEK)
    second = np.log1p(np.maximum(days, WEEK)) - np.log1p(WHOLE)
    return np.column_stack([first, second])
