"""Numbers of creators against published values and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from campaigns.experiments.power import (
    PowerRefused,
    creators_needed,
    power,
    smallest_lift,
    spread_expected,
    spread_of,
)
from campaigns.experiments.results import Outcome
from campaigns.experiments.sequential import crossing, pocock


def test_power_is_that_of_the_t_test():
    # Cohen's table: d = 0.5, 64 in each group, 80 %. log(1 + lift) = 0.5 x spread.
    lift = np.expm1(0.5)
    assert power(creators=64, lift=lift, spread=1.0) == pytest.approx(0.801, abs=0.001)
    assert creators_needed(lift=lift, spread=1.0) == 64
    assert creators_needed(lift=lift, spread=1.0, wanted=0.9) == 86
    exact = stats.nct(38, 0.5 * 20**0.5 / 2**0.5)
    edge = stats.t(38).ppf(0.975)
    expected = exact.sf(edge) + exact.cdf(-edge)
    assert power(creators=20, lift=lift, spread=1.0) == pytest.approx(expected)


def test_a_loss_is_seen_like_the_gain_that_undoes_it():
    gain = power(creators=30, lift=1.0, spread=0.8)
    assert power(creators=30, lift=-0.5, spread=0.8) == pytest.approx(gain)


def test_nothing_can_be_seen_with_one_creator():
    assert power(creators=1, lift=9.0, spread=0.1) == 0.0


def test_smallest_lift_undoes_creators_needed():
    lift = smallest_lift(creators=64, spread=1.0)
    assert lift == pytest.approx(np.expm1(0.5), abs=0.01)
    assert creators_needed(lift=lift, spread=1.0) <= 64


def test_boundaries_are_those_of_the_tables():
    # Pocock 1977, two-sided 5 %; Jennison and Turnbull 2000, table 2.1.
    table = {1: 1.960, 2: 2.178, 3: 2.289, 4: 2.361, 5: 2.413, 10: 2.555, 20: 2.672}
    assert {k: round(pocock(k, 0.95), 3) for k in table} == table
    assert round(pocock(5, 0.99), 3) == 2.986
    # What goes wrong without: 5 looks at 1.96, by the same book.
    assert round(crossing(1.959964, 5), 3) == 0.142


def test_several_looks_cost_creators():
    # The inflation of five Pocock looks at 80 % power is 1.229 (Jennison and Turnbull, table 2.2).
    once = creators_needed(lift=0.1, spread=1.0)
    often = creators_needed(lift=0.1, spread=1.0, looks=5)
    assert often / once == pytest.approx(1.229, abs=0.002)


def test_power_of_several_looks_by_simulation():
    chance = np.random.default_rng(7)
    paths = chance.normal(2.8 / 5**0.5, 1.0, (200_000, 5)).cumsum(axis=1)
    z = np.abs(paths / np.sqrt(np.arange(1, 6)))
    seen = (z > pocock(5, 0.95)).any(axis=1).mean()
    assert crossing(pocock(5, 0.95), 5, 2.8) == pytest.approx(seen, abs=0.004)


def test_spread_expected():
    assert spread_expected(between=0.6, events_per_creator=4) == pytest.approx(0.61**0.5)
    with pytest.raises(PowerRefused):
        spread_expected(between=0.6, events_per_creator=0)


def test_spread_of_past_creators_is_the_coefficient_of_variation():
    chance = np.random.default_rng(3)
    events = chance.gamma(4.0, 2.5, 4_000)  # standard deviation / mean = 1 / 2
    past = [Outcome(number, "past", value) for number, value in enumerate(events)]
    assert spread_of(past) == pytest.approx(0.5, abs=0.02)
    with pytest.raises(PowerRefused, match="3 of at least 5 creators have an outcome"):
        spread_of([*past[:3], Outcome("unknown", "past", None)])


@pytest.mark.parametrize(
    "wrong",
    [{"lift": 0.0}, {"lift": -1.0}, {"spread": 0.0}, {"level": 1.0}, {"wanted": 1.0}],
)
def test_questions_without_answer(wrong):
    asked = {"lift": 0.2, "spread": 0.7} | wrong
    with pytest.raises(PowerRefused):
        creators_needed(**asked)


def test_a_difference_that_is_too_small_is_refused_in_words():
    with pytest.raises(PowerRefused, match="Not even 1,000,000 creators in each arm"):
        creators_needed(lift=0.0001, spread=1.0)
