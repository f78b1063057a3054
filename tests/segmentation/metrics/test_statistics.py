"""Intervals against textbook values, and against scipy's own where it has them."""

from __future__ import annotations

from math import comb, exp

import pytest
from scipy import stats
from scipy.special import bdtr

from segmentation.metrics.statistics import (
    Interval,
    Sums,
    balance_interval,
    event_rate_interval,
    interval_ranks,
    log_ratio_interval,
    median_ranks,
    share_interval,
)


def of(*creators):
    """The sums over creators of (y, w)."""
    return Sums.over(creators)


class TestLogRatio:
    def test_by_hand(self):
        # Shares of y .25 .25 .5, of w a third each: variance 2 (1/12)^2 + (1/6)^2 = 1/24;
        # effective 1 / (1/16 + 1/16 + 1/4) = 8/3, error sqrt(1/24) * 8/5, t with 5/3.
        found = log_ratio_interval(of((1, 10), (1, 10), (2, 10)), 0.80)
        reach = stats.t.ppf(0.9, 5 / 3) * (1 / 24) ** 0.5 * 8 / 5
        assert found.level == 0.80
        assert found.low == pytest.approx(4 / 30 * exp(-reach))
        assert found.high == pytest.approx(4 / 30 * exp(reach))

    def test_repeating_each_creators_post_tells_nothing_new(self):
        rates = [0.02, 0.03, 0.05, 0.06, 0.09]
        once = log_ratio_interval(of(*((rate, 1) for rate in rates)), 0.95)
        tenfold = log_ratio_interval(of(*((rate * 10, 10) for rate in rates)), 0.95)
        assert tenfold.low == pytest.approx(once.low)
        assert tenfold.high == pytest.approx(once.high)

    def test_equal_creators_leave_no_doubt(self):
        assert log_ratio_interval(of((0.1, 1), (0.3, 3)), 0.95) is None  # nearly all is of one
        alike = of((0.1, 1), (0.1, 1), (0.1, 1))
        assert log_ratio_interval(alike, 0.95) == Interval(
            0.95, pytest.approx(0.1), pytest.approx(0.1)
        )

    def test_a_rate_is_never_negative(self):
        found = log_ratio_interval(of((0.01, 1), (0.02, 1), (0.3, 1), (0.3, 1)), 0.95)
        assert 0 < found.low < found.high

    @pytest.mark.parametrize(
        "creators",
        [(), ((1, 12),), ((1, 0), (1, 0)), ((0, 10), (0, 10)), ((99, 10), (1, 10), (0, 10))],
    )
    def test_nothing_or_one_creator_gives_no_interval(self, creators):
        assert log_ratio_interval(of(*creators), 0.95) is None


class TestShare:
    def test_one_answer_of_each_creator_is_wilsons(self):
        found = share_interval(of(*((n < 6, 1) for n in range(20))), 0.95)
        # With t(19) instead of the normal quantile.
        q, n, share = stats.t.ppf(0.975, 19), 20, 0.3
        half = q * (share * (1 - share) / n + q * q / (4 * n * n)) ** 0.5
        middle = share + q * q / (2 * n)
        assert found.low == pytest.approx((middle - half) / (1 + q * q / n))
        assert found.high == pytest.approx((middle + half) / (1 + q * q / n))

    def test_creators_who_always_answer_alike_count_once(self):
        once = share_interval(of(*((n < 6, 1) for n in range(20))), 0.95)
        often = share_interval(of(*(((n < 6) * 99, 99) for n in range(20))), 0.95)
        # Of 20 answers, for the bias of the variance of very many answers 19.
        assert often.low == pytest.approx(once.low, abs=0.005)
        assert often.high == pytest.approx(once.high, abs=0.015)

    def test_all_and_none_stay_open_to_one_side(self):
        everybody = share_interval(of(*((3, 3) for _ in range(10))), 0.95)
        assert everybody.high == 1.0
        q = stats.t.ppf(0.975, 9)
        assert everybody.low == pytest.approx(10 / (10 + q * q))
        nobody = share_interval(of(*((0, 3) for _ in range(10))), 0.95)
        assert nobody.low == 0.0
        assert nobody.high == pytest.approx(1 - everybody.low)

    def test_one_creator_gives_no_interval(self):
        assert share_interval(of((3, 10)), 0.95) is None
        assert share_interval(of((3, 100), (1, 1)), 0.95) is None
        assert share_interval(of(), 0.95) is None


class TestBalance:
    def test_by_hand(self):
        # Balance 2 / 8, so a share of 5/8; of four creators with two answers each.
        found = balance_interval(of((2, 2), (1, 2), (0, 2), (-1, 2)), 0.80)
        clustered = (1.5**2 + 0.5**2 + 0.5**2 + 1.5**2) / 8**2 * 4 / 3 / 4
        n = 5 / 8 * 3 / 8 / clustered
        q = stats.t.ppf(0.9, 3)
        middle = (5 / 8 + q * q / (2 * n)) / (1 + q * q / n)
        half = q * (15 / 64 / n + q * q / (4 * n * n)) ** 0.5 / (1 + q * q / n)
        assert (found.low, found.high) == pytest.approx(
            (2 * (middle - half) - 1, 2 * (middle + half) - 1)
        )

    def test_all_alike_stay_open(self):
        found = balance_interval(of(*((3, 3) for _ in range(10))), 0.95)
        assert found.high == 1.0
        assert found.low < 0.5

    def test_praise_and_blame_are_mirrored(self):
        creators = [(3, 9), (-1, 5), (4, 6), (0, 7), (2, 2)]
        one = balance_interval(of(*creators), 0.8)
        other = balance_interval(of(*((-y, w) for y, w in creators)), 0.8)
        assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
        assert -1 < one.low < 8 / 29 < one.high < 1

    def test_one_creator_gives_no_interval(self):
        assert balance_interval(of((3, 10)), 0.95) is None
        assert balance_interval(of(), 0.95) is None


class TestEventRate:
    def test_by_hand(self):
        # 4 events in 40 posts: rate .1, residuals +-1 of six creators, two of them 0.
        sums = of((2, 10), (1, 10), (1, 10), (0, 10))
        found = event_rate_interval(sums, 0.80)
        clustered = (1 + 0 + 0 + 1) / 40**2 * 4 / 3
        n = 40 / max(clustered / (0.1 / 40), 0.5)
        q = stats.t.ppf(0.9, 3)
        half = q * (0.1 / n + q * q / (4 * n * n)) ** 0.5
        assert found.low == pytest.approx(0.1 + q * q / (2 * n) - half)
        assert found.high == pytest.approx(0.1 + q * q / (2 * n) + half)

    def test_no_event_has_an_upper_end(self):
        found = event_rate_interval(of(*((0, 25) for _ in range(10))), 0.95)
        q = stats.t.ppf(0.975, 9)
        assert found.low == 0.0
        assert found.high == pytest.approx(q * q / 250)

    def test_without_anything_to_count_on_there_is_none(self):
        assert event_rate_interval(of((1, 0), (2, 0)), 0.95) is None


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
        (8, 0.95, (1, 8)),
        (9, 0.95, (2, 8)),
        (10, 0.95, (2, 9)),
        (20, 0.95, (6, 15)),
        (50, 0.95, (18, 33)),
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


@pytest.mark.parametrize("level", [0.80, 0.95])
def test_ranks_of_many_hold_the_level_too_and_are_hardly_wider(level):
    for n in [501, 502, 551, 1_001, 1_462, 4_999, 60_000]:
        low, _high = interval_ranks(n, level)
        assert 2 * bdtr(low - 1, n, 0.5) <= 1 - level
        assert 2 * bdtr(low + 1, n, 0.5) > 1 - level


def test_a_million_creators():
    low, high = interval_ranks(1_000_000, 0.95)
    assert (low, high) == (499_020, 500_981)
