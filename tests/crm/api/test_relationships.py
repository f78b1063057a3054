"""Moving relationships on over REST: by the service, with the version that was seen."""

from __future__ import annotations

import pytest

from crm.choices import Scope, Stage
from crm.models import AuditEntry, FactChange, Relationship, StageChange
from tests.factories import RelationshipFactory
from tests.rest import assert_problem, rest_as, walk

LONG_AGO = "2026-01-05T09:00:00Z"


@pytest.fixture
def relationship(brand):
    found = RelationshipFactory(brand=brand)
    Relationship.objects.filter(pk=found.pk).update(stage_since=LONG_AGO, since=LONG_AGO)
    StageChange.objects.update(entered_at=LONG_AGO)
    return found


@pytest.fixture
def rest(manager, brand):
    return rest_as(manager, brand)


def patch(rest, relationship, **body):
    return rest.send("PATCH", f"relationships/{relationship.pk}/", body)


def test_a_relationship_with_its_stages(rest, relationship):
    assert rest.json(f"relationships/{relationship.pk}/") == {
        "id": relationship.pk,
        "creator": {"uid": str(relationship.creator.uid), "name": relationship.creator.name},
        "stage": "prospect",
        "stage_since": LONG_AGO,
        "since": LONG_AGO,
        "owner": None,
        "next_step": None,
        "next_step_on": None,
        "version": 1,
        "stages": [
            {
                "stage": "prospect",
                "entered_at": LONG_AGO,
                "left_at": None,
                "actor": None,
                "reason": None,
            }
        ],
    }


def test_a_move_goes_to_history_ledger_and_outbox(rest, relationship, manager, brand):
    answer = patch(rest, relationship, version=1, stage="first_time")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["stage"], body["version"]) == ("first_time", 2)
    assert [(stay["stage"], stay["actor"]) for stay in body["stages"]] == [
        ("first_time", manager.email),
        ("prospect", None),
    ]
    entry = AuditEntry.objects.get(brand=brand)
    assert (entry.verb, entry.actor) == ("crm.stage.moved", manager)
    assert FactChange.objects.get().creator == relationship.creator


def test_several_changes_are_one(rest, relationship, legal):
    answer = patch(
        rest,
        relationship,
        version=1,
        stage="declined",
        reason="Exclusive elsewhere",
        owner=legal.email,
        next_step="Ask again",
        next_step_on="2027-02-01",
    )
    body = answer.json()
    assert body["version"] == 2
    assert body["owner"] == legal.email
    assert (body["next_step"], body["next_step_on"]) == ("Ask again", "2027-02-01")
    assert body["stages"][0]["reason"] == "Exclusive elsewhere"
    cleared = patch(rest, relationship, version=2, owner=None, next_step="").json()
    assert (cleared["owner"], cleared["next_step"], cleared["next_step_on"]) == (None, None, None)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"version": 1, "stage": "advocate"}, 409, "move_not_allowed"),
        ({"version": 1, "stage": "declined"}, 409, "reason_needed"),
        ({"version": 7, "stage": "first_time"}, 409, "outdated"),
        ({"stage": "first_time"}, 400, "required"),
        ({"version": 1, "stage": "partner"}, 400, "invalid_choice"),
        ({"version": 1, "stage": None}, 400, "null"),
        ({"version": 1, "owner": "nobody@example.com"}, 400, "unknown_user"),
        ({"version": 1, "owner": "no address"}, 400, "invalid"),
        ({"version": 1, "next_step": "x" * 201}, 400, "max_length"),
        ({"version": 1, "next_step": "a\x00b"}, 400, "null_characters_not_allowed"),
        ({"version": 1, "next_step_on": "2026-02-30"}, 400, "invalid"),
        ({"version": 10**30}, 400, "max_value"),
        ({"version": "one"}, 400, "invalid"),
        ({"version": 1, "stages": "core"}, 400, "unknown_member"),
        ([], 400, "invalid"),
        (None, 400, "null"),
    ],
)
def test_refusals_change_nothing(rest, relationship, body, status, code):
    before = Relationship.objects.values().get()
    answer = rest.send("PATCH", f"relationships/{relationship.pk}/", body)
    assert_problem(answer, status, code)
    assert Relationship.objects.values().get() == before
    assert StageChange.objects.count() == 1
    assert not AuditEntry.objects.exists()
    assert not FactChange.objects.exists()


def test_pointers_name_the_member(rest, relationship):
    answer = patch(rest, relationship, version=0, stage="x", nextstep="y")
    errors = assert_problem(answer, 400)["errors"]
    assert {error["pointer"] for error in errors} == {"/version", "/stage", "/nextstep"}
    hint = next(error for error in errors if error["pointer"] == "/nextstep")
    assert hint["message"] == "There is no member 'nextstep' here. Did you mean next_step?"


def test_whether_an_account_exists_elsewhere_is_not_told(rest, relationship, outsider):
    known = assert_problem(patch(rest, relationship, version=1, owner=outsider.email), 400)
    unknown = assert_problem(patch(rest, relationship, version=1, owner="who@example.com"), 400)
    assert known == unknown


def test_who_may_move(relationship, brand, request):
    allowed = {"manager": 200, "admin_user": 200, "strategist": 403, "analyst": 403, "legal": 403}
    for name, status in allowed.items():
        rest = rest_as(request.getfixturevalue(name), brand)
        answer = patch(rest, relationship, version=Relationship.objects.get().version)
        assert answer.status_code == status, name


def test_the_scope_is_needed(manager, relationship, brand):
    reader = rest_as(manager, brand, [Scope.RELATIONSHIPS_READ])
    assert reader.get(f"relationships/{relationship.pk}/").status_code == 200
    body = assert_problem(patch(reader, relationship, version=1, stage="first_time"), 403)
    assert body["detail"] == "This token lacks the scope relationships:write."
    assert Relationship.objects.get().stage == Stage.PROSPECT


def test_another_brands_relationship_is_not_there(outsider, other_brand, relationship):
    rest = rest_as(outsider, other_brand)
    assert_problem(patch(rest, relationship, version=1, stage="first_time"), 404)
    assert Relationship.objects.get().stage == Stage.PROSPECT


def test_lists(rest, brand, manager):
    made = [RelationshipFactory(brand=brand) for _ in range(5)]
    Relationship.objects.filter(pk=made[2].pk).update(stage=Stage.CORE, owner=manager)
    assert [row["id"] for row in walk(rest, "relationships/", limit=2)] == [one.pk for one in made]
    [row] = rest.json("relationships/", stage="core", owner=manager.email)["results"]
    assert row["id"] == made[2].pk
    [row] = rest.json("relationships/", creator=str(made[4].creator.uid))["results"]
    assert row["id"] == made[4].pk
