"""Rules of stages, suggestions and checklists over REST."""

from __future__ import annotations

import pytest

from crm.choices import Stage
from crm.models import AuditEntry, Relationship
from segmentation.models import StageRule, StageSuggestion
from segmentation.services.stage_suggestions import refresh
from tests.factories import NOW
from tests.rest import assert_problem, rest_as
from tests.segmentation.stages.building import creator_in, criteria, know, suggestion

pytestmark = pytest.mark.django_db


@pytest.fixture
def strategist_rest(brand, strategist):
    return rest_as(strategist, brand)


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


@pytest.fixture
def waiting(brand):
    creator_in(brand, Stage.CORE, mentions=3, creator__name="Ida Holm")
    know(brand)
    suggestion(brand)
    refresh(brand=brand, at=NOW)
    return StageSuggestion.objects.get()


ASKED = {
    "kind": "suggest",
    "stage": "core",
    "to_stage": "advocate",
    "name": "3 mentions",
    "rule_text": 'count(posts where caption contains "Acme", last 90 days) >= 3',
    "reason": "As agreed",
}


def test_a_rule_is_made_worded_anew_and_retired(strategist_rest, strategist, other_brand):
    suggestion(other_brand)
    made = strategist_rest.send("POST", "stage-rules/", ASKED)
    assert made.status_code == 201
    body = made.json()
    shown = {name: body[name] for name in ("kind", "stage", "to_stage", "name", "version", "fault")}
    assert shown == {
        "kind": "suggest",
        "stage": "core",
        "to_stage": "advocate",
        "name": "3 mentions",
        "version": 1,
        "fault": "",
    }
    assert (body["author"], body["quiet_days"]) == (strategist.email, 90)
    path = f"stage-rules/{body['id']}/"
    again = strategist_rest.send(
        "PATCH", path, {"rule_json": {"fact": "has_owner", "op": "is", "value": True}}
    )
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert [one["id"] for one in strategist_rest.json("stage-rules/")["results"]] == [body["id"]]
    assert strategist_rest.send("DELETE", path).status_code == 204
    assert strategist_rest.json("stage-rules/")["results"] == []
    assert_problem(strategist_rest.get(path), 404)
    assert_problem(strategist_rest.send("DELETE", path), 404)
    assert StageRule.objects.filter(pk=body["id"]).exists()


@pytest.mark.parametrize(
    ("change", "status", "pointer", "code"),
    [
        ({"to_stage": "prospect"}, 400, "/to_stage", "move_not_allowed"),
        ({"kind": "entry"}, 400, "/to_stage", "wrong_kind"),
        ({"rule_text": "shoe_size > 40"}, 422, "/rule_text", "unknown_fact"),
        ({"stage": "nowhere"}, 400, "/stage", "invalid_choice"),
        ({"quiet_days": 0}, 400, "/quiet_days", "min_value"),
        ({"colour": "red"}, 400, "/colour", "unknown_member"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(
    strategist_rest, change, status, pointer, code
):
    body = assert_problem(strategist_rest.send("POST", "stage-rules/", ASKED | change), status)
    assert (body["errors"][0]["pointer"], body["errors"][0]["code"]) == (pointer, code)
    assert not StageRule.objects.exists()


def test_a_second_checklist_and_an_old_version_are_refused(brand, strategist_rest):
    made = criteria(brand, "entry", Stage.CORE, "has_owner is true")
    asked = {"kind": "entry", "stage": "core", "rule_text": "has_email is true"}
    assert_problem(strategist_rest.send("POST", "stage-rules/", asked), 409, "criteria_exist")
    wording = {"rule_text": "has_email is true", "seen_version": 0}
    path = f"stage-rules/{made.stage_rule_id}/"
    assert_problem(strategist_rest.send("PATCH", path, wording), 409, "outdated")
    assert strategist_rest.json(path)["rule_text"] == "has_owner is true"


def test_suggestions_are_listed_with_what_was_read(rest, waiting):
    [one] = rest.json("stage-suggestions/")["results"]
    assert (one["why"], one["status"], one["from_stage"], one["to_stage"]) == (
        "3 organic mentions in 90 days",
        "open",
        "core",
        "advocate",
    )
    assert one["evidence"] == [
        {"name": "count(posts where caption contains Acme, last 90 days)", "value": 3}
    ]
    assert rest.json("stage-suggestions/", status="dismissed")["results"] == []
    nobody = "11111111-2222-4333-8444-555555555555"
    assert rest.json("stage-suggestions/", creator=nobody)["results"] == []
    assert_problem(rest.get("stage-suggestions/", status="lost"), 400)
    # Who objects to being sorted is suggested nothing from then on.
    Relationship.objects.update(unprofiled_at=NOW)
    assert rest.json("stage-suggestions/")["results"] == []
    accepting = rest.send("POST", f"stage-suggestions/{waiting.pk}/accept/", {})
    assert_problem(accepting, 404)


def test_an_answer_is_given_once(rest, waiting, manager):
    path = f"stage-suggestions/{waiting.pk}"
    taken = rest.send("POST", f"{path}:accept", {"note": "Of course"})
    assert (taken.status_code, taken.json()["closed_by"]) == (200, manager.email)
    assert Relationship.objects.get(pk=waiting.relationship_id).stage == "advocate"
    assert_problem(rest.send("POST", f"{path}:dismiss", {}), 409, "closed")
    assert rest.json(f"{path}/")["status"] == "accepted"


def test_a_dismissed_one_says_until_when(rest, waiting):
    answer = rest.send("POST", f"stage-suggestions/{waiting.pk}:dismiss", {})
    assert answer.json()["status"] == "dismissed"
    assert answer.json()["quiet_until"] > answer.json()["closed_at"]
    assert Relationship.objects.get(pk=waiting.relationship_id).stage == "core"


def test_who_may_not_move_may_not_answer(brand, waiting, analyst, outsider, other_brand):
    reader = rest_as(analyst, brand)
    assert len(reader.json("stage-suggestions/")["results"]) == 1
    assert_problem(reader.send("POST", f"stage-suggestions/{waiting.pk}:accept", {}), 403)
    stranger = rest_as(outsider, other_brand)
    assert stranger.json("stage-suggestions/")["results"] == []
    assert_problem(stranger.send("POST", f"stage-suggestions/{waiting.pk}:accept", {}), 404)
    assert StageSuggestion.objects.get().status == "open"
    assert not AuditEntry.objects.filter(verb="crm.stage.moved").exists()


def test_a_creator_is_held_against_the_checklists(brand, rest):
    row = creator_in(brand, followers=5_000)
    know(brand)
    criteria(brand, "entry", Stage.FIRST_TIME, "followers >= 1_000 and engagement_rate >= 2%")
    body = rest.json(f"creators/{row.creator.uid}/stage/")
    assert body["stage"] == "prospect"
    [told] = body["checklists"]
    assert (told["kind"], told["stage"], told["met"], told["result"]) == (
        "entry",
        "first_time",
        1,
        None,
    )
    assert told["checks"] == [
        {"words": "Followers at least 1,000", "result": True, "value": "5,000"},
        {"words": "Engagement rate at least 2%", "result": None, "value": "not known"},
    ]
    assert_problem(rest.get("creators/11111111-2222-4333-8444-555555555555/stage/"), 404)
