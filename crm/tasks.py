"""The edges of Celery: ids and text in, one service call, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from crm.importers.mapping import MappingInvalid
from crm.importers.rows import Unreadable
from crm.models import User
from crm.services.imports import batches, running, undoing
from crm.services.metrics import refresh_metrics

# What an import says of itself on its page is no error of the worker.
_SAID = (batches.ImportRefused, MappingInvalid, Unreadable, undoing.UndoRefused)


@shared_task(acks_late=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)  # type: ignore[untyped-decorator] # Celery ships no types
def check_import(*, batch_id: int, **_later: Any) -> None:
    """Dry run of an import."""
    try:
        running.check_import(batch_id=batch_id, at=timezone.now())
    except _SAID:
        return


@shared_task(acks_late=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)  # type: ignore[untyped-decorator]
def apply_import(*, batch_id: int, actor_id: int | None = None, **_later: Any) -> None:
    """Apply an import; one that is applied stays as it is."""
    try:
        running.apply_import(batch_id=batch_id, actor=_user(actor_id), at=timezone.now())
    except _SAID:
        return


@shared_task(acks_late=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)  # type: ignore[untyped-decorator]
def undo_import(*, batch_id: int, actor_id: int | None = None, **_later: Any) -> None:
    """Undo an import; one that is undone stays so."""
    try:
        undoing.undo_import(batch_id=batch_id, actor=_user(actor_id), at=timezone.now())
    except _SAID:
        return


@shared_task  # type: ignore[untyped-decorator]
def refresh_all_metrics(**_later: Any) -> None:
    """Compute every creator's metrics again: windows of days move on without any new number."""
    refresh_metrics(creator_ids=None, as_of=timezone.now())


def _user(pk: int | None) -> User | None:
    return User.objects.filter(pk=pk).first() if pk else None
