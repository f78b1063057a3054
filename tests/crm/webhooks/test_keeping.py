"""What is refused of a webhook, and that nothing changes then."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import resolve

from crm.models import AuditEntry, Webhook
from crm.services.webhooks import keeping
from crm.services.webhooks.keeping import Wanted, WebhookRefused
from crm.services.webhooks.places import API, PLACES
from tests.crm.webhooks.receiver import fresh
from tests.factories import NOW

URL = "https://hooks.example/rapport"


def wanted(name="Shop", url=URL, events=("crm.stage",)):
    return Wanted(name, url, tuple(events))


@pytest.fixture
def webhook(brand, admin_user, names):
    names["hooks.example"] = ["93.184.216.34"]
    return keeping.create(brand=brand, wanted=wanted(), actor=admin_user, at=NOW)[0]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": "  "}, "name", "A name of at most 80 letters"),
        ({"name": "x" * 81}, "name", "A name of at most 80 letters"),
        ({"name": "SHOP"}, "name", "There is a webhook of this name already"),
        ({"events": ()}, "events", "Choose what it is to be told of"),
        ({"events": ("crm.stag",)}, "events", "There are no events “crm.stag”"),
        ({"events": ("crm.stage.moved",)}, "events", "There are no events “crm.stage.moved”"),
        ({"url": "http://hooks.example/"}, "url", "Only https:// addresses"),
        ({"url": "https://inside.example/"}, "url", "not public"),
        ({"url": "https://nowhere.example/"}, "url", "is not known"),
        ({"url": "https://10.0.0.1/"}, "url", "not known"),
    ],
)
def test_what_is_refused(webhook, brand, admin_user, names, change, field, words):
    names["inside.example"] = ["192.168.0.10"]
    before = AuditEntry.objects.count()
    with pytest.raises(WebhookRefused, match=words) as refusal:
        keeping.create(
            brand=brand, wanted=wanted(**{"name": "Other"} | change), actor=admin_user, at=NOW
        )
    assert refusal.value.field == field
    assert (Webhook.objects.count(), AuditEntry.objects.count()) == (1, before)


def test_a_brand_has_so_many(webhook, brand, other_brand, admin_user, monkeypatch):
    monkeypatch.setattr(keeping, "MOST", 1)
    with pytest.raises(WebhookRefused, match="at most 1 webhooks"):
        keeping.create(brand=brand, wanted=wanted("Two"), actor=admin_user, at=NOW)
    keeping.create(brand=other_brand, wanted=wanted(), actor=admin_user, at=NOW)


def test_a_change_is_of_what_was_seen(webhook, admin_user):
    change = {"webhook": webhook, "actor": admin_user, "at": NOW}
    changed = keeping.change(wanted=wanted(" New  name "), expected_version=1, **change)
    assert (changed.name, changed.version) == ("New name", 2)
    with pytest.raises(WebhookRefused, match="Somebody else changed it since"):
        keeping.change(wanted=wanted("Third"), expected_version=1, **change)
    assert fresh(webhook).name == "New name"


def test_an_address_is_looked_up_only_when_it_changes(webhook, admin_user, names):
    names.clear()
    change = {"webhook": webhook, "actor": admin_user, "at": NOW, "expected_version": None}
    keeping.change(wanted=wanted("Renamed"), **change)
    with pytest.raises(WebhookRefused, match="is not known"):
        keeping.change(wanted=wanted(url="https://hooks.example/other"), **change)
    assert fresh(webhook).url == URL


def test_another_address_begins_anew(webhook, admin_user):
    Webhook.objects.update(failures=3, failing_since=NOW, rests_until=NOW)
    keeping.change(
        webhook=fresh(webhook),
        wanted=wanted(url="https://hooks.example/other"),
        actor=admin_user,
        at=NOW,
        expected_version=1,
    )
    found = fresh(webhook)
    assert (found.failures, found.failing_since, found.rests_until) == (0, None, None)


@pytest.mark.parametrize("place", list(PLACES), ids=lambda place: place.model)
def test_every_place_is_an_address_of_the_api(place):
    model = apps.get_model(place.model)
    field = model._meta.pk if place.field == "pk" else model._meta.get_field(place.field)
    key = {"uid": "00000000-0000-0000-0000-000000000000", "key": "some"}.get(place.field, "1")
    found = resolve(f"{API}/{place.prefix}/{key}/")
    assert found.func.actions["get"] == "retrieve"
    assert place.field in found.kwargs
    assert field.unique or place.field == "key"
