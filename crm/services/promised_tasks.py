"""Tasks that must come, although the broker may be away when they are asked for.

The row is written with what the task is about, in one transaction; after it the task is sent and
the row goes. Where the broker is away, or the process dies in between, the row stays and `send_due`
sends it later. A task may so come twice, never not at all: tasks are safe to run twice.
Whatever has a sweep of its own (jobs, runs, errands, mails) needs no promise.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta

from celery import current_app
from django.db import connection, transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from crm.models import PromisedTask
from crm.statements import prepared

logger = logging.getLogger(__name__)

# Whoever promised it is about to send it.
YOUNG = timedelta(seconds=30)
AT_ONCE = 500
# Named parts of a statement, for who writes other rows with it: as `promise_soon`.
PROMISED_SOON = """renewed AS (
  UPDATE crm_promisedtask SET arguments = %(arguments)s::jsonb
  WHERE task = %(task)s AND arguments ->> 'brand_id' = %(arguments)s::jsonb ->> 'brand_id'
  RETURNING id
), promised AS (
  INSERT INTO crm_promisedtask (task, arguments)
  SELECT %(task)s, %(arguments)s::jsonb WHERE NOT EXISTS (SELECT FROM renewed)
)"""


@transaction.atomic
def promise(task: str, **arguments: object) -> None:
    """Have the task of this name come once this transaction is through."""
    made = PromisedTask.objects.create(task=task, arguments=arguments)
    transaction.on_commit(lambda: _keep(made), robust=True)


def promise_soon(task: str, *, brand_id: int, **arguments: object) -> None:
    """Have the task come within two minutes, once for all who ask for it of a brand until then.

    It gets the newest arguments. For what is asked for often, and is done as well a minute later.
    """
    values = soon(task, brand_id=brand_id, **arguments)
    with connection.cursor() as cursor:
        cursor.execute(*prepared(f"WITH {PROMISED_SOON} SELECT", values))


def soon(task: str, *, brand_id: int, **arguments: object) -> dict[str, str]:
    """What PROMISED_SOON is told."""
    return {"task": task, "arguments": json.dumps({"brand_id": brand_id, **arguments})}


def send_due() -> int:
    """Send what was promised and not sent; how many there were.

    Raises kombu's OperationalError while the broker is away: what it does not have stays.
    """
    sent = 0
    with transaction.atomic():
        due = PromisedTask.objects.filter(promised_at__lt=Now() - YOUNG).order_by("pk")
        for one in due.select_for_update(no_key=True, skip_locked=True)[:AT_ONCE]:
            _send(one)
            one.delete()
            sent += 1
    return sent


def _keep(made: PromisedTask) -> None:
    try:
        _send(made)
    except (BrokerError, RedisError) as error:
        logger.warning("Task %s waits for the broker: %s", made.task, error)
    else:
        # Unless somebody asks for more by now (promise_soon).
        PromisedTask.objects.filter(pk=made.pk, arguments=made.arguments).delete()


def _send(one: PromisedTask) -> None:
    current_app.signature(one.task, kwargs=one.arguments).apply_async(retry=False)
