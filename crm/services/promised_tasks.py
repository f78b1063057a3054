"""Tasks that must come, although the broker may be away when they are asked for.

The row is written with what the task is about, in one transaction; after it the task is sent and
the row goes. Where the broker is away, or the process dies in between, the row stays and `send_due`
sends it later. A task may so come twice, never not at all: tasks are safe to run twice.
Whatever has a sweep of its own (jobs, runs, errands, mails) needs no promise.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerError

from crm.models import PromisedTask

logger = logging.getLogger(__name__)

# Whoever promised it is about to send it.
YOUNG = timedelta(seconds=30)
AT_ONCE = 500


@transaction.atomic
def promise(task: str, **arguments: object) -> None:
    """Have the task of this name come once this transaction is through."""
    made = PromisedTask.objects.create(task=task, arguments=arguments)
    transaction.on_commit(lambda: _keep(made), robust=True)


def send_due() -> int:
    """Send what was promised and not sent; how many there were.

    Raises kombu's OperationalError while the broker is away: what it does not have stays.
    """
    sent = 0
    with transaction.atomic():
        due = PromisedTask.objects.filter(promised_at__lt=Now() - YOUNG).order_by("pk")
        for one in due.select_for_update(skip_locked=True)[:AT_ONCE]:
            _send(one)
            one.delete()
            sent += 1
    return sent


def _keep(made: PromisedTask) -> None:
    try:
        _send(made)
    except BrokerError as error:
        logger.warning("Task %s waits for the broker: %s", made.task, error)
    else:
        made.delete()


def _send(one: PromisedTask) -> None:
    current_app.signature(one.task, kwargs=one.arguments).apply_async(retry=False)
