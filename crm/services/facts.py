"""The outbox of changed facts: crm leaves rows, segmentation takes them and re-evaluates."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from crm.models import Brand, FactChange

logger = logging.getLogger(__name__)

# By name: this app imports nothing of the one that drains the outbox.
DRAIN_TASK = "segmentation.tasks.drain_facts"


@transaction.atomic
def mark_changed(*, brand: Brand | None, creator_ids: Iterable[int] | None, cause: str) -> int:
    """Say that facts of creators may have changed; segmentation looks at them after the commit.

    `creator_ids` None means all creators of `brand`; `brand` None means every brand that knows the
    creators. Returns the number of rows left in the outbox.
    """
    if creator_ids is None:
        rows = [FactChange(brand=brand, cause=cause)]
    else:
        rows = [
            FactChange(brand=brand, creator_id=pk, cause=cause) for pk in sorted(set(creator_ids))
        ]
    if not rows:
        return 0
    FactChange.objects.bulk_create(rows, batch_size=5_000)
    # A broker that is down does not undo the change: beat drains the outbox all the same.
    transaction.on_commit(_ask_to_drain, robust=True)
    return len(rows)


def _ask_to_drain() -> None:
    try:
        current_app.signature(DRAIN_TASK).apply_async(retry=False)
    except (OperationalError, RedisError) as error:
        logger.warning("The outbox waits for the next beat: %s", error)
