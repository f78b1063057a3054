"""How rows of a day say by when."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def due_in_words(due: date | datetime | None, at: datetime, zone: ZoneInfo) -> tuple[str, bool]:
    """ "due today", "3 days overdue" and whether it is late, as seen at `at` in `zone`."""
    if due is None:
        return "", False
    today = at.astimezone(zone).date()
    if isinstance(due, datetime):
        local = due.astimezone(zone)
        if local.date() == today:
            return f"{'due at' if due > at else 'was due at'} {local:%H:%M}", due <= at
        day = local.date()
    else:
        day = due
    days = (today - day).days
    if days > 0:
        return f"{days} day{'' if days == 1 else 's'} overdue", True
    if days == 0:
        return "due today", False
    if days == -1:
        return "due tomorrow", False
    return f"due on {day:%-d %b %Y}", False


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)
