"""From events to journeys: whose touches lie in the window of which conversion.

What is decided here: the window, visits (repeated touches), codes against links, refunds, and
what became of people who did not convert.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from campaigns.attribution.columns import NOBODY, Columns, columns_of, span, ticks
from campaigns.attribution.events import Conversion, Period, Touch
from campaigns.attribution.search import first_at_least, ranges
from campaigns.attribution.settings import CodeRule, Settings
from campaigns.attribution.table import Booleans, Floats, Integers, JourneyTable

_TICKS_A_DAY = 86_400_000_000
_ALWAYS = np.iinfo(np.int64)


@dataclass(frozen=True, slots=True)
class Built:
    """Journeys, and what is not in them.

    conversions     those counted, refunded ones left out
    unattributed    of them, those with neither touch nor code: nobody's, and divided among nobody
    unattributed_value   their value, as far as it is known; None where it is of none
    without_value   conversions on a journey whose value nobody told
    refunded        conversions taken back: their journeys count as lost
    undecided       journeys without conversion whose window is still open: neither won nor lost
    repeated        reports of conversions that were known already
    """

    table: JourneyTable
    conversions: int
    unattributed: int
    unattributed_value: float | None
    without_value: int
    refunded: int
    undecided: int
    repeated: int


@dataclass(frozen=True, slots=True)
class _Walks:
    """Touches in order, walk after walk: by touch the walk, the creator and the moment."""

    walk: Integers
    creator: Integers
    at: Integers


@dataclass(frozen=True, slots=True)
class _Limits:
    """The period that is meant, closed-open, and the moment at which all is looked at."""

    start: int
    end: int
    as_of: int

    @classmethod
    def of(cls, period: Period | None, as_of: datetime) -> _Limits:
        if period is None:
            return cls(_ALWAYS.min, _ALWAYS.max, ticks(as_of))
        return cls(ticks(period.start), ticks(period.end), ticks(as_of))

    def contain(self, moments: Integers) -> Booleans:
        return (moments >= self.start) & (moments < self.end)


def journeys(
    touches: Sequence[Touch],
    conversions: Sequence[Conversion],
    *,
    as_of: datetime,
    settings: Settings | None = None,
    period: Period | None = None,
) -> Built:
    """Build the journeys of what had happened at `as_of`, all of them or those of a period.

    Give all events, from a window before the period on: a touch before it may have led to a
    conversion in it, and one that led to a conversion before it was not lost.
    """
    columns = columns_of(touches, conversions, as_of=as_of)
    return build(columns, as_of=as_of, settings=settings, period=period)


def build(
    columns: Columns,
    *,
    as_of: datetime,
    settings: Settings | None = None,
    period: Period | None = None,
) -> Built:
    """Build the journeys of events in columns, in which nothing is later than `as_of`."""
    settings = settings or Settings()
    limits = _Limits.of(period, as_of)
    low, high = _windows(columns, settings)
    is_meant = limits.contain(columns.at)
    won, by_code = _won(columns, low, high, is_meant, settings)
    won = _one_a_visit(won, settings)
    lost, undecided = _lost(columns, low, high, limits, settings)
    counted = is_meant & ~columns.is_refunded
    credited = np.bincount(won.walk, minlength=len(columns.at)) > 0
    nobodys = counted & ~credited
    is_valued = counted & ~np.isnan(columns.values)
    return Built(
        table=_table(columns, won, by_code, _one_a_visit(lost, settings)),
        conversions=int(counted.sum()),
        unattributed=int(nobodys.sum()),
        unattributed_value=_known_sum(columns.values[nobodys & is_valued]),
        without_value=int((counted & credited & ~is_valued).sum()),
        refunded=int((is_meant & columns.is_refunded).sum()),
        undecided=undecided,
        repeated=columns.repeated,
    )


def _windows(columns: Columns, settings: Settings) -> tuple[Integers, Integers]:
    """Return, by conversion, which touches (from, to) may have led to it."""
    begins = np.searchsorted(columns.touch_person, np.arange(columns.people + 1))
    known = columns.person != NOBODY
    person = np.where(known, columns.person, 0)
    if not columns.people:
        nothing = np.zeros(len(columns.at), dtype=np.int64)
        return nothing, nothing
    first, end = begins[person], begins[person + 1]
    high = first_at_least(columns.touch_at, first, end, columns.at + 1)
    low = first_at_least(columns.touch_at, first, end, columns.at - span(settings.window))
    if settings.fresh_start and len(columns.at) > 1:
        again = np.zeros(len(columns.at), dtype=np.bool_)
        again[1:] = known[1:] & (columns.person[1:] == columns.person[:-1])
        low[1:] = np.where(again[1:], np.maximum(low[1:], high[:-1]), low[1:])
    return np.where(known, low, 0), np.where(known, high, 0)


def _won(
    columns: Columns, low: Integers, high: Integers, is_meant: Booleans, settings: Settings
) -> tuple[_Walks, Booleans]:
    """Return the walks of the conversions, and where a code takes the whole credit."""
    count = np.where(is_meant, high - low, 0)
    walk = np.repeat(np.arange(len(count)), count)
    touch = ranges(low, count)
    uses_code = is_meant & (columns.code != NOBODY)
    if settings.code_rule is CodeRule.CODE_WITHOUT_LINK:
        uses_code &= count == 0
    by_code = np.flatnonzero(uses_code)
    merged = np.concatenate([walk, by_code])
    order = np.argsort(merged, kind="stable")  # a code comes after the touches of its conversion
    walks = _Walks(
        walk=merged[order],
        creator=np.concatenate([columns.touch_creator[touch], columns.code[by_code]])[order],
        at=np.concatenate([columns.touch_at[touch], columns.at[by_code]])[order],
    )
    if settings.code_rule is not CodeRule.CODE_TAKES_ALL:
        uses_code = np.zeros(len(count), dtype=np.bool_)
    return walks, uses_code


def _lost(
    columns: Columns, low: Integers, high: Integers, limits: _Limits, settings: Settings
) -> tuple[_Walks, int]:
    """Return the walks that led to no conversion and no longer can, and how many still can.

    A walk is lost when the window of its last touch has passed: that moment says the period.
    """
    edges = np.zeros(len(columns.touch_at) + 1, dtype=np.int64)
    np.add.at(edges, low, 1)
    np.add.at(edges, high, -1)
    unused = np.flatnonzero(np.cumsum(edges)[:-1] == 0)
    if not len(unused):
        return _Walks(unused, unused, unused), 0
    person, at = columns.touch_person[unused], columns.touch_at[unused]
    window = span(settings.window)
    begins = np.ones(len(unused), dtype=np.bool_)
    begins[1:] = (person[1:] != person[:-1]) | (at[1:] - at[:-1] > window) | (np.diff(unused) > 1)
    walk = np.cumsum(begins) - 1
    last = np.append(np.flatnonzero(begins)[1:], len(unused)) - 1
    lost_at = at[last] + window
    is_meant = limits.contain(lost_at)
    is_over = lost_at <= limits.as_of
    kept = (is_over & is_meant)[walk]
    return (
        _Walks(walk[kept], columns.touch_creator[unused][kept], at[kept]),
        int((~is_over & is_meant).sum()),
    )


def _one_a_visit(walks: _Walks, settings: Settings) -> _Walks:
    """Leave out touches that the same creator's next one follows within a visit."""
    gap = span(settings.visit)
    if not gap or len(walks.walk) < 2:
        return walks
    goes_on = (
        (walks.walk[1:] == walks.walk[:-1])
        & (walks.creator[1:] == walks.creator[:-1])
        & (walks.at[1:] - walks.at[:-1] <= gap)
    )
    kept = np.append(~goes_on, np.True_)
    return _Walks(walks.walk[kept], walks.creator[kept], walks.at[kept])


def _table(columns: Columns, won: _Walks, by_code: Booleans, lost: _Walks) -> JourneyTable:
    """Put both kinds of walks into one table; ages count back from the conversion."""
    which, won_lengths = np.unique(won.walk, return_counts=True)
    _, lost_lengths = np.unique(lost.walk, return_counts=True)
    lengths = np.concatenate([won_lengths, lost_lengths])
    nothing = np.zeros(len(lost_lengths))
    counted = ~columns.is_refunded[which]
    is_valued = counted & ~np.isnan(columns.values[which])
    return JourneyTable(
        keys=columns.creators,
        touches=np.concatenate([won.creator, lost.creator]),
        starts=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]),
        conversions=np.concatenate([_as_numbers(counted), nothing]),
        valued=np.concatenate([_as_numbers(is_valued), nothing]),
        values=np.concatenate([np.where(is_valued, columns.values[which], 0.0), nothing]),
        lost=np.concatenate([_as_numbers(~counted), nothing + 1.0]),
        ages=np.concatenate(
            [(columns.at[won.walk] - won.at) / _TICKS_A_DAY, np.zeros(len(lost.walk))]
        ),
        moments=np.concatenate([won.at, lost.at]),
        code_rules=np.concatenate([by_code[which], np.zeros(len(lost_lengths), dtype=np.bool_)]),
    )


def _as_numbers(flags: Booleans) -> Floats:
    return flags.astype(np.float64)


def _known_sum(values: Floats) -> float | None:
    return float(values.sum()) if len(values) else None
