"""Do what a worker was asked for: once, again when its worker was lost, and never half.

Whoever asks stores an errand (a drift report, scorecards by tier, an order for a run) and sends its
task in one transaction, so that a page answers at once. The work is one transaction too: a worker
that is killed leaves nothing behind but the attempt, and beat sends the errand to another.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, models, transaction
from django.db.models import F

from crm.limits import is_away
from crm.services.promised_tasks import promise
from segmentation.choices import ErrandStatus
from segmentation.models.errands import Errand
from segmentation.services.sessions import CHECK_EVERY

logger = logging.getLogger(__name__)

E = TypeVar("E", bound=Errand)

# An errand that takes its worker down each time must not do so for ever.
MOST_ATTEMPTS = 3
# One that nobody has taken for so long has lost its message; asking twice does no harm.
FORGOTTEN_AFTER = timedelta(minutes=15)
# One that was taken, and whose worker may be gone: another worker finds out by the lock.
LOST_AFTER = timedelta(minutes=1)
# With table and id, the name of the lock that its worker holds.
LOCK_CLASS = 20_263

LOST = (
    f"The worker was lost {MOST_ATTEMPTS} times on the way, and nothing was changed. Look whether "
    "the machine has enough memory, then try again."
)
STOPPED = (
    "It stopped with an error, and nothing was changed. Try again; an admin finds it in the log."
)


def send(task: str, errand: Errand) -> None:
    """Have a worker do it once this transaction is through."""
    promise(task, errand_id=errand.pk)


def carry_out(
    rows: models.QuerySet[E],
    *,
    errand_id: int,
    task: str,
    work: Callable[[E], None],
    refusals: tuple[type[Exception], ...] = (),
    tell: Callable[[E], None] = lambda _failed: None,
) -> E | None:
    """Do `work` for an errand that is open; None where there is no such errand any more.

    Safe to call twice, also at once. Whatever goes wrong, nothing of the work stays and the errand
    has failed with the reason: in the words of a refusal, where it was one of `refusals`; `tell` is
    called then. Asked for anew in the meantime, it is done once more.
    """
    errand = rows.filter(pk=errand_id).first()
    if errand is None or not errand.is_open or not _begin(errand):
        return errand
    if errand.attempts >= MOST_ATTEMPTS:
        _fail(errand, LOST, tell)
        return _again(errand)
    try:
        with transaction.atomic():
            if _claim(errand):
                work(errand)
                if not _same(errand).update(status=ErrandStatus.DONE, error=""):
                    send(task, errand)
    except refusals as refusal:
        _fail(errand, str(refusal), tell)
    except Exception as error:
        if is_away(error):
            raise  # the errand stays open, and its task comes again
        logger.exception("%s failed", errand)
        _fail(errand, STOPPED, tell)
        raise
    return _again(errand)


def forgotten(rows: models.QuerySet[E], *, at: datetime) -> list[int]:
    """Open errands that nobody took, or whose worker may be gone: to be sent once more."""
    never_taken = models.Q(attempts=0, requested_at__lt=at - FORGOTTEN_AFTER)
    perhaps_lost = models.Q(attempts__gt=0, requested_at__lt=at - LOST_AFTER)
    found = rows.filter(never_taken | perhaps_lost, status=ErrandStatus.QUEUED)
    return list(found.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _begin(errand: Errand) -> bool:
    """Write the attempt down before it begins, where it outlives the worker; False if taken."""
    if not _claim(errand):
        return False
    return bool(_same(errand).update(attempts=F("attempts") + 1))


def _claim(errand: Errand) -> bool:
    """Take the errand for this transaction; False while another worker has it."""
    name = f"{errand._meta.db_table} {errand.pk}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s)), "
            "set_config('client_connection_check_interval', %s, true)",
            [LOCK_CLASS, name, CHECK_EVERY],
        )
        return bool(cursor.fetchone()[0])


def _same(errand: E) -> models.QuerySet[E]:
    """The row of the errand, unless it is done or was asked for anew since it was read."""
    rows: models.QuerySet[E] = type(errand)._default_manager.filter(pk=errand.pk)
    return rows.filter(status=ErrandStatus.QUEUED, requested_at=errand.requested_at)


def _fail(errand: E, words: str, tell: Callable[[E], None]) -> None:
    if _same(errand).update(status=ErrandStatus.FAILED, error=words[:300]):
        tell(errand)


def _again(errand: E) -> E | None:
    return type(errand)._default_manager.filter(pk=errand.pk).first()
