"""The ledger's pages and its endpoint: read, filtered, taken out, checked."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.urls import reverse

from crm import audit
from crm.choices import Stage
from crm.models import AuditEntry, Job, LedgerCheckpoint
from crm.services import jobs
from crm.services.ledger import checkpoints
from crm.services.relationships import move_stage
from tests.crm.ledger import behind
from tests.factories import NOW, CreatorFactory, RelationshipFactory
from tests.people import logged_in
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.RAPPORT_HOME = tmp_path


@pytest.fixture
def ida(brand, manager):
    relationship = RelationshipFactory(brand=brand, creator=CreatorFactory(name="Ida Holm"))
    move_stage(
        relationship_id=relationship.pk,
        to=Stage.FIRST_TIME,
        actor=manager,
        at=NOW,
        reason="Great",
        expected_version=1,
    )
    audit.record(brand=brand, verb="crm.tag.changed", target=brand, at=NOW)
    return relationship


@pytest.fixture
def client(legal):
    return logged_in(legal)


def numbers(answer):
    assert answer.status_code == 200, answer.content
    return [entry.number for entry, _words in answer.context["acts"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [2, 1]),
        ({"verb": "crm.stage"}, [1]),
        ({"verb": "crm.tag"}, [2]),
        ({"actor": "system"}, [2]),
        ({"target_type": "crm.relationship"}, [1]),
        ({"since": "2026-11-22"}, [2, 1]),
        ({"until": "2026-11-21"}, []),
        ({"since": "2026-11-23"}, []),
    ],
)
def test_the_list_is_narrowed(client, brand, ida, query, found):
    assert numbers(client.get("/acme/ledger/", query)) == found


def test_one_sees_what_the_ledger_has_on_a_person_a_creator_a_row(client, brand, ida, manager):
    assert numbers(client.get("/acme/ledger/", {"actor": manager.pk})) == [1]
    answer = client.get("/acme/ledger/", {"creator": ida.creator.uid})
    assert numbers(answer) == [1]
    assert "Audit ledger: Ida Holm" in answer.content.decode()
    row = {"target_type": "crm.relationship", "target_id": ida.pk}
    assert numbers(client.get("/acme/ledger/", row)) == [1]
    assert numbers(client.get("/acme/ledger/", row | {"target_id": 2**40})) == []


@pytest.mark.parametrize(
    "query",
    [
        {"verb": "x"},
        {"since": "x"},
        {"target_id": "x"},
        {"since": "2026-11-02", "until": "2026-11-01"},
    ],
)
def test_a_question_that_makes_no_sense_is_said_so(client, brand, ida, query):
    assert numbers(client.get("/acme/ledger/", query)) == []


def test_a_page_costs_the_same_however_long(client, brand, ida, django_assert_num_queries):
    with django_assert_num_queries(8):
        client.get("/acme/ledger/")
    acts = [audit.Act(n, f"Row {n}", {"n": n}) for n in range(120)]
    audit.record_many(brand=brand, verb="test.act", of=type(brand), acts=acts, at=NOW)
    with django_assert_num_queries(8):
        answer = client.get("/acme/ledger/")
    assert numbers(answer) == list(range(122, 72, -1))
    more = client.get("/acme/ledger/", {"cursor": answer.context["page"].next})
    assert numbers(more) == list(range(72, 22, -1))


def test_an_entry_shows_its_place_in_the_chain(client, brand, ida, admin_user):
    page = client.get("/acme/ledger/1/").content.decode()
    entry = AuditEntry.objects.get(number=1)
    for said in ("Ida Holm", "Great", entry.hash, "It continues the entry before"):
        assert said in page
    assert "Not so" not in page
    assert client.get("/acme/ledger/9/").status_code == 404
    behind.change(brand, 1, verb="crm.stage.other")
    page = client.get("/acme/ledger/1/").content.decode()
    assert "Not so: its content is as it was written" in page
    behind.change(brand, 1, verb="crm.stage.moved")
    audit.forget(brand=brand, targets=[ida], at=NOW, actor=admin_user)
    page = client.get("/acme/ledger/1/").content.decode()
    assert "Ida Holm" not in page
    assert "entry 3</a> tells of it" in page


def test_it_is_taken_out_and_tells_so(client, brand, ida, legal):
    answer = client.get("/acme/ledger/export.csv", {"verb": "crm.stage"})
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    [line] = csv.DictReader(io.StringIO(text))
    assert (line["number"], line["verb"], line["target"]) == ("1", "crm.stage.moved", "Ida Holm")
    told = AuditEntry.objects.latest("number")
    assert (told.verb, told.actor) == ("crm.list.exported", legal)
    assert told.data == {"list": "ledger", "rows": 1, "query": "verb=crm.stage"}

    answer = client.get("/acme/ledger/export.jsonl")
    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3]
    assert lines[0]["text"]["target"] == "Ida Holm"
    assert client.get("/acme/ledger/export.xml").status_code == 404


def test_somebody_has_it_checked(client, brand, ida, legal):
    answer = client.post("/acme/ledger/proof/check/")
    job = Job.objects.get()
    assert answer.url == reverse("crm:job", args=["acme", job.pk])
    jobs.run(job_id=job.pk, at=NOW)
    job.refresh_from_db()
    assert job.result == "Whole: 2 entries, in agreement with 0 signed checkpoints."
    assert job.result in client.get("/acme/ledger/proof/").content.decode()
    behind.change(brand, 2, verb="x")
    client.post("/acme/ledger/proof/check/")
    again = Job.objects.latest("pk")
    jobs.run(job_id=again.pk, at=NOW)
    again.refresh_from_db()
    assert again.result.startswith("The ledger is broken at entry 2: its content was changed")


def test_somebody_signs_and_takes_the_file(client, brand, ida, other_brand):
    answer = client.post("/acme/ledger/proof/sign/", follow=True)
    assert "Signed up to entry 2." in answer.content.decode()
    made = LedgerCheckpoint.objects.get()
    file = client.get(f"/acme/ledger/proof/{made.pk}.json")
    assert file["Content-Disposition"] == 'attachment; filename="ledger-acme-2.json"'
    assert checkpoints.read(file.content.decode()).mark.number == 2
    audit.record(brand=other_brand, verb="test.act", target=other_brand, at=NOW)
    other = checkpoints.make(brand=other_brand, at=NOW)
    assert client.get(f"/acme/ledger/proof/{other.pk}.json").status_code == 404


def test_an_admin_says_who_keeps_them(client, brand, admin_user):
    assert client.post("/acme/ledger/proof/", {"address": "a@b.example"}).status_code == 403
    assert checkpoints.address_of(brand) == ""
    admin = logged_in(admin_user)
    assert admin.post("/acme/ledger/proof/", {"address": "nowhere"}).status_code == 422
    assert admin.post("/acme/ledger/proof/", {"address": "a@b.example"}).status_code == 302
    assert checkpoints.address_of(brand) == "a@b.example"
    assert (
        "Each checkpoint is mailed to a@b.example"
        in client.get("/acme/ledger/proof/").content.decode()
    )


def test_an_empty_ledger_says_what_comes(client, brand):
    assert "Whatever somebody changes comes here" in client.get("/acme/ledger/").content.decode()
    answer = client.post("/acme/ledger/proof/sign/", follow=True)
    assert "there is nothing to sign" in answer.content.decode()


def test_the_endpoint_lists_and_shows(brand, ida, legal, manager, admin_user):
    rest = rest_as(legal, brand)
    [second, first] = rest.json("audit/")["results"]
    assert (first["actor"], first["facts"]) == (manager.pk, {"stage": ["prospect", "first_time"]})
    assert first["text"]["personal"] == {"reason": "Great"}
    assert second["text"]["actor"] == "system"
    assert rest.json("audit/1/") == first
    assert rest.get("audit/9/").status_code == 404
    found = rest.json("audit/", creator=str(ida.creator.uid))["results"]
    assert [row["number"] for row in found] == [1]
    assert rest.json("audit/", verb="crm.tag")["results"] == [second]
    assert rest.json("audit/", actor=manager.pk)["results"] == [first]
    audit.forget(brand=brand, targets=[ida], at=NOW, actor=admin_user)
    assert rest.json("audit/1/")["text"] is None
    assert rest_as(manager, brand).get("audit/").status_code == 403


def test_rest_signs_checks_and_hands_out_the_file(brand, other_brand, ida, legal, outsider):
    rest = rest_as(legal, brand)
    made = rest.send("POST", "audit-checkpoints/", {})
    assert made.status_code == 201
    body = made.json()
    assert checkpoints.read(body["document"]).mark.number == body["number"] == 2
    # Nothing was done since: the same one.
    assert rest.send("POST", "audit-checkpoints/", {}).json() == body
    [row] = rest.json("audit-checkpoints/")["results"]
    assert body == row | {"document": body["document"]}
    assert rest.json(f"audit-checkpoints/{row['id']}/") == body
    elsewhere = rest_as(outsider, other_brand)
    assert_problem(elsewhere.get(f"audit-checkpoints/{row['id']}/"), 404)
    answer = rest.send("POST", "audit:check", {})
    assert answer.status_code == 202
    job = Job.objects.get()
    assert answer["Location"].endswith(f"/api/v1/jobs/{job.pk}/")
    jobs.run(job_id=job.pk, at=NOW)
    assert rest.json(f"jobs/{job.pk}/")["result"].startswith("Whole: 2 entries")


def test_rest_has_nothing_to_sign_of_an_empty_ledger(brand, legal):
    assert_problem(rest_as(legal, brand).send("POST", "audit-checkpoints/", {}), 409, "refused")
    assert not LedgerCheckpoint.objects.exists()
