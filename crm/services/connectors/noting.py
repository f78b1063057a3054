"""What came of a call, written down: the answer, the cursor and the quota in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from crm.choices import PullStatus
from crm.connectors.base import Account, Call, Fault, Kind, Page, Rejected, Wrong
from crm.models import Connector, Pull, PullAnswer
from crm.services.connectors import ending, importing, quota
from crm.services.connectors.calling import Reply
from crm.services.connectors.cursor import Cursor

# Longer than a call and the writing of what waits: a killed worker's turn ends by itself.
LEASE = timedelta(minutes=10)
# So many refusals in a row are no accident.
REFUSED_MAX = 10
_KEPT = ("cursor", "answers_count", "units", "profiles_done", "rejected")


class Overtaken(Exception):
    """Somebody else went on with the pull, paused the connector or took it away."""


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made, for whom, and when."""

    pull: Pull
    kind: Kind
    call: Call
    reply: Reply
    accounts: Mapping[int, Account]
    at: datetime


@transaction.atomic
def moved(pull: Pull, cursor: Cursor, *, done: int, rejected: Sequence[Rejected]) -> None:
    """`done` profiles more are through, and others taken up; of some there is nothing to ask.

    Raises Overtaken.
    """
    found = _hold(pull)
    # Profiles may have been added since the pull began.
    found.profiles_done = min(found.profiles_done + done, found.profiles_total)
    found.cursor = cursor.to_json()
    if rejected:
        _add(found, rejected, step="begin", fetched_at=found.started_at, took_ms=0)
    _keep(found, pull)


@transaction.atomic
def taken(made: Made, page: Page) -> None:
    """Keep the rows of an answer, and go on to the calls that follow. Raises Overtaken."""
    found = _hold(made.pull)
    cursor = Cursor.from_json(found.cursor)
    cursor.made()
    cursor.refused = 0
    rejected = list(page.rejected)
    for again in cursor.add(page.then):
        words = f"The other side led back to a page of “{again.step}” that it gave before."
        rejected += [Rejected(account, "page_again", words) for account in again.accounts]
    found.cursor = cursor.to_json()
    platforms = {one.id: one.platform for one in made.accounts.values()}
    rows = importing.rows_of(page, platforms, made.at)
    count = sum(map(len, rows.values())) if rows else 0
    _add(found, rejected, **_told(made), rows=rows, rows_count=count)
    _keep(found, made.pull)
    quota.spend(made.pull.connector, made.kind, made.call.units, made.at)
    ending.recovered(made.pull.connector, made.at + LEASE)


@transaction.atomic
def failed(made: Made, fault: Fault) -> bool:
    """Note a fault, and do what it asks for; whether the next call may follow. Raises Overtaken."""
    found, connector = _hold(made.pull), made.pull.connector
    cursor = Cursor.from_json(found.cursor)
    rejected: list[Rejected] = []
    goes_on = fault.wrong in {Wrong.MISSING, Wrong.REFUSED}
    if goes_on:
        cursor.made()
        cursor.refused = cursor.refused + 1 if fault.wrong is Wrong.REFUSED else 0
        code = fault.wrong.value
        rejected = [Rejected(one, code, fault.words) for one in made.call.accounts]
        found.cursor = cursor.to_json()
    _add(found, rejected, **_told(made), error=fault.words[: ending.REASON_MAX])
    _keep(found, made.pull)
    quota.spend(connector, made.kind, made.call.units, made.at)
    if fault.wrong is Wrong.KEY:
        ending.give_up(connector, f"The key does not open it. {fault.words}", made.at)
    elif cursor.refused >= REFUSED_MAX:
        words = f"It refused {REFUSED_MAX} calls in a row. {fault.words}"
        ending.give_up(connector, words, made.at)
    elif fault.wrong is Wrong.QUOTA:
        wait = fault.wait or quota.until_reset(made.kind, made.at)
        ending.rest(connector, wait, fault.words, made.at)
    elif goes_on:
        ending.recovered(connector, made.at + LEASE)
        return True
    else:
        ending.bear(connector, fault, made.at)
    return False


def _hold(pull: Pull) -> Pull:
    """The pull as it stands, locked. Raises Overtaken where that is not as the worker knows it."""
    connector = (
        Connector.objects.select_for_update(no_key=True).filter(pk=pull.connector_id).first()
    )
    found = Pull.objects.select_for_update(no_key=True).filter(pk=pull.pk).first()
    if connector is None or connector.is_paused or found is None:
        raise Overtaken
    is_as_known = (found.answers_count, found.cursor) == (pull.answers_count, pull.cursor)
    if found.status != PullStatus.RUNNING or not is_as_known:
        raise Overtaken
    return found


def _told(made: Made) -> dict[str, Any]:
    return {
        "step": made.call.step,
        "fetched_at": made.at,
        "took_ms": made.reply.took_ms,
        "status_code": made.reply.status,
        "units": made.call.units,
        "digest": made.reply.digest,
    }


def _add(found: Pull, rejected: Sequence[Rejected], **told: Any) -> None:
    """A line of the log, and what it adds up to."""
    found.answers_count += 1
    found.units += told.get("units", 0)
    for one in rejected:
        found.rejected[one.code] = found.rejected.get(one.code, 0) + 1
    listed = [
        {"profile": one.account, "code": one.code, "reason": one.reason[:300]} for one in rejected
    ]
    PullAnswer.objects.create(pull=found, number=found.answers_count, rejected=listed, **told)


def _keep(found: Pull, pull: Pull) -> None:
    """Write the pull, and let the worker know how it stands."""
    found.save(update_fields=_KEPT)
    for name in _KEPT:
        setattr(pull, name, getattr(found, name))
