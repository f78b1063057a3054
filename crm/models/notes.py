"""Who is named in notes and tasks, and what notes said before they were changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from crm.models.brands import User
from crm.models.relationships import Note
from crm.models.tasks import Task


class NoteVersion(models.Model):
    """What a note said until its author changed or deleted it."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField(max_length=10_000)
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["note", "-replaced_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_note_version_order",
                condition=Q(replaced_at__gte=models.F("written_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Mention(models.Model):
    """That a note or a task names a person of the brand with @."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    note = models.ForeignKey(
        Note, on_delete=models.CASCADE, null=True, blank=True, related_name="mentions"
    )
    task = models.ForeignKey(
        Task, on_delete=models.CASCADE, null=True, blank=True, related_name="mentions"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_mention_in_one_thing",
                condition=Q(note__isnull=False, task=None) | Q(note=None, task__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["note", "user"],
                condition=Q(note__isnull=False),
                name="crm_mention_in_note_once",
            ),
            models.UniqueConstraint(
                fields=["task", "user"],
                condition=Q(task__isnull=False),
                name="crm_mention_in_task_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {'note' if self.note_id else 'task'}"
