"""Windows to the exact moment: off by one, month ends, changing clocks, fiscal years."""

from datetime import UTC, date, datetime

import pytest

from segmentation.rules.calendar import Bounds, Calendar, DateBounds, Quarter
from segmentation.rules.tree import Period, Span, Unit, Window

BERLIN = Calendar("Europe/Berlin")
NEW_YORK = Calendar("America/New_York")
APRIL = Calendar("UTC", fiscal_year_start_month=4)
FISCAL_QUARTER = Period(Unit.QUARTER, 0, fiscal=True)
FEBRUARY = Calendar("UTC", fiscal_year_start_month=2)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("calendar", "window", "as_of", "start", "end"),
    [
        # The last days end at as_of and start at the same time of day.
        (BERLIN, Span(1, Unit.DAY), utc(2026, 11, 22, 12), utc(2026, 11, 21, 12), None),
        (BERLIN, Span(2, Unit.WEEK), utc(2026, 11, 22, 12), utc(2026, 11, 8, 12), None),
        # Across the end of summer time the same time of day is an hour later in UTC.
        (BERLIN, Span(1, Unit.DAY), utc(2026, 10, 25, 12), utc(2026, 10, 24, 11), None),
        (BERLIN, Span(90, Unit.DAY), utc(2026, 11, 22, 12), utc(2026, 8, 24, 11), None),
        # 02:30 did not exist on 29 March: it is read an hour later, at 03:30 = 01:30 UTC.
        (BERLIN, Span(1, Unit.DAY), utc(2026, 3, 30, 0, 30), utc(2026, 3, 29, 1, 30), None),
        # 02:30 came twice on 25 October: its first time counts.
        (BERLIN, Span(1, Unit.DAY), utc(2026, 10, 26, 1, 30), utc(2026, 10, 25, 0, 30), None),
        # Months end where they end.
        (BERLIN, Span(1, Unit.MONTH), utc(2026, 3, 31, 10), utc(2026, 2, 28, 11), None),
        (BERLIN, Span(1, Unit.MONTH), utc(2028, 3, 31, 10), utc(2028, 2, 29, 11), None),
        (BERLIN, Span(1, Unit.QUARTER), utc(2026, 5, 31, 10), utc(2026, 2, 28, 11), None),
        (BERLIN, Span(1, Unit.YEAR), utc(2028, 2, 29, 11), utc(2027, 2, 28, 11), None),
        (BERLIN, Span(13, Unit.MONTH), utc(2026, 1, 15, 11), utc(2024, 12, 15, 11), None),
        # Whole periods begin and end at the brand's midnight, not at UTC's.
        (
            BERLIN,
            Period(Unit.DAY, 0),
            utc(2026, 6, 30, 22, 30),
            utc(2026, 6, 30, 22),
            utc(2026, 7, 1, 22),
        ),
        (
            NEW_YORK,
            Period(Unit.DAY, 0),
            utc(2026, 7, 1, 3, 59),
            utc(2026, 6, 30, 4),
            utc(2026, 7, 1, 4),
        ),
        (
            BERLIN,
            Period(Unit.DAY, 0),
            utc(2026, 10, 25, 12),
            utc(2026, 10, 24, 22),
            utc(2026, 10, 25, 23),
        ),
        (
            BERLIN,
            Period(Unit.WEEK, -1),
            utc(2026, 11, 22, 12),
            utc(2026, 11, 8, 23),
            utc(2026, 11, 15, 23),
        ),
        (
            BERLIN,
            Period(Unit.MONTH, -1),
            utc(2026, 1, 31, 12),
            utc(2025, 11, 30, 23),
            utc(2025, 12, 31, 23),
        ),
        (
            BERLIN,
            Period(Unit.QUARTER, 0),
            utc(2026, 11, 22, 12),
            utc(2026, 9, 30, 22),
            utc(2026, 12, 31, 23),
        ),
        (
            BERLIN,
            Period(Unit.QUARTER, -4),
            utc(2026, 11, 22, 12),
            utc(2025, 9, 30, 22),
            utc(2025, 12, 31, 23),
        ),
        (
            BERLIN,
            Period(Unit.YEAR, 1),
            utc(2026, 11, 22, 12),
            utc(2026, 12, 31, 23),
            utc(2027, 12, 31, 23),
        ),
        # Fiscal years start in the brand's month; quarters of February start in February, May...
        (APRIL, Period(Unit.YEAR, 0, True), utc(2026, 3, 31), utc(2025, 4, 1), utc(2026, 4, 1)),
        (APRIL, Period(Unit.YEAR, 0, True), utc(2026, 4, 1), utc(2026, 4, 1), utc(2027, 4, 1)),
        (FEBRUARY, FISCAL_QUARTER, utc(2027, 1, 9), utc(2026, 11, 1), utc(2027, 2, 1)),
        (FEBRUARY, FISCAL_QUARTER, utc(2027, 2, 1), utc(2027, 2, 1), utc(2027, 5, 1)),
        (FEBRUARY, Period(Unit.QUARTER, 0), utc(2027, 1, 9), utc(2027, 1, 1), utc(2027, 4, 1)),
    ],
)
def test_moments_of_a_window(
    calendar: Calendar, window: Window, as_of: datetime, start: datetime, end: datetime | None
) -> None:
    assert calendar.bounds(window, as_of) == Bounds(start, end or as_of)


def test_windows_are_closed_open() -> None:
    bounds = Calendar().bounds(Span(7, Unit.DAY), utc(2026, 11, 22, 12))
    assert utc(2026, 11, 15, 12) in bounds
    assert utc(2026, 11, 15, 11, 59, 59, 999_999) not in bounds
    assert utc(2026, 11, 22, 11, 59, 59, 999_999) in bounds
    assert utc(2026, 11, 22, 12) not in bounds


def test_consecutive_periods_leave_no_gap() -> None:
    for unit in Unit:
        ends = [
            BERLIN.bounds(Period(unit, offset), utc(2026, 11, 22)).end for offset in range(-9, 3)
        ]
        starts = [
            BERLIN.bounds(Period(unit, offset), utc(2026, 11, 22)).start for offset in range(-8, 4)
        ]
        assert ends == starts


@pytest.mark.parametrize(
    ("window", "as_of", "start", "end"),
    [
        # In the afternoon: today and the six days before.
        (Span(7, Unit.DAY), utc(2026, 11, 22, 14), date(2026, 11, 16), date(2026, 11, 23)),
        # At midnight in Berlin: the seven days that are over.
        (Span(7, Unit.DAY), utc(2026, 11, 21, 23), date(2026, 11, 15), date(2026, 11, 22)),
        (Span(1, Unit.MONTH), utc(2026, 3, 31, 10), date(2026, 3, 1), date(2026, 4, 1)),
        # 23:30 UTC is tomorrow in Berlin.
        (Period(Unit.DAY, 0), utc(2026, 11, 21, 23, 30), date(2026, 11, 22), date(2026, 11, 23)),
        (Period(Unit.WEEK, 0), utc(2026, 11, 22, 14), date(2026, 11, 16), date(2026, 11, 23)),
        (Period(Unit.QUARTER, -1), utc(2026, 11, 22, 14), date(2026, 7, 1), date(2026, 10, 1)),
    ],
)
def test_days_of_a_window(window: Window, as_of: datetime, start: date, end: date) -> None:
    assert BERLIN.date_bounds(window, as_of) == DateBounds(start, end)


def test_quarter_is_read_and_written() -> None:
    quarter = Quarter.parse("2026Q3")
    assert quarter == Quarter(2026, 3)
    assert str(quarter) == "2026Q3"
    assert Quarter.parse(" 2026q3 ") == quarter
    assert quarter.next().next() == Quarter(2027, 1)
    assert Quarter(2026, 1).previous() == Quarter(2025, 4)
    assert quarter.shift(-11) == Quarter(2023, 4)
    assert Quarter(2025, 4) < Quarter(2026, 1)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026Q5", "2026Q0", "Q3 2026", "0000Q1", "2026Q33", "\uff12\uff10\uff12\uff16Q1"],
)
def test_what_is_no_quarter_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quarter; write it as 2026Q3"):
        Quarter.parse(text)


def test_calendar_refuses_what_it_cannot_count_with() -> None:
    with pytest.raises(ValueError, match="1 to 12"):
        Calendar("UTC", 13)
    with pytest.raises(ValueError, match="time zone"):
        Calendar().bounds(Span(1, Unit.DAY), datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(KeyError):
        Calendar("Nowhere/At_All")
