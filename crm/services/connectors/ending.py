"""What follows from how a call went: go on, wait, tell somebody, or be finished."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from random import SystemRandom

from django.db import transaction
from django.urls import reverse

from crm import audit
from crm.choices import NotificationKind, PullStatus, Role
from crm.connectors.base import Fault
from crm.models import Connector, Pull, User
from crm.models.connectors import REST_MAX
from crm.services import notifications

logger = logging.getLogger(__name__)

# After each failure in a row twice as long, up to the longest; nobody waits exactly as others do.
WAIT, WAIT_MAX, JITTER = timedelta(seconds=30), timedelta(hours=2), 0.2
# A connector at which nothing worked for so long is paused.
PAUSED_AFTER = timedelta(days=2)
REASON_MAX = 300

_random = SystemRandom()


def recovered(connector: Connector, until: datetime) -> None:
    """Something worked; the worker's turn goes on until then."""
    Connector.objects.filter(pk=connector.pk).update(
        failures=0, failing_since=None, rests_until=until, rest_reason=""
    )


def rest(connector: Connector, wait: timedelta, reason: str, at: datetime) -> None:
    """Leave the other side alone; the pull goes on afterwards."""
    Connector.objects.filter(pk=connector.pk).update(
        rests_until=at + min(wait, REST_MAX), rest_reason=reason[:REASON_MAX]
    )


@transaction.atomic
def bear(connector: Connector, fault: Fault, at: datetime) -> None:
    """Try again later; pause a connector that has failed for long."""
    found = Connector.objects.select_for_update(no_key=True).filter(pk=connector.pk).first()
    if found is None:
        return
    found.brand = connector.brand
    found.failures += 1
    found.failing_since = found.failing_since or at
    wait = min(WAIT * 2 ** min(found.failures - 1, 20), WAIT_MAX)
    wait *= _random.uniform(1 - JITTER, 1 + JITTER)
    found.rests_until = at + min(max(wait, fault.wait or timedelta()), REST_MAX)
    found.rest_reason = fault.words[:REASON_MAX]
    found.save(update_fields=["failures", "failing_since", "rests_until", "rest_reason"])
    if at - found.failing_since >= PAUSED_AFTER:
        words = f"Nothing worked for {PAUSED_AFTER.days} days. {fault.words}"
        give_up(found, words, at)


@transaction.atomic
def give_up(connector: Connector, reason: str, at: datetime) -> None:
    """Pause it, end its pull, and tell who set it up, or all admins where nobody is left."""
    reason = reason[:REASON_MAX]
    Connector.objects.filter(pk=connector.pk).update(
        is_paused=True, pause_reason=reason, rests_until=None, rest_reason=""
    )
    stop(connector, reason, at)
    logger.warning("Connector %s was paused: %s", connector.pk, reason)
    here = User.objects.filter(roles__brand=connector.brand_id, roles__role=Role.ADMIN)
    owner = here.filter(pk=connector.owner_id) if connector.owner_id else here.none()
    notifications.notify_all(
        users=owner or here,
        brand=connector.brand,
        kind=NotificationKind.INCIDENT,
        text=f"The connector “{connector.name}” was paused. {reason}",
        url=reverse("crm:connector", args=[connector.brand.slug, connector.pk]),
        at=at,
    )
    audit.record(
        brand=connector.brand,
        verb="crm.connector.given_up",
        target=connector,
        at=at,
        data={"failures": connector.failures, "version": connector.version},
    )


def stop(connector: Connector, reason: str, at: datetime) -> None:
    """End a pull that runs: what it brought stays, and what waits is written by the next one."""
    connector.pulls.filter(status=PullStatus.RUNNING).update(
        status=PullStatus.STOPPED, ended_at=at, reason=reason[:REASON_MAX]
    )


@transaction.atomic
def finish(pull: Pull, at: datetime) -> None:
    """A pull that came to its end."""
    running = Pull.objects.filter(pk=pull.pk, status=PullStatus.RUNNING)
    if not running.update(status=PullStatus.DONE, ended_at=at):
        return
    connector = pull.connector
    Connector.objects.filter(pk=connector.pk).update(
        pulled_at=at, rests_until=None, rest_reason="", failures=0, failing_since=None
    )
    audit.record(
        brand=connector.brand,
        verb="crm.connector.pulled",
        target=connector,
        at=at,
        data={
            "profiles": pull.profiles_done,
            "calls": pull.answers_count,
            "rejected_rows": sum(pull.rejected.values()),
        },
    )
