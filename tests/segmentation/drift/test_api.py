"""Drift over REST: asked for, waited for, read."""

from __future__ import annotations

import pytest
from django.utils import timezone

from segmentation.models import Dimension, DriftReport
from segmentation.services.drift import compute_report
from tests.rest import assert_problem, rest_as
from tests.segmentation.world import make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db

DAYS = {"since": "2026-06-30", "until": "2026-09-30"}


@pytest.fixture
def rest(brand, analyst):
    return rest_as(analyst, brand)


def test_a_report_is_asked_for_and_read(brand, rest):
    segment = make_segment(brand, "small", dimension="size")
    Dimension.objects.update(is_exclusive=True)
    stay(segment, make_creator(brand, followers=10), moment(2, 1), moment(8, 1))
    answer = rest.send("POST", "drift/", DAYS)
    assert answer.status_code == 202
    report = DriftReport.objects.get()
    assert answer["Location"].endswith(f"/api/v1/drift/{report.pk}/")
    body = answer.json()
    assert (body["status"], body["creators"], body["dimensions"]) == ("queued", None, [])

    compute_report(report_id=report.pk, at=timezone.now())
    body = rest.json(f"drift/{report.pk}/")
    assert body["status"] == "done"
    assert body["creators"] == {"since": 1, "until": 1, "sample": 1}
    [size] = body["dimensions"]
    assert size["flows"] == [{"source": "small", "target": ":none", "creators": 1}]
    assert (size["moved"], size["known"]) == (1, 1)
    followers = next(row for row in body["facts"] if row["fact"] == "followers")
    assert (followers["verdict"], followers["before"]["n"]) == ("too_few", 1)
    assert [row["source"] for row in body["freshness"]][:2] == ["Profile snapshots", "Posts"]
    [listed] = rest.json("drift/")["results"]
    assert (listed["id"], listed["since"], listed["until"]) == (
        report.pk,
        "2026-06-30",
        "2026-09-30",
    )
    assert "facts" not in listed


def test_by_default_of_this_quarter_so_far(rest):
    body = rest.send("POST", "drift/", {}).json()
    assert body["until"] == f"{timezone.now():%Y-%m-%d}"


def test_what_is_refused(rest, brand, manager):
    problem = assert_problem(
        rest.send("POST", "drift/", {"since": "2026-09-30", "until": "2026-06-30"}),
        400,
        "invalid",
        at="/until",
    )
    assert problem["errors"][0]["message"] == "The second day must be later than the first."
    bad = assert_problem(rest.send("POST", "drift/", {"since": "soon"}), 400)
    assert bad["errors"][0]["pointer"] == "/since"
    assert_problem(rest.send("POST", "drift/", {"day": "2026-01-01"}), 400, "unknown_member")
    assert_problem(rest_as(manager, brand).send("POST", "drift/", DAYS), 403)
    assert_problem(rest.get("drift/7/"), 404)
    assert not DriftReport.objects.exists()


def test_of_the_tokens_brand_only(brand, other_brand, rest, outsider):
    rest.send("POST", "drift/", DAYS)
    theirs = rest_as(outsider, other_brand)
    assert theirs.json("drift/")["results"] == []
    assert_problem(theirs.get(f"drift/{DriftReport.objects.get().pk}/"), 404)
