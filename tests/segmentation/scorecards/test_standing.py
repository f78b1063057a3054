"""Targets and differences: said only where the interval allows it; rankings are shrunk."""

from __future__ import annotations

from math import log

import pytest

from segmentation.metrics.catalogue import CATALOGUE, Better
from segmentation.metrics.entries import Method, Unit
from segmentation.selectors.scorecards.comparison import differences, shrunk_values
from segmentation.selectors.scorecards.lines import difference_words, in_words
from segmentation.selectors.scorecards.standing import Verdict, standing_of


def cell(value, low=None, high=None, key="engagement_rate_followers", **more):
    interval = None if low is None else {"level": 0.95, "low": low, "high": high}
    return {
        "key": key,
        "label": CATALOGUE[key].label,
        "value": value,
        "interval": interval,
        "reason_if_absent": None if value is not None else "Too few.",
        **more,
    }


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (cell(0.05, 0.041, 0.06), Verdict.REACHED),
        (cell(0.05, 0.04, 0.06), Verdict.REACHED),
        (cell(0.05, 0.039, 0.06), Verdict.CANNOT_TELL),
        (cell(0.03, 0.02, 0.041), Verdict.CANNOT_TELL),
        (cell(0.03, 0.02, 0.0399), Verdict.NOT_REACHED),
        (cell(None), Verdict.CANNOT_TELL),
    ],
)
def test_a_target_is_reached_where_the_whole_interval_reaches_it(row, verdict):
    found = standing_of(row, 0.04)
    assert found.verdict == verdict
    assert found.target_words == "at least 4.00\u202f%"


def test_a_counted_number_is_compared_as_it_is():
    assert standing_of(cell(40, key="size"), 40).verdict == Verdict.REACHED
    assert standing_of(cell(39, key="size"), 40).verdict == Verdict.NOT_REACHED


def test_the_words_name_what_stands_in_the_way():
    assert standing_of(cell(0.05, 0.03, 0.07), 0.04).words == (
        "Cannot be told: the value reaches it, its interval lies on both sides"
    )
    assert standing_of(cell(None), 0.04).words == "Cannot be told. Too few."


def test_only_intervals_that_do_not_touch_differ():
    found = [
        ("Low", cell(0.01, 0.005, 0.015)),
        ("High", cell(0.05, 0.04, 0.06)),
        ("Middle", cell(0.03, 0.015, 0.045)),
        ("Unknown", cell(None)),
    ]
    assert differences("Engagement", found, Better.HIGHER) == [
        "High is above Low.",
        "The other 2 pairs cannot be told apart.",
    ]
    assert differences("Engagement", found, Better.LOWER)[0] == "Low is below High."
    assert differences("Engagement", found[1:3], Better.HIGHER) == [
        "No two of them can be told apart by engagement: all intervals overlap."
    ]
    assert differences("Engagement", found[:1], Better.HIGHER) == []


def test_a_ranking_is_not_led_by_whoever_is_known_least_of():
    """Hand-computed with between-variance by DerSimonian and Laird."""
    cells = {
        1: cell(0.030, 0.0295, 0.0305),
        2: cell(0.040, 0.0395, 0.0405),
        3: cell(0.045, 0.0, 0.09),
    }
    found = shrunk_values(cells, Method.SHARE)
    assert found[1] == pytest.approx(0.030, abs=0.0002)
    assert found[2] == pytest.approx(0.040, abs=0.0002)
    # Its own value counts for little: nearly the mean of the others.
    assert 0.035 < found[3] < 0.037
    assert shrunk_values({1: cells[1], 2: cells[2]}, Method.SHARE) == {}
    # A formula of before: an interval that begins at zero has no logarithm.
    assert shrunk_values(cells, Method.LOG_RATIO) == found


def test_high_rates_are_pulled_as_far_as_low_ones():
    """Hand-computed: of each a variance v, logarithms log(2) apart: log(2)² - v between them."""
    cells = {number: cell(x, x / 1.5, x * 1.5) for number, x in enumerate((0.01, 0.02, 0.04))}
    variance = (log(1.5) / 1.96) ** 2
    kept = 1 - variance / log(2) ** 2
    assert shrunk_values(cells, Method.LOG_RATIO) == {
        0: pytest.approx(0.02 / 2**kept),
        1: pytest.approx(0.02),
        2: pytest.approx(0.02 * 2**kept),
    }


def test_what_differs_by_chance_alone_is_not_ranked():
    same = {number: cell(0.03, 0.02, 0.04) for number in range(4)}
    assert shrunk_values(same, Method.LOG_RATIO) == {}
    near = {number: cell(0.03 + number / 1e4, 0.02, 0.04) for number in range(4)}
    assert shrunk_values(near, Method.LOG_RATIO) == {}


def test_small_numbers_keep_two_digits():
    said = [in_words(value, Unit.POSTS) for value in (0, 0.0984, 0.1003, 0.5, 1.04, 12.36)]
    assert said == ["0.0", "0.098", "0.10", "0.50", "1.0", "12.4"]
    assert difference_words(-0.0062, Unit.POSTS) == "\u22120.0062"
