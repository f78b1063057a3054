"""Contracts over REST: read, drafted, sent, signed; refusals that change nothing."""

from __future__ import annotations

import pytest

from campaigns.choices import ContractState
from campaigns.models import Contract, ContractAcceptance
from crm.choices import Scope
from tests.campaigns.contracts.test_acts import everything
from tests.campaigns.contracts.worlds import drafted, place, put
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


def test_from_the_draft_to_the_acceptance(brand, manager, rest):
    found = place(brand, manager)
    answer = rest.send("POST", "contracts/", {"engagement": found.pk})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["state"], made["campaign"], made["owner"]) == (
        "draft", found.campaign.key, manager.email,
    )  # fmt: skip
    lacking = rest.send("POST", f"contracts/{made['id']}:send", {"version": 1})
    # What the contract lacks is not a member of this body.
    assert_problem(lacking, 409, "refused")
    Contract.objects.all().delete()

    contract = drafted(found, manager)
    path = f"contracts/{contract.pk}"
    sent = rest.send("POST", f"{path}:send", {"version": 1}).json()
    assert (sent["state"], len(sent["digest"])) == ("sent", 64)
    assert sent["terms"]["total"] == "1000.00"
    before = everything()
    wrong = rest.send("POST", f"{path}:accept", {"version": 1, "name": "Mira", "note": "Mail"})
    assert_problem(wrong, 409, "outdated")
    assert everything() == before
    body = {"version": 2, "name": "Mira Holm", "note": "Mail of 2 May"}
    done = rest.send("POST", f"{path}:accept", body).json()
    assert done["state"] == "accepted"
    assert done["acceptance"]["digest"] == sent["digest"]
    assert [event["act"] for event in done["events"]] == ["send", "accept"]
    assert rest.get(f"{path}/contract.pdf").content.startswith(b"%PDF")
    assert [row["id"] for row in rest.json("contracts/", state="accepted")["results"]] == [
        contract.pk
    ]


def test_what_is_refused(brand, other_brand, outsider, manager, rest):
    contract = put(drafted(place(brand, manager), manager), ContractState.ACCEPTED)
    before = everything()
    again = rest.send("POST", "contracts/", {"engagement": contract.engagement_id})
    assert_problem(again, 409)
    nothing = rest.send("POST", "contracts/", {"engagement": 2**40})
    [fault] = assert_problem(nothing, 400, "unknown_engagement")["errors"]
    assert fault["pointer"] == "/engagement"
    assert_problem(
        rest.send("POST", f"contracts/{contract.pk}:send", {"version": contract.version}),
        409,
        "not_in_this_state",
    )
    reader = rest_as(manager, brand, [Scope.CAMPAIGNS_READ])
    assert_problem(reader.send("POST", f"contracts/{contract.pk}:send", {"version": 1}), 403)
    elsewhere = rest_as(outsider, other_brand)
    for path in (f"contracts/{contract.pk}/", f"contracts/{contract.pk}/contract.pdf"):
        assert_problem(elsewhere.get(path), 404)
    assert everything() == before
    assert not ContractAcceptance.objects.exists()


def test_to_legal_and_back(brand, other_brand, outsider, manager, legal, rest):
    contract = drafted(place(brand, manager), manager)
    lawyer, path = rest_as(legal, brand), f"contracts/{contract.pk}"
    sent = rest.send("POST", f"{path}:submit", {"version": 1}).json()
    assert (sent["state"], sent["version"]) == ("in_review", 2)
    before = everything()
    assert_problem(rest.send("POST", f"{path}:clear", {"version": 2}), 403)
    assert_problem(lawyer.send("POST", f"{path}:give-back", {"version": 2}), 400, "required")
    assert_problem(lawyer.send("POST", f"{path}:clear", {"version": 1}), 409, "outdated")
    assert_problem(rest.send("POST", f"{path}:terminate", {"version": 2, "note": "x"}), 409)
    elsewhere = rest_as(outsider, other_brand)
    for verb in (
        "submit", "reopen", "clear", "give-back", "decline", "withdraw", "terminate", "owner"
    ):  # fmt: skip
        body = {"owner": None} if verb == "owner" else {"version": 2, "note": "x"}
        assert_problem(elsewhere.send("POST", f"{path}:{verb}", body), 404)
    assert everything() == before
    back = {"version": 2, "note": "Name the territory"}
    assert lawyer.send("POST", f"{path}:give-back", back).json()["state"] == "draft"
    rest.send("POST", f"{path}:submit", {"version": 3})
    assert lawyer.send("POST", f"{path}:clear", {"version": 4}).json()["state"] == "ready"
    assert rest.send("POST", f"{path}:reopen", {"version": 5}).json()["state"] == "draft"
    assert rest.send("POST", f"{path}:owner", {"owner": None}).json()["owner"] is None
    body = assert_problem(rest.send("POST", f"{path}:owner", {"owner": outsider.email}), 400)
    assert body["errors"][0]["code"] == "unknown_user"
    version = rest.json(f"{path}/")["version"]
    gone = rest.send("POST", f"{path}:withdraw", {"version": version, "note": "No budget"})
    assert gone.json()["state"] == "withdrawn"
