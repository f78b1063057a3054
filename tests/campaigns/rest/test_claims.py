"""Claims over REST: written, judged as briefs judge them, put away."""

from __future__ import annotations

import pytest

from campaigns.models import Claim
from crm.models import AuditEntry
from tests.rest import Rest, assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, strategist) -> Rest:
    return rest_as(strategist, brand)


def test_a_claim_is_written_changed_and_put_away(brand, other_brand, outsider, strategist, rest):
    body = {"text": "heals scars", "variants": ["heal* scars"], "status": "evidence"}
    made = rest.send("POST", "claims/", body)
    assert made.status_code == 201, made.content
    claim = made.json()
    # Nobody said yet what shows it: briefs have it as something that must not be said.
    assert (claim["status"], claim["stands"]) == ("evidence", "forbidden")
    assert claim["updated_by"] == strategist.email
    address = f"claims/{claim['id']}/"
    shown = {"version": 1, "evidence": "Study of 2026", "evidence_place": "Shelf 4"}
    changed = rest.send("PATCH", address, shown).json()
    assert (changed["stands"], changed["version"], changed["variants"]) == (
        "evidence",
        2,
        ["heal* scars"],
    )
    entries = AuditEntry.objects.count()
    for method, path, sent, status, pointer, code in (
        ("POST", "claims/", {"text": "x"}, 400, "/status", "required"),
        ("POST", "claims/", {"text": "is safe", "status": "forbidden"}, 400, "/reason", "invalid"),
        ("POST", "claims/", {"text": "heals scars", "status": "allowed"}, 400, "/text", "invalid"),
        ("PATCH", address, {"version": 2, "evidence": ""}, 400, "/evidence", "invalid"),
        (
            "PATCH",
            address,
            {"version": 2, "jurisdictions": ["XX"]},
            400,
            "/jurisdictions",
            "invalid",
        ),
        ("PATCH", address, {"version": 1, "text": "heals"}, 409, "", "outdated"),
        ("PATCH", address, {"text": "heals"}, 400, "/version", "required"),
    ):
        [fault] = assert_problem(rest.send(method, path, sent), status)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code)
    elsewhere = rest_as(outsider, other_brand)
    for method in ("GET", "PATCH", "DELETE"):
        assert_problem(elsewhere.send(method, address, {"version": 2}), 404)
    assert AuditEntry.objects.count() == entries
    assert rest.send("DELETE", address).status_code == 204
    assert_problem(rest.get(address), 404)
    assert Claim.objects.get().archived_at is not None


def test_claims_about_the_environment_are_taken_once(rest):
    taken = rest.send("POST", "claims:green").json()
    assert taken["added"] > 5
    assert taken["kept"] == 0
    assert rest.send("POST", "claims:green").json() == {"added": 0, "kept": taken["added"]}


def test_who_only_runs_campaigns_writes_no_claims(brand, manager):
    body = {"text": "heals scars", "status": "allowed"}
    assert_problem(rest_as(manager, brand).send("POST", "claims/", body), 403)
    assert not Claim.objects.exists()
