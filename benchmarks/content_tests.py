"""How often a content test finds a difference where there is none, and how soon it finds one.

Creators come in waves, get a variant by the shares of new creators, and the test is read after
each wave, its suggestion applied each time: the adaptive use is what is measured. Creators differ
(lognormal), clicks are chance. `python -m benchmarks content` draws long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.findings import Findings, Found
from campaigns.experiments.allocation import suggested
from campaigns.experiments.analysis import analyse
from campaigns.experiments.drawing import drawn
from campaigns.experiments.results import Outcome, Plan, Reading

SEED = 20_261_123
WAVES, EACH, FLOOR, LIFT = 10, 12, 10, 0.5
VARIANTS = ("usual", "other")


@dataclass(frozen=True)
class Decided:
    """Of all tests: how many were decided at a reading, and what was made of the better one."""

    tests: int
    decided: int
    # The share of creators in the last wave who were given the other variant.
    given: float


def simulate(
    *, tests: int, lift: float, spread: float = 0.6, reading: Reading = Reading.ANYTIME
) -> Decided:
    """Read `tests` tests after each wave; `lift` is how much better the other variant is."""
    dice = np.random.default_rng([SEED, round(lift * 100), round(spread * 100)])
    decided, given = 0, 0.0
    for number in range(tests):
        is_decided, share = _one(dice, f"{number}", lift, spread, reading)
        decided += is_decided
        given += share
    return Decided(tests, decided, given / tests)


def _one(
    dice: np.random.Generator, seed: str, lift: float, spread: float, reading: Reading
) -> tuple[bool, float]:
    shares = dict.fromkeys(VARIANTS, 50)
    outcomes: list[Outcome] = []
    is_decided, share = False, 0.0
    looks = WAVES if reading is Reading.PLANNED else 1
    plan = Plan("usual", reading=reading, looks=looks, planned_lift=LIFT, seed=seed)
    for wave in range(1, WAVES + 1):
        first = len(outcomes)
        for creator in range(first, first + EACH):
            arm = drawn(creator, shares, seed=seed)
            mean = 200 * np.exp(dice.normal(-(spread**2) / 2, spread))
            rate = mean * (1 + lift if arm == "other" else 1.0)
            outcomes.append(Outcome(creator, arm, float(dice.poisson(rate))))
        share = sum(one.arm == "other" for one in outcomes[first:]) / EACH
        if len({one.arm for one in outcomes}) < len(VARIANTS):
            continue
        [found] = analyse(outcomes, plan, look=wave).comparisons
        is_decided = is_decided or found.is_decided
        shares = suggested(outcomes, VARIANTS, floor=FLOOR, seed=f"{seed}:{wave}") or shares
    return is_decided, share


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Findings], Mapping[str, object]]:
    """Simulate `rows` tests of each world; chance is seeded: repetitions would only repeat."""
    del repetitions
    found = []
    for name, lift, spread, reading, most in (
        ("no difference, always valid (the product)", 0.0, 0.6, Reading.ANYTIME, 0.06),
        ("no difference, creators differ more (1.0)", 0.0, 1.0, Reading.ANYTIME, 0.06),
        ("no difference, Pocock for ten readings", 0.0, 0.6, Reading.PLANNED, 0.06),
        ("half as many more, always valid", 0.5, 0.6, Reading.ANYTIME, None),
    ):
        one = simulate(tests=rows, lift=lift, spread=spread, reading=reading)
        of = f"{one.given:.0%} of the last wave made the other variant"
        found.append(Found(name, one.decided / one.tests, most=most, of=of))
        print(f"  {name}", flush=True)
    title = f"tests decided at one of {WAVES} readings"
    return [Findings(title, found)], {"tests": f"{rows:,}"}
