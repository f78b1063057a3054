"""Policies over REST: written, published, read and accepted, put away."""

from __future__ import annotations

import pytest

from campaigns.models import Policy, PolicyAcceptance, PolicyVersion
from crm.models import AuditEntry
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW
from tests.rest import Rest, assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, strategist) -> Rest:
    return rest_as(strategist, brand)


def test_a_policy_from_its_first_draft_to_its_readers(brand, manager, strategist, rest):
    said = {"title": "Marking", "text": "First line.", "roles": ["manager"], "for_creators": True}
    made = rest.send("POST", "policies/", {**said, "owner": strategist.email})
    assert made.status_code == 201, made.content
    policy = made.json()
    assert policy["owner"] == strategist.email
    assert (policy["number"], policy["text"], policy["has_draft"]) == (None, None, True)
    address = f"policies/{policy['id']}"
    assert rest.json("policies/")["results"] == []
    assert [one["id"] for one in rest.json("policies/", drafts="true")["results"]] == [policy["id"]]
    reader = rest_as(manager, brand)
    assert_problem(reader.send("POST", f"{address}:read", {"digest": "0" * 64}), 404)

    held = rest.send("POST", f"{address}:publish", {"version": 1}).json()
    assert (held["number"], held["text"], held["has_draft"], held["version"]) == (
        1,
        "First line.",
        False,
        2,
    )
    waiting = {"email": manager.email, "read_at": None}
    assert rest.json(f"{address}/readers/")["results"] == [waiting]
    assert_problem(reader.send("POST", f"{address}:read", {"digest": "0" * 64}), 409, "outdated")
    read = reader.send("POST", f"{address}:read", {"digest": held["digest"]}).json()
    assert read["is_read"] is True
    assert rest.json(f"{address}/readers/")["results"][0]["read_at"] is not None

    changed = rest.send("PATCH", f"{address}/", {"version": 2, "text": "New line."}).json()
    assert (changed["text"], changed["has_draft"]) == ("First line.", True)
    assert [
        (one["number"], one["text"], one["published_at"] is None)
        for one in rest.json(f"{address}/versions/")["results"]
    ] == [(2, "New line.", True), (1, "First line.", False)]
    # Whom it is for counts at once; what is not named stays.
    again = rest.send("PATCH", f"{address}/", {"version": 3, "for_creators": False}).json()
    assert (again["for_creators"], again["roles"]) == (False, ["manager"])
    assert PolicyVersion.objects.get(number=2).text == "New line."

    place = engage(make_campaign(brand))
    PolicyAcceptance.objects.create(
        version=PolicyVersion.objects.get(number=1),
        engagement=place,
        name="Anna Bo",
        at=NOW,
        digest=held["digest"],
        recorded_by=manager,
        note="A mail.",
    )
    [accepted] = rest.json(f"{address}/acceptances/")["results"]
    assert (accepted["number"], accepted["name"], accepted["campaign"]) == (
        1,
        "Anna Bo",
        place.campaign.key,
    )
    assert rest.send("DELETE", f"{address}/").status_code == 204
    assert Policy.objects.get().archived_at is not None
    assert_problem(rest.get(f"{address}/"), 404)


def test_refusals_change_nothing(brand, other_brand, outsider, manager, rest):
    said = {"title": "Marking", "text": "First line.", "roles": ["manager"]}
    policy = rest.send("POST", "policies/", said).json()
    address = f"policies/{policy['id']}"
    entries = AuditEntry.objects.count()
    for method, path, sent, status, pointer, code in (
        ("POST", "policies/", {"title": "x", "text": "y"}, 400, "/roles", "invalid"),
        ("POST", "policies/", said, 400, "/title", "invalid"),
        ("POST", "policies/", {**said, "roles": ["boss"]}, 400, "/roles/0", "invalid_choice"),
        ("PATCH", f"{address}/", {"version": 1, "roles": []}, 400, "/roles", "invalid"),
        ("PATCH", f"{address}/", {"version": 9, "text": "z"}, 409, "", "outdated"),
        ("POST", f"{address}:publish", {"version": 9}, 409, "", "outdated"),
    ):
        [fault] = assert_problem(rest.send(method, path, sent), status)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code)
    elsewhere = rest_as(outsider, other_brand)
    for path in ("/", "/versions/", "/readers/", "/acceptances/"):
        assert_problem(elsewhere.get(f"{address}{path}"), 404)
    assert_problem(elsewhere.send("POST", f"{address}:publish", {"version": 1}), 404)
    assert_problem(rest_as(manager, brand).send("DELETE", f"{address}/"), 403)
    assert AuditEntry.objects.count() == entries
    assert rest.send("POST", f"{address}:publish", {"version": 1}).status_code == 200
    assert_problem(
        rest.send("POST", f"{address}:publish", {"version": 2}), 409, "not_in_this_state"
    )
