"""Tokens over REST: each hands on no more than it has."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.choices import Scope
from crm.models import ApiToken, AuditEntry
from tests.rest import Rest, assert_problem, make_token, rest_as, walk

MINE = ["creators:read", "tokens:read", "tokens:write"]


@pytest.fixture
def token(manager, brand):
    """A token of the manager for 30 days from one network, and its caller."""
    secret, made = make_token(manager, brand, MINE)
    made.expires_at = timezone.now() + timedelta(days=30)
    made.networks = ["127.0.0.0/8"]
    made.save()
    return made, Rest(secret)


def test_a_token_that_is_made_is_shown_once_and_reaches_as_far_as_the_one_that_asks(token, manager):
    own, rest = token
    answer = rest.send("POST", "tokens/", {"name": "Shop"})
    assert answer.status_code == 201
    made = answer.json()
    secret = made.pop("secret")
    assert made["scopes"] == MINE
    assert made["networks"] == ["127.0.0.0/8"]
    assert (made["user"], made["is_this"]) == (manager.email, False)
    kept = ApiToken.objects.get(pk=made["id"])
    assert (kept.expires_at, kept.user, kept.brand) == (own.expires_at, manager, own.brand)
    assert rest.json(f"tokens/{kept.pk}/") == made
    assert Rest(secret).json(f"tokens/{kept.pk}/")["is_this"] is True
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id, entry.target_id) == (
        "crm.token.created",
        manager.pk,
        kept.pk,
    )


def test_one_without_an_end_makes_others_without_or_with_one(manager, brand):
    rest = Rest(make_token(manager, brand, MINE)[0])
    made = rest.send("POST", "tokens/", {"name": "x", "expires_at": None})
    assert (made.status_code, made.json()["expires_at"]) == (201, None)
    ending = rest.send("POST", "tokens/", {"name": "y", "expires_at": "2090-01-01"})
    assert ending.status_code == 201


def test_a_narrower_one(token):
    _own, rest = token
    made = rest.send(
        "POST",
        "tokens/",
        {"name": "x", "scopes": ["creators:read"], "networks": ["127.0.0.1"]},
    ).json()
    assert (made["scopes"], made["networks"]) == (["creators:read"], ["127.0.0.1/32"])


@pytest.mark.parametrize(
    ("said", "pointer", "words"),
    [
        ({"scopes": ["creators:read", "audit:read"]}, "/scopes", "audit:read"),
        ({"networks": []}, "/networks", "127.0.0.0/8 only"),
        ({"networks": ["127.0.0.1", "10.0.0.0/8"]}, "/networks", "10.0.0.0/8"),
        ({"networks": ["126.0.0.0/7"]}, "/networks", "126.0.0.0/7"),
        ({"networks": ["::1"]}, "/networks", "::1"),
        ({"networks": ["here"]}, "/networks", "is no network"),
        ({"expires_at": "2190-01-01"}, "/expires_at", "may not work after"),
        ({"expires_at": "2020-01-01"}, "/expires_at", "in the future"),
        ({"expires_at": None}, "/expires_at", "may not work after"),
        ({"scopes": ["everything"]}, "/scopes/0", "not a valid choice"),
        ({"user": "admin@acme.example"}, "/user", "no member"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_nothing_wider_is_made_of_it(token, method, said, pointer, words):
    own, rest = token
    path, body = ("tokens/", {"name": "x"}) if method == "POST" else (f"tokens/{own.pk}/", {})
    before = ApiToken.objects.values().get()
    [error] = assert_problem(rest.send(method, path, body | said), 400)["errors"]
    assert error["pointer"] == pointer
    assert words in error["message"]
    after = ApiToken.objects.values().get()
    assert before | {"last_used_at": None} == after | {"last_used_at": None}
    assert not AuditEntry.objects.exists()


def test_narrowing_holds_at_once_and_is_told(token):
    own, rest = token
    answer = rest.send("PATCH", f"tokens/{own.pk}/", {"name": "Less", "scopes": ["tokens:read"]})
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["scopes"]) == ("Less", ["tokens:read"])
    assert_problem(rest.get("creators/"), 403)
    assert_problem(rest.send("PATCH", f"tokens/{own.pk}/", {"scopes": MINE}), 403)
    entry = AuditEntry.objects.get()
    assert entry.verb == "crm.token.narrowed"
    assert entry.data == {"scopes": [MINE, ["tokens:read"]]}


def test_replaced_with_an_overlap_the_new_one_ends_when_the_old_would_have(token):
    own, rest = token
    answer = rest.send("POST", f"tokens/{own.pk}:rotate", {"overlap_hours": 2})
    assert answer.status_code == 201
    new = ApiToken.objects.get(pk=answer.json()["id"])
    assert (new.scopes, new.networks, new.expires_at) == (MINE, own.networks, own.expires_at)
    ends = ApiToken.objects.get(pk=own.pk).expires_at - timezone.now()
    assert timedelta(hours=1, minutes=59) < ends <= timedelta(hours=2)
    for each in (rest, Rest(answer.json()["secret"])):
        assert each.get("tokens/").status_code == 200


def test_without_an_overlap_the_old_one_is_over(token):
    own, rest = token
    answer = rest.send("POST", f"tokens/{own.pk}:rotate", {"overlap_hours": 0})
    assert_problem(rest.get("tokens/"), 401)
    again = Rest(answer.json()["secret"])
    assert_problem(again.send("POST", f"tokens/{own.pk}:rotate", {}), 409, "over")


def test_a_wider_one_is_not_replaced_by_a_narrower(token, manager, brand):
    _own, rest = token
    _secret, wider = make_token(manager, brand)
    assert_problem(rest.send("POST", f"tokens/{wider.pk}:rotate", {}), 409, "refused")
    assert ApiToken.objects.count() == 2


def test_ended_it_stays_in_the_list(token):
    own, rest = token
    other = rest.send("POST", "tokens/", {"name": "x"}).json()["id"]
    assert rest.send("DELETE", f"tokens/{other}/").status_code == 204
    [newest, oldest] = walk(rest, "tokens/")
    assert (newest["id"], oldest["id"], oldest["is_this"]) == (other, own.pk, True)
    assert newest["revoked_at"]
    assert_problem(rest.send("PATCH", f"tokens/{other}/", {"name": "y"}), 409, "over")
    assert AuditEntry.objects.filter(verb="crm.token.revoked").count() == 1


def test_one_sees_ones_own_and_an_admin_all_but_replaces_no_others(
    token, admin_user, analyst, outsider, other_brand, brand
):
    own, rest = token
    foreign = make_token(outsider, other_brand)[1]
    theirs = make_token(analyst, brand)[1]
    assert [row["id"] for row in walk(rest, "tokens/")] == [own.pk]
    for method, path in (
        ("PATCH", f"tokens/{theirs.pk}/"),
        ("DELETE", f"tokens/{theirs.pk}/"),
        ("POST", f"tokens/{theirs.pk}:rotate"),
    ):
        assert_problem(rest.send(method, path, {"name": "x"}), 404)
    admin = rest_as(admin_user, brand, [Scope.TOKENS_READ, Scope.TOKENS_WRITE])
    assert {own.pk, theirs.pk} < {row["id"] for row in walk(admin, "tokens/")}
    assert_problem(admin.send("POST", f"tokens/{theirs.pk}:rotate", {}), 403)
    assert admin.send("DELETE", f"tokens/{theirs.pk}/").status_code == 204
    assert_problem(admin.send("DELETE", f"tokens/{foreign.pk}/"), 404)
    foreign.refresh_from_db()
    assert foreign.revoked_at is None
