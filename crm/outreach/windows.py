"""At which hours mail may leave: working hours of working days, where the creator lives."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Beyond this nobody is waited for: every day would be off.
_DAYS_MAX = 400


@dataclass(frozen=True)
class Window:
    """From when until when, on which days of the week (1 is Monday), but not on these dates."""

    starts: time
    ends: time
    weekdays: Collection[int]
    days_off: Collection[date] = ()

    def opens(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment from `at` on that is within the window; None where there is none.

        `at` itself where it is within. The answer is in UTC.
        """
        here = at.astimezone(zone)
        for days in range(_DAYS_MAX):
            day = here.date() + timedelta(days=days)
            if day.isoweekday() not in self.weekdays or day in self.days_off:
                continue
            starts = datetime.combine(day, self.starts, zone).astimezone(UTC)
            ends = datetime.combine(day, self.ends, zone).astimezone(UTC)
            if at < ends:
                return max(at.astimezone(UTC), starts)
        return None
