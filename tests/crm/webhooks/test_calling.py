"""From an act to a call that verifies: retries, pauses, trials, and what is told again."""

from __future__ import annotations

import base64
import hmac
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.management import call_command
from django.db import transaction

from crm import audit
from crm.choices import DeliveryStatus
from crm.models import (
    AuditEntry,
    Notification,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
)
from crm.services.webhooks import again, calling, keeping, telling
from crm.services.webhooks.keeping import Wanted, WebhookRefused
from crm.tasks import call_webhooks
from tests.crm.webhooks.receiver import deliver, fresh
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def made(brand, admin_user, receiver):
    """A webhook that is told of stages and tags, and its secret."""
    wanted = Wanted("Warehouse", receiver.url, ("crm.tag", "crm.stage"))
    return keeping.create(brand=brand, wanted=wanted, actor=admin_user, at=NOW)


@pytest.fixture
def webhook(made):
    return made[0]


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand)


def act(target, verb="crm.stage.moved", at=NOW):
    return audit.record(brand=target.brand, verb=verb, target=target, at=at)


def fits(secret, call):
    """As a receiver would check it, from the specification alone."""
    name, seconds = call.headers["webhook-id"], call.headers["webhook-timestamp"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{name}.{seconds}.".encode() + call.body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    return wanted in call.headers["webhook-signature"].split(" ")


def test_an_act_is_told_signed_and_thin(made, relationship, receiver, brand):
    webhook, secret = made
    act(relationship, "crm.note.added")
    entry = act(relationship)
    assert deliver() == 1
    [call] = receiver.calls
    assert call.said == {
        "id": f"evt_{brand.pk}_{entry.number}",
        "type": "crm.stage.moved",
        "occurred_at": NOW.isoformat(),
        "brand": "acme",
        "subject": {
            "type": "crm.relationship",
            "id": relationship.pk,
            "url": f"https://crm.example.com/api/v1/relationships/{relationship.pk}/",
        },
        "ledger": {
            "number": entry.number,
            "url": f"https://crm.example.com/api/v1/audit/{entry.number}/",
        },
    }
    assert call.headers["webhook-id"] == call.said["id"]
    assert call.headers["content-type"] == "application/json"
    assert call.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert fits(secret, call)
    assert not fits(secret.swapcase(), call)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempts, delivery.next_try_at) == ("delivered", 1, None)
    attempt = WebhookAttempt.objects.get()
    assert (attempt.number, attempt.status_code, attempt.error) == (1, 204, "")
    assert fresh(webhook).delivered_at == delivery.ended_at
    assert fresh(webhook).rests_until is None
    # Nothing is told twice.
    assert deliver(NOW + HOUR) == 0


def test_a_creator_is_named_by_uid(webhook, relationship, receiver):
    keeping.change(
        webhook=webhook,
        wanted=Wanted("Warehouse", receiver.url, ("*",)),
        actor=webhook.owner,
        at=NOW,
        expected_version=1,
    )
    audit.record(
        brand=relationship.brand, verb="crm.creator.merged", target=relationship.creator, at=NOW
    )
    assert deliver() == 2
    assert receiver.types == ["crm.webhook.changed", "crm.creator.merged"]
    url = f"https://crm.example.com/api/v1/creators/{relationship.creator.uid}/"
    assert receiver.calls[1].said["subject"]["url"] == url


def test_what_was_before_and_what_is_elsewhere_is_not_told(
    relationship, brand, other_brand, admin_user, receiver
):
    act(relationship)
    wanted = Wanted("Warehouse", receiver.url, ("*",))
    keeping.create(brand=brand, wanted=wanted, actor=admin_user, at=NOW)
    act(RelationshipFactory(brand=other_brand))
    assert deliver() == 0
    assert receiver.calls == []


def test_an_act_that_is_rolled_back_is_not_told(webhook, relationship, receiver):
    with transaction.atomic():
        act(relationship)
        transaction.set_rollback(True)
    assert (deliver(), receiver.calls) == (0, [])


def test_many_at_once_are_told_in_parts(webhook, relationship, receiver, monkeypatch):
    monkeypatch.setattr(telling, "AT_ONCE", 2)
    acts = [audit.Act(relationship.pk, "x", {}) for _ in range(5)]
    audit.record_many(
        brand=webhook.brand, verb="crm.stage.moved", of=type(relationship), acts=acts, at=NOW
    )
    assert telling.tell(at=NOW) == 5
    last = AuditEntry.objects.filter(brand=webhook.brand).order_by("-number").first()
    assert fresh(webhook).told_up_to == last.number
    assert calling.call(webhook_id=webhook.pk, at=NOW) == 5
    numbers = [call.said["ledger"]["number"] for call in receiver.calls]
    assert numbers == sorted(numbers)


def test_nothing_to_tell_asks_one_question(webhook, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert telling.tell(at=NOW) == 0


def test_a_failure_is_tried_again_later_and_later(webhook, relationship, receiver):
    receiver.status, receiver.body = 500, b"Boom \x00 \xff"
    act(relationship)
    at = NOW
    for number in range(1, 11):
        assert deliver(at) == 0
        delivery = WebhookDelivery.objects.get()
        assert delivery.attempts == number
        if number <= 9:
            wait = calling.WAITS[number - 1].total_seconds()
            waited = (delivery.next_try_at - at).total_seconds()
            assert 0.9 * wait <= waited <= 1.1 * wait + 1
            # Before its time nothing is called.
            assert (deliver(delivery.next_try_at - timedelta(seconds=1)), len(receiver.calls)) == (
                0,
                number,
            )
            at = delivery.next_try_at + timedelta(minutes=10)
            Webhook.objects.filter(is_paused=True).update(is_paused=False, failing_since=at)
    assert (delivery.status, delivery.next_try_at) == (DeliveryStatus.FAILED, None)
    attempt = WebhookAttempt.objects.first()
    assert (attempt.status_code, attempt.answer) == (500, "Boom  �")
    assert {call.headers["webhook-id"] for call in receiver.calls} == {f"evt_{webhook.brand_id}_2"}
    total = sum((wait for wait in calling.WAITS), timedelta())
    assert timedelta(days=3) < total < timedelta(days=4)


def test_a_failing_webhook_rests_and_the_others_wait(webhook, relationship, receiver):
    receiver.status = 503
    for _ in range(3):
        act(relationship)
    assert deliver() == 0
    assert len(receiver.calls) == 1
    found = fresh(webhook)
    assert (found.failures, found.failing_since is not None) == (1, True)
    assert deliver(NOW + timedelta(seconds=3)) == 0
    assert len(receiver.calls) == 1
    receiver.status = 200
    # The other two at once, the failed one when its time has come.
    assert deliver(NOW + timedelta(seconds=10)) == 3
    found = fresh(webhook)
    assert (found.failures, found.failing_since, found.rests_until) == (0, None, None)


def test_retry_after_is_heeded(webhook, relationship, receiver):
    receiver.status, receiver.headers = 429, {"Retry-After": "7200"}
    act(relationship)
    deliver()
    waited = WebhookDelivery.objects.get().next_try_at - NOW
    assert timedelta(hours=2) <= waited < timedelta(hours=2, minutes=1)


def test_a_redirect_is_a_failure(webhook, relationship, receiver):
    receiver.status, receiver.headers = 301, {"Location": "https://elsewhere.example/"}
    act(relationship)
    assert deliver() == 0
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status_code, "Redirects are not followed" in attempt.error) == (301, True)


def test_an_address_that_turned_inward_is_not_called(webhook, relationship, receiver, settings):
    settings.WEBHOOK_HOSTS_INSIDE = frozenset()
    Webhook.objects.update(url="https://127.0.0.1/")
    act(relationship)
    assert (deliver(), receiver.calls) == (0, [])
    attempt = WebhookAttempt.objects.get()
    assert attempt.status_code is None
    assert attempt.error == "127.0.0.1 leads into a network that is not public."


def test_after_three_days_without_success_it_is_paused(webhook, relationship, receiver, admin_user):
    receiver.status = 500
    act(relationship)
    deliver()
    at = NOW + timedelta(days=3, minutes=1)
    WebhookDelivery.objects.update(next_try_at=at)
    deliver(at)
    found = fresh(webhook)
    assert (found.is_paused, found.pause_reason) == (True, "Nothing arrived for 3 days.")
    told = Notification.objects.get()
    assert (told.user, told.url) == (admin_user, f"/acme/settings/webhooks/{webhook.pk}/")
    assert told.text == "The webhook “Warehouse” was paused. Nothing arrived for 3 days."
    assert AuditEntry.objects.filter(verb="crm.webhook.given_up", actor=None).count() == 1
    # Nothing is lost: what is done meanwhile is told when it goes on.
    act(relationship)
    assert deliver(at + HOUR) == 0
    receiver.status = 200
    keeping.resume(webhook=webhook, skips=False, actor=admin_user, at=at + HOUR)
    assert deliver(at + HOUR) == 2
    assert AuditEntry.objects.filter(verb="crm.webhook.resumed").count() == 1


def test_a_clock_that_was_a_year_ahead_does_not_silence_for_a_year(webhook, relationship, receiver):
    receiver.status = 500
    act(relationship)
    ahead = NOW + timedelta(days=365)
    assert deliver(ahead) == 0
    receiver.status = 204
    # The clock is right again: neither the webhook rests until then, nor its call waits.
    assert deliver(NOW + timedelta(minutes=1)) == 1
    assert receiver.calls[-1].headers["webhook-timestamp"] == str(int(NOW.timestamp()) + 60)
    assert fresh(webhook).failing_since is None
    assert deliver(ahead) == 0, "nothing twice"


def test_a_wait_that_is_meant_is_kept_by_a_clock_that_went_back(webhook, relationship, receiver):
    receiver.status = 500
    act(relationship)
    assert deliver() == 0
    receiver.status = 204
    assert deliver(NOW - timedelta(seconds=30)) == 0
    assert len(receiver.calls) == 1
    assert deliver(NOW + timedelta(minutes=1)) == 1


def test_gone_is_gone(webhook, relationship, receiver):
    receiver.status = 410
    act(relationship)
    deliver()
    assert fresh(webhook).pause_reason == "Its address answered that it is gone (410)."


def test_a_pause_keeps_and_a_skip_drops(webhook, relationship, receiver, admin_user):
    act(relationship)
    telling.tell(at=NOW)
    for _ in range(2):
        keeping.pause(webhook=webhook, actor=admin_user, at=NOW)
    assert AuditEntry.objects.filter(verb="crm.webhook.paused").count() == 1
    act(relationship)
    assert deliver() == 0
    keeping.resume(webhook=webhook, skips=True, actor=admin_user, at=NOW)
    assert (deliver(), receiver.calls) == (0, [])
    act(relationship)
    assert deliver() == 1


def test_both_secrets_hold_for_a_while(made, relationship, receiver, admin_user):
    webhook, old = made
    _changed, new = keeping.rotate(webhook=webhook, grace_hours=24, actor=admin_user, at=NOW)
    assert new != old
    act(relationship)
    deliver()
    assert fits(old, receiver.calls[0])
    assert fits(new, receiver.calls[0])
    act(relationship)
    deliver(NOW + 24 * HOUR)
    assert not fits(old, receiver.calls[1])
    assert fits(new, receiver.calls[1])
    again.forget(at=NOW + 25 * HOUR)
    assert (fresh(webhook).former_secret, fresh(webhook).former_until) == ("", None)
    keeping.rotate(webhook=webhook, grace_hours=0, actor=admin_user, at=NOW)
    assert fresh(webhook).former_secret == ""
    with pytest.raises(WebhookRefused, match="From 0 to 168 hours"):
        keeping.rotate(webhook=webhook, grace_hours=169, actor=admin_user, at=NOW)


def test_secrets_are_encrypted_and_not_in_the_ledger(made):
    webhook, secret = made
    assert secret.startswith("whsec_")
    assert secret not in fresh(webhook).secret
    entry = AuditEntry.objects.get(verb="crm.webhook.created")
    assert secret not in str(entry.data)
    assert "hook?of" not in str(entry.data)
    assert entry.data["host"] == "127.0.0.1"


def test_another_secret_key_is_said_in_words(webhook, relationship, receiver, settings):
    settings.SECRET_KEY = "another"
    act(relationship)
    assert (deliver(), receiver.calls) == (0, [])
    assert "another SECRET_KEY" in WebhookAttempt.objects.get().error


def test_a_trial(webhook, receiver, admin_user, brand):
    made = again.ping(webhook=webhook, at=NOW)
    assert deliver() == 1
    assert receiver.calls[0].said == {
        "id": f"ping_{made.pk}",
        "type": "rapport.ping",
        "occurred_at": NOW.isoformat(),
        "brand": "acme",
    }
    keeping.pause(webhook=webhook, actor=admin_user, at=NOW)
    with pytest.raises(WebhookRefused, match="“Warehouse” is paused: let it go on first"):
        again.ping(webhook=webhook, at=NOW)
    assert WebhookDelivery.objects.count() == 1


def test_one_thing_and_a_period_again(webhook, relationship, receiver, admin_user):
    for hours in range(4):
        act(relationship, at=NOW + hours * HOUR)
    act(relationship, "crm.note.added", at=NOW + HOUR)
    assert deliver(NOW + 4 * HOUR) == 4
    first = WebhookDelivery.objects.order_by("pk").first()
    again.send_again(delivery=first, actor=admin_user, at=NOW + 5 * HOUR)
    assert deliver(NOW + 5 * HOUR) == 1
    assert receiver.calls[4].headers["webhook-id"] == receiver.calls[0].headers["webhook-id"]
    # One of the period is forgotten by now, and told all the same.
    WebhookDelivery.objects.order_by("pk")[1].delete()
    asked = {"webhook": webhook, "actor": admin_user, "at": NOW + 6 * HOUR}
    assert again.send_period(since=NOW + HOUR, before=NOW + 3 * HOUR, **asked) == 2
    assert deliver(NOW + 6 * HOUR) == 2
    names = [call.headers["webhook-id"] for call in receiver.calls]
    assert set(names[5:]) == set(names[1:3])
    assert list(
        AuditEntry.objects.filter(verb="crm.webhook.sent_again").values_list("facts__events")
    ) == [(2,), (1,)]


def test_a_period_that_is_refused_queues_nothing(
    webhook, relationship, admin_user, receiver, monkeypatch
):
    act(relationship)
    deliver()
    monkeypatch.setattr(again, "MOST", 0)
    asked = {"webhook": webhook, "actor": admin_user, "at": NOW}
    with pytest.raises(WebhookRefused, match="more than 0 events"):
        again.send_period(since=NOW - HOUR, before=NOW + HOUR, **asked)
    with pytest.raises(WebhookRefused, match="The end lies after the beginning"):
        again.send_period(since=NOW, before=NOW, **asked)
    assert not WebhookDelivery.objects.filter(status="waiting").exists()


def test_what_is_old_is_forgotten(webhook, relationship, receiver):
    act(relationship)
    deliver()
    assert again.forget(at=NOW + timedelta(days=29)) == 0
    again.forget(at=NOW + timedelta(days=31))
    assert not WebhookDelivery.objects.exists()
    assert not WebhookAttempt.objects.exists()
    assert deliver(NOW + timedelta(days=31)) == 0


def test_only_one_worker_is_at_a_webhook(webhook, relationship, receiver):
    act(relationship)
    telling.tell(at=NOW)
    assert calling.due(at=NOW) == [webhook.pk]
    Webhook.objects.update(rests_until=NOW + timedelta(seconds=60))
    assert calling.due(at=NOW) == []
    assert calling.call(webhook_id=webhook.pk, at=NOW) == 0
    # One that was killed at it is followed by another.
    assert calling.call(webhook_id=webhook.pk, at=NOW + timedelta(seconds=60)) == 1


def test_a_webhook_that_goes_while_it_is_called(webhook, relationship, receiver, monkeypatch):
    act(relationship)
    telling.tell(at=NOW)
    post = calling.outgoing.post

    def gone(*args):
        answer = post(*args)
        keeping.remove(webhook=webhook, actor=webhook.owner, at=NOW)
        return answer

    monkeypatch.setattr(calling.outgoing, "post", gone)
    assert calling.call(webhook_id=webhook.pk, at=NOW) == 1
    assert not Webhook.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_task_does_it_all(webhook, relationship, receiver):
    act(relationship)
    call_webhooks()
    assert receiver.types == ["crm.stage.moved"]


def test_the_ledger_holds_after_it_all(webhook, relationship, receiver, admin_user):
    act(relationship)
    deliver()
    keeping.remove(webhook=webhook, actor=admin_user, at=NOW)
    call_command("verify_ledger")
