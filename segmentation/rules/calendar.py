"""Relative dates as exact moments: all windows count from `as_of`, in the brand's time zone.

Every window is closed-open: a moment is in it when start <= moment < end. Results are in UTC,
because aware datetimes of one zone are compared by their wall clock, which is wrong on the night
the clocks change.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from segmentation.rules.tree import Period, Span, Unit, Window

MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
DAYS = {Unit.DAY: 1, Unit.WEEK: 7}
JANUARY, DECEMBER = 1, 12


@dataclass(frozen=True)
class Bounds:
    """A closed-open stretch of time: two moments in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.start <= moment < self.end


@dataclass(frozen=True)
class DateBounds:
    """A closed-open stretch of calendar days."""

    start: date
    end: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end


@dataclass(frozen=True)
class Calendar:
    """How a brand counts time: its time zone and the month its fiscal year starts (1 to 12)."""

    timezone: str = "UTC"
    fiscal_year_start_month: int = JANUARY

    def __post_init__(self) -> None:
        if not JANUARY <= self.fiscal_year_start_month <= DECEMBER:
            raise ValueError("a fiscal year starts in month 1 to 12")
        ZoneInfo(self.timezone)

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return ZoneInfo(self.timezone)

    def local(self, moment: datetime) -> datetime:
        """Return the moment on the brand's wall clock; ValueError for a naive datetime."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return moment.astimezone(self.zone)

    def day_of(self, moment: datetime) -> date:
        """Return the brand's calendar day at the moment."""
        return self.local(moment).date()

    def at_wall_clock(self, wall: datetime) -> datetime:
        """Return the moment (UTC) at which the brand's wall clock shows the naive `wall`.

        The hour that does not exist in spring is read an hour later, the one that comes twice in
        autumn as its first.
        """
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def midnight(self, day: date) -> datetime:
        """Return the moment (UTC) the day begins for the brand."""
        return self.at_wall_clock(datetime.combine(day, time.min))

    def bounds(self, window: Window, as_of: datetime) -> Bounds:
        """Return the moments a window covers.

        A Span ends at `as_of` and starts the same time of day so many days, weeks, months,
        quarters or years before (31 May minus 3 months is the last of February). A Period covers
        whole days, weeks from Monday, months, quarters or years.
        """
        if isinstance(window, Span):
            wall = self.local(as_of).replace(tzinfo=None)
            return Bounds(self.at_wall_clock(_back(wall, window)), as_of.astimezone(UTC))
        days = self._period_days(window, self.day_of(as_of))
        return Bounds(self.midnight(days.start), self.midnight(days.end))

    def past(self, window: Window, as_of: datetime) -> Bounds:
        """Return the moments of a window that are over as of `as_of`."""
        bounds = self.bounds(window, as_of)
        return Bounds(bounds.start, min(bounds.end, as_of))

    def date_bounds(self, window: Window, as_of: datetime) -> DateBounds:
        """Return the calendar days a window covers, where a day counts as the moment it begins.

        So the last 7 days at three in the afternoon are today and the six days before it.
        """
        if isinstance(window, Span):
            wall = self.local(as_of).replace(tzinfo=None)
            return DateBounds(_first_day_from(_back(wall, window)), _first_day_from(wall))
        return self._period_days(window, self.day_of(as_of))

    def _period_days(self, period: Period, day: date) -> DateBounds:
        if period.unit in DAYS:
            length = timedelta(days=DAYS[period.unit])
            week_start = timedelta(days=day.weekday() if period.unit is Unit.WEEK else 0)
            start = day - week_start + period.offset * length
            return DateBounds(start, start + length)
        length_months = MONTHS[period.unit]
        first = self.fiscal_year_start_month if period.fiscal else JANUARY
        month = day.year * 12 + day.month - 1
        month -= (month - (first - 1)) % length_months
        month += period.offset * length_months
        return DateBounds(_first_of(month), _first_of(month + length_months))


def _back(wall: datetime, span: Span) -> datetime:
    """Return the wall-clock time the span before `wall`."""
    if span.unit in DAYS:
        return wall - timedelta(days=span.count * DAYS[span.unit])
    month = wall.year * 12 + wall.month - 1 - span.count * MONTHS[span.unit]
    first = _first_of(month)
    last_day = monthrange(first.year, first.month)[1]
    return wall.replace(year=first.year, month=first.month, day=min(wall.day, last_day))


def _first_of(month: int) -> date:
    """Return the first day of a month counted from year 0."""
    return date(month // 12, month % 12 + 1, 1)


def _first_day_from(wall: datetime) -> date:
    """Return the first day that begins at or after the wall-clock time."""
    day = wall.date()
    return day if wall.time() == time.min else day + timedelta(days=1)


@dataclass(frozen=True, order=True)
class Quarter:
    """A name of a quarter, written 2026Q3. Which days it covers is the brand's: metrics.periods."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 4 and 1 <= self.year <= 9998):
            raise ValueError(f"there is no quarter {self.number} of {self.year}")

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read "2026Q3" (ValueError, fit for the user, for anything else)."""
        found = re.fullmatch(r"([0-9]{4})Q([1-4])", text.strip().upper())
        if found is None or found[1] == "0000":
            raise ValueError(f"{text!r} is not a quarter; write it as 2026Q3.")
        return cls(int(found[1]), int(found[2]))

    def next(self) -> Quarter:
        """Return the quarter after this one."""
        return self.shift(1)

    def previous(self) -> Quarter:
        """Return the quarter before this one."""
        return self.shift(-1)

    def shift(self, quarters: int) -> Quarter:
        """Return the quarter so many quarters later (negative: earlier)."""
        index = self.year * 4 + self.number - 1 + quarters
        return Quarter(index // 4, index % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}Q{self.number}"
