"""Applications over the API."""

from __future__ import annotations

import pytest

from crm.choices import ApplicationStatus, Scope
from crm.models import Application, Creator
from tests.crm.applications.worlds import CONSENT, applied
from tests.factories import ProfileFactory, RelationshipFactory
from tests.rest import assert_problem, rest_as, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand, [Scope.APPLICATIONS_READ, Scope.APPLICATIONS_WRITE])


@pytest.fixture
def ida(brand):
    return applied(brand)


def test_everything_of_an_application(ida, rest):
    assert rest.json(f"applications/{ida.pk}") == {
        "id": ida.pk,
        "status": "open",
        "name": "Ida Holm",
        "email": "ida@holm.example",
        "country": "DK",
        "topics": "Ceramics",
        "why": "I drink from your cups.",
        "accounts": [
            {"platform": "instagram", "handle": "ida.holm", "url": None, "followers": 12_000}
        ],
        "min_age": 18,
        "consent_text": CONSENT,
        "consent_version": 1,
        "submitted_at": "2026-11-22T12:00:00Z",
        "confirmed_at": None,
        "decided_at": None,
        "decided_by": None,
        "reason": None,
        "creator": None,
        "version": 1,
    }


def test_a_list_costs_the_same_for_one_and_for_many(
    brand, other_brand, ida, rest, django_assert_num_queries
):
    rest.json("applications")  # the token's last use is noted once a while
    # token with its brand and user, role; rows with accounts
    with django_assert_num_queries(4):
        rest.json("applications")
    for number in range(5):
        applied(brand, f"P{number}", (("tiktok", f"p{number}"),))
    applied(other_brand)
    with django_assert_num_queries(4):
        assert rest.json("applications")["count"] == 6
    assert len(walk(rest, "applications", limit=2)) == 6
    assert [one["name"] for one in walk(rest, "applications", email="IDA@holm.example")] == [
        "Ida Holm"
    ]
    assert walk(rest, "applications", status="spam") == []
    assert_problem(rest.get("applications", status="lost"), 400)


def test_decide_and_take_back(brand, ida, rest, manager):
    done = rest.send("POST", f"applications/{ida.pk}:accept", {"version": 1}).json()
    creator = Creator.objects.get()
    assert (done["status"], done["creator"], done["decided_by"], done["version"]) == (
        "accepted",
        {"uid": str(creator.uid), "name": "Ida Holm"},
        manager.email,
        2,
    )
    assert [one["id"] for one in walk(rest, "applications", creator=str(creator.uid))] == [ida.pk]
    assert rest.send("POST", f"applications/{ida.pk}:undo").json()["status"] == "open"
    assert not Creator.objects.exists()
    body = {"reason": "No capacity"}
    done = rest.send("POST", f"applications/{ida.pk}:decline", body).json()
    assert (done["status"], done["reason"]) == ("declined", "No capacity")
    rest.send("POST", f"applications/{ida.pk}:undo")
    assert rest.send("POST", f"applications/{ida.pk}:spam", {}).json()["status"] == "spam"


def test_refusals_name_what_is_wrong(brand, other_brand, ida, rest):
    there = RelationshipFactory(brand=brand, creator__name="Ida H.")
    ProfileFactory(creator=there.creator, handle="ida.holm")
    elsewhere = RelationshipFactory(brand=other_brand)
    foreign = applied(other_brand, "Far", ())
    path = f"applications/{ida.pk}"
    assert_problem(rest.send("POST", f"{path}:accept", {}), 409, "known")
    assert_problem(rest.send("POST", f"{path}:accept", {"version": 7}), 409, "outdated")
    body = {"creator": str(elsewhere.creator.uid)}
    problem = assert_problem(rest.send("POST", f"{path}:accept", body), 400, "does_not_exist")
    assert problem["errors"][0]["pointer"] == "/creator"
    assert_problem(rest.send("POST", f"{path}:decline", {}), 400, "required")
    assert_problem(rest.send("POST", f"{path}:spam", {"because": "x"}), 400, "unknown_member")
    assert_problem(rest.send("POST", f"{path}:undo"), 409, "refused")
    for verb in ("accept", "decline", "spam", "undo"):
        answer = rest.send("POST", f"applications/{foreign.pk}:{verb}", {"reason": "x"})
        assert_problem(answer, 404)
    assert not Application.objects.exclude(status=ApplicationStatus.OPEN).exists()


def test_who_may(brand, ida, analyst, manager):
    path = f"applications/{ida.pk}"
    assert_problem(rest_as(analyst, brand).get(path), 403)
    reader = rest_as(manager, brand, [Scope.APPLICATIONS_READ])
    assert reader.get(path).status_code == 200
    assert_problem(reader.send("POST", f"{path}:spam", {}), 403)
    ida.refresh_from_db()
    assert ida.status == ApplicationStatus.OPEN


@pytest.mark.parametrize(
    "body", [b"[]", b'"x"', b"{", b'{"version": 0}', b'{"creator": "\\u0000"}']
)
def test_bad_bodies_are_refused(ida, rest, body):
    assert_problem(rest.send("POST", f"applications/{ida.pk}:accept", body), 400)
    ida.refresh_from_db()
    assert ida.status == ApplicationStatus.OPEN


@pytest.mark.parametrize(
    "query",
    [{"email": "\0"}, {"email": "x" * 255}, {"creator": "x"}, {"status": ""}, {"color": "red"}],
)
def test_bad_queries_do_not_break(ida, rest, query):
    assert rest.get("applications", **query).status_code in {200, 400}


def test_an_application_without_a_confirmed_address_is_taken_up(brand, rest, ida):
    Application.objects.update(status=ApplicationStatus.UNCONFIRMED)
    answer = rest.send("POST", f"applications/{ida.pk}:take-up")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["version"]) == ("open", 2)
    assert_problem(rest.send("POST", f"applications/{ida.pk}:take-up"), 409, "refused")


def test_an_application_is_erased_but_not_while_it_is_a_creator(
    brand, rest, ida, other_brand, outsider
):
    elsewhere = rest_as(outsider, other_brand)
    assert_problem(elsewhere.send("DELETE", f"applications/{ida.pk}/"), 404)
    rest.send("POST", f"applications/{ida.pk}:accept", {})
    assert_problem(rest.send("DELETE", f"applications/{ida.pk}/"), 409, "refused")
    rest.send("POST", f"applications/{ida.pk}:undo")
    assert rest.send("DELETE", f"applications/{ida.pk}/").status_code == 204
    assert not Application.objects.exists()
    assert_problem(rest.send("DELETE", f"applications/{ida.pk}/"), 404)
