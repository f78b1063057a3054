"""How sure credits are."""

from __future__ import annotations

import numpy as np
import pytest

from campaigns.attribution.formulas import Model
from campaigns.attribution.resampling import share_intervals
from campaigns.attribution.table import Journey, table_of


def shop(ana, ben, lost=100):
    return table_of(
        [
            Journey(("ana",), conversions=ana, lost=lost),
            Journey(("ben",), conversions=ben, lost=lost),
            Journey(("cem", "ana"), lost=lost),
        ]
    )


def test_the_share_of_last_touch_is_as_sure_as_a_share_of_so_many():
    found = share_intervals(shop(300, 100), Model.LAST, seed="s", draws=2_000)
    half = 1.96 * (0.75 * 0.25 / 400) ** 0.5
    assert found["ana"].low == pytest.approx(0.75 - half, abs=0.006)
    assert found["ana"].high == pytest.approx(0.75 + half, abs=0.006)
    assert (found["cem"].low, found["cem"].high) == (0, 0)


@pytest.mark.parametrize("model", [Model.LAST, Model.SHAPLEY])
def test_it_covers_what_it_says(model):
    chance = np.random.default_rng(1)
    rounds, covered = 100, 0
    for number in range(rounds):
        ana, ben = chance.poisson([60, 40]).astype(float)
        found = share_intervals(shop(ana, ben), model, seed=str(number), draws=100)
        covered += found["ana"].low <= 0.6 <= found["ana"].high
    assert covered / rounds == pytest.approx(0.95, abs=0.04)


def test_it_is_the_same_for_the_same_seed():
    one = share_intervals(shop(30, 10), Model.MARKOV, seed="s", draws=20)
    assert share_intervals(shop(30, 10), Model.MARKOV, seed="s", draws=20) == one
    assert share_intervals(shop(30, 10), Model.MARKOV, seed="t", draws=20) != one
    assert one["ana"].low < one["ana"].high


def test_too_few_conversions_have_no_interval():
    assert share_intervals(shop(12, 7), Model.LAST, seed="s") == {}
    assert share_intervals(shop(12, 9), Model.DECAY, seed="s") == {}
