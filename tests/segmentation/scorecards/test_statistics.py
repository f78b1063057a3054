"""Intervals against textbook values, and against scipy's own where it has them."""

from __future__ import annotations

from math import comb

import pytest
from scipy import stats

from segmentation.metrics.statistics import (
    Interval,
    interval_ranks,
    median_ranks,
    ratio_interval,
)


def of_clusters(groups, level):
    """The interval of the mean of all values, clustered by group."""
    values = [value for group in groups for value in group]
    mean = sum(values) / len(values)
    squared = sum((sum(group) - mean * len(group)) ** 2 for group in groups)
    return mean, ratio_interval(
        ratio=mean,
        squared_residuals=squared,
        weight=len(values),
        clusters=len(groups),
        level=level,
    )


def test_one_value_for_each_creator_is_the_classical_t_interval():
    values = [0.02, 0.03, 0.05, 0.06, 0.09]
    mean, found = of_clusters([[value] for value in values], 0.95)
    low, high = stats.t.interval(0.95, 4, loc=mean, scale=stats.sem(values))
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)


def test_repeating_each_creators_post_tells_nothing_new():
    values = [0.02, 0.03, 0.05, 0.06, 0.09]
    _mean, once = of_clusters([[value] for value in values], 0.95)
    _mean, tenfold = of_clusters([[value] * 10 for value in values], 0.95)
    assert tenfold.low == pytest.approx(once.low)
    assert tenfold.high == pytest.approx(once.high)


def test_unequal_clusters_by_hand():
    # Mean 0.4; residual sums 0.2, -0.4 and 0.2; variance 3/2 * 0.24 / 25; t(2, 0.9) = 1.8856.
    _mean, found = of_clusters([[0.5, 0.5], [0.2, 0.2], [0.6]], 0.80)
    assert found.level == 0.80
    assert found.low == pytest.approx(0.4 - 1.885618 * (0.36 / 25) ** 0.5)
    assert found.high == pytest.approx(0.4 + 1.885618 * (0.36 / 25) ** 0.5)


def test_a_rate_is_never_negative():
    _mean, found = of_clusters([[0.0], [0.0], [0.3]], 0.95)
    assert found.low == 0.0
    assert found.high > 0.3


@pytest.mark.parametrize(("clusters", "weight"), [(0, 0), (1, 12), (2, 0)])
def test_one_creator_gives_no_interval(clusters, weight):
    found = ratio_interval(
        ratio=0.1, squared_residuals=0.0, weight=weight, clusters=clusters, level=0.95
    )
    assert found is None


def test_equal_creators_leave_no_doubt():
    _mean, found = of_clusters([[0.1], [0.1]], 0.95)
    assert found == Interval(0.95, 0.1, 0.1)


@pytest.mark.parametrize(("n", "ranks"), [(1, (1, 1)), (2, (1, 2)), (5, (3, 3)), (6, (3, 4))])
def test_median_ranks(n, ranks):
    assert median_ranks(n) == ranks


@pytest.mark.parametrize(
    ("n", "level", "ranks"),
    [
        (5, 0.95, None),
        (6, 0.95, (1, 6)),
        (3, 0.80, None),
        (4, 0.80, (1, 4)),
        # Tables of the sign test: n=10 gives the 2nd and the 9th, n=20 the 6th and the 15th.
        (10, 0.95, (2, 9)),
        (20, 0.95, (6, 15)),
        (100, 0.95, (40, 61)),
        (0, 0.95, None),
    ],
)
def test_interval_ranks(n, level, ranks):
    assert interval_ranks(n, level) == ranks


@pytest.mark.parametrize("level", [0.80, 0.95])
@pytest.mark.parametrize("n", [6, 7, 13, 50, 51])
def test_the_ranks_are_the_tightest_that_hold_the_level(n, level):
    low, high = interval_ranks(n, level)
    assert high == n + 1 - low

    def outside(rank):
        return 2 * sum(comb(n, k) for k in range(rank)) / 2**n

    assert outside(low) <= 1 - level + 1e-12
    assert outside(low + 1) > 1 - level


def test_a_million_creators():
    low, high = interval_ranks(1_000_000, 0.95)
    assert (low, high) == (499_020, 500_981)
