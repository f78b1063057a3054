"""Scores over REST."""

from __future__ import annotations

import pytest

from crm.models import Creator
from segmentation.api.scores import EXAMPLE
from segmentation.models import CreatorScore, ScoreModel
from segmentation.services.scores import counting
from tests.factories import NOW
from tests.rest import assert_problem, rest_as
from tests.segmentation.scores.building import counted, study_scores, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(analyst, brand):
    return rest_as(analyst, brand)


def test_write_use_and_read_a_score(rest, brand):
    world(brand)
    made = rest.send("POST", "score-models/", EXAMPLE)
    assert made.status_code == 201
    assert made.json()["versions"][0]["definition"] == EXAMPLE["definition"]
    assert made.json()["active_version"] is None

    used = rest.send("POST", "score-models/fit:activate", {"version": 1})
    assert (used.status_code, used.json()["status"]) == (202, "queued")
    counting.count(model_id=ScoreModel.objects.get().pk, at=NOW)
    model = rest.json("score-models/fit/")
    assert (model["status"], model["scored"]) == ("done", CreatorScore.objects.count())

    first = rest.json("score-models/fit/creators/?limit=10")["results"]
    scores = list(CreatorScore.objects.order_by("-score").values_list("score", flat=True)[:10])
    assert [row["score"] for row in first] == scores
    told = rest.json(f"creators/{first[0]['creator']}/scores/")["results"][0]
    assert told["score"] == scores[0]
    parts = [part["contribution"] or 0 for part in told["parts"]]
    assert sum(parts) == pytest.approx(told["now"])


def test_what_is_wrong_is_told_with_its_place_and_nothing_is_saved(rest):
    broken = {**EXAMPLE, "definition": {"components": [{"fact": "folowers", "weight": -1}]}}
    answer = rest.send("POST", "score-models/", broken)
    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/definition/components/0/key",
        "/definition/components/0/label",
        "/definition/components/0/weight",
        "/definition/components/0/fact",
    }
    answer = rest.send("POST", "score-models/", {**EXAMPLE, "key": "Fit!"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/key")
    assert not ScoreModel.objects.exists()


def test_refusals(rest, brand):
    world(brand, 30)
    counted(brand)
    assert_problem(rest.send("POST", "score-models/", EXAMPLE), 400, "already_there", at="/key")
    assert rest.send("POST", "score-models/fit:activate", {"version": 1}).status_code == 409
    assert rest.send("POST", "score-models/fit:activate", {"version": 7}).status_code == 400
    stale = {name: EXAMPLE[name] for name in ("name", "purpose", "definition", "reason")}
    assert (
        rest.send("POST", "score-models/fit:word", {**stale, "seen_version": 1}).status_code == 201
    )
    answer = rest.send("POST", "score-models/fit:word", {**stale, "seen_version": 1})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "outdated")
    assert rest.send("POST", "score-models/fit:archive", {}).status_code == 200
    assert rest.send("POST", "score-models/fit:count", {}).status_code == 409


def test_another_brand_sees_nothing(brand, other_brand, outsider):
    world(brand, 30)
    counted(brand)
    theirs = rest_as(outsider, other_brand)
    assert theirs.json("score-models/")["results"] == []
    assert theirs.get("score-models/fit/").status_code == 404
    assert theirs.send("POST", "score-models/fit:count", {}).status_code == 404
    creator = Creator.objects.first()
    assert theirs.get(f"creators/{creator.uid}/scores/").status_code == 404


def test_comparisons_and_backtests_over_rest(rest, brand):
    world(brand)
    study_scores(counted(brand))
    [line] = rest.json("score-comparisons/")["results"]
    full = rest.json(f"score-comparisons/{line['id']}/")
    assert line.items() <= full.items()
    assert line["second"] == {"score": "fit", "version": 2}
    assert full["moves"]
    assert full["differences"]
    both = {name: {"score": "fit", "version": 1} for name in ("first", "second")}
    assert_problem(rest.send("POST", "score-comparisons/", both), 400)
    [test] = rest.json("score-backtests/")["results"]
    assert rest.json(f"score-backtests/{test['id']}/") == test
    asked = {name: test[name] for name in ("score", "version", "day", "days", "outcome")}
    assert rest.send("POST", "score-backtests/", asked).status_code == 202
    assert_problem(rest.send("POST", "score-backtests/", asked | {"version": 9}), 400)
    assert_problem(rest.send("POST", "score-backtests/", asked | {"days": 3}), 400)
