"""The clock of working hours: weekends, holidays, days on which the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.services.deliverables.hours import Week, between, due_at, holiday_on, words

CPH = ZoneInfo("Europe/Copenhagen")
DANISH = Week(CPH, country="DK")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CPH)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        # Within a day, to its very end, and over night.
        ("2026-11-24 09:00", 3, "2026-11-24 12:00"),
        ("2026-11-24 09:00", 8, "2026-11-24 17:00"),
        ("2026-11-24 15:30", 4, "2026-11-25 11:30"),
        # Before the day begins, after it has ended.
        ("2026-11-24 06:00", 1, "2026-11-24 10:00"),
        ("2026-11-24 22:00", 1, "2026-11-25 10:00"),
        # Over a weekend: Friday 16:00 with 2 hours is Monday 10:00.
        ("2026-11-27 16:00", 2, "2026-11-30 10:00"),
        ("2026-11-28 12:00", 8, "2026-11-30 17:00"),
        # Christmas Day and Boxing Day 2026 are a Friday and a Saturday.
        ("2026-12-24 16:00", 2, "2026-12-28 10:00"),
        # Maundy Thursday, Good Friday and Easter Monday 2027.
        ("2027-03-24 16:00", 2, "2027-03-30 10:00"),
    ],
)
def test_due(start, hours, due):
    assert due_at(at(start), hours, DANISH) == at(due)


def test_holidays_are_the_countrys():
    assert holiday_on("DK", at("2027-03-25 12:00").date()) != ""
    assert holiday_on("", at("2027-03-25 12:00").date()) == ""
    without = Week(CPH)
    assert due_at(at("2027-03-24 16:00"), 2, without) == at("2027-03-25 10:00")


def test_the_clocks_change():
    # The night to 28 March 2027 has no 02:00 to 03:00; that to 25 October 2026 has it twice.
    night = Week(CPH, days=frozenset(range(7)), starts=time(1), ends=time(5))
    assert due_at(at("2027-03-27 12:00"), 3, night) == at("2027-03-28 05:00")
    assert due_at(at("2027-03-27 12:00"), 4, night) == at("2027-03-29 02:00")
    assert due_at(at("2026-10-24 12:00"), 5, night) == at("2026-10-25 05:00")
    spring = between(at("2027-03-28 00:00"), at("2027-03-28 12:00"), night)
    autumn = between(at("2026-10-25 00:00"), at("2026-10-25 12:00"), night)
    assert (spring, autumn) == (timedelta(hours=3), timedelta(hours=5))
    # Over the change, working days keep their hours on the wall.
    assert due_at(at("2027-03-26 16:00"), 2, Week(CPH)) == at("2027-03-29 10:00")


def test_in_words():
    due = at("2026-11-27 12:00")
    assert words(at("2026-11-27 09:00"), due, DANISH) == "due in 3 working hours"
    assert words(at("2026-11-27 11:01"), due, DANISH) == "due within a working hour"
    assert words(at("2026-11-25 12:00"), due, DANISH) == "due in 2 working days"
    assert words(at("2026-11-27 12:30"), due, DANISH) == "due now"
    assert words(at("2026-11-27 13:00"), due, DANISH) == "1 working hour late"
    # Friday noon to Tuesday noon: the weekend does not count.
    assert words(at("2026-12-01 12:00"), due, DANISH) == "2 working days late"


def test_moments_of_any_zone():
    assert due_at(datetime(2026, 11, 24, 8, tzinfo=UTC), 1, DANISH) == at("2026-11-24 10:00")
