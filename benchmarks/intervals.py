"""How often the intervals of docs/metrics.md hold the truth, in worlds where it is known.

Creators differ (lognormal), so do their numbers of posts (gamma), and each count is chance
(lognormal, binomial or Poisson). `python -m benchmarks intervals` draws long; a test draws a few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.findings import Grid
from segmentation.metrics.statistics import (
    LEVELS,
    Interval,
    Sums,
    balance_interval,
    clustered_ranks,
    event_rate_interval,
    log_ratio_interval,
    share_interval,
)

SEED = 20_261_122
# How many creators, and which part of the draws: with more of them each draw takes longer.
CREATORS = {10: 1.0, 50: 0.5, 500: 0.2}
Draws = tuple["np.ndarray", "np.ndarray"]
Method = Callable[[Sums, float], Interval | None]


@dataclass(frozen=True)
class World:
    """Creators as they might be: y and w of each, and the ratio that all creators have."""

    name: str
    method: Method
    truth: float
    draw: Callable[[np.random.Generator, tuple[int, int]], Draws]


def rates(between: float, posts: float, within: float = 0.5) -> World:
    """Engagement rates: creators' means differ by `between`, posts by `posts`, each by `within`."""
    truth = 0.03

    def draw(dice: np.random.Generator, size: tuple[int, int]) -> Draws:
        mean = truth * np.exp(dice.normal(-(between**2) / 2, between, size))
        w = 1.0 + dice.poisson(7 * _spread(dice, size, posts))
        spread = np.sqrt(np.log1p((np.exp(within**2) - 1) / w))
        return mean * w * np.exp(dice.normal(size=size) * spread - spread**2 / 2), w

    return World(f"rate, creators {between}, posts {posts}", log_ratio_interval, truth, draw)


def shares(truth: float, alike: float, pieces: float) -> World:
    """Shares of pieces: `alike` is how much those of one creator correlate."""

    def draw(dice: np.random.Generator, size: tuple[int, int]) -> Draws:
        w = 1 + dice.poisson(pieces, size)
        odds = (1 - alike) / alike if alike else 1e9
        own = dice.beta(truth * odds, (1 - truth) * odds, size)
        return dice.binomial(w, own).astype(float), w.astype(float)

    return World(f"share {truth}, alike {alike}", share_interval, truth, draw)


def balances(more: float, less: float, alike: float, pieces: float) -> World:
    """Shares of answers that are +1, and of those that are -1; the rest is 0."""
    parts = np.array([more, less, 1 - more - less])

    def draw(dice: np.random.Generator, size: tuple[int, int]) -> Draws:
        w = 1 + dice.poisson(pieces, size)
        odds = (1 - alike) / alike if alike else 1e9
        answers = dice.multinomial(w, dice.dirichlet(parts * odds, size))
        return (answers[..., 0] - answers[..., 1]).astype(float), w.astype(float)

    name = f"balance {more} less {less}, alike {alike}"
    return World(name, balance_interval, more - less, draw)


def events(truth: float, between: float, clicks: float) -> World:
    """Conversions of clicks, or incidents of posts."""

    def draw(dice: np.random.Generator, size: tuple[int, int]) -> Draws:
        w = 1.0 + dice.poisson(clicks * _spread(dice, size, 0.5))
        own = truth * np.exp(dice.normal(-(between**2) / 2, between, size))
        return dice.poisson(own * w).astype(float), w

    return World(f"events {truth}, creators {between}", event_rate_interval, truth, draw)


WORLDS = (
    rates(0.0, 0.0),
    rates(0.4, 0.5),
    rates(0.6, 0.0),
    rates(0.6, 0.5),
    rates(0.6, 0.8),
    rates(0.8, 0.5),
    rates(1.0, 0.5),
    shares(0.5, 0.2, 2),
    shares(0.8, 0.2, 2),
    shares(0.8, 0.0, 2),
    shares(0.3, 0.0, 0),
    balances(0.45, 0.15, 0.1, 10),
    balances(0.1, 0.05, 0.1, 10),
    events(0.03, 0.6, 200),
    events(0.03, 0.0, 200),
    events(0.003, 0.6, 200),
)


def coverage(world: World, creators: int, draws: int) -> Mapping[float, float]:
    """The share of draws in which the interval of each level holds the truth.

    Draws without an interval (one creator has nearly all of it) say so, and do not count.
    """
    dice = np.random.default_rng([SEED, creators])
    y, w = world.draw(dice, (draws, creators))
    held = dict.fromkeys(LEVELS, 0)
    told = 0
    for sums in _sums(y, w):
        found = {level: world.method(sums, level) for level in LEVELS}
        if any(interval is None for interval in found.values()):
            continue
        told += 1
        for level, interval in found.items():
            held[level] += interval is not None and interval.low <= world.truth <= interval.high
    return {level: count / told for level, count in held.items()}


def median_coverage(creators: int, draws: int, alike: float) -> Mapping[float, float]:
    """The same of the median of values of which three are of each creator."""
    dice = np.random.default_rng([SEED, creators])
    own = dice.normal(0, np.sqrt(alike), (draws, creators, 1))
    values = own + dice.normal(0, np.sqrt(1 - alike), (draws, creators, 3))
    held = dict.fromkeys(LEVELS, 0)
    told = 0
    for by_creator in values:
        ordered = np.sort(by_creator.ravel())
        middle = float(np.median(ordered))
        below = Sums.over([(float((some <= middle).sum()), 3.0) for some in by_creator])
        ranks = {level: clustered_ranks(len(ordered), below, level) for level in LEVELS}
        if any(found is None for found in ranks.values()):
            continue
        told += 1
        for level, found in ranks.items():
            held[level] += found is not None and ordered[found[0] - 1] <= 0 <= ordered[found[1] - 1]
    return {level: count / told for level, count in held.items()}


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Grid], Mapping[str, object]]:
    """Simulate; `rows` are the draws. Makes the table of docs/metrics.md."""
    del repetitions
    held = {}
    for name, found in _all(rows):
        held[name] = [100 * found[n][level] for level in reversed(LEVELS) for n in CREATORS]
        print(f"  {name}", flush=True)
    columns = [f"{level:.0%}, n = {n}" for level in reversed(LEVELS) for n in CREATORS]
    return [Grid("intervals that held, of 100", columns, held)], {"draws": f"{rows:,}"}


def _all(draws: int) -> Iterator[tuple[str, Mapping[int, Mapping[float, float]]]]:
    for world in WORLDS:
        yield world.name, {n: coverage(world, n, int(draws * part)) for n, part in CREATORS.items()}
    for alike in (0.0, 0.3):
        name = f"median of three each, alike {alike}"
        yield (
            name,
            {n: median_coverage(n, int(draws * part), alike) for n, part in CREATORS.items()},
        )


def _spread(dice: np.random.Generator, size: tuple[int, int], spread: float) -> np.ndarray:
    if not spread:
        return np.ones(size)
    return dice.gamma(1 / spread**2, spread**2, size)


def _sums(y: np.ndarray, w: np.ndarray) -> Iterator[Sums]:
    columns = (y.sum(1), w.sum(1), (y * y).sum(1), (y * w).sum(1), (w * w).sum(1))
    for values in zip(*columns, strict=True):
        yield Sums(y.shape[1], *map(float, values))
