"""Webhooks over REST."""

from __future__ import annotations

import pytest
from django.utils import timezone

from crm import audit
from crm.models import Webhook, WebhookDelivery
from tests.crm.webhooks.receiver import deliver
from tests.factories import RelationshipFactory
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, admin_user):
    return rest_as(admin_user, brand)


@pytest.fixture
def made(rest, receiver):
    """As the answer that made it tells."""
    body = {"name": "Warehouse", "url": receiver.url, "events": ["crm.stage"]}
    answer = rest.send("POST", "webhooks/", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_the_first_hour(rest, made, receiver, brand, admin_user, django_assert_num_queries):
    assert made.pop("secret").startswith("whsec_")
    assert made == {
        "id": made["id"],
        "name": "Warehouse",
        "url": receiver.url,
        "events": ["crm.stage"],
        "owner": admin_user.email,
        "is_paused": False,
        "pause_reason": None,
        "failing_since": None,
        "delivered_at": None,
        "former_secret_until": None,
        "created_at": made["created_at"],
        "version": 1,
    }
    assert rest.json(f"webhooks/{made['id']}/") == made
    assert rest.json("webhooks/")["results"] == [made]
    ping = rest.send("POST", f"webhooks/{made['id']}:ping")
    assert (ping.status_code, ping.json()["status"]) == (202, "waiting")
    assert deliver(timezone.now()) == 1
    relationship = RelationshipFactory(brand=brand)
    at = timezone.now()
    audit.record(brand=brand, verb="crm.stage.moved", target=relationship, at=at)
    assert deliver(timezone.now()) == 1
    told, pinged = rest.json("webhook-deliveries/", webhook=made["id"])["results"]
    assert (told["type"], told["status"], told["status_code"]) == (
        "crm.stage.moved",
        "delivered",
        204,
    )
    assert (pinged["id"], pinged["type"]) == (ping.json()["id"], "rapport.ping")
    assert told["message"] == receiver.calls[1].headers["webhook-id"]
    one = rest.json(f"webhook-deliveries/{told['id']}/")
    assert [attempt["status_code"] for attempt in one.pop("log")] == [204]
    assert one == told
    assert rest.json("webhook-deliveries/", status="failed")["results"] == []
    again = rest.send("POST", f"webhook-deliveries/{told['id']}:replay")
    assert (again.status_code, again.json()["status"]) == (202, "waiting")
    body = {"since": at.isoformat(), "before": timezone.now().isoformat()}
    period = rest.send("POST", f"webhooks/{made['id']}:replay", body)
    assert (period.status_code, period.json()) == (202, {"queued": 1})
    events = rest.json("webhook-events/")["results"]
    assert events[0] == {"key": "*", "name": "Everything"}
    assert {"key": "crm.stage", "name": "Stages"} in events
    with django_assert_num_queries(3):  # token, page, count
        rest.get("webhook-deliveries/")


def test_changed_paused_and_removed(rest, made):
    path = f"webhooks/{made['id']}"
    changed = rest.send("PATCH", f"{path}/", {"version": 1, "events": ["*", "crm.tag"]})
    assert (changed.json()["events"], changed.json()["version"]) == (["*"], 2)
    body = assert_problem(rest.send("PATCH", f"{path}/", {"version": 1, "name": "X"}), 409)
    assert body["errors"][0]["code"] == "outdated"
    assert rest.send("POST", f"{path}:pause").json()["is_paused"] is True
    assert_problem(rest.send("POST", f"{path}:ping"), 409, "paused")
    assert rest.send("POST", f"{path}:resume", {"skip": True}).json()["is_paused"] is False
    rotated = rest.send("POST", f"{path}:rotate", {"grace_hours": 2}).json()
    assert rotated["secret"] != made["secret"]
    assert rotated["former_secret_until"] is not None
    assert rest.send("DELETE", f"{path}/").status_code == 204
    assert not Webhook.objects.exists()
    assert_problem(rest.get(f"{path}/"), 404)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "https://127.0.0.1/"}, "/url"),
        ({"url": "https://169.254.169.254/latest/meta-data/"}, "/url"),
        ({"url": "http://example.com/"}, "/url"),
        ({"url": "gopher://example.com/"}, "/url"),
        ({"events": ["crm.nothing"]}, "/events"),
        ({"events": []}, "/events"),
        ({"name": " "}, "/name"),
        ({"secret": "mine"}, "/secret"),
        ({"told_up_to": 0}, "/told_up_to"),
    ],
)
def test_what_is_refused_has_its_place(rest, brand, change, pointer):
    body = {"name": "W", "url": "https://127.0.0.1/", "events": ["*"]} | change
    found = assert_problem(rest.send("POST", "webhooks/", body), 400)
    assert found["errors"][0]["pointer"] == pointer
    assert not Webhook.objects.exists()


def test_those_of_another_brand_are_not_there(made, outsider, other_brand, receiver, brand):
    foreign = rest_as(outsider, other_brand)
    assert foreign.json("webhooks/")["results"] == []
    assert foreign.json("webhook-deliveries/", webhook=made["id"])["results"] == []
    rest = f"webhooks/{made['id']}"
    for method, path in [
        *(("GET", f"{rest}/"), ("PATCH", f"{rest}/"), ("DELETE", f"{rest}/")),
        *(("POST", f"{rest}:{verb}") for verb in ("rotate", "pause", "resume", "ping", "replay")),
    ]:
        assert_problem(foreign.send(method, path, {}), 404)
    assert not WebhookDelivery.objects.exists()
    assert Webhook.objects.get().version == 1
