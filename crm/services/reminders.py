"""Reminders: what is due is told once to whoever has it, on the day and at the hour they chose.

After a pause of the worker nobody is flooded: what came due meanwhile is one line per brand, and
what was due longer ago than WITHIN is left to the list of overdue things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.urls import reverse

from crm.choices import NotificationKind
from crm.models import Brand, Preferences, UserRole
from crm.services.notifications import notify

WITHIN = timedelta(days=14)
# How long before its moment a task is told of.
AHEAD = timedelta(hours=1)
DEFAULT_HOUR = 8

# Of every person in every brand: the newest day whose reminders they are to have by now. The row of
# a reminder is its proof: who inserts it sends it, and nobody else does.
_REMIND = """
WITH people AS (
    SELECT * FROM unnest(%(users)s::bigint[], %(brands)s::bigint[], %(days)s::date[])
        AS p(user_id, brand_id, day)
), due AS (
    SELECT p.user_id, p.brand_id, t.id AS task_id, NULL::bigint AS relationship_id, t.title,
        t.due_at AS moment,
        coalesce(t.due_at, t.due_on::timestamp AT TIME ZONE 'UTC') AS due_at,
        coalesce(t.due_at < %(at)s, t.due_on < p.day) AS is_late
    FROM people p
    JOIN crm_task t ON t.brand_id = p.brand_id AND t.assignee_id = p.user_id
    LEFT JOIN crm_snooze s ON s.user_id = p.user_id AND s.brand_id = p.brand_id
        AND s.source = 'task' AND s.row = t.id AND s.until > p.day
    WHERE t.done_at IS NULL AND s.id IS NULL
        AND (t.due_on BETWEEN %(oldest)s::date AND p.day
            OR t.due_at BETWEEN %(oldest)s AND %(ahead)s)
    UNION ALL
    SELECT p.user_id, p.brand_id, NULL, r.id, r.next_step, NULL,
        r.next_step_on::timestamp AT TIME ZONE 'UTC', r.next_step_on < p.day
    FROM people p
    JOIN crm_relationship r ON r.brand_id = p.brand_id AND r.owner_id = p.user_id
    LEFT JOIN crm_snooze s ON s.user_id = p.user_id AND s.brand_id = p.brand_id
        AND s.source = 'next_step' AND s.row = r.id AND s.until > p.day
    WHERE s.id IS NULL AND r.next_step_on BETWEEN %(oldest)s::date AND p.day
), sent AS (
    INSERT INTO crm_reminder (user_id, task_id, relationship_id, due_at, sent_at)
    SELECT user_id, task_id, relationship_id, due_at, %(at)s FROM due
    ON CONFLICT DO NOTHING
    RETURNING user_id, task_id, relationship_id, due_at
)
SELECT d.user_id, d.brand_id, count(*), count(*) FILTER (WHERE d.is_late),
    min(d.title), min(d.moment), min(d.task_id)
FROM due d
JOIN sent s ON s.user_id = d.user_id AND s.due_at = d.due_at
    AND (s.task_id = d.task_id OR s.relationship_id = d.relationship_id)
GROUP BY d.user_id, d.brand_id
ORDER BY d.user_id, d.brand_id
"""


@dataclass(frozen=True)
class _Found:
    """What one person is to be told about one brand."""

    user_id: int
    brand_id: int
    number: int
    late: int
    # Of the one thing, where there is one only.
    title: str
    moment: datetime | None
    task_id: int | None


@transaction.atomic
def send_reminders(*, at: datetime) -> int:
    """Remind everybody of what came due for them by `at`. Returns how many people were told."""
    roles = list(UserRole.objects.filter(user__is_active=True).select_related("brand", "user"))
    kept = {row.user_id: row for row in Preferences.objects.all()}
    days = _days(roles, kept, at)
    with connection.cursor() as cursor:
        cursor.execute(
            _REMIND,
            {
                "users": [role.user_id for role in roles],
                "brands": [role.brand_id for role in roles],
                "days": days,
                "at": at,
                "ahead": at + AHEAD,
                "oldest": at - WITHIN,
            },
        )
        found = [_Found(*row) for row in cursor.fetchall()]
    users = {role.user_id: role.user for role in roles}
    brands = {role.brand_id: role.brand for role in roles}
    for line in found:
        user, brand = users[line.user_id], brands[line.brand_id]
        text, url = _words(line, brand, zone_of(kept.get(user.pk), brand))
        notify(user=user, brand=brand, kind=NotificationKind.REMINDER, text=text, url=url, at=at)
    return len(found)


def zone_of(preferences: Preferences | None, brand: Brand) -> ZoneInfo:
    """A person's own time zone, else the brand's."""
    return ZoneInfo((preferences and preferences.timezone) or brand.timezone)


def _days(roles: Iterable[UserRole], kept: Mapping[int, Preferences], at: datetime) -> list[date]:
    """For each role the day whose reminders are to be out by now: today from their hour on."""
    days = []
    for role in roles:
        preferences = kept.get(role.user_id)
        now = at.astimezone(zone_of(preferences, role.brand))
        hour = preferences.hour if preferences else DEFAULT_HOUR
        days.append(now.date() if now.hour >= hour else now.date() - timedelta(days=1))
    return days


def _words(line: _Found, brand: Brand, zone: ZoneInfo) -> tuple[str, str]:
    """What is said, and where it leads."""
    day = reverse("crm:day", args=[brand.slug])
    if line.number > 1:
        late = f", {line.late} of them overdue" if line.late else ""
        return f"{line.number} things are due{late}", day
    if line.late:
        when = "Overdue"
    elif line.moment:
        when = f"Due at {line.moment.astimezone(zone):%H:%M}"
    else:
        when = "Due today"
    task = line.task_id and reverse("crm:task", args=[brand.slug, line.task_id])
    return f"{when}: {line.title}", task or day
