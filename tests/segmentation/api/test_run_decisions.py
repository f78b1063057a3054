"""Deciding on runs over REST: a part, all, none; refusals change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm.choices import Role, Scope
from crm.models import AuditEntry
from segmentation.choices import Cause, RunStatus
from segmentation.models import Membership, Run
from segmentation.services import runs as service
from tests.factories import NOW, BrandFactory
from tests.people import person
from tests.rest import assert_problem, rest_as, walk
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.worlds import LATER, creator_with, give_followers, run_now

pytestmark = pytest.mark.django_db
# The made-up present lies ahead of the real one, at which the API rolls back.
EARLY = NOW - timedelta(days=400)


@pytest.fixture
def brand(brand):
    brand.approval_threshold_percent = 0
    brand.save()
    return brand


@pytest.fixture
def waiting(brand):
    """A run in which one creator grows: out of Small into Big (one dimension), and into Any."""
    creator = creator_with(brand, 500, since=EARLY)
    size = dimension_of(brand, "size", is_exclusive=True)
    segment_of(size, "big", "followers >= 1_000", position=1)
    segment_of(size, "small", "followers >= 0", position=2)
    segment_of(dimension_of(brand, "tags"), "any", "followers >= 1_000")
    run_now(brand, EARLY)
    give_followers(creator, 5_000, EARLY + timedelta(hours=1))
    run = run_now(brand, EARLY + timedelta(days=1))
    assert run.status == RunStatus.WAITING
    return run


@pytest.fixture
def rest(waiting, strategist, brand):
    return rest_as(strategist, brand)


@pytest.fixture
def done(rest, django_capture_on_commit_callbacks):
    """Asks for something, has a worker do it, and returns the run as it is then."""

    def do(run: Run, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        with django_capture_on_commit_callbacks(execute=True):
            answer = rest.send("POST", f"runs/{run.pk}:{verb}", body)
        assert answer.status_code == 202, answer.content
        assert answer.json()["order"]["status"] == "queued"
        return rest.json(f"runs/{run.pk}/")

    return do


def inside() -> set[str]:
    return set(Membership.objects.filter(left_at=None).values_list("segment__key", flat=True))


def test_approve_all_of_it(done, waiting, strategist):
    body = done(waiting, "approve", {"reason": "Fine."})
    order = body["order"]
    assert (order["kind"], order["status"], order["hold"], order["requested_by"]) == (
        "apply",
        "done",
        [],
        strategist.email,
    )
    assert (body["status"], body["decided_by"], body["decision_reason"]) == (
        "applied",
        strategist.email,
        "Fine.",
    )
    assert body["moved"] == 1
    assert inside() == {"big", "any"}


def test_approve_a_part(rest, done, waiting):
    body = done(waiting, "approve", {"hold_dimensions": ["size"]})
    assert body["order"]["hold"] == ["big", "small"]
    held = {row["key"]: row["is_held"] for row in body["segments"]}
    assert held == {"big": True, "small": True, "any": False}
    assert inside() == {"small", "any"}
    rows = walk(rest, f"runs/{waiting.pk}/changes/", cause="rule")
    assert {(row["segment"], row["cause"]) for row in rows} == {("big", "rule"), ("any", "rule")}
    [left] = walk(rest, f"runs/{waiting.pk}/changes/", cause="precedence")
    assert (left["segment"], left["kind"]) == ("small", "left")


@pytest.mark.parametrize(
    ("verb", "body", "status", "code"),
    [
        ("approve", {"hold": ["nothing"]}, 400, "unknown_segment"),
        ("approve", {"hold_dimensions": ["nothing"]}, 400, "unknown_dimension"),
        ("approve", {"hold": "big"}, 400, "not_a_list"),
        ("approve", {"hold": [["big"]]}, 400, "invalid"),
        ("approve", {"held": ["big"]}, 400, "unknown_member"),
        ("approve", {"hold": ["big"]}, 400, "hold_refused"),
        ("approve", {"hold": ["big", "small", "any"]}, 400, "hold_refused"),
        ("reject", {}, 400, "required"),
        ("reject", {"reason": " "}, 400, "blank"),
        ("reject", {"reason": "x" * 301}, 400, "max_length"),
        ("rollback", {"reason": "Wrong."}, 409, "not_applied"),
        ("rollback", {}, 400, "required"),
        ("cancel", {}, 409, "not_cancellable"),
        ("cancel", [], 400, "invalid"),
    ],
)
def test_refusals_change_nothing(rest, waiting, verb, body, status, code):
    entries, before = AuditEntry.objects.count(), inside()
    assert_problem(rest.send("POST", f"runs/{waiting.pk}:{verb}", body), status, code)
    waiting.refresh_from_db()
    assert waiting.status == RunStatus.WAITING
    assert not waiting.segments.filter(is_held=True).exists()
    assert (AuditEntry.objects.count(), inside()) == (entries, before)


def test_reject_with_a_reason(rest, waiting):
    body = rest.send("POST", f"runs/{waiting.pk}:reject", {"reason": "Odd."}).json()
    assert (body["status"], body["decision_reason"]) == ("rejected", "Odd.")
    assert inside() == {"small"}
    assert_problem(rest.send("POST", f"runs/{waiting.pk}:approve", {}), 409, "not_waiting")


def test_what_is_under_way_is_not_decided_again(rest, waiting):
    before = inside()
    assert rest.send("POST", f"runs/{waiting.pk}:approve", {}).status_code == 202
    for verb, reason in (("approve", ""), ("reject", "No."), ("rollback", "No.")):
        body = {"reason": reason} if reason else {}
        assert_problem(rest.send("POST", f"runs/{waiting.pk}:{verb}", body), 409, "busy")
    [shown] = [row for row in walk(rest, "runs/") if row["id"] == waiting.pk]
    assert (shown["status"], shown["order"]["status"]) == ("waiting", "queued")
    assert (inside(), waiting.orders.count()) == (before, 1)


def test_roll_back_the_newest_first(rest, done, waiting, strategist):
    first = Run.objects.order_by("pk").first()
    done(waiting, "approve", {})
    answer = rest.send("POST", f"runs/{first.pk}:rollback", {"reason": "Wrong."})
    assert_problem(answer, 409, "not_the_last")
    body = done(waiting, "rollback", {"reason": "Wrong."})
    assert (body["status"], body["rolled_back_by"], body["rollback_reason"]) == (
        "rolled_back",
        strategist.email,
        "Wrong.",
    )
    assert body["rolled_back_at"] is not None
    assert inside() == {"small"}
    stays = rest.json("dimensions/size/stays/")["results"]
    assert [(row["segment"], row["entered_cause"], row["left_cause"]) for row in stays] == [
        ("small", Cause.ROLLBACK, None)
    ]


def test_cancel_what_is_queued(rest, brand):
    run = service.start_run(brand=brand, as_of=LATER, at=LATER)
    body = rest.send("POST", f"runs/{run.pk}:cancel", {"reason": "Not now."}).json()
    assert (body["status"], body["decision_reason"]) == ("cancelled", "Not now.")


@pytest.mark.parametrize("verb", ["approve", "reject", "rollback"])
def test_an_analyst_runs_and_does_not_decide(waiting, brand, analyst, verb):
    rest = rest_as(analyst, brand)
    body = assert_problem(rest.send("POST", f"runs/{waiting.pk}:{verb}", {"reason": "Mine."}), 403)
    assert body["detail"] == "Analyst may not do this; strategist or admin may."
    waiting.refresh_from_db()
    assert waiting.status == RunStatus.WAITING


def test_a_reader_and_a_stranger_do_nothing(waiting, brand, strategist, outsider, other_brand):
    reader = rest_as(strategist, brand, [Scope.RUNS_READ])
    assert_problem(reader.send("POST", f"runs/{waiting.pk}:approve", {}), 403)
    stranger = rest_as(outsider, other_brand)
    assert_problem(stranger.send("POST", f"runs/{waiting.pk}:approve", {}), 404)
    waiting.refresh_from_db()
    assert waiting.status == RunStatus.WAITING


def test_a_dimension_as_of_a_moment(rest, done, waiting):
    done(waiting, "approve", {})
    then = (EARLY + timedelta(hours=2)).isoformat()
    rows = walk(rest, "dimensions/size/stays/", as_of=then)
    assert [(row["segment"], row["left_cause"]) for row in rows] == [("small", "precedence")]
    assert [row["segment"] for row in walk(rest, "dimensions/size/stays/")] == ["big"]
    before = (EARLY - timedelta(days=1)).isoformat()
    assert walk(rest, "dimensions/size/stays/", as_of=before) == []
    assert_problem(rest.get("dimensions/nothing/stays/"), 404)
    assert_problem(rest.get("dimensions/size/stays/", as_of="then"), 400, "invalid")


def test_stays_come_in_pages_without_more_queries(rest, waiting, django_assert_num_queries):
    segment = waiting.segments.get(segment__key="any").segment
    for number in range(7):
        creator = creator_with(waiting.brand, 9_000 + number, since=EARLY)
        Membership.objects.create(
            segment=segment,
            creator=creator,
            entered_at=EARLY,
            version=segment.active_version,
            entered_run=waiting,
        )
    assert len(walk(rest, "dimensions/tags/stays/", limit=3)) == 7
    with django_assert_num_queries(4):  # token, dimension, page, count
        rest.json("dimensions/tags/stays/")


def test_a_history_is_built_once(strategist, django_capture_on_commit_callbacks):
    brand = BrandFactory(slug="young")
    user = person(brand, Role.STRATEGIST)
    creator_with(brand, 5_000, since=EARLY)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    rest = rest_as(user, brand)
    assert_problem(rest.send("POST", "runs:history", {"quarters": 0}), 400, "min_value")
    assert_problem(rest.send("POST", "runs:history", {}), 400, "required")
    with django_capture_on_commit_callbacks(execute=True):
        answer = rest.send("POST", "runs:history", {"quarters": 2})
    assert answer.status_code == 202
    assert [row["status"] for row in answer.json()] == ["queued"] * 3
    assert set(Run.objects.filter(brand=brand).values_list("status", flat=True)) == {"applied"}
    assert_problem(rest.send("POST", "runs:history", {"quarters": 2}), 409, "has_past")
    assert Run.objects.filter(brand=brand).count() == 3
