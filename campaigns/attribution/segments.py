"""Credit by segment: what creators were credited with while they were members.

A touch belongs to the segments of its creator at the moment of the touch, not to those of today;
a redeemed code is a touch at the moment of the conversion. Credits by creator and by segment come
from the same touches: in a dimension whose segments exclude each other they have the same sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from campaigns.attribution.columns import ticks
from campaigns.attribution.credit import NoCredit, answer, largest_first, touch_credit
from campaigns.attribution.events import Key, Stay
from campaigns.attribution.formulas import Model
from campaigns.attribution.markov import TooManyForMarkov
from campaigns.attribution.results import Attribution
from campaigns.attribution.search import first_at_least, ranges
from campaigns.attribution.settings import Settings
from campaigns.attribution.table import Integers, JourneyTable, encode, sums

_NO_TIMES = "Credit by segment needs the time of each touch, and these journeys have none."
_FOREVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class BySegment:
    """Credits by segment, and what is outside of all segments.

    `counted_again` are the conversions beyond the total, where a creator was in several of the
    segments at the same time: each of them shows the whole credit.
    """

    attribution: Attribution
    outside_conversions: float
    outside_value: float | None
    counted_again: float


def by_segment(
    table: JourneyTable,
    model: Model,
    stays: Sequence[Stay],
    settings: Settings | None = None,
) -> BySegment:
    """Divide the conversions of the journeys among the segments of those who were met."""
    settings = settings or Settings()
    try:
        credit = touch_credit(table, model, settings)
    except (NoCredit, TooManyForMarkov) as refused:
        return BySegment(answer(table, model, settings, (), str(refused)), 0.0, None, 0.0)
    if credit.table.moments is None:
        return BySegment(answer(table, model, settings, (), _NO_TIMES), 0.0, None, 0.0)
    segments, segment, touch = _memberships(credit.table, credit.table.moments, stays)
    is_valued = bool(table.valued.any())
    conversions = sums(segment, credit.conversions[touch], len(segments))
    values = sums(segment, credit.values[touch], len(segments))
    outside = np.ones(len(credit.conversions), dtype=np.bool_)
    outside[touch] = False
    outside_conversions = float(credit.conversions[outside].sum())
    again = float(conversions.sum()) + outside_conversions - float(table.conversions.sum())
    return BySegment(
        answer(table, model, settings, largest_first(table, segments, conversions, values)),
        outside_conversions,
        float(credit.values[outside].sum()) if is_valued else None,
        max(0.0, again) if again > 1e-9 * len(outside) else 0.0,
    )


def _memberships(
    table: JourneyTable, moments: Integers, stays: Sequence[Stay]
) -> tuple[tuple[Key, ...], Integers, Integers]:
    """Return the segments, and each pair of a segment (by position) and a touch within it."""
    position = {key: number for number, key in enumerate(table.keys)}
    stays = [stay for stay in stays if stay.creator in position]
    segments, segment = encode([stay.segment for stay in stays])
    order = np.lexsort((moments, table.touches))
    in_order = moments[order]
    begins = np.searchsorted(table.touches[order], np.arange(len(table.keys) + 1))
    creator = np.array([position[stay.creator] for stay in stays], dtype=np.int64)
    entered = np.array([ticks(stay.entered_at) for stay in stays], dtype=np.int64)
    left = np.array(
        [_FOREVER if stay.left_at is None else ticks(stay.left_at) for stay in stays],
        dtype=np.int64,
    )
    low = first_at_least(in_order, begins[creator], begins[creator + 1], entered)
    high = first_at_least(in_order, begins[creator], begins[creator + 1], left)
    count = np.maximum(high - low, 0)
    return segments, np.repeat(segment, count), order[ranges(low, count)]
