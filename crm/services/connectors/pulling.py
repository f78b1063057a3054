"""Pulling: one call after the other, and where it stands written down after each answer.

A worker has a turn of a minute, in which no other one takes the same connector. A pull that is not
finished then, or whose worker was killed, goes on with the next turn at the call that waits.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from time import monotonic, sleep

from django.db import transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)

from crm.choices import PullStatus
from crm.connectors.base import Call, Fault, Kind, Malformed, Setup, Wrong
from crm.models import Connector, Profile, Pull, PullAnswer, User
from crm.outreach.secrets import SecretLost
from crm.services.connectors import calling, ending, importing, noting, quota, setups
from crm.services.connectors.choosing import account_of, profiles_of
from crm.services.connectors.cursor import Cursor

logger = logging.getLogger(__name__)

TURN = timedelta(seconds=60)
# The clocks of two workers differ by less.
CLOCKS_APART = timedelta(hours=1)
# What a connector raises over an answer that has not the form which the other side describes.
_FORM = (Malformed, KeyError, TypeError, ValueError, AttributeError, IndexError)


def due(*, at: datetime) -> list[int]:
    """The connectors with something to do, to which no worker turned yet."""
    running = Pull.objects.filter(connector=OuterRef("pk"), status=PullStatus.RUNNING)
    return list(
        Connector.objects.awake(at)
        .filter(_in_turn(at) | Exists(running))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _in_turn(at: datetime) -> Q:
    """Whose next pull is to begin; also whose would be later than ever, by a clock ahead."""
    between = F("every_hours") * Value(timedelta(hours=1), DurationField())
    latest = ExpressionWrapper(
        Value(at + CLOCKS_APART, DateTimeField()) + ExpressionWrapper(between, DurationField()),
        DateTimeField(),
    )
    return Q(next_pull_at__lte=at) | Q(next_pull_at__gt=latest)


@transaction.atomic
def begin(*, connector: Connector, kind: Kind, actor: User | None, at: datetime) -> Pull:
    """The pull that runs, or a new one, from which the time until the next one counts."""
    found = Connector.objects.select_for_update(no_key=True).get(pk=connector.pk)
    pull = found.pulls.filter(status=PullStatus.RUNNING).first()
    if pull is None:
        pull = Pull.objects.create(
            connector=found,
            started_by=actor,
            started_at=at,
            profiles_total=profiles_of(connector, kind).count(),
            cursor=Cursor().to_json(),
        )
        every = found.every_hours
        found.next_pull_at = at + timedelta(hours=every) if every else None
        found.save(update_fields=["next_pull_at"])
    pull.connector = connector
    return pull


def work(*, connector_id: int, at: datetime) -> int:
    """A turn at one connector; how many calls were made."""
    connector = _take_turn(connector_id, at)
    if connector is None:
        return 0
    try:
        kind, setup = setups.read(connector)
    except (setups.UnknownKind, SecretLost) as refusal:
        ending.give_up(connector, str(refusal), at)
        return 0
    pull = begin(connector=connector, kind=kind, actor=None, at=at)
    try:
        for left in _left_over(connector):
            importing.write(left, kind, at)
        made = _go_on(pull, kind, setup, at)
    except noting.Overtaken:
        made = 0
    except Exception:
        words = "Something went wrong on our side; whoever runs Rapport finds it in the log."
        ending.bear(connector, Fault(Wrong.DOWN, words), at)
        raise
    # The turn is over. Who waits for something waits on.
    Connector.objects.filter(pk=connector_id, rest_reason="").update(rests_until=None)
    return made


def _left_over(connector: Connector) -> QuerySet[Pull]:
    """Pulls that ended before all that they brought was written."""
    waiting = PullAnswer.objects.filter(pull=OuterRef("pk"), rows__isnull=False)
    ended = connector.pulls.exclude(status=PullStatus.RUNNING).filter(Exists(waiting))
    return ended.select_related("connector__brand").order_by("pk")


def _take_turn(connector_id: int, at: datetime) -> Connector | None:
    """The connector, which no other worker takes for a while; None where one did."""
    awake = Connector.objects.awake(at).filter(pk=connector_id)
    if not awake.update(rests_until=at + noting.LEASE, rest_reason=""):
        return None
    return Connector.objects.select_related("brand").filter(pk=connector_id).first()


def _go_on(pull: Pull, kind: Kind, setup: Setup, at: datetime) -> int:
    """Make calls until there are none, one stops us, or the turn is over; how many."""
    begun, made, may_follow = monotonic(), 0, True
    now = at
    while may_follow and now - at <= TURN:
        call = _next_call(pull, kind, setup)
        if call is None:
            importing.write(pull, kind, now)
            ending.finish(pull, now)
            return made
        wait = quota.wait_for(pull.connector, kind, call.units, now)
        if wait is not None:
            ending.rest(pull.connector, wait, "The quota of the day is used up.", now)
            break
        if made:
            sleep(60 / kind.limits.per_minute)
            now = at + timedelta(seconds=monotonic() - begun)
        may_follow = _make(pull, kind, call, setup, now)
        made += 1
        now = at + timedelta(seconds=monotonic() - begun)
        if _rows_waiting(pull) >= importing.ROWS_AT_ONCE:
            importing.write(pull, kind, now)
    importing.write(pull, kind, now)
    return made


def _next_call(pull: Pull, kind: Kind, setup: Setup) -> Call | None:
    """The call that waits, else the first of the next group of profiles; None at the end."""
    while True:
        cursor = Cursor.from_json(pull.cursor)
        if cursor.next_call is not None:
            return cursor.next_call
        done = len(cursor.group)
        next_ones = profiles_of(pull.connector, kind).filter(pk__gt=cursor.after)
        accounts = [account_of(profile) for profile in next_ones[: kind.batch]]
        if not accounts:
            cursor.group = []
            noting.moved(pull, cursor, done=done, rejected=())
            return None
        page = kind.begin(accounts, setup)
        cursor.take_up([account.id for account in accounts], page.then)
        noting.moved(pull, cursor, done=done, rejected=page.rejected)


def _make(pull: Pull, kind: Kind, call: Call, setup: Setup, at: datetime) -> bool:
    """Make a call and write down what came of it; whether the next one may follow."""
    profiles = Profile.objects.filter(pk__in=call.accounts)
    accounts = {profile.pk: account_of(profile) for profile in profiles}
    reply = calling.ask(kind, call, setup, at=at)
    made = noting.Made(pull, kind, call, reply, accounts, at)
    if reply.fault is not None:
        return noting.failed(made, reply.fault)
    try:
        page = kind.read(call, reply.answer, accounts, setup)
    except _FORM as error:
        logger.warning("Connector %s, step %s: %r", kind.key, call.step, error)
        words = f"Its answer to “{call.step}” has not the form that it describes."
        return noting.failed(made, Fault(Wrong.DOWN, words))
    noting.taken(made, page)
    wait = kind.rest(reply.headers)
    if wait is not None:
        words = "Nearly all calls that the other side allows are used up."
        ending.rest(pull.connector, wait, words, at)
    return wait is None


def _rows_waiting(pull: Pull) -> int:
    waiting = pull.answers.filter(rows__isnull=False)
    return waiting.aggregate(rows=Sum("rows_count"))["rows"] or 0
