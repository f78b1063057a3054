"""Fiscal quarters: names and bounds by the brand's own calendar."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from segmentation.metrics.periods import Quarter, quarter_bounds, quarter_of
from segmentation.rules.calendar import Calendar

NOV_22 = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first_month", "name", "start", "end"),
    [
        (1, "2026Q4", (2026, 10, 1), (2027, 1, 1)),
        # The fiscal year has the number of the year in which it ends.
        (10, "2027Q1", (2026, 10, 1), (2027, 1, 1)),
        (4, "2027Q3", (2026, 10, 1), (2027, 1, 1)),
        (2, "2027Q4", (2026, 11, 1), (2027, 2, 1)),
        (12, "2026Q4", (2026, 9, 1), (2026, 12, 1)),
    ],
)
def test_the_quarter_of_a_moment(first_month, name, start, end):
    calendar = Calendar(fiscal_year_start_month=first_month)
    quarter = quarter_of(NOV_22, calendar)
    assert str(quarter) == name
    bounds = quarter_bounds(quarter, calendar)
    assert bounds.start == datetime(*start, tzinfo=UTC)
    assert bounds.end == datetime(*end, tzinfo=UTC)


@pytest.mark.parametrize("first_month", range(1, 13))
def test_quarters_follow_each_other_without_a_gap(first_month):
    calendar = Calendar("Europe/Copenhagen", first_month)
    quarter = Quarter(2026, 1)
    for _ in range(8):
        bounds = quarter_bounds(quarter, calendar)
        assert quarter_of(bounds.start, calendar) == quarter
        assert quarter_bounds(quarter.next(), calendar).start == bounds.end
        assert quarter_of(bounds.end, calendar) == quarter.next()
        quarter = quarter.next()


def test_midnight_is_the_brands():
    bounds = quarter_bounds(Quarter(2026, 3), Calendar("Europe/Copenhagen"))
    assert bounds.start == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert bounds.end == datetime(2026, 9, 30, 22, tzinfo=UTC)
