"""Disclosures over REST: the queue, one review, evidence, answers, verdicts, and a mere check."""

from __future__ import annotations

import pytest

from campaigns.models import DisclosureReview, Evidence
from crm.choices import Scope
from tests.campaigns.deliverables.worlds import active
from tests.campaigns.disclosures.worlds import at_legal, review_of, settle
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(brand, manager):
    return review_of(at_legal(active(brand, manager), manager))


def test_legal_reads_answers_and_decides(brand, manager, legal, outsider, other_brand, review):
    rest = rest_as(legal, brand)
    [row] = rest.json("disclosures/", state="waiting", stage="draft", engine="unclear")["results"]
    assert (row["id"], row["campaign"], row["engine"], row["verdict"]) == (
        review.pk,
        review.deliverable.engagement.campaign.key,
        "unclear",
        None,
    )
    assert rest.json("disclosures/", state="decided")["results"] == []
    assert rest.json("disclosures/", due_before="2026-01-01T00:00:00Z")["results"] == []
    whole = rest.json(f"disclosures/{review.pk}/")
    item = next(one for one in whole["checklist"] if one["key"] == "DK.label")
    assert (item["result"], item["question"][:10]) == ("fail", "Is there a")
    assert item["sources"][0]["url"].startswith("http")
    assert whole["evidence"][0]["digest"] == Evidence.objects.get().digest
    assert whole["unsigned"] == ["The rules for DK are not signed off by your counsel."]

    body = {"version": whole["version"], "verdict": "sufficient", "gate": {"outcome": "approved"}}
    refused = rest.send("POST", f"disclosures/{review.pk}:decide", body)
    assert_problem(refused, 400, "checklist_open")
    assert refused.json()["errors"][0]["pointer"] == "/verdict"
    stale = body | {"version": 99, "verdict": "missing", "reason": "None."}
    assert_problem(rest.send("POST", f"disclosures/{review.pk}:decide", stale), 409, "outdated")
    unknown = body | {"verdict": "not_reviewed"}
    answer = rest.send("POST", f"disclosures/{review.pk}:decide", unknown)
    assert_problem(answer, 400, "invalid_choice")
    theirs = rest_as(manager, brand).send("POST", f"disclosures/{review.pk}:decide", body)
    assert_problem(theirs, 403)
    elsewhere = rest_as(outsider, other_brand)
    assert_problem(elsewhere.send("POST", f"disclosures/{review.pk}:decide", body), 404)
    assert_problem(elsewhere.get(f"disclosures/{review.pk}/"), 404)
    assert not review.decisions.exists()

    said = {"version": whole["version"], "key": "DK.label", "result": "pass"}
    answer = rest.send("POST", f"disclosures/{review.pk}:answer", said)
    assert_problem(answer, 409, "reason_needed")
    said["note"] = "It says “Reklame” on the picture."
    DisclosureReview.objects.update(requested_by=legal)
    own = rest.send("POST", f"disclosures/{review.pk}:answer", said)
    assert_problem(own, 403, "own_request")
    DisclosureReview.objects.update(requested_by=None)
    body["version"] = rest.send("POST", f"disclosures/{review.pk}:answer", said).json()["version"]
    body |= {"verdict": "insufficient", "reason": "Hidden.", "gate": None}
    done = rest.send("POST", f"disclosures/{review.pk}:decide", body)
    assert done.status_code == 200, done.content
    assert (done.json()["state"], done.json()["verdict"]) == ("decided", "insufficient")
    assert done.json()["decisions"][0]["by"] == legal.email
    again = rest.send("POST", f"disclosures/{review.pk}:decide", body)
    assert_problem(again, 409, "outdated")
    assert "decided already" in again.json()["detail"]


def test_the_gate_is_decided_with_the_verdict(brand, legal, review):
    settle(review, legal)
    body = {"version": review.version, "verdict": "sufficient", "gate": {"outcome": "approved"}}
    done = rest_as(legal, brand).send("POST", f"disclosures/{review.pk}:decide", body)
    assert done.status_code == 200, done.content
    review.deliverable.refresh_from_db()
    assert review.deliverable.state == "approved"


def test_evidence_by_rest_is_text_only(brand, legal, review):
    rest = rest_as(legal, brand)
    path = f"disclosures/{review.pk}/evidence/"
    body = {"captured_at": "2026-01-01T10:00:00Z", "spoken": "Reklame for Acme.", "seconds": 30}
    made = rest.send("POST", path, body)
    assert made.status_code == 201, made.content
    assert (made.json()["spoken"], made.json()["text"], made.json()["files"]) == (
        "Reklame for Acme.",
        None,
        [],
    )
    assert_problem(rest.send("POST", path, body | {"seconds": -1}), 400, "min_value")
    assert_problem(rest.send("POST", path, body | {"files": []}), 400, "unknown_member")
    late = body | {"captured_at": "2126-01-01T10:00:00Z"}
    assert_problem(rest.send("POST", path, late), 400, "invalid")
    assert Evidence.objects.count() == 2
    review.refresh_from_db()
    assert review.finding.case["media"]["spoken"] == "Reklame for Acme."


CHECK = {
    "text": "#ad Ny jakke fra @acme",
    "platform": "instagram",
    "format": "post",
    "jurisdictions": ["DK", "US"],
    "connection": "payment",
    "language": "da",
    "advertiser": {"name": "Acme", "aliases": ["@acme"]},
}


def test_a_check_writes_nothing(brand, analyst, django_assert_max_num_queries):
    rest = rest_as(analyst, brand, [Scope.LEGAL_READ])
    with django_assert_max_num_queries(8):
        answer = rest.send("POST", "disclosures:check", CHECK)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["verdict"], found["strictest"]) == ("insufficient", "DK")
    assert [layer["key"] for layer in found["layers"]][:2] == ["connection", "label"]
    assert {"key", "result", "reason", "sources"} <= set(found["layers"][0])
    assert [one["key"] for one in found["per_jurisdiction"]] == ["DK", "US"]
    value = [{"kind": "payment", "value": "250.00", "currency": "EUR", "on": "2026-11-01"}]
    assert rest.send("POST", "disclosures:check", CHECK | {"connection": value}).status_code == 200
    nobody_looked = rest.send("POST", "disclosures:check", CHECK | {"connection": None}).json()
    nobody = rest.send("POST", "disclosures:check", CHECK | {"connection": [], "text": "Hej"})
    assert (nobody_looked["verdict"], nobody.json()["verdict"]) == ("unclear", "not_required")
    assert not DisclosureReview.objects.exists()


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"platform": "myspace"}, 422, "/platform"),
        ({"jurisdictions": []}, 422, "/jurisdictions"),
        ({"connection": [{"kind": "bribe"}]}, 422, "/connection/0/kind"),
        ({"connection": [{"kind": "payment", "value": "5"}]}, 422, "/connection/0/currency"),
        ({"categories": ["spaceships"]}, 422, "/categories"),
        ({"connection": [{"kind": "payment", "sum": 5}]}, 400, "/connection"),
        ({"connection": [{"kind": "payment", "value": "much"}]}, 400, "/connection"),
        ({"connection": 5}, 400, "/connection"),
        ({"advertiser": {"name": ""}}, 400, "/advertiser"),
        ({"format": "sculpture"}, 400, "/format"),
        ({"published_at": "soon"}, 400, "/published_at"),
        ({"txt": "x"}, 400, "/txt"),
    ],
)
def test_what_cannot_be_checked_is_told_with_its_place(brand, legal, change, status, pointer):
    answer = rest_as(legal, brand).send("POST", "disclosures:check", CHECK | change)
    body = assert_problem(answer, status)
    assert pointer in [error["pointer"] for error in body["errors"]]
