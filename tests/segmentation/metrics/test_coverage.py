"""Intervals hold what they say: short simulations (long ones: benchmarks.intervals)."""

from __future__ import annotations

import pytest

from benchmarks.intervals import balances, coverage, events, median_coverage, rates, shares

# Two points of what is said, and what chance does to this many draws (three standard errors).
DRAWS = {10: 2_000, 50: 1_500, 500: 600}
POINTS = 0.02


def allowed(level, draws):
    return POINTS + 3 * (level * (1 - level) / draws) ** 0.5


@pytest.mark.parametrize("creators", DRAWS)
@pytest.mark.parametrize(
    "world", [rates(0.0, 0.0), rates(0.6, 0.5), rates(0.6, 0.8)], ids=lambda world: world.name
)
def test_rates_hold_within_two_points(world, creators):
    draws = DRAWS[creators]
    for level, held in coverage(world, creators, draws).items():
        assert abs(held - level) <= allowed(level, draws), level


@pytest.mark.parametrize("creators", DRAWS)
@pytest.mark.parametrize("alike", [0.0, 0.2])
def test_shares_hold_within_two_points(alike, creators):
    draws = DRAWS[creators]
    for level, held in coverage(shares(0.5, alike, 2), creators, draws).items():
        assert abs(held - level) <= allowed(level, draws), level


@pytest.mark.parametrize("creators", [10, 50])
def test_balances_of_which_most_are_neither_hold_within_two_points(creators):
    draws = DRAWS[creators]
    for level, held in coverage(balances(0.1, 0.05, 0.1, 10), creators, draws).items():
        assert abs(held - level) <= allowed(level, draws), level


@pytest.mark.parametrize("creators", [50, 500])
def test_rates_of_events_hold_within_two_points(creators):
    draws = DRAWS[creators]
    for level, held in coverage(events(0.03, 0.0, 200), creators, draws).items():
        assert abs(held - level) <= allowed(level, draws), level


@pytest.mark.parametrize("creators", [10, 50])
def test_medians_hold_at_least_what_they_say(creators):
    draws = DRAWS[creators] // 4
    for level, held in median_coverage(creators, draws, alike=0.3).items():
        assert held >= level - allowed(level, draws), level
