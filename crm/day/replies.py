"""Creators who wrote and wait for an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.timesince import timesince

from crm.day.parts import DAY_AT, Asker, DayRefused, Row, Section, Source
from crm.models import Thread
from crm.permissions import Can
from crm.services.mail.composing import MailRefused
from crm.services.mail.threads import finish, reopen


class Replies(Source):
    """Conversations that wait: those of one's own creators and mailboxes, and of nobody's."""

    key = "reply"
    section = Section.ANSWER
    name = "Reply"
    icon = "mail"
    finished = "Nobody waits for an answer there."
    can = Can.SEND_MAIL
    can_finish = Can.SEND_MAIL

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """The longest waiting first."""
        rows = Thread.objects.visible_to(asker.user).filter(
            brand=asker.brand, reply_waiting_since__isnull=False, relationship__isnull=False
        )
        if not asker.is_team:
            rows = rows.filter(
                Q(relationship__owner=asker.user)
                | Q(mailbox__owner=asker.user)
                | Q(relationship__owner=None, mailbox__owner=None)
            )
        return rows.select_related("relationship__creator", "relationship__owner").annotate(
            **{DAY_AT: F("reply_waiting_since")}
        )

    def show(self, asker: Asker, rows: Sequence[Thread]) -> list[Row]:
        """Who wrote, about what, and for how long they wait."""
        return [self._row(asker, row) for row in rows]

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """No answer is needed."""
        finish(thread_id=pk, actor=asker.user, at=asker.at)
        return None

    def undo(self, asker: Asker, pk: int, state: Any) -> None:
        """It waits again."""
        try:
            reopen(thread_id=pk, actor=asker.user, at=asker.at)
        except MailRefused as refusal:
            raise DayRefused(str(refusal)) from refusal

    @staticmethod
    def _row(asker: Asker, row: Thread) -> Row:
        since = getattr(row, DAY_AT)
        relationship = row.relationship
        owner = relationship.owner if relationship else None
        return Row(
            pk=row.pk,
            title=str(row),
            url=reverse("crm:thread", args=[asker.brand.slug, row.pk]),
            why=f"waits {timesince(since, asker.at)}",
            since=since,
            about=relationship.creator.name if relationship else "",
            who=owner.display_name if owner else "nobody",
            done="No answer needed",
        )
