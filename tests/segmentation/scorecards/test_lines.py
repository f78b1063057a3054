"""Numbers in words."""

from __future__ import annotations

import pytest

from segmentation.metrics.entries import Unit
from segmentation.selectors.scorecards.lines import difference_words, in_words, range_words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1204, Unit.CREATORS, "1,204"),
        (3.0, Unit.EVENTS, "3"),
        # A rate of incidents is small, and no zero.
        (0.31, Unit.EVENTS, "0.31"),
        (2.4, Unit.EVENTS, "2.4"),
        (0.0, Unit.EVENTS, "0"),
        (40.0, Unit.SECONDS, "40.0 s"),
        (0.0325, Unit.FRACTION, "3.25\u202f%"),
    ],
)
def test_values(value, unit, words):
    assert in_words(value, unit) == words


def test_ends_and_differences_of_small_rates():
    assert range_words({"low": 0.0, "high": 0.84}, Unit.EVENTS) == "0 to 0.84"
    assert difference_words(-0.25, Unit.EVENTS) == "\u22120.25"
    assert difference_words(12, Unit.CREATORS) == "+12"
