"""Tasks by their names: they are above services, which must not import them."""

from __future__ import annotations

from celery import current_app
from django.db import transaction


def after_commit(task: str, **arguments: object) -> None:
    """Ask for a task once this transaction is through; a broker that is down undoes nothing."""
    signature = current_app.signature(task, kwargs=arguments)
    transaction.on_commit(lambda: signature.apply_async(retry=False), robust=True)
