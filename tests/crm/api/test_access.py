"""Who gets in: tokens, scopes, roles; and what refusals look like."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm.api import authentication
from crm.choices import Scope
from crm.models import ApiToken, Brand, User, UserRole
from tests.rest import ROOT, Rest, assert_problem, make_token, rest_as


def test_without_a_token_nothing_is_told(brand):
    body = assert_problem(Rest().get("profiles/"), 401)
    assert body["title"] == "Unauthorized"


def test_the_challenge_names_the_scheme(brand):
    assert Rest().get("profiles/")["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("header", ["Bearer", "Bearer  ", "Basic abc", "Bearer " + "x" * 500])
def test_a_malformed_header_is_refused(brand, header):
    answer = Client(headers={"Authorization": header}).get("/api/v1/profiles/")
    assert_problem(answer, 401)


def test_an_unknown_token_is_refused(manager, brand):
    make_token(manager, brand)
    body = assert_problem(Rest("not-a-token").get("profiles/"), 401)
    assert body["detail"] == "This token is not known or was revoked."


def test_a_revoked_token_is_refused(manager, brand):
    secret, token = make_token(manager, brand)
    assert Rest(secret).get("profiles/").status_code == 200
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    assert_problem(Rest(secret).get("profiles/"), 401)


def test_a_closed_account_is_refused(manager, brand):
    rest = rest_as(manager, brand)
    manager.is_active = False
    manager.save()
    assert_problem(rest.get("profiles/"), 401)


def test_a_token_ends_with_the_role(manager, brand):
    rest = rest_as(manager, brand)
    UserRole.objects.filter(user=manager).delete()
    body = assert_problem(rest.get("profiles/"), 403)
    assert body["detail"] == "manager has no role in Acme any more."


def test_a_log_in_is_not_accepted(manager_client):
    assert_problem(manager_client.get("/api/v1/profiles/"), 401)


def test_the_secret_is_not_stored(manager, brand):
    secret, token = make_token(manager, brand)
    assert secret not in {
        str(value) for value in ApiToken.objects.filter(pk=token.pk).values()[0].values()
    }


def test_a_missing_scope_is_named(manager, brand):
    rest = rest_as(manager, brand, [Scope.AUDIT_READ])
    body = assert_problem(rest.get("profiles/"), 403)
    assert body["detail"] == "This token lacks the scope creators:read."


def test_a_scope_does_not_lift_a_role(analyst, brand):
    body = assert_problem(rest_as(analyst, brand).get("audit/"), 403)
    assert body["detail"] == "Analyst may not do this; legal or admin may."


def test_last_used_is_noted_at_most_once_a_minute(manager, brand, django_assert_num_queries):
    secret, token = make_token(manager, brand)
    Rest(secret).get("profiles/")
    token.refresh_from_db()
    first = token.last_used_at
    assert timezone.now() - first < timedelta(seconds=10)
    with django_assert_num_queries(3):  # token, page, count
        Rest(secret).get("profiles/")
    token.refresh_from_db()
    assert token.last_used_at == first
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=first - timedelta(minutes=2))
    Rest(secret).get("profiles/")
    token.refresh_from_db()
    assert token.last_used_at > first - timedelta(minutes=1)


def test_an_address_that_leads_nowhere_is_a_problem():
    assert_problem(Rest().get("nothing/here"), 404)


def test_a_method_that_is_not_offered_is_said(manager, brand):
    rest = rest_as(manager, brand)
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert_problem(rest.send(method, "posts/", {}), 405)


def test_slash_or_not_is_the_same_answer(manager, brand):
    rest = rest_as(manager, brand)
    assert rest.json("profiles") == rest.json("profiles/")


def test_a_token_is_found_with_all_that_its_user_and_brand_have(manager, brand):
    secret, token = make_token(manager, brand)
    found = authentication._find(secret)
    for one, other in (
        (found, ApiToken.objects.get(pk=token.pk)),
        (found.user, User.objects.get(pk=manager.pk)),
        (found.brand, Brand.objects.get(pk=brand.pk)),
    ):
        names = [field.attname for field in other._meta.concrete_fields]
        assert not one.get_deferred_fields()
        assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]
    assert authentication.role_of(found) == manager.roles.get(brand=brand).role


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "Authorization"])
def test_a_token_beside_the_header_is_none_and_is_not_logged(manager, brand, name, caplog):
    secret, _token = make_token(manager, brand)
    client = Client()
    client.cookies[name] = secret
    for params in ({}, {name: secret}, {name: f"Bearer {secret}"}):
        assert client.get(f"{ROOT}/creators/", params).status_code == 401
    assert caplog.records
    assert secret not in caplog.text
