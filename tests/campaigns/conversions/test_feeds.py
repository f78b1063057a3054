import base64
import hmac
import json
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from campaigns.models import Conversion, ConversionFeed
from campaigns.services.conversions import feeds
from campaigns.services.conversions.told import ConversionsRefused
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import AuditEntry
from tests.campaigns.conversions.worlds import make_code
from tests.factories import NOW

pytestmark = pytest.mark.django_db
SECRET = "a secret of the shop"
ORDER = {"key": "5001", "at": "2026-11-20T10:00:00Z", "value": 49.9, "currency": "EUR"}
SHOPIFY = {
    "id": 820982911946154508,
    "created_at": "2026-11-20T10:00:00-05:00",
    "total_price": "403.00",
    "currency": "usd",
    "discount_codes": [{"code": "ANNA10", "amount": "10.00"}],
    "landing_site": "/products/1?utm_source=x&rapport_click=019aa3c2-6f3e-7c41-8d3a-2f6b1c0d9e8f",
    "customer": {"email": "jo@example.com"},
}


def make_feed(brand, actor, preset="plain", **values):
    wanted = {
        "name": "Shop",
        "signature": "body" if preset == "shopify" else "stamped",
        "secret": SECRET,
        "pointers": feeds.PRESETS[preset],
    } | values
    return feeds.create(brand=brand, wanted=feeds.Wanted(**wanted), actor=actor, at=NOW)[0]


def stamped(body, at=None, secret=SECRET):
    seconds = int((at or timezone.now()).timestamp())
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()
    return {"Rapport-Signature": f"t={seconds},v1={signed}"}


def send(feed, message, headers=None):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return Client().post(
        f"/api/hooks/{feed.token}/",
        body,
        "application/json",
        headers=stamped(body) if headers is None else headers,
    )


def refused(feed, message, status, headers=None):
    answer = send(feed, message, headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert not Conversion.objects.exists()
    feed.refresh_from_db()
    return answer.json()


def test_of_two_who_give_the_same_name_at_once_the_second_is_refused(
    brand, admin_user, monkeypatch
):
    make_feed(brand, admin_user)
    entries = AuditEntry.objects.count()
    with monkeypatch.context() as looked:  # before the other one was there
        looked.setattr(QuerySet, "exists", lambda _rows: False)
        with pytest.raises(CampaignRefused, match="name already"):
            make_feed(brand, admin_user)
    assert (ConversionFeed.objects.count(), AuditEntry.objects.count()) == (1, entries)


def test_an_order_is_taken_once(brand, admin_user):
    feed = make_feed(brand, admin_user)
    first, again = send(feed, ORDER), send(feed, ORDER)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["new"], again.json()["new"]) == (True, False)
    row = Conversion.objects.get()
    assert (row.key, row.value, row.feed, row.source) == ("5001", Decimal("49.90"), feed, "webhook")
    feed.refresh_from_db()
    assert feed.received_at
    other = send(feed, ORDER | {"value": 50})
    assert other.status_code == 409
    assert other.json()["errors"][0]["pointer"] == "/value"


def test_an_order_as_shopify_sends_it(brand, admin_user):
    code = make_code(brand, "ANNA10")
    feed = make_feed(brand, admin_user, "shopify")
    body = json.dumps(SHOPIFY).encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, sha256).digest()).decode()
    assert send(feed, body, {"X-Shopify-Hmac-Sha256": signature}).status_code == 201
    row = Conversion.objects.get()
    assert (row.key, row.value, row.currency, row.code) == (
        "820982911946154508",
        Decimal("403.00"),
        "USD",
        code,
    )
    assert str(row.click) == "019aa3c2-6f3e-7c41-8d3a-2f6b1c0d9e8f"


def test_who_does_not_know_the_secret_is_refused(brand, admin_user):
    feed = make_feed(brand, admin_user)
    body = json.dumps(ORDER).encode()
    now = timezone.now()
    for headers in (
        {},
        {"Rapport-Signature": "t=1"},
        stamped(body, secret="another"),
        stamped(body + b" "),
        stamped(body, at=now - timedelta(minutes=6)),
        stamped(body, at=now + timedelta(minutes=6)),
        {"Rapport-Signature": f"t=9999999999,v1={'0' * 64}"},
        {"Rapport-Signature": f"t=999999999999,v1={'0' * 64}"},
    ):
        assert refused(feed, body, 401, headers)["detail"]
        assert feed.refusal
    shopify = make_feed(brand, admin_user, "shopify", name="Other")
    refused(shopify, SHOPIFY, 401, {"X-Shopify-Hmac-Sha256": "ü"})


@pytest.mark.parametrize(
    ("message", "pointer"),
    [
        (b"{", "/"),
        (b"[" * 100_000, "/"),
        ({}, "/key"),
        ([], "/key"),
        (ORDER | {"at": "yesterday"}, "/at"),
        (ORDER | {"at": "99999999999999999999"}, "/at"),
        (ORDER | {"at": "9223372036854775807"}, "/at"),
        (ORDER | {"at": "\u00b2"}, "/at"),
        (ORDER | {"at": "2026-11-20T10:00:00"}, "/at"),
        (ORDER | {"value": "much"}, "/value"),
        (ORDER | {"value": "Infinity"}, "/value"),
        (ORDER | {"click": "x"}, "/click"),
        (ORDER | {"is_new_customer": "perhaps"}, "/is_new_customer"),
        (ORDER | {"currency": "EURO"}, "/currency"),
        (ORDER | {"kind": "sale"}, "/kind"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(brand, admin_user, message, pointer):
    found = refused(make_feed(brand, admin_user), message, 400)
    assert found["errors"][0]["pointer"] == pointer


def test_a_feed_that_was_put_away_takes_nothing(brand, admin_user):
    feed = make_feed(brand, admin_user)
    feeds.archive(feed_id=feed.pk, brand=brand, actor=admin_user, at=NOW)
    refused(feed, ORDER, 404)
    assert Client().get(f"/api/hooks/{feed.token}/").status_code == 405


def test_the_secret_is_stored_encrypted_and_stays(brand, admin_user):
    feed = make_feed(brand, admin_user)
    assert SECRET not in feed.secret
    wanted = feeds.Wanted("Shop 2", "stamped", "", {"key": "/id", "at": "/when"})
    said = {"feed_id": feed.pk, "brand": brand, "actor": admin_user, "at": NOW}
    feeds.change(wanted=wanted, expected_version=1, **said)
    message = {"id": "a", "when": 1_795_000_000}
    assert send(ConversionFeed.objects.get(), message).status_code == 201
    with pytest.raises(CampaignOutdated):
        feeds.change(wanted=wanted, expected_version=1, **said)
    assert not AuditEntry.objects.filter(facts__icontains="secret").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"pointers": {"at": "/at"}}, "key"),
        ({"pointers": {"key": "id", "at": "/at"}}, "key"),
        ({"pointers": {"key": "/id", "at": "/at", "email": "/email"}}, "email"),
        ({"signature": "none"}, "signature"),
    ],
)
def test_a_feed_that_cannot_work_is_refused(brand, admin_user, change, field):
    with pytest.raises(CampaignRefused) as refusal:
        make_feed(brand, admin_user, **change)
    assert refusal.value.field == field
    assert not ConversionFeed.objects.exists()


def test_trying_keeps_nothing(brand, admin_user):
    told = feeds.try_out(feeds.PRESETS["shopify"], json.dumps(SHOPIFY))
    assert (told.key, told.code, told.value) == ("820982911946154508", "ANNA10", Decimal("403.00"))
    with pytest.raises(ConversionsRefused):
        feeds.try_out(feeds.PRESETS["plain"], json.dumps(SHOPIFY))
    assert not Conversion.objects.exists()
