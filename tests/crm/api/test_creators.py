"""Adding and correcting creators and their accounts over REST."""

from __future__ import annotations

import pytest

from crm.choices import Scope
from crm.models import AuditEntry, ContactPoint, Creator, MetricSnapshot, Profile, Relationship
from tests.factories import ProfileFactory, RelationshipFactory
from tests.rest import assert_problem, rest_as

IDA = {"name": "Ida Holm", "platform": "instagram", "handle": "@Ida.Holm.Runs"}


@pytest.fixture
def rest(manager, brand):
    return rest_as(manager, brand)


def test_a_creator_is_added_as_a_prospect_with_what_is_known(rest, brand, manager):
    body = {
        **IDA,
        "country": "DK",
        "language": "da",
        "followers": 18_400,
        "email": "Ida@Example.com",
    }
    answer = rest.send("POST", "creators/", body)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["country"], made["language"]) == ("Ida Holm", "DK", "da")
    assert made["profession"] is None
    assert made["relationship"]["stage"] == "prospect"
    assert [(one["handle"], one["followers"]) for one in made["profiles"]] == [
        ("ida.holm.runs", 18_400)
    ]
    assert rest.json(f"creators/{made['uid']}/") == made
    assert ContactPoint.objects.get().value == "ida@example.com"
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {manager.pk}


def test_who_is_there_already_is_named_with_an_address(rest, brand):
    uid = rest.send("POST", "creators/", {**IDA, "email": "ida@example.com"}).json()["uid"]
    before = AuditEntry.objects.count()
    for body, pointer in (
        (IDA, "/handle"),
        ({**IDA, "handle": "ida.cooks", "email": "ida@example.com"}, "/email"),
    ):
        answer = rest.send("POST", "creators/", body)
        [error] = assert_problem(answer, 409, "duplicate")["errors"]
        assert (error["pointer"], error["creator"]) == (pointer, uid)
        assert error["url"] == f"http://testserver/api/v1/creators/{uid}/"
    assert (Creator.objects.count(), AuditEntry.objects.count()) == (1, before)


def test_an_account_of_another_brand_brings_in_the_same_creator(rest, brand, other_brand):
    theirs = ProfileFactory(handle="ida.holm.runs")
    RelationshipFactory(brand=other_brand, creator=theirs.creator)
    answer = rest.send("POST", "creators/", IDA)
    assert answer.json()["uid"] == str(theirs.creator.uid)
    assert Relationship.objects.filter(creator=theirs.creator).count() == 2


def test_an_address_needs_the_scope_of_contacts(manager, brand):
    rest = rest_as(manager, brand, [Scope.CREATORS_WRITE])
    answer = rest.send("POST", "creators/", {**IDA, "email": "ida@example.com"})
    assert_problem(answer, 403)
    assert not Creator.objects.exists()
    assert rest.send("POST", "creators/", IDA).status_code == 201


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"platform": "myspace"}, "/platform", "unknown_platform"),
        ({"handle": "no handle at all"}, "/handle", "invalid"),
        ({"country": "ZZ"}, "/country", "unknown_country"),
        ({"timezone": "Mars/Base"}, "/timezone", "unknown_timezone"),
        ({"followers": -1}, "/followers", "min_value"),
        ({"brand": 1}, "/brand", "unknown_member"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_added(rest, said, pointer, code):
    answer = rest.send("POST", "creators/", IDA | said)
    [error] = assert_problem(answer, 400, code)["errors"]
    assert error["pointer"] == pointer
    assert not Creator.objects.exists()


def test_a_correction_changes_what_was_said_and_forgets_with_null(rest):
    uid = rest.send("POST", "creators/", IDA | {"country": "DK"}).json()["uid"]
    answer = rest.send("PATCH", f"creators/{uid}/", {"country": None, "is_celebrity": True})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["name"], body["country"], body["is_celebrity"]) == ("Ida Holm", None, True)
    entry = AuditEntry.objects.get(verb="crm.creator.changed")
    assert entry.target_id == Creator.objects.get().pk


def test_nobody_elses_creator_is_corrected(rest, other_brand):
    theirs = RelationshipFactory(brand=other_brand).creator
    assert_problem(rest.send("PATCH", f"creators/{theirs.uid}/", {"name": "X"}), 404)
    theirs.refresh_from_db()
    assert theirs.name != "X"


def test_an_account_and_then_a_newer_count(rest):
    uid = rest.send("POST", "creators/", IDA).json()["uid"]
    new = {"creator": uid, "platform": "youtube", "handle": "@idaruns", "followers": 900}
    made = rest.send("POST", "profiles/", new)
    assert (made.status_code, made.json()["followers"]) == (201, 900)
    again = rest.send("POST", "profiles/", new | {"followers": 950})
    assert (again.json()["id"], again.json()["followers"]) == (made.json()["id"], 950)
    assert MetricSnapshot.objects.count() == 2
    assert_problem(rest.send("POST", "profiles/", new | {"followers": None}), 409, "duplicate")


def test_an_account_of_somebody_else_is_refused_without_telling_strangers(rest, other_brand):
    uid = rest.send("POST", "creators/", IDA).json()["uid"]
    theirs = ProfileFactory(handle="stranger", creator__name="Not For You")
    RelationshipFactory(brand=other_brand, creator=theirs.creator)
    new = {"creator": uid, "platform": "instagram", "handle": "stranger"}
    body = assert_problem(rest.send("POST", "profiles/", new), 409, "duplicate")
    assert "Not For You" not in str(body)
    assert Profile.objects.count() == 2
    answer = rest.send("POST", "profiles/", new | {"creator": str(theirs.creator.uid)})
    assert_problem(answer, 400, "does_not_exist")
