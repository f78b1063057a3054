"""Journeys as arrays: a million of them fit, and every model is a few passes over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt

from campaigns.attribution.events import Key

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


class JourneysRefused(Exception):
    """These journeys cannot be; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Journey:
    """The creators whom people met, in order, and what came of it, for all who went this way.

    `value` is the sum over the conversions; None where it is not known. `lost` is how many went
    this way and did not convert. `ages` are the days from each touch to the conversion, where
    times are known.
    """

    creators: tuple[Key, ...]
    conversions: float = 0.0
    value: float | None = None
    lost: float = 0.0
    ages: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Meetings:
    """Who was met on which journey, however often: by meeting its journey and its creator.

    `of_touch` is the meeting to which each touch belongs.
    """

    journey: Integers
    creator: Integers
    of_touch: Integers


@dataclass(frozen=True)
class JourneyTable:
    """Journeys in columns; touches lie one after the other, journey by journey.

    keys         whose the touches are; `touches` are positions in it
    starts       where each journey begins in `touches`, and at last where the last one ends
    conversions, valued, values, lost    by journey; `valued` conversions have the known `values`
    ages         days from the touch to the conversion, by touch; None where times are not known
    moments      when the touch was, in microseconds of the epoch; None likewise
    code_rules   journeys whose last touch is a code that takes the whole credit
    """

    keys: tuple[Key, ...]
    touches: Integers
    starts: Integers
    conversions: Floats
    valued: Floats
    values: Floats
    lost: Floats
    ages: Floats | None = None
    moments: Integers | None = None
    code_rules: Booleans | None = None

    def __post_init__(self) -> None:
        """Refuse journeys that cannot be: everything after relies on it."""
        by_journey = (self.conversions, self.valued, self.values, self.lost)
        if any(len(column) != len(self) for column in by_journey):
            raise JourneysRefused("The columns of the journeys differ in length.")
        if len(self) and (self.lengths.min() < 1 or self.starts[-1] != len(self.touches)):
            raise JourneysRefused("A journey without a touch credits nobody.")
        if not all(np.isfinite(column).all() for column in by_journey):
            raise JourneysRefused("A number of conversions or a value is not a number.")
        if any((column < 0).any() for column in (self.conversions, self.valued, self.lost)):
            raise JourneysRefused("The number of conversions cannot be negative.")

    def __len__(self) -> int:
        """Return the number of journeys."""
        return len(self.starts) - 1

    @cached_property
    def lengths(self) -> Integers:
        """The number of touches, by journey."""
        return np.diff(self.starts)

    @cached_property
    def journey_of(self) -> Integers:
        """The journey, by touch."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @cached_property
    def meetings(self) -> Meetings:
        """The different pairs of a journey and a creator who was met on it."""
        pair = self.journey_of * len(self.keys) + self.touches
        order = np.argsort(pair, kind="stable")
        in_order = pair[order]
        is_new = np.ones(len(pair), dtype=np.bool_)
        is_new[1:] = in_order[1:] != in_order[:-1]
        of_touch = np.empty(len(pair), dtype=np.int64)
        of_touch[order] = np.cumsum(is_new) - 1
        first = order[is_new]
        return Meetings(self.journey_of[first], self.touches[first], of_touch)

    def spread(self, by_journey: Floats) -> Floats:
        """Return a column of journeys for each of their touches."""
        return np.repeat(by_journey, self.lengths)

    @cached_property
    def credited(self) -> JourneyTable:
        """The journeys as models see them: where a code rules, its touch alone."""
        if self.code_rules is None or not self.code_rules.any():
            return self
        kept = ~np.repeat(self.code_rules, self.lengths)
        kept[self.starts[1:] - 1] = True
        lengths = np.where(self.code_rules, 1, self.lengths)
        return self._with_touches(kept, starts=_offsets(lengths), code_rules=None)

    @cached_property
    def converting(self) -> JourneyTable:
        """The journeys that converted: most models ask for no others."""
        won = (self.conversions > 0.0) | (self.values != 0.0)
        if won.all():
            return self
        return self._with_touches(
            np.repeat(won, self.lengths),
            starts=_offsets(self.lengths[won]),
            conversions=self.conversions[won],
            valued=self.valued[won],
            values=self.values[won],
            lost=self.lost[won],
            code_rules=None if self.code_rules is None else self.code_rules[won],
        )

    def _with_touches(self, kept: Booleans, **columns: Any) -> JourneyTable:
        return replace(
            self,
            touches=self.touches[kept],
            ages=None if self.ages is None else self.ages[kept],
            moments=None if self.moments is None else self.moments[kept],
            **columns,
        )


def table_of(journeys: Iterable[Journey]) -> JourneyTable:
    """Put journeys into columns; those that are alike, as to creators and ages, become one."""
    journeys = list(journeys)
    with_ages = sum(journey.ages is not None for journey in journeys)
    if 0 < with_ages < len(journeys):
        raise JourneysRefused("Some journeys have times and others have none.")
    if any(len(each.ages) != len(each.creators) for each in journeys if each.ages is not None):
        raise JourneysRefused("A journey needs an age for each touch.")
    rows: dict[object, int] = {}
    found: list[Journey] = []  # the first of those that are alike
    row = np.empty(len(journeys), dtype=np.int64)
    for number, journey in enumerate(journeys):
        alike = (journey.creators, journey.ages) if with_ages else journey.creators
        row[number] = place = rows.setdefault(alike, len(rows))
        if place == len(found):
            found.append(journey)
    conversions = _numbers(journey.conversions for journey in journeys)
    values = _numbers(nan if each.value is None else each.value for each in journeys)
    is_known = np.array([journey.value is not None for journey in journeys], dtype=np.bool_)
    keys, touches = encode(list(chain.from_iterable(each.creators for each in found)))
    lengths = np.array([len(journey.creators) for journey in found], dtype=np.int64)
    return JourneyTable(
        keys=keys,
        touches=touches,
        starts=_offsets(lengths),
        conversions=sums(row, conversions, len(found)),
        valued=sums(row[is_known], conversions[is_known], len(found)),
        values=sums(row[is_known], values[is_known], len(found)),
        lost=sums(row, _numbers(journey.lost for journey in journeys), len(found)),
        ages=_numbers(chain.from_iterable(each.ages or () for each in found))
        if with_ages
        else None,
    )


def encode(flat: Sequence[Key]) -> tuple[tuple[Key, ...], Integers]:
    """Return the different keys in order, and the position of each of the given ones."""
    keys = tuple(sorted(set(flat), key=lambda key: (isinstance(key, str), key)))
    position = {key: number for number, key in enumerate(keys)}
    return keys, np.fromiter(map(position.__getitem__, flat), dtype=np.int64, count=len(flat))


def sums(positions: Integers, weights: Floats, size: int) -> Floats:
    """Return the sum of the weights at each of `size` positions."""
    return np.bincount(positions, weights, size).astype(np.float64, copy=False)


def _numbers(numbers: Iterable[float]) -> Floats:
    return np.fromiter(numbers, dtype=np.float64)


def _offsets(lengths: Integers) -> Integers:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
