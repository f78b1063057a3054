"""How often the interval of lift by segment holds the truth, in quarters where it is known.

A series has its weekdays, days and weeks that differ by chance (lognormal), and a fifth more on the
days on which a piece is new. `python -m benchmarks lift` draws; docs/series.md has what came of it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import exp

from benchmarks.findings import Grid
from segmentation.metrics.families.lift import (
    LEAST_WEEKS,
    NEAR,
    Controls,
    added_by_week,
    lift_interval,
    new_days,
)
from segmentation.metrics.statistics import LEVELS

SEED = 7
LIFT, DAYS = 0.2, 92
FIRST = date(2026, 7, 1)
WEEKDAYS = (1, 1, 1, 1, 1.2, 0.8, 0.7)
SPREAD_OF_DAYS = 0.2
SPREADS_OF_WEEKS = (0.0, 0.1, 0.15)
PIECES = (6, 10, 20, 30)


def quarter(dice: random.Random, pieces: int, of_weeks: float) -> tuple[set[date], Controls]:
    """The days on which pieces are new, and a series of the quarter and of four weeks before."""
    live = [FIRST + timedelta(days=dice.randrange(DAYS)) for _ in range(pieces)]
    new = {day for one in live for day in new_days(one)}
    weeks: dict[int, float] = defaultdict(lambda: dice.gauss(0, of_weeks))
    values = {}
    for number in range(-NEAR.days, DAYS):
        day = FIRST + timedelta(days=number)
        chance = exp(dice.gauss(0, SPREAD_OF_DAYS) + weeks[number // 7])
        values[day] = 100 * WEEKDAYS[day.weekday()] * chance * (1 + LIFT if day in new else 1)
    return new, Controls("series", values, values.keys() - new)


def coverage(dice: random.Random, pieces: int, of_weeks: float, draws: int) -> list[float]:
    """How many of 100 intervals hold the lift, by level."""
    held = dict.fromkeys(LEVELS, 0)
    told = 0
    for _ in range(draws):
        new, controls = quarter(dice, pieces, of_weeks)
        _days, sums = added_by_week(new, controls, FIRST)
        if sums.creators < LEAST_WEEKS:
            continue
        told += 1
        for level in LEVELS:
            found = lift_interval(sums, level)
            held[level] += found is not None and found.low <= LIFT <= found.high
    return [100 * held[level] / told for level in LEVELS]


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Grid], Mapping[str, object]]:
    """Simulate; `rows` are the draws. Makes the table of docs/series.md."""
    del repetitions
    dice = random.Random(SEED)
    held = {
        f"weeks {of_weeks}, {pieces} pieces": coverage(dice, pieces, of_weeks, rows)
        for of_weeks in SPREADS_OF_WEEKS
        for pieces in PIECES
    }
    columns = [f"{level:.0%}" for level in LEVELS]
    return [Grid("intervals that held, of 100", columns, held)], {"draws": f"{rows:,}"}
