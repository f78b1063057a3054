"""Tasks that are due today or overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import DateTimeField, Q, QuerySet
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from crm.day.parts import DAY_AT, Asker, Row, Section, Source
from crm.day.words import due_in_words
from crm.models import Task
from crm.permissions import Can
from crm.services.tasks import finish_task, reopen_task


class DueTasks(Source):
    """What somebody was given to do."""

    key = "task"
    section = Section.CHASE
    name = "Task"
    icon = "checkbox"
    can_finish = Can.WRITE_NOTES

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Open, and due before the day is over."""
        tomorrow = datetime.combine(asker.today + timedelta(days=1), time.min, asker.zone)
        due = Q(due_on__lte=asker.today) | Q(due_at__lt=tomorrow)
        rows = Task.objects.filter(due, brand=asker.brand).open()
        if not asker.is_team:
            rows = rows.filter(assignee=asker.user)
        return rows.with_people().annotate(
            **{DAY_AT: Coalesce("due_at", Cast("due_on", DateTimeField()))}
        )

    def show(self, asker: Asker, rows: Sequence[Task]) -> list[Row]:
        """The task, whom it is about, since when it is due."""
        return [_row(asker, task) for task in rows]

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """It is done."""
        finish_task(task_id=pk, brand=asker.brand, actor=asker.user, at=asker.at)
        return None

    def undo(self, asker: Asker, pk: int, state: Any) -> None:
        """It is open again."""
        reopen_task(task_id=pk, brand=asker.brand, actor=asker.user, at=asker.at)


def _row(asker: Asker, task: Task) -> Row:
    words, is_late = due_in_words(task.due_at or task.due_on, asker.at, asker.zone)
    return Row(
        pk=task.pk,
        title=task.title,
        url=reverse("crm:task", args=[asker.brand.slug, task.pk]),
        why=", ".join(part for part in (words, task.repeats) if part),
        since=getattr(task, DAY_AT),
        about=task.relationship.creator.name if task.relationship else "",
        is_late=is_late,
        who=task.assignee.display_name if task.assignee else "nobody",
        done="Done",
        version=task.version,
    )
