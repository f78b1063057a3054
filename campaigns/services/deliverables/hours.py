"""Working hours: when a piece of work is due that has so many of them, and how many are left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

# A calendar that never works would be searched for ever.
_FURTHEST = timedelta(days=3 * 366)
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Week:
    """The days and hours at which a brand works; public holidays of its country are free."""

    zone: ZoneInfo
    days: frozenset[int] = frozenset(range(5))
    starts: time = time(9)
    ends: time = time(17)
    # ISO 3166-1; empty: no holidays.
    country: str = ""

    def works_on(self, day: date) -> bool:
        """Whether it is a working day."""
        return day.weekday() in self.days and not holiday_on(self.country, day)

    @property
    def day_length(self) -> timedelta:
        """Hours of an ordinary working day."""
        return datetime.combine(date.min, self.ends) - datetime.combine(date.min, self.starts)


def holiday_on(country: str, day: date) -> str:
    """What public holiday a country has on a day; empty: none, or no country."""
    if not country:
        return ""
    found: str = _holidays(country).get(day) or ""
    return found


def countries() -> frozenset[str]:
    """The countries whose holidays are known."""
    return frozenset(holidays.list_supported_countries(include_aliases=False))


def due_at(start: datetime, hours: float, week: Week) -> datetime:
    """The moment at which so many working hours have passed since `start`.

    An hour is an hour of the clock on the wall's other side too: a day on which the clocks change
    within working hours is longer or shorter.
    """
    left = timedelta(hours=hours)
    for begins, ends in _spans(start, week):
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    msg = f"{hours} working hours do not pass within three years."
    raise ValueError(msg)


def between(start: datetime, end: datetime, week: Week) -> timedelta:
    """The working time between two moments; nothing where `end` comes first."""
    total = timedelta()
    for begins, ends in _spans(start, week):
        if begins >= end:
            break
        total += min(ends, end) - begins
    return total


def words(now: datetime, due: datetime, week: Week) -> str:
    """How far off `due` is: "due in 3 working hours", "2 working days late"."""
    if due > now:
        left = between(now, due, week)
        if left < _HOUR:
            return "due within a working hour"
        return f"due in {_amount(left, week)}"
    late = between(due, now, week)
    return f"{_amount(late, week)} late" if late >= _HOUR else "due now"


def _amount(span: timedelta, week: Week) -> str:
    days, hours = span // week.day_length, span // _HOUR
    number, unit = (days, "day") if days else (hours, "hour")
    return f"{number:,} working {unit}{'s' if number != 1 else ''}"


def _spans(start: datetime, week: Week) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of work from a moment on, in UTC."""
    day, begin = start.astimezone(week.zone).date(), start.astimezone(UTC)
    while day - start.date() < _FURTHEST:
        if week.works_on(day):
            opens, closes = (
                datetime.combine(day, at, tzinfo=week.zone).astimezone(UTC)
                for at in (week.starts, week.ends)
            )
            if closes > begin:
                yield max(opens, begin), closes
        day += _DAY


@lru_cache(maxsize=64)
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
