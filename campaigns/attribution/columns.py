"""Touches and conversions as arrays, so that millions of them can be sorted and cut at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from campaigns.attribution.events import Conversion, Key, Touch
from campaigns.attribution.table import Booleans, Floats, Integers, encode

NOBODY = -1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Columns:
    """Events of one brand; moments in microseconds of the epoch, people and creators by position.

    Touches are sorted by person, moment and creator; conversions by person and moment, those of
    unknown people (NOBODY) first. `values` is what is left after refunds, not a number where
    unknown; `is_refunded` are conversions of which nothing is left.
    """

    creators: tuple[Key, ...]
    touch_person: Integers
    touch_at: Integers
    touch_creator: Integers
    person: Integers
    at: Integers
    values: Floats
    code: Integers
    is_refunded: Booleans
    repeated: int = 0  # conversions that were reported more than once

    @property
    def people(self) -> int:
        """The number of different people."""
        return 1 + max(
            int(self.touch_person.max(initial=NOBODY)), int(self.person.max(initial=NOBODY))
        )


def ticks(moment: datetime) -> int:
    """Return a moment in microseconds of the epoch. A moment without time zone is refused."""
    return (moment - _EPOCH) // _TICK


def span(length: timedelta) -> int:
    """Return a length of time in microseconds."""
    return length // _TICK


def columns_of(
    touches: Sequence[Touch], conversions: Sequence[Conversion], *, as_of: datetime
) -> Columns:
    """Put what was known at `as_of` into columns; what came later does not exist yet."""
    touches = [touch for touch in touches if touch.at <= as_of]
    once = {
        conversion.key: conversion
        for conversion in sorted(conversions, key=_latest_first)
        if conversion.at <= as_of
    }
    repeated = sum(conversion.at <= as_of for conversion in conversions) - len(once)
    found = list(once.values())
    creators, positions = encode(
        [touch.creator for touch in touches]
        + [conversion.code for conversion in found if conversion.code is not None]
    )
    of_codes = iter(positions[len(touches) :])
    people, person = encode(
        [touch.person for touch in touches]
        + [conversion.person for conversion in found if conversion.person is not None]
    )
    del people  # who they are is nobody's business; that they differ is enough
    of_people = iter(person[len(touches) :])
    left = [_left(conversion, as_of) for conversion in found]
    return sort(
        Columns(
            creators=creators,
            touch_person=person[: len(touches)],
            touch_at=np.array([ticks(touch.at) for touch in touches], dtype=np.int64),
            touch_creator=positions[: len(touches)],
            person=np.array(
                [NOBODY if each.person is None else next(of_people) for each in found],
                dtype=np.int64,
            ),
            at=np.array([ticks(each.at) for each in found], dtype=np.int64),
            values=np.array(
                [np.nan if value is None else value for value, _ in left], dtype=np.float64
            ),
            code=np.array(
                [NOBODY if each.code is None else next(of_codes) for each in found], dtype=np.int64
            ),
            is_refunded=np.array([refunded for _, refunded in left], dtype=np.bool_),
            repeated=repeated,
        )
    )


def sort(columns: Columns) -> Columns:
    """Return the same events in the order that `Columns` promises.

    A database that was asked to order the touches spares them the sorting here.
    """
    touch = _order(columns.touch_person, columns.touch_at, columns.touch_creator)
    conversion = np.lexsort((columns.values, columns.code, columns.at, columns.person))
    return Columns(
        creators=columns.creators,
        touch_person=columns.touch_person[touch],
        touch_at=columns.touch_at[touch],
        touch_creator=columns.touch_creator[touch],
        person=columns.person[conversion],
        at=columns.at[conversion],
        values=columns.values[conversion],
        code=columns.code[conversion],
        is_refunded=columns.is_refunded[conversion],
        repeated=columns.repeated,
    )


def _order(*keys: Integers) -> Integers | slice:
    """Return what puts the keys in order, the first one counting most; nothing if they are."""
    is_behind = np.zeros(max(len(keys[0]) - 1, 0), dtype=np.bool_)
    for key in reversed(keys):
        is_behind = (key[1:] < key[:-1]) | (is_behind & (key[1:] == key[:-1]))
    return np.lexsort(keys[::-1]) if is_behind.any() else slice(None)


def _latest_first(conversion: Conversion) -> tuple[float, str]:
    """Order that lets the earliest report of a key win, whatever the order of arrival."""
    return (-conversion.at.timestamp(), repr(conversion))


def _left(conversion: Conversion, as_of: datetime) -> tuple[float | None, bool]:
    """Return what is left of the value after the refunds until `as_of`, and whether none is."""
    refunds = [refund for refund in conversion.refunds if refund.at <= as_of]
    if any(refund.value is None for refund in refunds):
        return 0.0, True
    if conversion.value is None:
        return None, False
    left = conversion.value - sum(refund.value for refund in refunds if refund.value is not None)
    return (0.0, True) if refunds and left <= 0 else (float(left), False)
