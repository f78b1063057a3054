"""Tasks: given, changed, done, opened again. One that repeats leaves its successor when done."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, TypedDict
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from crm import audit
from crm.choices import NotificationKind, RepeatUnit
from crm.models import Brand, Relationship, Task, User, UserRole
from crm.services.mentions import mention_in_task
from crm.services.notifications import notify
from crm.services.recurrence import EVERY_MAX, next_day

TITLE_MAX = 200
DETAILS_MAX = 4_000
# A year beyond is a slip; and a series is counted from its first day on.
EARLIEST, LATEST = 2000, 2199


class TaskRefused(Exception):
    """The task is not made or changed; the message is fit for the user, `field` says where."""

    code = "refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class TaskOutdated(TaskRefused):
    """Somebody else changed the task since the page was loaded."""

    code = "outdated"


class Repeat(NamedTuple):
    """Every so many days, weeks, months or years."""

    unit: RepeatUnit
    every: int = 1


class TaskChanges(TypedDict, total=False):
    """What to change of a task; what is left out stays. A day takes the place of a moment."""

    title: str
    details: str
    assignee: User | None
    due_on: date | None
    due_at: datetime | None
    repeat: Repeat | None


@transaction.atomic
def add_task(
    *,
    brand: Brand,
    title: str,
    actor: User,
    at: datetime,
    relationship: Relationship | None = None,
    assignee: User | None = None,
    details: str = "",
    due_on: date | None = None,
    due_at: datetime | None = None,
    repeat: Repeat | None = None,
) -> Task:
    """A new task of `brand`, about a creator or not. Raises TaskRefused."""
    task = Task(
        brand=brand,
        relationship=relationship,
        created_by=actor,
        created_at=at,
        due_on=due_on,
        due_at=due_at,
    )
    _write(task, title, details)
    _repeat(task, repeat)
    task.assignee = _checked(brand, assignee)
    task.save(force_insert=True)
    _told(task, actor, at)
    mention_in_task(task=task, author=actor, at=at)
    _record(task, "crm.task.added", actor, at)
    return task


@transaction.atomic
def change_task(
    *,
    task_id: int,
    brand: Brand,
    changes: TaskChanges,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Task:
    """Make several changes as one, or none. Raises Task.DoesNotExist, TaskRefused, TaskOutdated."""
    task = _locked(task_id, brand)
    if expected_version is not None and task.version != expected_version:
        raise TaskOutdated(
            "Somebody changed this task since you loaded it. Nothing of yours was saved; "
            "load it again."
        )
    before = _facts(task)
    assignee_before = task.assignee_id
    _write(task, changes.get("title", task.title), changes.get("details", task.details))
    if "due_on" in changes or "due_at" in changes:
        task.due_on, task.due_at = changes.get("due_on"), changes.get("due_at")
    _repeat(task, changes.get("repeat", repeat_of(task)))
    if task.series_start and (task.due_on or task.due_at) != before["due"]:
        # Who moves one of a series moves what comes after it.
        task.series_start = due_day(task, ZoneInfo(brand.timezone))
    if "assignee" in changes:
        task.assignee = _checked(brand, changes["assignee"])
    after = _facts(task)
    moved = sorted(name for name in before if before[name] != after[name])
    if not moved:
        return task
    task.version += 1
    task.save()
    if task.assignee_id != assignee_before:
        _told(task, actor, at)
    mention_in_task(task=task, author=actor, at=at)
    _record(task, "crm.task.changed", actor, at, {"changed": moved})
    return task


@transaction.atomic
def finish_task(*, task_id: int, brand: Brand, actor: User, at: datetime) -> Task:
    """Say that a task is done; one that is done already stays as it is.

    One that repeats is followed by the next of its series that is still to come, however many were
    missed. Raises Task.DoesNotExist.
    """
    task = _locked(task_id, brand)
    if task.is_done:
        return task
    task.done_at, task.done_by = max(at, task.created_at), actor
    task.version += 1
    task.save(update_fields=["done_at", "done_by", "version"])
    follower = _successor(task, at)
    _record(task, "crm.task.done", actor, at, {"next": follower and follower.pk})
    return task


@transaction.atomic
def reopen_task(*, task_id: int, brand: Brand, actor: User, at: datetime) -> Task:
    """Open a task again that was done; its successor goes, unless somebody touched it.

    Raises Task.DoesNotExist.
    """
    task = _locked(task_id, brand)
    if not task.is_done:
        return task
    Task.objects.open().filter(follows=task, version=1).delete()
    if Task.objects.filter(follows=task).exists():
        # The series goes on from there; from here on this one is by itself.
        task.repeat_unit, task.repeat_every, task.series_start = "", 1, None
    task.done_at = task.done_by = None
    task.version += 1
    task.save()
    _record(task, "crm.task.reopened", actor, at)
    return task


@transaction.atomic
def delete_task(*, task_id: int, brand: Brand, actor: User, at: datetime) -> None:
    """Take a task away for good: by who gave it, who has it, or an admin. Raises TaskRefused."""
    task = _locked(task_id, brand)
    is_admin = UserRole.objects.filter(brand=brand, user=actor, role="admin").exists()
    if not is_admin and actor.pk not in {task.created_by_id, task.assignee_id}:
        raise TaskRefused(
            "Only who gave the task, who has it, or an admin can delete it. You can say it is done."
        )
    _record(task, "crm.task.deleted", actor, at)
    task.delete()


def repeat_of(task: Task) -> Repeat | None:
    """How the task repeats."""
    if not task.repeat_unit:
        return None
    return Repeat(RepeatUnit(task.repeat_unit), task.repeat_every)


def due_day(task: Task, zone: ZoneInfo) -> date | None:
    """The day by which it is due."""
    return task.due_at.astimezone(zone).date() if task.due_at else task.due_on


def _locked(task_id: int, brand: Brand) -> Task:
    return (
        Task.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator", "assignee")
        .get(pk=task_id, brand=brand)
    )


def _write(task: Task, title: str, details: str) -> None:
    title, details = " ".join(title.split()), details.strip()
    if not title:
        raise TaskRefused("Say what is to be done.", "title")
    if len(title) > TITLE_MAX:
        raise TaskRefused(
            f"The task has {len(title):,} characters; {TITLE_MAX} are the most. "
            "Put the rest into the details.",
            "title",
        )
    if len(details) > DETAILS_MAX:
        raise TaskRefused(
            f"The details have {len(details):,} characters; {DETAILS_MAX:,} are the most.",
            "details",
        )
    task.title, task.details = title, details


def _repeat(task: Task, repeat: Repeat | None) -> None:
    if task.due_on and task.due_at:
        raise TaskRefused("A task is due by a day or by a moment, not both.", "due_on")
    due = task.due_at or task.due_on
    if due and not EARLIEST <= due.year <= LATEST:
        raise TaskRefused(f"The year must lie from {EARLIEST} to {LATEST}.", "due_on")
    day = due_day(task, ZoneInfo(task.brand.timezone))
    if repeat is None:
        task.repeat_unit, task.repeat_every, task.series_start = "", 1, None
        return
    if day is None:
        raise TaskRefused("A task that repeats needs the day on which it is first due.", "due_on")
    if not 1 <= repeat.every <= EVERY_MAX:
        raise TaskRefused(f"A task repeats every 1 to {EVERY_MAX} {repeat.unit}s.", "repeat_every")
    if repeat != repeat_of(task) or task.series_start is None:
        task.series_start = day
    task.repeat_unit, task.repeat_every = RepeatUnit(repeat.unit).value, repeat.every


def _checked(brand: Brand, assignee: User | None) -> User | None:
    if assignee and not UserRole.objects.filter(brand=brand, user=assignee).exists():
        raise TaskRefused(f"{assignee} has no role in {brand}. An admin can give one.", "assignee")
    return assignee


def _successor(task: Task, at: datetime) -> Task | None:
    """The next of the series after today and after the one just done."""
    zone = ZoneInfo(task.brand.timezone)
    due = due_day(task, zone)
    if not task.repeat_unit or due is None or task.series_start is None:
        return None
    today = at.astimezone(zone).date()
    unit = RepeatUnit(task.repeat_unit)
    day = next_day(unit, task.repeat_every, task.series_start, max(due, today))
    if day is None:
        return None
    clock = task.due_at.astimezone(zone).time() if task.due_at else None
    return Task.objects.create(
        brand=task.brand,
        relationship=task.relationship,
        title=task.title,
        details=task.details,
        assignee=task.assignee,
        due_on=None if clock else day,
        due_at=datetime.combine(day, clock, zone) if clock else None,
        repeat_unit=task.repeat_unit,
        repeat_every=task.repeat_every,
        series_start=task.series_start,
        follows=task,
        created_by=task.created_by,
        created_at=at,
    )


def _told(task: Task, actor: User, at: datetime) -> None:
    if task.assignee is None or task.assignee == actor:
        return
    notify(
        user=task.assignee,
        brand=task.brand,
        kind=NotificationKind.TASK,
        text=f"{actor} gave you a task: {task.title}",
        url=reverse("crm:task", args=[task.brand.slug, task.pk]),
        at=at,
    )


def _facts(task: Task) -> dict[str, object]:
    return {
        "title": task.title,
        "details": task.details,
        "assignee": task.assignee_id,
        "due": task.due_at or task.due_on,
        "repeat": (task.repeat_unit, task.repeat_every, task.series_start),
    }


def _record(
    task: Task, verb: str, actor: User, at: datetime, data: dict[str, object] | None = None
) -> None:
    """In the ledger a task is its number and whom it is about: what it says may be personal."""
    about = task.relationship
    audit.record(
        brand=task.brand,
        verb=verb,
        target=task,
        actor=actor,
        at=at,
        data={
            "due": task.due_at or task.due_on,
            "assignee": task.assignee.email if task.assignee else None,
            "relationship": task.relationship_id,
        }
        | (data or {}),
        label=about.creator.name if about else f"Task {task.pk}",
    )
