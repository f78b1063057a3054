"""The statistics of shifts against scipy, and how often they cry wolf."""

from __future__ import annotations

import random

import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp

from segmentation.metrics.shifts import holm, numeric_shift, quartiles, share_shift


def numbers(n: int, *, seed: int, move: float = 0.0) -> dict[int, float]:
    dice = random.Random(seed)
    return {one: dice.gauss(10, 2) + move for one in range(n)}


def test_the_distance_is_that_of_scipy():
    before, after = numbers(80, seed=1), numbers(120, seed=2, move=1)
    expected = ks_2samp(list(before.values()), list(after.values())).statistic
    assert numeric_shift(before, after).statistic == pytest.approx(expected)


def test_equal_values_are_compared_once():
    before = dict.fromkeys(range(30), 5.0)
    after = {one: 5.0 if one < 15 else 6.0 for one in range(30)}
    assert numeric_shift(before, after).statistic == 0.5


def test_the_same_values_are_no_shift():
    same = numbers(50, seed=3)
    found = numeric_shift(same, same)
    assert (found.statistic, found.p) == (0.0, 1.0)


def test_everybody_a_little_higher_is_found_though_the_spread_hides_it():
    """Two samples of other people could not tell; the same people twice can."""
    before = numbers(200, seed=4)
    after = {one: value + 0.3 for one, value in before.items()}
    assert ks_2samp(list(before.values()), list(after.values())).pvalue > 0.1
    assert numeric_shift(before, after).p == 1 / 2_000


def test_chance_alone_is_seldom_taken_for_a_shift():
    found = [
        numeric_shift(numbers(60, seed=10 + 2 * one), numbers(60, seed=11 + 2 * one)).p
        for one in range(60)
    ]
    assert sum(p <= 0.05 for p in found) <= 7  # 3 expected; more than 7 in 2 of 100 cases


def test_people_seen_once_are_compared_too():
    before = numbers(60, seed=5)
    after = {one + 1_000: value for one, value in numbers(60, seed=6, move=3).items()}
    found = numeric_shift(before, after)
    assert found.statistic > 0.4
    assert found.p == 1 / 2_000


def test_shares_are_compared_as_scipy_does():
    before = {one: {"instagram" if one < 60 else "tiktok": 1.0} for one in range(100)}
    after = {one: {"instagram" if one < 40 else "tiktok": 1.0} for one in range(100)}
    found = share_shift(before, after)
    assert found.statistic == pytest.approx(jensenshannon([0.6, 0.4], [0.4, 0.6], base=2))
    assert found.p <= 0.001
    assert share_shift(before, before).p == 1.0


def test_an_audience_counts_by_its_shares():
    before = {one: {"DK": 0.8, "SE": 0.2} for one in range(30)}
    after = {one: {"DK": 0.6, "SE": 0.4} for one in range(30)}
    found = share_shift(before, after)
    assert found.statistic == pytest.approx(jensenshannon([0.8, 0.2], [0.6, 0.4], base=2))


def test_tags_that_nobody_holds_any_more_are_no_error():
    before = {one: {"spf": 1.0} for one in range(30)}
    after: dict[int, dict[str, float]] = {one: {} for one in range(30)}
    assert share_shift(before, after).statistic == 0.0


def test_holm_corrects_for_the_number_of_looks():
    assert holm([0.01, 0.04, 0.03]) == [0.03, 0.06, 0.06]
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_quartiles():
    assert quartiles([1, 2, 3, 4, 5]) == (2.0, 3.0, 4.0)


def mixed(dice: random.Random) -> tuple[dict[int, float], dict[int, float]]:
    """Some seen twice, of whom most are the same, and some seen once."""
    steps = [1.0, 2.0, 3.0, 4.0, 5.0]
    before = {one: dice.choice(steps) for one in range(dice.randrange(1, 40))}
    first = dice.randrange(30)
    after = {}
    for one in range(first, first + dice.randrange(1, 40)):
        stays = one in before and dice.random() < 0.7
        after[one] = before[one] if stays else dice.choice(steps)
    return before, after


@pytest.mark.parametrize("seed", range(40))
def test_the_distance_is_that_of_scipy_where_most_are_the_same(seed):
    before, after = mixed(random.Random(seed))
    expected = ks_2samp(list(before.values()), list(after.values())).statistic
    assert numeric_shift(before, after).statistic == pytest.approx(expected)


def test_chance_is_the_same_whether_those_who_stay_are_dealt_or_not():
    """As often as among all permutations of everybody, worked out here one by one."""
    before = {one: float(one) for one in range(6)} | {10: 3.5}
    after = before | {0: 2.5, 1: 3.2, 2: 0.5} | {11: 4.5}
    del after[10]

    def distance(early, late):
        return ks_2samp(early, late, method="asymp").statistic

    found = distance(list(before.values()), list(after.values()))
    same = [before[one] for one in (3, 4, 5)]
    as_far = tried = 0
    for swaps in range(8):
        for once in ([3.5], [4.5]), ([4.5], [3.5]):
            early, late = [*same, *once[0]], [*same, *once[1]]
            for one in range(3):
                pair = [before[one], after[one]]
                early.append(pair[swaps >> one & 1])
                late.append(pair[1 - (swaps >> one & 1)])
            as_far += distance(early, late) >= found - 1e-9
            tried += 1
    assert numeric_shift(before, after).p == pytest.approx(as_far / tried, abs=0.1)


def test_it_ends_where_chance_has_done_as_much_often_enough():
    before, after = numbers(100, seed=7), numbers(100, seed=8)
    assert numeric_shift(before, after).p > 0.1
    shared = {one: {"spf": 1.0} if one % 2 else {} for one in range(100)}
    moved = {one: {"spf": 1.0} if one % 3 else {} for one in range(100)}
    assert share_shift(shared, moved).p <= 1.0
