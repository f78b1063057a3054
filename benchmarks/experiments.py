"""How often experiments find a difference where there is none, and one that is there.

Creators' rates and clicks are lognormal, events are Poisson. `python -m benchmarks experiments`
draws long; tests/campaigns/experiments draws a few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log1p, sqrt

import numpy as np
from scipy.special import stdtrit

from benchmarks.findings import Findings, Found, Grid
from campaigns.experiments import analysis
from campaigns.experiments.jackknife import TooLittle, difference, log_rate
from campaigns.experiments.power import power, spread_expected
from campaigns.experiments.results import Plan, Reading

SEED = 20_261_124
RATE, CLICKS, LIFT = 0.03, 200, 0.3
LEVELS = (0.8, 0.95)
# Creators in an arm, and which part of the draws: with more of them each draw takes longer.
CREATORS = {10: 1.0, 50: 0.3, 500: 0.1}
# Spreads of clicks and of creators.
WORLDS = ((0.0, 0.6), (1.0, 0.6), (0.7, 0.4), (1.0, 0.0), (0.0, 1.0), (0.5, 0.8))
LOOKS, EACH = 20, 20
# One in twenty, give or take one in a hundred.
ALARMS = (0.04, 0.06)
ONCE = Plan("control")

# Events and clicks of each creator.
Arm = tuple[list[float], list[float]]


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Findings | Grid], Mapping[str, object]]:
    """Simulate; `rows` are the experiments of each world of ten creators."""
    del repetitions
    dice = np.random.default_rng(SEED)
    few = max(rows // 5, 1)
    alarms = [*by_clicks(dice, few), *by_looks(dice, few)]
    return [
        Findings("experiments without a difference that found one", alarms),
        Findings("experiments that found half as many more", seen(dice, few)),
        coverage(dice, rows),
    ], {"experiments": f"{rows:,}", "of alarms and power": f"{few:,}"}


def arm(
    dice: np.random.Generator,
    creators: int,
    spread: float,
    between: float,
    *,
    clicks: float = CLICKS,
    rate: float = RATE,
) -> Arm:
    """Made-up creators, with so many clicks on average that differ by `spread`."""
    weights = np.ceil(_lognormal(dice, spread, creators) * clicks)
    events = dice.poisson(weights * _lognormal(dice, between, creators) * rate)
    return events.astype(float).tolist(), weights.tolist()


def by_clicks(dice: np.random.Generator, rounds: int) -> list[Found]:
    """Twenty creators in each arm: who counts clicks, and who counts creators."""
    found = []
    for clicks in (200, 500, 1_000):
        counts = np.zeros(2)
        for _ in range(rounds):
            one, other = (arm(dice, 20, 0.0, 0.6, clicks=clicks) for _ in range(2))
            (a, m), (b, n) = ((sum(events), sum(weights)) for events, weights in (one, other))
            both = (a + b) / (m + n)
            z = (a / m - b / n) / sqrt(both * (1 - both) * (1 / m + 1 / n))
            counts += abs(z) > 1.96, _is_found(one, other, ONCE)
        what = f"{clicks:,} clicks of each of 20 creators"
        found += [
            Found(f"{what}, counting clicks", counts[0] / rounds),
            Found(f"{what}, counting creators", counts[1] / rounds, *ALARMS),
        ]
    return found


def by_looks(dice: np.random.Generator, rounds: int) -> list[Found]:
    """So many creators more in each arm before each of twenty looks."""
    ways = (
        ("once, looked at all the same", ONCE, (None, None), "0.249"),
        ("planned", Plan("control", reading=Reading.PLANNED, looks=LOOKS), ALARMS, "0.057"),
        ("at any time", Plan("control", reading=Reading.ANYTIME), (None, ALARMS[1]), "0.013"),
    )
    counts = dict.fromkeys((name for name, *_ in ways), 0)
    for _ in range(rounds):
        arms = [arm(dice, LOOKS * EACH, 0.0, 0.6) for _ in range(2)]
        parts = [
            [(events[:end], weights[:end]) for events, weights in arms]
            for end in range(EACH, LOOKS * EACH + 1, EACH)
        ]
        for name, plan, *_rest in ways:
            counts[name] += any(_is_found(one, other, plan) for one, other in parts)
    return [
        Found(f"{LOOKS} looks, plan: {name}", counts[name] / rounds, least, most, before)
        for name, _plan, (least, most), before in ways
    ]


def seen(dice: np.random.Generator, rounds: int) -> list[Found]:
    """Creators' rates lie 0.6 of the mean around it; beside it what the page of sizes says."""
    between, events = 0.6, RATE * CLICKS
    spread = spread_expected(between=between, events_per_creator=events)
    found = []
    for creators, before in ((20, "0.43"), (40, "0.74")):
        told = power(creators=creators, lift=0.5, spread=spread)
        of_logs = sqrt(log1p(between**2))
        count = 0
        for _ in range(rounds):
            more = arm(dice, creators, 0.0, of_logs, rate=1.5 * RATE)
            count += _is_found(more, arm(dice, creators, 0.0, of_logs), ONCE)
        of = f"{told:.3f} by the page of sizes"
        found.append(Found(f"{creators} creators in an arm", count / rounds, before=before, of=of))
    return found


def coverage(dice: np.random.Generator, rounds: int) -> Grid:
    """How often intervals of a true lift hold it."""
    rows = {}
    for spread, between in WORLDS:
        held: dict[float, list[float]] = {level: [] for level in LEVELS}
        for creators, part in CREATORS.items():
            told = [
                difference(
                    log_rate(*arm(dice, creators, spread, between, rate=RATE * (1 + LIFT))),
                    log_rate(*arm(dice, creators, spread, between)),
                )
                for _ in range(int(rounds * part))
            ]
            errors = np.array([abs(one.value - log1p(LIFT)) / sqrt(one.variance) for one in told])
            freedom = np.array([one.freedom for one in told])
            for level in LEVELS:
                inside = errors <= stdtrit(freedom, 0.5 + level / 2)
                held[level].append(100 * float(inside.mean()))
        name = f"spread of clicks {spread}, of creators {between}"
        rows[name] = [one for level in LEVELS for one in held[level]]
        print(f"  {name}", flush=True)
    columns = [f"{level:.0%}, n = {creators}" for level in LEVELS for creators in CREATORS]
    return Grid("intervals of a lift that held, of 100", columns, rows)


def _is_found(one: Arm, other: Arm, plan: Plan) -> bool:
    """As `analyse` decides; the shuffles, which take longest, are left out."""
    try:
        apart = difference(log_rate(*one), log_rate(*other))
    except TooLittle:
        return False
    return abs(apart.value) > analysis._errors(apart, plan, plan.level) * sqrt(apart.variance)


def _lognormal(dice: np.random.Generator, spread: float, size: int) -> np.ndarray:
    """With a mean of one."""
    return np.exp(dice.normal(-(spread**2) / 2, spread, size))
