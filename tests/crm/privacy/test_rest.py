"""Requests of people about their data over REST: written down, answered, carried out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.choices import JobStatus, RequestStatus
from crm.models import AuditEntry, Job, Notice, PrivacyRequest, Relationship
from tests.crm.mail.world import creator_of
from tests.rest import Rest, assert_problem, rest_as

pytestmark = pytest.mark.django_db

LETTER = {"origin": "letter", "received_on": "2026-11-01"}


@pytest.fixture
def rest(brand, legal) -> Rest:
    return rest_as(legal, brand)


@pytest.fixture
def mia(brand) -> Relationship:
    return creator_of(brand)


def asked(rest: Rest, **said: object) -> int:
    answer = rest.send("POST", "privacy-requests/", LETTER | {"kind": "access"} | said)
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def test_a_request_is_answered(rest, mia, legal):
    uid = str(mia.creator.uid)
    pk = asked(rest, creator=uid, text="What do you know of me?")
    shown = rest.json(f"privacy-requests/{pk}/")
    assert (shown["creator"]["uid"], shown["due_on"], shown["identity"]) == (
        uid,
        "2026-12-01",
        "waiting",
    )
    acts = f"privacy-requests/{pk}"
    longer = rest.send("POST", f"{acts}:extend", {"months": 2, "because": "Many lists"}).json()
    assert longer["due_on"] == "2027-02-01"
    close = {"status": "done", "outcome": "A copy was sent."}
    body = assert_problem(rest.send("POST", f"{acts}:close", close), 400, "invalid")
    assert body["errors"][0]["pointer"] == "/status"
    how = {"how": "An answer from the known address"}
    assert rest.send("POST", f"{acts}:identity", how).json()["identity"] == "confirmed"
    done = rest.send("POST", f"{acts}:close", close).json()
    assert (done["status"], done["outcome"], done["closed_by"]) == (
        "done",
        "A copy was sent.",
        legal.email,
    )
    assert_problem(rest.send("POST", f"{acts}:close", close), 409, "closed")
    assert_problem(rest.send("POST", f"{acts}:extend", {"months": 1, "because": "x"}), 409)


def test_an_objection_takes_effect_at_once_and_is_lifted(rest, mia):
    uid = str(mia.creator.uid)
    asked(rest, creator=uid, kind="profiling")
    mia.refresh_from_db()
    held = rest.json(f"creators/{uid}/privacy/")
    assert held["unprofiled_at"] == mia.unprofiled_at.isoformat().replace("+00:00", "Z")
    assert held["restricted_at"] is None
    assert [one["what"] for one in held["held"]]
    lift = f"creators/{uid}/privacy:lift"
    assert_problem(rest.send("POST", lift, {"because": ""}), 400, "blank")
    lifted = rest.send("POST", lift, {"because": "She wrote so on Monday"}).json()
    assert lifted["unprofiled_at"] is None
    assert_problem(rest.send("POST", lift, {"because": "Again"}), 409, "refused")


def test_a_copy_is_a_job_of_ones_own(rest, mia):
    pk = asked(rest, creator=str(mia.creator.uid))
    answer = rest.send("POST", f"creators/{mia.creator.uid}/privacy:copy")
    assert answer.status_code == 202, answer.content
    job = Job.objects.get()
    assert (job.kind, job.params["request"]) == ("privacy.copy", pk)
    assert rest.json(f"jobs/{answer.json()['id']}/")["status"] == JobStatus.WAITING


def test_who_was_told_by_hand(rest, mia, brand):
    bo = creator_of(brand, "Bo", "bo@example.com")
    Relationship.objects.update(since=timezone.now() - timedelta(days=40))
    rows = rest.json("privacy-notices/")["results"]
    assert [row["creator"]["name"] for row in rows] == [mia.creator.name, "Bo"]
    one = {"note": "A letter", "creators": [str(bo.creator.uid)]}
    told = rest.send("POST", "privacy-notices/", one).json()
    assert told["creators"] == 1
    assert [row["creator"]["uid"] for row in rest.json("privacy-notices/")["results"]] == [
        str(mia.creator.uid)
    ]
    assert rest.send("POST", "privacy-notices/", {"note": "A mail to all"}).json()["creators"] == 1
    assert_problem(rest.send("POST", "privacy-notices/", {"note": "Again"}), 409, "refused")
    back = rest.send("POST", "privacy-notices:take-back", {"told_at": told["told_at"]}).json()
    assert back == {"creators": 1, "told_at": None}
    assert [notice.relationship for notice in Notice.objects.all()] == [mia]


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({}, "/creator", "one_of_both"),
        ({"name": "Kim", "kind": "money"}, "/kind", "invalid_choice"),
        ({"name": "Kim", "origin": "portal"}, "/origin", "invalid_choice"),
        ({"name": "Kim", "received_on": "2999-01-01"}, "/received_on", "range"),
        ({"name": "Kim", "received_on": "2099-01-01"}, "/received_on", "invalid"),
        ({"creator": "00000000-0000-0000-0000-000000000000"}, "/creator", "unknown_creator"),
    ],
)
def test_what_is_not_written_down(rest, said, pointer, code):
    answer = rest.send("POST", "privacy-requests/", LETTER | {"kind": "access"} | said)
    assert assert_problem(answer, 400, code)["errors"][0]["pointer"] == pointer
    assert not PrivacyRequest.objects.exists()


def test_other_brands_and_twice(rest, mia, outsider, other_brand):
    pk = asked(rest, creator=str(mia.creator.uid))
    again = LETTER | {"kind": "access", "creator": str(mia.creator.uid)}
    assert_problem(rest.send("POST", "privacy-requests/", again), 409, "asked_already")
    entries = AuditEntry.objects.count()
    elsewhere = rest_as(outsider, other_brand)
    for path, body in (
        (f"privacy-requests/{pk}:identity", {"how": "x"}),
        (f"privacy-requests/{pk}:extend", {"months": 1, "because": "x"}),
        (f"privacy-requests/{pk}:close", {"status": "refused", "outcome": "x"}),
        (f"creators/{mia.creator.uid}/privacy:copy", None),
        (f"creators/{mia.creator.uid}/privacy:lift", {"because": "x"}),
    ):
        assert_problem(elsewhere.send("POST", path, body), 404)
    assert AuditEntry.objects.count() == entries
    assert PrivacyRequest.objects.get().status == RequestStatus.OPEN
