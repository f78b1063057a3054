"""The same scorecard over REST as on the page: number by number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from segmentation.api.scorecards import with_targets
from segmentation.choices import SegmentStatus
from segmentation.models import MetricTarget, Scorecard, ScorecardOrder
from segmentation.services import scorecard_orders, scorecards
from segmentation.services.kpis import change_kpis
from tests.factories import NOW
from tests.rest import assert_problem, rest_as, walk
from tests.segmentation.world import make_creator, make_segment, moment, stay

PERIOD = "2026Q3"


@pytest.fixture
def segment(brand):
    """Two members of the third quarter, one of whom left in it."""
    segment = make_segment(brand)
    first, second = make_creator(brand), make_creator(brand)
    stay(segment, first, moment(5, 1))
    stay(segment, second, moment(7, 15), moment(9, 1))
    return segment


@pytest.fixture
def computed(segment):
    """The quarter is stored, as a run leaves it."""
    scorecards.refresh(brand_id=segment.brand_id, as_of=NOW, periods=[PERIOD])


@pytest.fixture
def rest(analyst, brand):
    return rest_as(analyst, brand)


def test_the_answer_is_the_pages_scorecard(rest, segment, computed):
    body = rest.json(f"segments/{segment.key}/scorecard", period=PERIOD)
    card = scorecards.get(segment=segment, period=PERIOD, as_of=NOW)
    assert body == with_targets(card, {}, explain=False)
    assert body["segment"] == "educators"
    assert body["period"] == PERIOD
    assert body["size"] == 1
    by_key = {row["key"]: row for row in body["metrics"]}
    assert by_key["joiners"]["value"] == 1
    assert by_key["leavers"]["value"] == 1
    assert body == rest.json(f"segments/{segment.pk}/scorecard/", period=PERIOD)


def test_each_row_has_the_agreed_members(rest, segment, computed):
    body = rest.json(f"segments/{segment.key}/scorecard/", period=PERIOD)
    agreed = {"key", "label", "value", "unit", "n", "interval", "benchmark", "change", "target"}
    agreed |= {"formula", "source", "reason_if_absent"}
    for row in body["metrics"]:
        assert agreed <= set(row)
        assert (row["value"] is None) == (row["reason_if_absent"] is not None)
        assert "inputs" not in row


def test_explain_says_what_went_into_it(rest, segment, computed):
    plain = rest.json(f"segments/{segment.key}/scorecard/", period=PERIOD)
    body = rest.json(f"segments/{segment.key}/scorecard/", period=PERIOD, explain=1)
    card = scorecards.get(segment=segment, period=PERIOD, as_of=NOW)
    assert body == with_targets(card, {}, explain=True)
    assert all("inputs" in row for row in body["metrics"])
    assert [row["value"] for row in body["metrics"]] == [row["value"] for row in plain["metrics"]]


def test_an_unchanged_scorecard_is_not_sent_again(rest, segment, computed):
    path = f"/api/v1/segments/{segment.key}/scorecard/?period={PERIOD}"
    first = rest.client.get(path)
    assert first["Cache-Control"] == "private, no-cache"
    assert "Authorization" in first["Vary"]
    again = rest.client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    weak = rest.client.get(path, headers={"If-None-Match": f'"x", W/{first["ETag"]}'})
    assert weak.status_code == 304
    other = rest.client.get(path, headers={"If-None-Match": '"x"'})
    assert other.status_code == 200
    # As whatever computes a scorecard writes it.
    Scorecard.objects.filter(segment=segment).update(size=5, computed_at=NOW + timedelta(days=2))
    changed = rest.client.get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert changed.json()["size"] == 5
    less = rest.client.get(f"{path}&fields=size,period")
    assert less.json() == {"size": 5, "period": PERIOD}
    assert_problem(rest.client.get(f"{path}&omit=nonsense"), 400, "unknown_member")


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ("2026", "bad_period"),
        ("2026Q5", "bad_period"),
        ("2190Q1", "bad_period"),
        ("1999Q4", "bad_period"),
        ("Q3", "bad_period"),
        ("\u0662\u0660\u0662\u0666Q3", "bad_period"),
        ("2026Q3\x00", "null_characters_not_allowed"),
        ("x" * 300, "max_length"),
        ("", "blank"),
    ],
)
def test_a_bad_period(rest, segment, period, code):
    answer = rest.get(f"segments/{segment.key}/scorecard/", period=period)
    body = assert_problem(answer, 400, code)
    assert body["errors"][0]["pointer"] == "?period"
    assert not Scorecard.objects.exists()


def test_a_period_is_needed(rest, segment):
    assert_problem(rest.get(f"segments/{segment.key}/scorecard/"), 400, "required")


def test_scorecards_of_a_quarter(rest, segment, brand):
    make_segment(brand, "beauty", dimension="niche")
    make_segment(brand, "old", status=SegmentStatus.ARCHIVED)
    scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=[PERIOD])
    rows = walk(rest, "scorecards/", period=PERIOD, limit=1)
    assert [row["segment"] for row in rows] == ["beauty", "educators"]
    assert rows[1] == rest.json("segments/educators/scorecard/", period=PERIOD)
    only = rest.json("scorecards/", period=PERIOD, dimension="niche")
    assert only["results"] == rows[:1]
    assert_problem(rest.get("scorecards/", period=PERIOD, dimension="x"), 400, "unknown_dimension")
    assert_problem(rest.get("scorecards/", period="2026Q9"), 400, "bad_period")


def test_targets_stand_beside_their_rows(rest, segment, computed):
    change_kpis(
        segment=segment,
        keys=["size"],
        targets={"size": 2.0},
        from_period=PERIOD,
        actor=None,
        at=NOW,
    )
    for body in (
        rest.json(f"segments/{segment.key}/scorecard/", period=PERIOD),
        rest.json("scorecards/", period=PERIOD)["results"][0],
    ):
        by_key = {row["key"]: (row["target"], row["target_verdict"]) for row in body["metrics"]}
        assert by_key["size"] == (2.0, "not_reached")
        assert by_key["joiners"] == (None, None)
    kpis = rest.json(f"segments/{segment.key}/kpis/")
    assert kpis["kpis"] == [{"key": "size", "label": "Members", "target": 2.0}]


def test_kpis_are_set_and_refused(strategist, brand, segment):
    rest = rest_as(strategist, brand)
    path = f"segments/{segment.key}/kpis/"
    body = {"kpis": ["size"], "from_period": PERIOD, "targets": {"size": 3}}
    answer = rest.send("PATCH", path, body)
    assert answer.status_code == 200
    assert answer.json()["targets"][0]["value"] == 3.0
    for wrong, code, at in (
        ({"kpis": ["nothing"]}, "unknown_metric", "/kpis"),
        (body | {"targets": {"nothing": 3}}, "unknown_metric", "/targets/nothing"),
        (body | {"from_period": "2190Q1"}, "out_of_range", "/from_period"),
        ({"kpis": []}, "min_length", "/kpis"),
    ):
        assert_problem(rest.send("PATCH", path, wrong), 400, code, at=at)
    assert MetricTarget.objects.count() == 1


def test_segments_beside_each_other(rest, segment, computed):
    asked = {"period": PERIOD, "segments": segment.key, "metrics": "size"}
    body = rest.json("scorecards/comparison/", **asked)
    (row,) = body["rows"]
    assert row["places"][0]["value"] == 1
    for more, code in (
        ({"segments": "nowhere"}, "unknown_segment"),
        ({"segments": ","}, "out_of_range"),
        ({"metrics": "nothing"}, "unknown_metric"),
        ({"period": "2026Q9"}, "bad_period"),
    ):
        assert_problem(rest.get("scorecards/comparison/", **asked | more), 400, code)
    trend = rest.json(f"segments/{segment.key}/trend/", period=PERIOD)["results"]
    assert trend[0]["points"][-1] | {"formula": ""} == {
        "period": PERIOD,
        "value": 1,
        "interval": None,
        "n": 1,
        "benchmark": None,
        "formula": "",
        "reason_if_absent": None,
    }
    assert rest.json("cohorts/")["results"] == []
    assert len(rest.json("benchmarks/")["results"]) == 15


def test_query_counts(rest, segment, computed, django_assert_num_queries):
    path = f"segments/{segment.key}/scorecard/"
    rest.get(path, period=PERIOD)
    with django_assert_num_queries(2):  # token, which scorecard with its targets
        rest.json(path, period=PERIOD)
    rest.get("scorecards/", period=PERIOD)
    with django_assert_num_queries(5):  # token, whether all are there, targets, page, count
        rest.json("scorecards/", period=PERIOD)


def test_the_scorecards_of_a_quarter_are_computed_anew(strategist, brand, segment):
    rest = rest_as(strategist, brand)
    answer = rest.send("POST", "scorecards:refresh", {"period": PERIOD})
    order = ScorecardOrder.objects.get()
    told = answer.json()
    assert answer.status_code == 202
    assert answer["Location"].endswith(f"/api/v1/scorecard-orders/{order.pk}/")
    assert (told["period"], told["segment"], told["status"]) == (PERIOD, None, "queued")
    assert not Scorecard.objects.exists()
    scorecard_orders.compute(order_id=order.pk, at=NOW)
    assert rest.json(f"scorecard-orders/{order.pk}/") == told | {"status": "done"}
    assert rest.json("scorecard-orders/")["results"] == [told | {"status": "done"}]
    assert rest.json(f"segments/{segment.key}/scorecard/", period=PERIOD)["size"] == 1
    for period in ("x", "2003Q1"):
        refused = rest.send("POST", "scorecards:refresh", {"period": period})
        assert_problem(refused, 400, "bad_period", at="/period")
    assert ScorecardOrder.objects.count() == 1


def test_what_is_not_there_is_asked_for_and_said_to_be_under_way(rest, segment):
    asked = {"period": PERIOD}
    paths = (
        (f"segments/{segment.key}/scorecard/", asked),
        (f"segments/{segment.pk}/scorecard/", asked),
        (f"segments/{segment.key}/trend/", asked),
        ("scorecards/", asked),
        ("scorecards/comparison/", asked | {"segments": segment.key}),
    )
    for path, params in paths:
        answer = rest.get(path, **params)
        assert (answer.status_code, answer["Retry-After"]) == (202, "5"), path
        assert answer.json()["status"] == "queued"
        assert not answer.has_header("ETag")
        assert_problem(rest.get(path, **params | {"period": "2003Q1"}), 400, "bad_period")
    order = ScorecardOrder.objects.get()
    ScorecardOrder.objects.update(status="failed", error="It stopped.")
    for path, params in paths:
        assert_problem(rest.get(path, **params), 409, "not_computed")
    ScorecardOrder.objects.update(status="queued")
    scorecard_orders.compute(order_id=order.pk, at=NOW)
    for path, params in paths:
        rest.json(path, **params)
    assert_problem(rest.get("segments/nothing/scorecard/", **asked), 404)


def test_a_running_quarter_is_given_as_it_is_and_computed_anew(rest, segment):
    past = NOW - timedelta(days=2)
    scorecards.refresh(brand_id=segment.brand_id, as_of=past, periods=["2026Q4"])
    path, asked = f"segments/{segment.key}/scorecard/", {"period": "2026Q4"}
    old = rest.get(path, **asked)
    assert old.json()["as_of"] == past.isoformat()
    scorecard_orders.compute(order_id=ScorecardOrder.objects.get().pk, at=NOW)
    new = rest.get(path, **asked)
    assert new.json()["as_of"] == NOW.isoformat()
    assert new["ETag"] != old["ETag"]
