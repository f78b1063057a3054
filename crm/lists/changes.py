"""Changes to many creators: who may ask for which, and what a worker then does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm.choices import Role
from crm.lists.selection import FilterRefused, Selection, creators
from crm.models import Brand, Job, User, UserRole
from crm.permissions import Can, may, who_may
from crm.services import jobs
from crm.services.bulk import running
from crm.services.bulk.changes import BulkRefused, made

# What a role needs for each change.
NEEDS: dict[str, Can] = {
    "owner": Can.MOVE_STAGES,
    "next_step": Can.MOVE_STAGES,
    "stage": Can.MOVE_STAGES,
    "field": Can.EDIT_CREATORS,
    "tag": Can.EDIT_CREATORS,
    "untag": Can.EDIT_CREATORS,
    "vetting": Can.REVIEW,
}


def ask(
    *,
    brand: Brand,
    selection: Selection,
    change: Mapping[str, Any],
    actor: User,
    role: Role,
    at: datetime,
) -> Job:
    """Have a change made to all who are selected. Raises BulkRefused or FilterRefused."""
    wanted = made(brand, change)
    refusal = _not_allowed(role, str(change["change"]))
    if refusal:
        raise BulkRefused(refusal, "change")
    expected = selection.size(brand, at)
    if not expected:
        raise FilterRefused("Nobody is left of whom you chose: load the list again.")
    if selection.ids is not None:
        # Of those ticked on a page that is no longer new, some may be gone by now.
        expected = len(selection.ids)
    return jobs.start(
        brand=brand,
        kind=running.CHANGE,
        title=wanted.words(creators(expected)),
        params={**change, **selection.params, "expected": expected},
        actor=actor,
        at=at,
    )


def undo(*, job: Job, actor: User, role: Role, at: datetime) -> Job:
    """Have a job of one's own undone; who may no longer change may not change back either.

    Raises jobs.JobRefused.
    """
    refusal = _not_allowed(role, job.params["change"]) if job.kind == running.CHANGE else ""
    if refusal:
        raise jobs.JobRefused(refusal)
    return jobs.undo(job=job, actor=actor, at=at)


def undo_work(job: Job, progress: jobs.Progress) -> None:
    """The worker's side of `undo`."""
    if job.undoes is not None:
        _require_role(job, job.undoes.params["change"])
    running.undo(job, progress)


def work(job: Job, progress: jobs.Progress) -> None:
    """The worker's side of `ask`: with the rights that the asker has now."""
    _require_role(job, job.params["change"])
    try:
        rows = Selection.of_job(job.params).rows(job.brand, job.created_at)
    except FilterRefused as error:
        raise jobs.JobFailed(str(error)) from error
    running.change(job, progress, rows)


def _require_role(job: Job, change: str) -> None:
    role = UserRole.objects.filter(brand=job.brand, user=job.asked_by).first()
    refusal = _not_allowed(Role(role.role) if role else None, change)
    if refusal:
        raise jobs.JobFailed(refusal)


def _not_allowed(role: Role | None, change: str) -> str:
    can = NEEDS[change]
    if may(role, can):
        return ""
    who = role.label if role else "Somebody without a role"
    return f"{who} may not make this change; {who_may(can)} may."
