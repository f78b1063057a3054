"""Over REST: clauses, guidelines, runbooks, gates of a campaign, its page for submissions."""

from __future__ import annotations

from campaigns.models import Clause, Guideline, ReviewPlan, SubmissionPage
from crm.choices import Role
from crm.models import Runbook
from tests.campaigns.rest.conftest import if_match
from tests.rest import assert_problem


def test_a_clause_is_worded_anew_version_by_version(db, world):
    legal, here = world[Role.LEGAL], "contract-clauses/work/"
    first = legal.json(here)
    assert (first["number"], first["history"]) == (0, [])
    assert legal.json("contract-clauses/")["results"][0]["key"] == "work"
    said = {"number": 0, "text": "{{ creator }} works for {{ brand }}."}
    worded = legal.send("PATCH", here, said).json()
    assert (worded["number"], worded["heading"]) == (1, first["heading"])
    assert [one["text"] for one in worded["history"]] == [said["text"]]
    world.refused(Role.LEGAL, "PATCH", here, said, 409, "", "outdated")
    wrong = {"number": 1, "text": "{{ shoe }}"}
    world.refused(Role.LEGAL, "PATCH", here, wrong, 400, "/text", "invalid")
    world.refused(Role.LEGAL, "PATCH", here, {"text": "x"}, 400, "/number", "required")
    assert_problem(legal.send("PATCH", "contract-clauses/nowhere/", said), 404)
    assert_problem(world[Role.MANAGER].send("PATCH", here, said), 403)
    own = legal.send("POST", "contract-clauses/", {"heading": "Samples", "text": "Kept."})
    assert (own.status_code, own.json()["key"]) == (201, "own-samples")
    world.refused(
        Role.LEGAL, "POST", "contract-clauses/", {"heading": "A"}, 400, "/text", "required"
    )
    assert Clause.objects.filter(brand=world.brand).count() == 2
    late = if_match(legal, "PATCH", here, '"old"', {"number": 1, "heading": "Work"})
    assert_problem(late, 412, "outdated")


def test_guidelines_are_added_and_put_away(db, world):
    strategist = world[Role.STRATEGIST]
    [line] = strategist.json("guidelines/")["results"]
    said = {"kind": "dont", "text": "No alcohol", "jurisdiction": "DK"}
    made = strategist.send("POST", "guidelines/", said)
    assert made.status_code == 201, made.content
    assert (made.json()["jurisdiction"], made.json()["platform"]) == ("DK", None)
    for change, pointer, code in (
        ({}, "/text", "invalid"),  # It is there already.
        ({"platform": "nowhere"}, "/platform", "invalid"),
        ({"jurisdiction": "XX"}, "/jurisdiction", "invalid"),
        ({"segment": "nobody"}, "/segment", "invalid"),
        ({"kind": "maybe"}, "/kind", "invalid_choice"),
    ):
        world.refused(Role.STRATEGIST, "POST", "guidelines/", said | change, 400, pointer, code)
    assert_problem(world[Role.MANAGER].send("POST", "guidelines/", said), 403)
    here = f"guidelines/{line['id']}/"
    world.elsewhere("DELETE", here)
    assert strategist.send("DELETE", here).status_code == 204
    assert_problem(strategist.send("DELETE", here), 404)
    assert Guideline.objects.get(pk=line["id"]).archived_at is not None


def test_a_runbook_is_worded_and_given_back(db, world):
    legal, here = world[Role.LEGAL], "runbooks/controversy/"
    usual = legal.json(here)
    assert (usual["version"], usual["is_own"]) == (0, False)
    said = {"version": 0, "first_hour": ["Call her"], "statement": "We look into it."}
    own = legal.send("PATCH", here, said).json()
    assert (own["first_hour"], own["first_day"]) == (["Call her"], usual["first_day"])
    assert (own["version"], own["is_own"]) == (1, True)
    world.refused(Role.LEGAL, "PATCH", here, said, 409, "", "outdated")
    empty = {"version": 1, "first_hour": [], "first_day": [], "afterwards": []}
    world.refused(Role.LEGAL, "PATCH", here, empty, 400, "/first_hour", "invalid")
    assert_problem(legal.send("PATCH", "runbooks/weather/", said), 404)
    assert_problem(world[Role.MANAGER].send("PATCH", here, said), 403)
    assert legal.send("DELETE", here).status_code == 204
    assert legal.json(here) == usual
    assert not Runbook.objects.exists()
    assert len(legal.json("runbooks/")["results"]) > 3


def test_the_gates_of_a_campaign(db, world):
    rest, here = world[Role.STRATEGIST], f"campaigns/{world.campaign.key}/review-plan/"
    before = rest.json(here)
    assert (before["gates"], before["legal_keeper"], before["version"]) == (
        ["manager", "legal"],
        None,
        1,
    )
    legal = world.people[Role.LEGAL].email
    said = {"version": 1, "gates": ["legal"], "legal_hours": 24, "legal_keeper": legal}
    after = rest.send("PATCH", here, said).json()
    assert (after["gates"], after["legal_hours"], after["legal_keeper"]) == (["legal"], 24, legal)
    for change, status, pointer, code in (
        ({"gates": []}, 400, "/gates", "min_length"),
        ({"legal_keeper": "nobody@x.example"}, 400, "/legal_keeper", "unknown_user"),
        ({"legal_keeper": world.people[Role.ANALYST].email}, 400, "/legal_keeper", "invalid"),
        ({"rounds": 21}, 400, "/rounds", "max_value"),
        # Whoever saw what was usual is told of the first change, too.
        ({"version": before["version"]}, 409, "", "outdated"),
    ):
        world.refused(
            Role.STRATEGIST, "PATCH", here, {"version": after["version"]} | change, status,
            pointer, code,
        )  # fmt: skip
    world.elsewhere("GET", here)
    assert_problem(world[Role.ANALYST].send("PATCH", here, said), 403)
    assert ReviewPlan.objects.get().gates == ["legal"]
    tag = rest.get(here)["ETag"]
    again = {"version": after["version"], "rounds": 2}
    assert if_match(rest, "PATCH", here, tag, again).json()["rounds"] == 2
    assert_problem(if_match(rest, "PATCH", here, tag, again), 412, "outdated")


def test_the_page_of_a_campaign_for_submissions(db, world):
    rest, here = world[Role.MANAGER], f"campaigns/{world.campaign.key}/submission-page/"
    before = rest.json(here)
    assert (before["is_open"], before["title"], before["territory"]) == (False, None, [])
    half = {"version": 1, "is_open": True, "title": "Show us"}
    world.refused(Role.MANAGER, "PATCH", here, half, 400, "/consent_text", "invalid")
    whole = half | {
        "hashtag": "#Balconies",
        "consent_text": "We keep it.",
        "permission_text": "On our site.",
        "usages": ["organic"],
        "territory": ["nordics"],
    }
    after = rest.send("PATCH", here, whole)
    assert after.status_code == 200, after.content
    assert (after.json()["hashtag"], after.json()["territory"]) == (
        "balconies",
        ["DK", "FI", "IS", "NO", "SE"],
    )
    seen = {"version": after.json()["version"]}
    for change, status, pointer, code in (
        ({"hashtag": "two words"}, 400, "/hashtag", "invalid"),
        ({"territory": ["Mars"]}, 400, "/territory", "invalid"),
        ({"usages": ["whitelisting"]}, 400, "/usages/0", "invalid_choice"),
        ({"min_age": 12}, 400, "/min_age", "min_value"),
        ({"title": None}, 400, "/title", "invalid"),
        ({"version": before["version"]}, 409, "", "outdated"),
    ):
        world.refused(Role.MANAGER, "PATCH", here, seen | change, status, pointer, code)
    world.elsewhere("PATCH", here, whole)
    assert_problem(world[Role.LEGAL].get(here), 403)
    assert SubmissionPage.objects.get().is_open
