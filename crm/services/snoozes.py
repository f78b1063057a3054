"""Rows of somebody's day that are put off until a day."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from crm.models import Brand, Snooze, User

LONGEST = timedelta(days=366)
# Put aside for good: the row was looked at and leads nowhere.
FOR_GOOD = date(2999, 1, 1)


class SnoozeRefused(Exception):
    """Nothing is put off to that day; the message is fit for the user."""


@transaction.atomic
def snooze(
    *, user: User, brand: Brand, source: str, row: int, until: date, today: date
) -> date | None:
    """Keep a row away from the user's day until a day. Returns until when it was away before.

    Raises SnoozeRefused.
    """
    if until <= today:
        raise SnoozeRefused("Put it off to a day after today.")
    if until != FOR_GOOD and until > today + LONGEST:
        raise SnoozeRefused("Put it off for a year at most.")
    held = Snooze.objects.filter(user=user, brand=brand, source=source, row=row)
    before = held.values_list("until", flat=True).first()
    Snooze.objects.update_or_create(
        user=user, brand=brand, source=source, row=row, defaults={"until": until}
    )
    return before


@transaction.atomic
def wake(*, user: User, brand: Brand, source: str, row: int, until: date | None = None) -> None:
    """Bring a row back, or to the day until which it was away before."""
    held = Snooze.objects.filter(user=user, brand=brand, source=source, row=row)
    if until is None:
        held.delete()
    else:
        held.update(until=until)
