"""The pages of webhooks."""

from __future__ import annotations

import re

import pytest

from crm.models import Webhook, WebhookDelivery
from crm.services.webhooks import again
from tests.crm.webhooks.receiver import deliver
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LIST = "/acme/settings/webhooks/"


def words(answer):
    return answer.content.decode()


@pytest.fixture
def webhook(admin_user_client, receiver):
    sent = {"name": "Warehouse", "url": receiver.url, "events": ["crm.stage", "crm.tag"]}
    answer = admin_user_client.post(f"{LIST}new/", sent)
    assert answer.status_code == 200, words(answer)
    assert "no-store" in answer["Cache-Control"]
    assert re.search(r'value="whsec_[A-Za-z0-9+/=]{44}"', words(answer))
    return Webhook.objects.get()


def test_from_nothing_to_a_trial_that_arrived(admin_user_client, webhook, receiver):
    page = f"{LIST}{webhook.pk}/"
    shown = words(admin_user_client.get(page))
    assert "whsec_" not in shown
    assert "Nothing was delivered yet." in shown
    assert shown.count(" checked") == 2
    admin_user_client.post(f"{page}ping/")
    assert deliver(WebhookDelivery.objects.get().next_try_at) == 1
    shown = words(admin_user_client.get(page))
    assert "Trial" in shown
    assert "204, " in shown
    log = words(admin_user_client.get(f"{LIST}log/{WebhookDelivery.objects.get().pk}/"))
    assert "Send again" in log
    assert "Warehouse" in words(admin_user_client.get(LIST))


def test_the_page_asks_the_same_number_of_questions(
    admin_user_client, webhook, receiver, django_assert_max_num_queries
):
    for number in (1, 30):
        for _ in range(number):
            again.ping(webhook=webhook, at=NOW)
        deliver(NOW)
        with django_assert_max_num_queries(17):
            admin_user_client.get(f"{LIST}{webhook.pk}/")


def test_an_empty_list_says_what_to_do(admin_user_client):
    assert "No webhook yet" in words(admin_user_client.get(LIST))


def test_what_is_refused_stays_in_the_form(admin_user_client, brand):
    sent = {"name": "Inside", "url": "https://127.0.0.1/", "events": ["*"]}
    answer = admin_user_client.post(f"{LIST}new/", sent)
    assert answer.status_code == 422
    assert "leads into a network that is not public" in words(answer)
    assert 'value="Inside"' in words(answer)
    assert "Choose what it is to be told of." in words(
        admin_user_client.post(f"{LIST}new/", {"name": "X", "url": "https://x.example/"})
    )
    assert not Webhook.objects.exists()


def test_changed_rotated_paused_resumed_removed(admin_user_client, webhook, receiver):
    page = f"{LIST}{webhook.pk}/"
    sent = {"name": "Lake", "url": receiver.url, "events": ["*"], "version": "1"}
    assert admin_user_client.post(page, sent).status_code == 302
    assert "Somebody else changed it since" in words(admin_user_client.post(page, sent))
    rotated = words(admin_user_client.post(f"{page}rotate/", {"grace_hours": "24"}))
    assert "whsec_" in rotated
    assert "signed with the old secret too until" in rotated
    assert admin_user_client.post(f"{page}rotate/", {"grace_hours": "999"}).status_code == 422
    admin_user_client.post(f"{page}pause/")
    assert "Go on where it stopped" in words(admin_user_client.get(page))
    assert "is paused: let it go on first" in words(
        admin_user_client.post(f"{page}ping/", follow=True)
    )
    admin_user_client.post(f"{page}resume/", {"skip": "1"})
    found = Webhook.objects.get()
    assert (found.name, found.events, found.is_paused) == ("Lake", ["*"], False)
    wrong = {"since": "2026-11-02T10:00", "before": "2026-11-01T10:00"}
    answer = admin_user_client.post(f"{page}replay/", wrong)
    assert (answer.status_code, "The end lies after the beginning." in words(answer)) == (422, True)
    right = {"since": "2026-11-01T10:00", "before": "2099-11-02T10:00"}
    told = words(admin_user_client.post(f"{page}replay/", right, follow=True))
    assert re.search(r"\d+ events are on their way again", told)
    again_page = f"{LIST}log/{WebhookDelivery.objects.first().pk}/again/"
    assert "It is on its way again." in words(admin_user_client.post(again_page, follow=True))
    assert "is taken away" in words(admin_user_client.post(f"{page}remove/", follow=True))
    assert not Webhook.objects.exists()


def test_those_of_another_brand_are_not_there(outsider_client, webhook):
    pk = again.ping(webhook=webhook, at=NOW).pk
    for path in (f"{webhook.pk}/", f"log/{pk}/"):
        assert outsider_client.get(f"/other/settings/webhooks/{path}").status_code == 404
    for act in ("rotate", "pause", "resume", "ping", "replay", "remove"):
        path = f"/other/settings/webhooks/{webhook.pk}/{act}/"
        assert outsider_client.post(path).status_code == 404
    assert WebhookDelivery.objects.count() == 1
