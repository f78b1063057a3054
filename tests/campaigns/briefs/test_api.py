"""Briefs and claims over REST: read, the file, what a text claims."""

from __future__ import annotations

import pytest

from campaigns.choices import ClaimStatus, EngagementStage
from campaigns.services.briefs import accepting
from campaigns.services.claims_library import Wanted, save_claim
from tests.campaigns.briefs.made import approved, draft, next_version
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager)


@pytest.fixture
def rest(brand, analyst):
    return rest_as(analyst, brand)


def test_briefs_with_versions_and_acceptances(campaign, manager, strategist, rest):
    first = approved(campaign, manager, strategist)
    engagement = engage(campaign, EngagementStage.INVITED)
    accepting.record_acceptance(
        engagement_id=engagement.pk,
        brand=campaign.brand,
        version_id=first.pk,
        name="Ida",
        note="Mail",
        actor=manager,
        at=NOW,
    )
    next_version(first, manager, strategist, goal="Other.")
    draft(campaign, manager, "educators")
    rows = rest.json("briefs/", campaign="spring-launch")["results"]
    assert [(row["segment"], row["newest"], row["state"], row["approved"]) for row in rows] == [
        (None, 2, "approved", 2),
        ("educators", 1, "draft", None),
    ]
    one = rest.json(f"briefs/{first.brief_id}/")
    assert one == {**rows[0], "problems": [], "open_gates": []}
    versions = rest.json(f"briefs/{first.brief_id}/versions/")["results"]
    assert [(row["number"], row["state"]) for row in versions] == [
        (2, "approved"),
        (1, "superseded"),
    ]
    version = rest.json(f"briefs/{first.brief_id}/versions/2/")
    assert version["document"]["goal"] == "Other."
    assert version["reason"] == "What we learned."
    assert [row["by"] for row in version["decisions"]] == [strategist.email]
    (given,) = rest.json(f"briefs/{first.brief_id}/acceptances/")["results"]
    assert (given["version"], given["name"], given["note"]) == (1, "Ida", "Mail")
    assert given["digest"] == first.digest
    answer = rest.get(f"briefs/{first.brief_id}/versions/1/pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_list_of_briefs_asks_a_constant_number_of_queries(
    campaign, manager, rest, django_assert_max_num_queries
):
    draft(campaign, manager)
    with django_assert_max_num_queries(10) as few:
        rest.json("briefs/")
    for segment in ("educators", "routine"):
        draft(campaign, manager, segment)
    with django_assert_max_num_queries(len(few.captured_queries)):
        rest.json("briefs/")


def test_another_brands_brief_is_not_there(campaign, manager, outsider, other_brand):
    version = draft(campaign, manager)
    theirs = rest_as(outsider, other_brand)
    assert theirs.json("briefs/")["results"] == []
    for path in ("", "versions/", "versions/1/", "versions/1/pdf", "acceptances/"):
        assert_problem(theirs.get(f"briefs/{version.brief_id}/{path}"), 404)


def test_claims_and_what_a_text_claims(brand, legal, rest):
    made = save_claim(
        brand=brand,
        wanted=Wanted("cures acne", ClaimStatus.FORBIDDEN, reason="No medicine"),
        actor=legal,
        at=NOW,
    )
    (row,) = rest.json("claims/", status="forbidden")["results"]
    assert (row["text"], row["reason"], row["evidence"]) == ("cures acne", "No medicine", None)
    assert rest.json("claims/", status="allowed")["results"] == []
    assert rest.json(f"claims/{made.pk}/") == row
    answer = rest.send("POST", "claims:check", {"text": " \u00c9a! Cures acne"})
    assert answer.json() == {
        "results": [
            {
                "claim": made.pk,
                "text": "cures acne",
                "words": "Cures acne",
                "start": 5,
                "end": 15,
                "status": "forbidden",
                "is_problem": True,
                "says": "\u201cCures acne\u201d must not be said: No medicine.",
            }
        ]
    }
    assert_problem(rest.send("POST", "claims:check", {"text": "x" * 10_001}), 400)
    assert_problem(rest.send("POST", "claims:check", {}), 400)
    nowhere = rest.send("POST", "claims:check", {"text": "x", "jurisdictions": ["DK", "XX"]})
    [fault] = assert_problem(nowhere, 400)["errors"]
    assert (fault["pointer"], "XX" in fault["message"]) == ("/jurisdictions", True)
