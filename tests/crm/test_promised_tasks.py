"""Tasks that must come: sent after the transaction, or later where the broker was away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from config.celery import app
from crm import tasks
from crm.models import PromisedTask
from crm.services import promised_tasks
from crm.services.promised_tasks import promise, promise_soon

pytestmark = pytest.mark.django_db(transaction=True)
TASK = tasks.find_twins.name


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What the task was called with."""
    calls: list[dict[str, object]] = []
    monkeypatch.setattr(tasks.find_twins, "run", lambda **given: calls.append(given))
    return calls


@pytest.fixture
def no_broker() -> Iterator[None]:
    """Tasks are sent, and nothing listens where the broker should be."""
    app.conf.update(task_always_eager=False)
    yield
    app.conf.update(task_always_eager=True)


def test_a_promise_is_kept_after_the_transaction_and_only_then(done) -> None:
    with transaction.atomic():
        promise(TASK, brand_id=1, creator_id=2)
        assert done == []
    assert done == [{"brand_id": 1, "creator_id": 2}]
    assert not PromisedTask.objects.exists()


def test_a_promise_goes_with_a_transaction_that_fails(done) -> None:
    with transaction.atomic():
        promise(TASK, brand_id=1, creator_id=2)
        transaction.set_rollback(True)
    assert done == []
    assert not PromisedTask.objects.exists()


def test_while_the_broker_is_away_promises_stay_and_nothing_else_fails(no_broker) -> None:
    with transaction.atomic():
        promise(TASK, brand_id=1, creator_id=2)
    kept = PromisedTask.objects.get()
    assert (kept.task, kept.arguments) == (TASK, {"brand_id": 1, "creator_id": 2})
    assert promised_tasks.send_due() == 0, "whoever promised it is about to send it"

    PromisedTask.objects.update(promised_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(BrokerError):
        promised_tasks.send_due()
    assert PromisedTask.objects.count() == 1


def test_what_stayed_is_sent_once_in_its_order(done, monkeypatch) -> None:
    old = timezone.now() - timedelta(minutes=1)
    for creator in (3, 1, 2):
        PromisedTask.objects.create(
            task=TASK, arguments={"brand_id": 1, "creator_id": creator}, promised_at=old
        )
    assert promised_tasks.send_due() == 3
    assert [given["creator_id"] for given in done] == [3, 1, 2]
    assert promised_tasks.send_due() == 0
    assert len(done) == 3


def test_who_asks_for_a_task_soon_shares_it_with_the_others_of_the_brand(done) -> None:
    for brand, creator in ((1, 5), (2, 6), (1, 7)):
        promise_soon(TASK, brand_id=brand, creator_id=creator)
    assert done == [], "a minute's wishes are done together"
    PromisedTask.objects.update(promised_at=timezone.now() - timedelta(minutes=1))
    assert promised_tasks.send_due() == 2
    assert done == [{"brand_id": 1, "creator_id": 7}, {"brand_id": 2, "creator_id": 6}]
    assert not PromisedTask.objects.exists()


def test_what_is_asked_for_while_the_task_is_sent_is_not_lost(monkeypatch) -> None:
    def asked_again(**_given: object) -> None:
        promise_soon(TASK, brand_id=1, creator_id=8)

    monkeypatch.setattr(tasks.find_twins, "run", asked_again)
    with transaction.atomic():
        promise(TASK, brand_id=1, creator_id=2)
    assert PromisedTask.objects.get().arguments == {"brand_id": 1, "creator_id": 8}
