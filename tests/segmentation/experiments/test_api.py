"""Experiments over REST: planned, started, read and ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from segmentation.models import Experiment, ExperimentLook
from segmentation.services.experiments import looking
from tests.rest import assert_problem, rest_as, walk
from tests.segmentation.experiments.worlds import educators, make_experiment, start
from tests.segmentation.world import make_segment

PLAN = {
    "name": "Hooks",
    "question": "Which hook?",
    "metric": "uploaded",
    "segment": "educators",
    "arms": [{"key": "a", "name": "A"}, {"key": "b", "name": "B", "share": 2}],
}


@pytest.fixture
def rest(brand, analyst):
    return rest_as(analyst, brand)


def test_an_experiment_from_plan_to_decision(rest, brand):
    people = educators(brand)
    made = rest.send("POST", "experiments/", PLAN)
    assert made.status_code == 201
    body = made.json()
    assert (body["status"], body["looks_planned"], body["days"]) == ("draft", 1, 28)
    assert [(arm["key"], arm["share"], arm["is_control"]) for arm in body["arms"]] == [
        ("a", 1, True),
        ("b", 2, False),
    ]
    here = f"experiments/{body['id']}"
    assert rest.send("POST", f"{here}:start").json()["status"] == "running"
    assert rest.send("POST", f"{here}:join").status_code == 200
    rows = walk(rest, f"{here}/assignments/", limit=5)
    assert [row["number"] for row in rows] == list(range(1, 13))
    assert {row["creator"] for row in rows} == {str(one.creator.uid) for one in people}
    assert_problem(rest.send("POST", f"{here}/looks/", {"outcomes": []}), 409, "too_early")

    experiment = start(
        make_experiment(brand, metric="uploaded"), timezone.now() - timedelta(days=29)
    )
    here = f"experiments/{experiment.pk}"
    said = [
        {"creator": str(one.creator.uid), "events": place + 3, "weight": 100}
        for place, one in enumerate(people)
    ]
    answer = rest.send("POST", f"{here}/looks/", {"outcomes": said})
    assert answer.status_code == 202
    assert answer["Location"].endswith(f"/api/v1/{here}/looks/")
    look = ExperimentLook.objects.get()
    looking.compute(look_id=look.pk, at=timezone.now())
    [shown] = rest.json(f"{here}/looks/")["results"]
    assert (shown["status"], shown["number"], shown["source"]) == ("done", 1, "file")
    assert shown["result"]["control"] == "list"
    assert len(shown["digest"]) == 64
    assert_problem(rest.send("POST", f"{here}/looks/", {"outcomes": said}), 409, "no_look_left")
    ended = rest.send("POST", f"{here}:complete", {"words": "Go on."}).json()
    assert (ended["status"], ended["decision"]) == ("completed", "Go on.")
    assert_problem(rest.send("POST", f"{here}:stop", {"words": "No."}), 409, "not_running")
    assert len(rest.json("experiments/")["results"]) == 2


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"segment": "nowhere"}, "/segment", "unknown_segment"),
        ({"segment": ""}, "/campaign", "people_needed"),
        (
            {"looks_planned": 5, "reading": "planned", "days": 3},
            "/looks_planned",
            "out_of_range",
        ),
    ],
)
def test_a_plan_that_contradicts_itself_is_pointed_at(rest, brand, values, pointer, code):
    make_segment(brand, "educators")
    draft = make_experiment(brand)
    here = f"experiments/{draft.pk}/"
    before = rest.json(here)
    for answer in (
        rest.send("POST", "experiments/", PLAN | values),
        rest.send("PATCH", here, values),
    ):
        body = assert_problem(answer, 400)
        assert [(one["pointer"], one["code"]) for one in body["errors"]] == [(pointer, code)]
    assert Experiment.objects.get() == draft
    assert rest.json(here) == before


def test_the_plan_of_a_draft_is_changed_and_what_is_left_out_stays(rest, brand):
    educators(brand)
    draft = make_experiment(brand)
    here = f"experiments/{draft.pk}/"
    before = rest.get(here)
    seen = before["ETag"]
    answer = rest.client.patch(
        f"/api/v1/{here}", {"days": 14}, "application/json", headers={"If-Match": seen}
    )
    assert answer.status_code == 200, answer.content
    assert answer.json() == before.json() | {"days": 14, "version": 2}
    # Who saw it as it was before changes nothing.
    answer = rest.client.patch(
        f"/api/v1/{here}", {"days": 7}, "application/json", headers={"If-Match": seen}
    )
    assert_problem(answer, 412, "outdated")
    arms = [{"key": "a", "name": "A"}, {"key": "b"}]
    [fault] = assert_problem(rest.send("PATCH", here, {"arms": arms}), 400)["errors"]
    assert fault["pointer"] == "/arms/1/name"
    arms[1]["name"] = "B"
    body = rest.send("PATCH", here, {"arms": arms}).json()
    assert [arm["key"] for arm in body["arms"]] == ["a", "b"]
    assert body["days"] == 14
    rest.send("POST", f"experiments/{draft.pk}:start")
    assert_problem(rest.send("PATCH", here, {"days": 7}), 409, "has_begun")
    assert rest.json(here)["days"] == 14


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"arms": [{"key": "a", "name": "A"}]}, "/arms"),
        ({"arms": [{"key": "a"}, {"key": "b", "name": "B"}]}, "/arms/0/name"),
        ({"planned_lift": "NaN"}, "/planned_lift"),
        ({"seed": "mine"}, "/seed"),
    ],
)
def test_a_body_that_cannot_be_used_is_pointed_at(rest, brand, values, pointer):
    body = assert_problem(rest.send("POST", "experiments/", PLAN | values), 400)
    assert pointer in {fault["pointer"] for fault in body["errors"]}
    assert not Experiment.objects.exists()


def test_outcomes_of_others_are_pointed_at_and_nothing_is_taken(rest, brand):
    [one, _] = educators(brand, 2)
    made = start(make_experiment(brand, metric="uploaded"), timezone.now() - timedelta(days=29))
    uid = str(one.creator.uid)
    nobody = "00000000-0000-0000-0000-000000000000"
    said = [{"creator": who, "events": 1} for who in (uid, uid, nobody)]
    body = assert_problem(
        rest.send("POST", f"experiments/{made.pk}/looks/", {"outcomes": said}), 400
    )
    assert [fault["pointer"] for fault in body["errors"]] == [
        "/outcomes/1/creator",
        "/outcomes/2/creator",
    ]
    bad = [{"creator": uid, "events": "Infinity"}]
    assert_problem(rest.send("POST", f"experiments/{made.pk}/looks/", {"outcomes": bad}), 400)
    assert not ExperimentLook.objects.exists()


def test_another_brands_experiments_are_not_there(rest, other_brand):
    make_segment(other_brand, "educators")
    made = make_experiment(other_brand)
    assert rest.json("experiments/")["results"] == []
    for method, path in (
        ("GET", f"experiments/{made.pk}/"),
        ("GET", f"experiments/{made.pk}/assignments/"),
        ("GET", f"experiments/{made.pk}/looks/"),
        ("POST", f"experiments/{made.pk}:start"),
    ):
        assert_problem(rest.send(method, path), 404)
    assert Experiment.objects.get().is_draft


def test_a_draft_is_forgotten_and_what_has_begun_is_kept(brand, other_brand, outsider, analyst):
    educators(brand)
    rest = rest_as(analyst, brand)
    draft, begun = make_experiment(brand), start(make_experiment(brand, name="Other hooks"))
    elsewhere = rest_as(outsider, other_brand)
    assert_problem(elsewhere.send("DELETE", f"experiments/{draft.pk}/"), 404)
    assert_problem(rest.send("DELETE", f"experiments/{begun.pk}/"), 409, "has_begun")
    assert rest.send("DELETE", f"experiments/{draft.pk}/").status_code == 204
    assert [one["id"] for one in rest.json("experiments/")["results"]] == [begun.pk]
