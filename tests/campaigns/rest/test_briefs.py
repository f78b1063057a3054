"""Briefs over REST: begun, written, approved by others, accepted, and for a segment."""

from __future__ import annotations

import pytest

from campaigns.choices import EngagementStage
from campaigns.models import Brief, BriefVersion, Claim
from campaigns.services.claims_library import Wanted, save_claim
from crm.models import AuditEntry
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW
from tests.rest import Rest, assert_problem, rest_as
from tests.segmentation.world import make_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, strategist) -> Rest:
    return rest_as(strategist, brand)


@pytest.fixture
def campaign(brand, strategist):
    return make_campaign(brand, strategist)


def faults(rest: Rest, *asked) -> None:
    """That each is refused like that, and nothing is written down."""
    entries = AuditEntry.objects.count()
    for method, path, sent, status, pointer, code in asked:
        [fault] = assert_problem(rest.send(method, path, sent), status)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code), (path, sent)
    assert AuditEntry.objects.count() == entries


def test_a_brief_from_its_first_draft_to_its_readers(
    brand, campaign, strategist, manager, legal, rest
):
    wanted = Wanted("made in Aarhus", "evidence", evidence="Papers", evidence_place="Shelf 4")
    save_claim(brand=brand, wanted=wanted, actor=strategist, at=NOW)
    made = rest.send("POST", "briefs/", {"campaign": campaign.key})
    assert made.status_code == 201, made.content
    brief = made.json()
    assert (brief["newest"], brief["state"], brief["approved"]) == (1, "draft", None)
    assert "Say at least one thing that is to come across." in brief["problems"]
    address = f"briefs/{brief['id']}"
    choices = rest.json(f"{address}/choices/")
    claim = Claim.objects.get()
    assert choices["claims"] == [{"claim": claim.pk, "text": claim.text, "stands": "evidence"}]
    label = choices["wordings"][0]["key"]
    said = {
        "goal": "More people know the night cream.",
        "messages": [{"text": "It is for the night."}, {"text": "Say this.", "is_verbatim": True}],
        "blocks": [{"platform": "instagram", "form": "short_video", "seconds": 30}],
        "claims": [claim.pk],
        "wordings": [label],
        "hashtags": ["night"],
        "steps": [{"title": "First draft", "due_on": "2027-02-01"}],
    }
    changed = rest.send("PATCH", f"{address}/", {"version": brief["version"], **said})
    assert changed.status_code == 200, changed.content
    assert changed.json() == rest.json(f"{address}/")
    assert changed.json()["problems"] == []
    document = rest.json(f"{address}/versions/1/")["document"]
    assert (document["hashtags"], document["steps"]) == (["#night"], said["steps"])
    assert [one["key"] for one in document["wordings"]] == [label]
    assert [one["status"] for one in document["claims"]] == ["evidence"]
    # What was not named is as the campaign had it.
    assert document["audience"] == campaign.audience

    version = changed.json()["version"]
    yes = {"version": version, "is_yes": True}
    elsewhere = {"version": version, "blocks": [{"platform": "myspace", "form": "image"}]}
    unknown = {"version": version, "claims": [claim.pk, 99_999], "wordings": ["x"]}
    faults(
        rest,
        ("POST", "briefs/", {"campaign": campaign.key}, 409, "", "there_already"),
        ("POST", "briefs/", {"campaign": "nowhere"}, 400, "/campaign", "unknown_campaign"),
        ("PATCH", f"{address}/", elsewhere, 400, "/blocks/0/platform", "invalid"),
        ("PATCH", f"{address}/", {"version": version - 1, "goal": "x"}, 409, "", "outdated"),
        ("POST", f"{address}:submit", {"version": version - 1}, 409, "", "outdated"),
        ("POST", f"{address}:approve", yes, 409, "", "not_in_this_state"),
    )
    assert [
        fault["pointer"]
        for fault in assert_problem(rest.send("PATCH", f"{address}/", unknown), 400)["errors"]
    ] == ["/claims/1", "/wordings/0"]

    waiting = rest.send("POST", f"{address}:submit", {"version": version}).json()
    assert (waiting["state"], waiting["open_gates"]) == ("submitted", ["brand", "legal"])
    seen = {"version": waiting["version"]}
    faults(
        rest,
        # Nobody approves their own words, a no has a reason, legal is asked for itself.
        ("POST", f"{address}:approve", {**seen, "is_yes": True}, 409, "", "own_work"),
        ("POST", f"{address}:approve", {**seen, "is_yes": False}, 409, "", "reason_needed"),
    )
    assert_problem(rest.send("POST", f"{address}:clear", {**seen, "is_yes": True}), 403)
    runs, counsel = rest_as(manager, brand), rest_as(legal, brand)
    yes = runs.send("POST", f"{address}:approve", {**seen, "is_yes": True}).json()
    word = {"version": yes["version"], "is_yes": True}
    cleared = counsel.send("POST", f"{address}:clear", word).json()
    assert (cleared["state"], cleared["approved"], cleared["open_gates"]) == ("approved", 1, [])

    place = engage(campaign, EngagementStage.CONTRACTED)
    below = f"campaigns/{campaign.key}/brief-readers/"
    [reader] = rest.json(below)["results"]
    assert (reader["engagement"], reader["number"], reader["accepted_at"]) == (place.pk, 1, None)
    word = {"number": 1, "engagement": place.pk, "name": "Anna Bo", "note": "Her mail"}
    accepted = runs.send("POST", f"{address}/acceptances/", word)
    assert accepted.status_code == 201, accepted.content
    assert (accepted.json()["recorded_by"], accepted.json()["version"]) == (manager.email, 1)
    faults(
        runs,
        ("POST", f"{address}/acceptances/", word, 409, "", "there_already"),
        (
            "POST",
            f"{address}/acceptances/",
            {**word, "number": 9},
            400,
            "/number",
            "unknown_version",
        ),
    )
    assert rest.json(below)["results"][0]["accepted_at"] is not None


def test_a_draft_is_taken_back_and_thrown_away(campaign, other_brand, outsider, rest):
    brief = rest.send("POST", "briefs/", {"campaign": campaign.key}).json()
    address = f"briefs/{brief['id']}"
    stranger = rest_as(outsider, other_brand)
    for path in (f"{address}:submit", f"{address}/acceptances/"):
        assert_problem(stranger.send("POST", path, {}), 404)
    assert_problem(stranger.get(f"{address}/choices/"), 404)
    assert_problem(stranger.get(f"campaigns/{campaign.key}/brief-readers/"), 404)
    said = {
        "messages": [{"text": "It is for the night."}],
        "blocks": [{"platform": "instagram", "form": "image"}],
    }
    written = rest.send("PATCH", f"{address}/", {"version": brief["version"], **said}).json()
    waiting = rest.send("POST", f"{address}:submit", {"version": written["version"]}).json()
    back = rest.send("POST", f"{address}:take-back", {"version": waiting["version"]}).json()
    assert back["state"] == "draft"
    gone = rest.send("POST", f"{address}:discard", {"version": back["version"]})
    assert gone.status_code == 204
    assert not Brief.objects.exists()


def test_a_brief_for_a_segment(brand, campaign, rest):
    make_segment(brand, "night-owls")
    below = f"campaigns/{campaign.key}/segment-briefs/"
    made = rest.send("POST", below, {"segment": "night-owls"})
    assert made.status_code == 201, made.content
    assert made.json()["segment"] == "night-owls"
    faults(
        rest,
        ("POST", below, {"segment": "night-owls"}, 409, "", "there_already"),
        ("POST", below, {"segment": "nobody"}, 400, "/segment", "unknown_segment"),
        ("POST", below, {}, 400, "/segment", "required"),
    )
    assert BriefVersion.objects.count() == 1
