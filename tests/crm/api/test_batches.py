"""Batches: everything is done or nothing, each row with the checks of a single request."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.batches import BATCHES
from crm.api.batches import REFUSALS_MAX, ROWS_MAX
from crm.choices import Scope
from crm.models import AuditEntry, Creator, Note, Relationship
from tests.factories import RelationshipFactory
from tests.rest import ROOT, assert_problem, rest_as


@pytest.fixture
def rest(manager, brand):
    return rest_as(manager, brand)


def new(number, **said):
    return {"name": f"Person {number}", "platform": "tiktok", "handle": f"p{number}", **said}


def test_all_are_done_in_their_order_as_if_they_had_come_alone(rest, brand):
    single = rest.send("POST", "creators/", new(0)).json()
    alone = AuditEntry.objects.count()
    answer = rest.send(
        "POST",
        "creators:batch",
        {
            "create": [new(1), new(2, country="DK")],
            "update": [{"uid": single["uid"], "name": "Ida"}],
        },
    )
    assert answer.status_code == 201
    body = answer.json()
    assert [row["name"] for row in body["created"]] == ["Person 1", "Person 2"]
    assert [row["name"] for row in body["updated"]] == ["Ida"]
    assert body["created"][1] == rest.json(f"creators/{body['created'][1]['uid']}/")
    # What one leaves in the ledger each of them leaves, and a correction is one entry.
    assert AuditEntry.objects.count() == 3 * alone + 1


def test_one_bad_row_undoes_all_and_each_fault_has_its_place(rest, brand):
    taken = rest.send("POST", "creators/", new(7)).json()["uid"]
    before = AuditEntry.objects.count()
    nobody = "00000000-0000-0000-0000-000000000000"
    answer = rest.send(
        "POST",
        "creators:batch",
        {
            "create": [new(1), new(2, country="ZZ"), new(7), new(1)],
            "update": [{"uid": nobody, "name": "X"}],
        },
    )
    body = assert_problem(answer, 409)
    assert body["detail"] == "4 of 5 rows cannot be done, so nothing was done."
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [
        ("/create/1/country", "unknown_country"),
        ("/create/2/handle", "duplicate"),
        ("/create/3/handle", "duplicate"),
        ("/update/0", "not_found"),
    ]
    assert body["errors"][1]["creator"] == taken
    assert (Creator.objects.count(), AuditEntry.objects.count()) == (1, before)


def test_without_a_conflict_it_is_400(rest):
    answer = rest.send("POST", "creators:batch", {"create": [new(1, handle="no good")]})
    assert_problem(answer, 400, "invalid")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ([], "", "invalid"),
        ({}, "", "empty"),
        ({"create": []}, "", "empty"),
        ({"create": {}}, "/create", "not_a_list"),
        ({"rows": []}, "/rows", "unknown_member"),
        ({"delete": ["x"]}, "/delete", "unknown_member"),
        ({"create": ["x"]}, "/create/0", "invalid"),
        ({"update": [{"name": "X"}]}, "/update/0/uid", "invalid"),
        ({"update": [{"uid": 7, "name": "X"}]}, "/update/0/uid", "invalid"),
        ({"create": [{}] * (ROWS_MAX + 1)}, "", "too_many"),
    ],
)
def test_what_is_no_batch_is_refused(rest, body, pointer, code):
    answer = rest.send("POST", "creators:batch", body)
    [error] = assert_problem(answer, 400, code)["errors"]
    assert error["pointer"] == pointer


@pytest.mark.parametrize("again", ["{}", "0{}"])
def test_the_same_one_twice_is_refused(rest, brand, again):
    found = RelationshipFactory(brand=brand)
    rows = [
        {"id": one, "version": 1, "next_step": "Call"} for one in (found.pk, again.format(found.pk))
    ]
    answer = rest.send("POST", "relationships:batch", {"update": rows})
    [error] = assert_problem(answer, 400, "repeated")["errors"]
    assert error == {
        "pointer": "/update/1/id",
        "code": "repeated",
        "message": "/update/0 names the same one.",
    }
    assert Relationship.objects.get().next_step == ""


def test_a_row_that_is_outdated_stops_the_others(rest, brand):
    one, two = RelationshipFactory(brand=brand), RelationshipFactory(brand=brand)
    rows = [
        {"id": one.pk, "version": 1, "stage": "first_time"},
        {"id": two.pk, "version": 9, "stage": "first_time"},
    ]
    answer = rest.send("POST", "relationships:batch", {"update": rows})
    [error] = assert_problem(answer, 409, "outdated")["errors"]
    assert error["pointer"] == "/update/1"
    assert set(Relationship.objects.values_list("stage", "version")) == {("prospect", 1)}


def test_of_many_refusals_the_first_are_told(rest):
    rows = [new(n, country="ZZ") for n in range(REFUSALS_MAX + 5)]
    body = assert_problem(rest.send("POST", "creators:batch", {"create": rows}), 400)
    assert len(body["errors"]) == REFUSALS_MAX
    assert body["detail"] == "100 rows cannot be done; the rest was not looked at."


def test_rows_are_removed_by_their_names(rest, brand):
    ida = RelationshipFactory(brand=brand).creator
    told = {"creator": str(ida.uid), "kind": "email"}
    made = rest.send(
        "POST",
        "contacts:batch",
        {"create": [{**told, "value": "a@example.com"}, {**told, "value": "b@example.com"}]},
    ).json()["created"]
    answer = rest.send("POST", "contacts:batch", {"delete": [made[0]["id"]]})
    assert answer.status_code == 200
    assert answer.json() == {"created": [], "updated": [], "deleted": [str(made[0]["id"])]}
    assert [row["value"] for row in rest.json("contacts/")["results"]] == ["b@example.com"]


def test_a_batch_with_a_key_is_done_once(rest, brand):
    headers = {"Idempotency-Key": "import-7"}
    body = {"create": [new(1), new(2)]}
    for _ in range(2):
        answer = rest.client.post(
            f"{ROOT}/creators:batch", body, "application/json", headers=headers
        )
        assert answer.status_code == 201
    assert answer["Idempotency-Replayed"] == "true"
    assert Creator.objects.count() == 2


def test_another_brands_rows_are_not_there(rest, other_brand):
    theirs = RelationshipFactory(brand=other_brand)
    note = Note.objects.create(relationship=theirs, text="Secret")
    answer = rest.send("POST", "notes:batch", {"update": [{"id": note.pk, "text": "X"}]})
    assert_problem(answer, 400, "not_found")
    note.refresh_from_db()
    assert note.text == "Secret"


def test_who_may_not_write_one_may_not_write_many(analyst, manager, brand):
    body = {"create": [new(1)]}
    assert_problem(rest_as(analyst, brand).send("POST", "creators:batch", body), 403)
    reader = rest_as(manager, brand, [Scope.CREATORS_READ])
    assert_problem(reader.send("POST", "creators:batch", body), 403)
    assert not Creator.objects.exists()


def test_every_batch_takes_what_the_collection_takes():
    """Each verb is an action that the collection has for single items."""
    for name, made in BATCHES.items():
        for verb in made.verbs:
            action = {"create": "create", "update": "partial_update", "delete": "destroy"}
            assert callable(getattr(made.of, action.get(verb, verb))), (name, verb)


def test_a_row_costs_the_same_among_many(rest):
    counts = []
    for size in (2, 6):
        rows = [new(100 * size + n) for n in range(size)]
        with CaptureQueriesContext(connection) as caught:
            assert rest.send("POST", "creators:batch", {"create": rows}).status_code == 201
        counts.append(len(caught))
    assert counts[1] - counts[0] <= 4 * 32
