"""When a dimension that is not looked at by quarter is due: each month, or by a cron expression."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from celery.schedules import crontab

from segmentation.choices import Cadence
from segmentation.models import Dimension

# 29 February on a given day of the week comes every 28 years at the latest, but for centuries.
FURTHEST = timedelta(days=366 * 28)
SUNDAY = 7
DAY = timedelta(days=1)


def last_slot(dimension: Dimension, at: datetime) -> datetime | None:
    """The latest moment, at or before `at`, at which the dimension was to be looked at.

    On the wall clock of the brand. None where it is looked at by quarter or by hand only.
    """
    zone = ZoneInfo(dimension.brand.timezone)
    if dimension.cadence == Cadence.MONTHLY:
        return at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if dimension.cadence == Cadence.CRON:
        return next(_before(dimension.cron, at, zone), None)
    return None


def _before(cron: str, at: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments that a cron expression names, backwards from `at`.

    As Celery reads it: a day must fit both the day of the month and the day of the week.
    """
    plan = crontab.from_string(cron)
    times = [(hour, minute) for hour in sorted(plan.hour) for minute in sorted(plan.minute)]
    day = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    last = day - FURTHEST
    while day > last:
        if (
            day.month in plan.month_of_year
            and day.day in plan.day_of_month
            and day.isoweekday() % SUNDAY in plan.day_of_week
        ):
            for hour, minute in reversed(times):
                moment = day.replace(hour=hour, minute=minute, tzinfo=zone)
                if moment <= at:
                    yield moment
        day -= DAY
