"""Runs over REST: start, follow, read the change set; refusals change nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.choices import Scope
from crm.models import AuditEntry
from segmentation.choices import RunStatus
from segmentation.models import Change, Membership, Run, Segment
from tests.rest import assert_problem, rest_as, walk
from tests.segmentation.api.conftest import RUN_AT


def test_a_run_with_what_it_found(rest, applied, brand):
    [listed] = rest.json("runs/")["results"]
    body = rest.json(f"runs/{applied.pk}/")
    assert listed == {name: value for name, value in body.items() if name != "segments"}
    assert body["status"] == "applied"
    assert body["moved"] == applied.moved
    assert body["population"] == 80
    by_key = {row["key"]: row for row in body["segments"]}
    for segment in Segment.objects.filter(brand=brand):
        assert by_key[segment.key]["members"] == segment.members_count
        assert by_key[segment.key]["joined"] == segment.members_count
        assert by_key[segment.key]["left"] == 0


def test_the_change_set_line_by_line(rest, applied):
    rows = walk(rest, f"runs/{applied.pk}/changes/", limit=25)
    changes = Change.objects.filter(run=applied).order_by("pk")
    assert [(row["creator"]["uid"], row["segment"]) for row in rows] == [
        (str(change.creator.uid), change.segment.key) for change in changes
    ]
    assert {row["kind"] for row in rows} == {"joined"}
    key = changes[0].segment.key
    some = walk(rest, f"runs/{applied.pk}/changes/", segment=key, kind="joined")
    assert some == [row for row in rows if row["segment"] == key]
    assert rest.json(f"runs/{applied.pk}/changes/", kind="left")["results"] == []
    assert_problem(rest.get(f"runs/{applied.pk}/changes/", segment="nope"), 400, "unknown_segment")


def test_start_a_run(rest, brand, strategist, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = rest.send("POST", "runs/", {})
    assert answer.status_code == 202
    body = answer.json()
    assert answer["Location"].endswith(f"/api/v1/runs/{body['id']}/")
    assert body["status"] == "queued"
    assert body["requested_by"] == strategist.email
    done = rest.client.get(answer["Location"]).json()
    assert done["status"] in {"applied", "waiting"}
    assert done["trigger"] == "manual"
    assert AuditEntry.objects.filter(brand=brand, verb="segmentation.run.started").count() == 2


def test_a_dry_run_moves_nobody(rest, django_capture_on_commit_callbacks):
    before = list(Membership.objects.order_by("pk").values())
    wanted = {"as_of": "2026-11-19", "dimension": "personas", "dry_run": True}
    with django_capture_on_commit_callbacks(execute=True):
        answer = rest.send("POST", "runs", wanted)
    body = rest.json(f"runs/{answer.json()['id']}/")
    assert body["status"] == "dry"
    assert body["dimension"] == "personas"
    assert body["as_of"] == "2026-11-19T00:00:00Z"
    assert list(Membership.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"as_of": "2190-01-01"}, 400, "in_future"),
        ({"as_of": "yesterday"}, 400, "invalid"),
        ({"as_of": "2026-11-22T12:00:00"}, 400, "invalid"),
        ({"as_of": "2026-02-30"}, 400, "invalid"),
        ({"as_of": "0001-01-01"}, 400, "range"),
        ({"as_of": 5}, 400, "invalid"),
        ({"as_of": {}}, 400, "invalid"),
        ({"dimension": "nope"}, 400, "unknown_dimension"),
        ({"dimension": "../x"}, 400, "invalid"),
        ({"dryrun": True}, 400, "unknown_member"),
        ({"dry_run": "perhaps"}, 400, "invalid"),
    ],
)
def test_refusals_start_nothing(plain, body, status, code):
    runs, entries = Run.objects.count(), AuditEntry.objects.count()
    assert_problem(plain.send("POST", "runs/", body), status, code)
    assert (Run.objects.count(), AuditEntry.objects.count()) == (runs, entries)


def test_a_run_before_the_last_one_is_refused(rest):
    entries = AuditEntry.objects.count()
    earlier = {"as_of": (RUN_AT - timedelta(days=1)).isoformat()}
    assert_problem(rest.send("POST", "runs/", earlier), 409, "too_early")
    assert (Run.objects.count(), AuditEntry.objects.count()) == (1, entries)


def test_without_segments_there_is_nothing_to_run(outsider, other_brand):
    rest = rest_as(outsider, other_brand)
    assert_problem(rest.send("POST", "runs/", {}), 409, "nothing_to_run")
    assert not Run.objects.exists()


def test_apply_now_is_for_those_who_approve(applied, analyst, brand):
    answer = rest_as(analyst, brand).send("POST", "runs/", {"apply_now": True})
    body = assert_problem(answer, 403)
    assert body["detail"] == "apply_now is for those who approve runs: strategist or admin."
    assert Run.objects.count() == 1


def test_a_manager_starts_none(applied, manager, brand):
    assert_problem(rest_as(manager, brand).send("POST", "runs/", {}), 403)
    reader = rest_as(manager, brand, [Scope.RUNS_READ])
    assert reader.get("runs/").status_code == 200
    assert Run.objects.count() == 1


def test_the_clock_of_a_run_is_now(rest, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run = Run.objects.get(pk=rest.send("POST", "runs/", {"apply_now": True}).json()["id"])
    run.refresh_from_db()
    assert run.status == RunStatus.APPLIED
    assert timezone.now() - run.as_of < timedelta(minutes=1)
