"""Tokens that end, that stay where they belong, that are replaced, and that ask too often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from redis.exceptions import ConnectionError as NoCache

from crm.models import ApiToken, AuditEntry
from crm.services import tokens
from tests.rest import ROOT, Rest, assert_problem, make_token, rest_as

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, 0, 20, tzinfo=UTC)


def made(brand, user, **more):
    token, secret = tokens.create_token(
        brand=brand, user=user, name="BI", scopes=["creators:read"], at=timezone.now(), **more
    )
    return token, Rest(secret)


def test_a_token_works_until_it_ends(brand, manager):
    token, rest = made(brand, manager, expires_at=timezone.now() + timedelta(hours=1))
    assert rest.get("creators/").status_code == 200
    ApiToken.objects.update(expires_at=timezone.now())
    told = assert_problem(rest.get("creators/"), 401)
    token.refresh_from_db()
    assert told["detail"] == f"This token ended at {token.expires_at:%Y-%m-%d %H:%M} UTC."


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("203.0.113.9", 200),
        ("::ffff:203.0.113.9", 200),
        ("2001:db8::1", 200),
        ("203.0.114.9", 403),
        ("2001:db9::1", 403),
        ("", 403),
    ],
)
def test_a_token_works_from_its_networks_only(brand, manager, address, status):
    _token, rest = made(brand, manager, networks=["203.0.113.0/24", "2001:db8::/32"])
    answer = rest.client.get(f"{ROOT}/creators/", REMOTE_ADDR=address)
    assert answer.status_code == status


def test_who_says_where_from_is_the_proxy_not_the_caller(brand, manager):
    _token, rest = made(brand, manager, networks=["203.0.113.7"])
    answer = rest.client.get(
        f"{ROOT}/creators/",
        REMOTE_ADDR="198.51.100.1",
        headers={"X-Forwarded-For": "203.0.113.7"},
    )
    assert_problem(answer, 403)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"networks": ["203.0.113.7/24"]}, "is no network"),
        ({"networks": ["office"]}, "is no network"),
        ({"networks": [f"203.0.113.{n}" for n in range(21)]}, "20 networks at most"),
        ({"expires_at": NOON - timedelta(days=365)}, "in the future"),
    ],
)
def test_what_makes_no_sense_is_refused(brand, manager, wrong, words):
    with pytest.raises(tokens.TokenRefused, match=words):
        made(brand, manager, **wrong)
    assert not ApiToken.objects.exists()
    assert not AuditEntry.objects.filter(verb="crm.token.created").exists()


def test_one_is_replaced_and_both_work_for_a_day(brand, manager, admin_user):
    old, rest = made(brand, manager, networks=["127.0.0.0/8"])
    now = timezone.now()
    new, secret = tokens.rotate_token(token_id=old.pk, brand=brand, actor=admin_user, at=now)
    old.refresh_from_db()
    assert old.expires_at == now + timedelta(days=1)
    assert (new.name, new.user, new.scopes, new.networks, new.expires_at) == (
        "BI", manager, ["creators:read"], ["127.0.0.0/8"], None,
    )  # fmt: skip
    assert {one.get("creators/").status_code for one in (rest, Rest(secret))} == {200}


def test_a_replacement_ends_when_the_old_one_would_have(brand, manager, admin_user):
    now = timezone.now()
    end = now + timedelta(days=30)
    old, _rest = made(brand, manager, expires_at=end)
    new, _secret = tokens.rotate_token(token_id=old.pk, brand=brand, actor=admin_user, at=now)
    old.refresh_from_db()
    assert (new.expires_at, old.expires_at) == (end, now + timedelta(days=1))


def test_what_has_ended_is_not_replaced(brand, manager, admin_user):
    old, _rest = made(brand, manager)
    now = timezone.now()
    tokens.revoke_token(token_id=old.pk, brand=brand, actor=admin_user, at=now)
    with pytest.raises(tokens.TokenRefused, match="does not work any more"):
        tokens.rotate_token(token_id=old.pk, brand=brand, actor=admin_user, at=now)
    assert ApiToken.objects.count() == 1


def test_each_answer_says_what_is_left_of_the_minute(brand, manager, settings, monkeypatch):
    settings.API_REQUESTS_PER_MINUTE = 2
    rest = rest_as(manager, brand)
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    first, second, third = (rest.get("creators/") for _ in range(3))
    assert first["RateLimit-Policy"] == '"token";q=2;w=60'
    assert (first["RateLimit"], second["RateLimit"]) == ('"token";r=1;t=40', '"token";r=0;t=40')
    assert_problem(third, 429)
    assert third["Retry-After"] == "40"
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(seconds=40))
    assert rest.get("creators/").status_code == 200


def test_tokens_are_counted_apart_and_nobody_without_one(brand, manager, settings):
    settings.API_REQUESTS_PER_MINUTE = 1
    for _ in range(2):
        assert rest_as(manager, brand).get("creators/").status_code == 200
        assert_problem(Rest().get("creators/"), 401)


def test_without_a_cache_everybody_is_let_in(brand, manager, settings, monkeypatch):
    def away(*_args):
        raise NoCache

    settings.API_REQUESTS_PER_MINUTE = 1
    monkeypatch.setattr("crm.rates.count", away)
    rest = Rest(make_token(manager, brand)[0])
    assert [rest.get("creators/").status_code for _ in range(2)] == [200, 200]
