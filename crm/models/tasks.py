"""What somebody is to do, by when, and again when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from crm.choices import RepeatUnit
from crm.models.brands import Brand, User
from crm.models.relationships import Relationship

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Tasks of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """What is still to be done."""
        return self.filter(done_at=None)

    def next_of(self, relationship_ids: Sequence[int]) -> dict[int, Task]:
        """The open task of each creator that is due first, for cards: one statement."""
        due = Coalesce("due_at", Cast("due_on", models.DateTimeField()))
        rows = self.open().filter(relationship__in=relationship_ids)
        rows = rows.order_by("relationship_id", due.asc(nulls_last=True), "pk")
        return {task.relationship_id or 0: task for task in rows.distinct("relationship_id")}

    def with_people(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("assignee", "created_by", "done_by", "relationship__creator")


class Task(models.Model):
    """One thing to do. One that repeats leaves a successor when it is done."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # About a creator, or about nothing in particular.
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks"
    )
    title = models.CharField(max_length=200)
    details = models.TextField(max_length=4_000, blank=True, default="")
    assignee = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # By a day or by a moment; neither: some time.
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    repeat_unit = models.CharField(max_length=5, choices=RepeatUnit.choices, blank=True, default="")
    repeat_every = models.PositiveSmallIntegerField(default=1)
    # The first day of the series: what "monthly" is counted from, however late one was done.
    series_start = models.DateField(null=True, blank=True)
    follows = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="successor"
    )
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Raised with each change: an edit of an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "due_at", "pk"]
        constraints = [
            models.CheckConstraint(name="crm_task_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="crm_task_due_once", condition=Q(due_on=None) | Q(due_at=None)
            ),
            models.CheckConstraint(
                name="crm_task_repeat_valid",
                condition=Q(repeat_unit="")
                | (
                    Q(repeat_unit__in=RepeatUnit.values, series_start__isnull=False)
                    & (Q(due_on__isnull=False) | Q(due_at__isnull=False))
                ),
            ),
            models.CheckConstraint(
                name="crm_task_every_valid", condition=Q(repeat_every__range=(1, 99))
            ),
            models.CheckConstraint(
                name="crm_task_done_order",
                condition=Q(done_at=None) | Q(done_at__gte=F("created_at")),
            ),
        ]
        indexes = [
            # My day and the list: the open tasks of one person, and of the brand.
            models.Index(
                fields=["brand", "assignee"], condition=Q(done_at=None), name="crm_task_open"
            ),
            # What was done, newest first.
            models.Index(
                fields=["brand", "-done_at", "-id"],
                condition=Q(done_at__isnull=False),
                name="crm_task_done",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def repeats(self) -> str:
        """ "every 2 weeks"; empty for what does not repeat."""
        if not self.repeat_unit:
            return ""
        name = RepeatUnit(self.repeat_unit).label
        return f"every {name}" if self.repeat_every == 1 else f"every {self.repeat_every} {name}s"

    @property
    def is_done(self) -> bool:
        """Whether somebody did it."""
        return self.done_at is not None


class Reminder(models.Model):
    """That a person was reminded of a task or a next step for its due date: at most once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, null=True, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, null=True, related_name="+"
    )
    # The moment it is due; of a day, its midnight in UTC.
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_reminder_of_one_thing",
                condition=Q(task__isnull=False, relationship=None)
                | Q(task=None, relationship__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "task", "due_at"],
                condition=Q(task__isnull=False),
                name="crm_reminder_of_task_once",
            ),
            models.UniqueConstraint(
                fields=["user", "relationship", "due_at"],
                condition=Q(relationship__isnull=False),
                name="crm_reminder_of_step_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.task_id or self.relationship_id} due {self.due_at}"
