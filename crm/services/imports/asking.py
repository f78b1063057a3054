"""Have an import checked, applied or undone: it is shown as worked on, and a worker does it."""

from __future__ import annotations

from django.db import transaction

from crm.choices import ImportStatus
from crm.models import Brand, ImportBatch, User
from crm.services.imports import undoing
from crm.services.imports.batches import OPEN, ImportRefused
from crm.services.promised_tasks import promise

CHECK_TASK = "crm.tasks.check_import"
APPLY_TASK = "crm.tasks.apply_import"
UNDO_TASK = "crm.tasks.undo_import"
WAITING = "Waiting for a worker"


@transaction.atomic
def ask_check(*, batch_id: int, brand: Brand) -> None:
    """Have a dry run made of what its columns mean now. Raises ImportRefused."""
    batch = _locked(batch_id, brand)
    if batch.status not in OPEN:
        raise ImportRefused(f"This import is {batch.get_status_display().lower()}.")
    if not batch.file:
        raise ImportRefused("The file of this import cannot be read any more. Upload it again.")
    _wait(batch, ImportStatus.CHECKING)
    promise(CHECK_TASK, batch_id=batch.pk)


@transaction.atomic
def ask_apply(*, batch_id: int, brand: Brand, actor: User) -> None:
    """Have a checked import applied; one that is or was applied stays so. Raises ImportRefused."""
    batch = _locked(batch_id, brand)
    if batch.status in {ImportStatus.APPLYING, ImportStatus.APPLIED}:
        return
    if batch.status != ImportStatus.CHECKED:
        raise ImportRefused("Check the rows first: settle the columns and look at the dry run.")
    _wait(batch, ImportStatus.APPLYING)
    promise(APPLY_TASK, batch_id=batch.pk, actor_id=actor.pk)


@transaction.atomic
def ask_undo(*, batch_id: int, brand: Brand, actor: User) -> None:
    """Have an import taken back. Raises UndoRefused with what others have built on it."""
    _locked(batch_id, brand)
    undoing.request_undo(batch_id=batch_id)
    promise(UNDO_TASK, batch_id=batch_id, actor_id=actor.pk)


def _locked(batch_id: int, brand: Brand) -> ImportBatch:
    return ImportBatch.objects.select_for_update(no_key=True).get(pk=batch_id, brand=brand)


def _wait(batch: ImportBatch, status: ImportStatus) -> None:
    batch.status, batch.phase, batch.error = status, WAITING, ""
    batch.save(update_fields=["status", "phase", "error"])
