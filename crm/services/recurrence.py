"""When a task comes again, as an RFC 5545 rule: what calendars are told is what we reckon with."""

from __future__ import annotations

from datetime import date, datetime, time

from dateutil.rrule import rrulestr

from crm.choices import RepeatUnit

EVERY_MAX = 99
_FREQUENCY = {
    RepeatUnit.DAY: "DAILY",
    RepeatUnit.WEEK: "WEEKLY",
    RepeatUnit.MONTH: "MONTHLY",
    RepeatUnit.YEAR: "YEARLY",
}


def rule_of(unit: RepeatUnit, every: int, start: date) -> str:
    """The rule of a series that begins on `start`: FREQ=MONTHLY;INTERVAL=2.

    Months without the day of `start` are not left out, as a plain rule would: their last day
    stands for it.
    """
    parts = [f"FREQ={_FREQUENCY[RepeatUnit(unit)]}", f"INTERVAL={every}"]
    if unit == RepeatUnit.MONTH and start.day > 28:
        days = ",".join(str(day) for day in range(28, start.day + 1))
        parts += [f"BYMONTHDAY={days}", "BYSETPOS=-1"]
    elif unit == RepeatUnit.YEAR and (start.month, start.day) == (2, 29):
        parts += ["BYMONTH=2", "BYMONTHDAY=28,29", "BYSETPOS=-1"]
    return ";".join(parts)


def next_day(unit: RepeatUnit, every: int, start: date, after: date) -> date | None:
    """The first day of the series after `after`; None where the calendar ends."""
    rule = rrulestr(rule_of(unit, every, start), dtstart=datetime.combine(start, time.min))
    found: datetime | None = rule.after(datetime.combine(after, time.min))
    return None if found is None else found.date()
