"""Notes and tasks that name somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet

from crm.choices import NotificationKind
from crm.day.parts import DAY_AT, Asker, Row, Section, Source
from crm.models import Notification
from crm.services.notifications import mark_read, mark_unread


class Mentions(Source):
    """Where a colleague wrote @you and waits for a word. Nobody else's, also in the team's view."""

    key = "mention"
    section = Section.ANSWER
    name = "Mention"
    icon = "message"
    finished = "Marked read."

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """What the person has not read."""
        rows = Notification.objects.filter(
            user=asker.user, brand=asker.brand, kind=NotificationKind.MENTION
        )
        return rows.unread().annotate(**{DAY_AT: F("created_at")})

    def show(self, asker: Asker, rows: Sequence[Notification]) -> list[Row]:
        """Who wrote about whom."""
        return [
            Row(
                pk=row.pk,
                title=row.text,
                url=row.url,
                why=f"since {row.created_at.astimezone(asker.zone):%-d %b, %H:%M}",
                since=row.created_at,
                done="Mark read",
            )
            for row in rows
        ]

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """It is read."""
        mark_read(user=asker.user, brand=asker.brand, ids=[pk], at=asker.at)
        return None

    def undo(self, asker: Asker, pk: int, state: Any) -> None:
        """It waits again."""
        mark_unread(user=asker.user, brand=asker.brand, ids=[pk])
