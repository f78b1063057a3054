"""Submissions, whereabouts and the fast lane over REST."""

from __future__ import annotations

import pytest

from campaigns.choices import SubmissionState
from campaigns.models import FastLane, Submission, UsageRight, Whereabouts
from crm.choices import Scope
from tests.campaigns.made import make_campaign
from tests.campaigns.submissions.worlds import PERMISSION, handed_in
from tests.factories import RelationshipFactory
from tests.rest import assert_problem, rest_as, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(manager, brand):
    return rest_as(manager, brand)


def test_submissions_are_listed_with_their_permission(public, rest):
    one = handed_in(public, may_use=True)
    handed_in(public, email="b@x.example", url="https://example.org/b")
    rows = walk(rest, "submissions/", campaign=public.campaign.key, state="open", limit=1)
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    first = rest.json(f"submissions/{one.pk}/")
    assert first == rows[0]
    assert (first["name"], first["email"], first["state"]) == (
        "Ida Holm",
        "ida@holm.example",
        "open",
    )
    assert first["permission"]["text"] == PERMISSION
    assert rows[1]["permission"] is None
    assert rest.json("submissions/", state="refused")["results"] == []


def test_asking_answering_and_withdrawing(public, rest):
    one = handed_in(public)

    def act(verb, **body):
        version = Submission.objects.get(pk=one.pk).version
        return rest.send("POST", f"submissions/{one.pk}:{verb}", {"version": version} | body)

    assert_problem(act("accept"), 409, "permission_needed")
    assert_problem(act("ask", months=3), 400, "invalid")
    asked = act("ask")
    assert (asked.status_code, asked.json()["permission"]["text"]) == (200, PERMISSION)
    assert_problem(act("answer", is_yes=True), 400, "required")
    heard = act("answer", is_yes=True, proof="Their mail of today").json()
    assert (heard["state"], heard["permission"]["given_by"]) == ("accepted", "Ida Holm")
    assert heard["asset"] is not None
    old = rest.send("POST", f"submissions/{one.pk}:withdraw", {"version": 1, "reason": "Mail"})
    assert_problem(old, 409, "outdated")
    assert UsageRight.objects.held().count() == 1
    assert act("withdraw", reason="Mail").json()["state"] == SubmissionState.WITHDRAWN
    assert not UsageRight.objects.held().exists()
    assert_problem(act("undo"), 409, "not_in_this_state")
    assert rest.send("POST", "submissions/99999:undo", {"version": 1}).status_code == 404


def test_refusing_and_undoing(public, rest):
    one = handed_in(public)
    path = f"submissions/{one.pk}"
    assert_problem(rest.send("POST", f"{path}:refuse", {"version": 1}), 400, "required")
    assert_problem(rest.send("POST", f"{path}:refuse", {"version": 1, "reason": " "}), 400, "blank")
    assert rest.send("POST", f"{path}:refuse", {"version": 1, "reason": "Spam"}).status_code == 200
    assert rest.send("POST", f"{path}:undo", {"version": 2}).json()["state"] == "open"


def test_whereabouts_are_said_found_and_erased(brand, rest):
    ava = RelationshipFactory(brand=brand, creator__name="Ava")
    body = {"creator": str(ava.creator.uid), "place": "Rome", "notice_hours": 1}
    assert_problem(
        rest.send("POST", "whereabouts/", body | {"place": "", "country": ""}), 400, "invalid"
    )
    strange = rest.send(
        "POST", "whereabouts/", body | {"creator": "00000000-0000-0000-0000-000000000000"}
    )
    assert_problem(strange, 400, "unknown_creator")
    assert not Whereabouts.objects.exists()
    made = rest.send("POST", "whereabouts/", body)
    assert made.status_code == 201
    assert rest.json(f"whereabouts/{made.json()['id']}/") == made.json()
    assert [row["place"] for row in walk(rest, "whereabouts/", creator=ava.creator.uid)] == ["Rome"]
    found = rest.json("posting-soon/", near="rome", hours=1)
    assert [line["creator"]["name"] for line in found["results"]] == ["Ava"]
    assert found["results"][0]["is_known"] is True
    assert rest.json("posting-soon/", near="rome", hours=0)["results"] == []
    assert_problem(rest.get("posting-soon/", hours=9_999), 400, "max_value")
    erased = rest.send("POST", f"whereabouts/{made.json()['id']}:erase", {})
    assert erased.status_code == 204
    assert not Whereabouts.objects.exists()


def test_the_fast_lane(brand, manager, rest):
    campaign = make_campaign(brand, manager)
    ava = RelationshipFactory(brand=brand)
    path = f"campaigns/{campaign.key}:fast-lane"
    body = {"creators": [str(ava.creator.uid)], "gate_hours": 1, "reason": "Tonight"}
    assert_problem(rest.send("POST", path, body | {"gate_hours": 41}), 400, "max_value")
    answer = rest.send("POST", path, body)
    lane = FastLane.objects.get()
    assert answer.json() == {"engagements": [lane.engagement_id], "on_lane": 1}


def test_a_token_needs_its_scope(public, brand, manager):
    one = handed_in(public)
    reader = rest_as(manager, brand, [Scope.APPLICATIONS_READ])
    assert reader.get(f"submissions/{one.pk}/").status_code == 200
    refused = reader.send("POST", f"submissions/{one.pk}:refuse", {"version": 1, "reason": "Spam"})
    assert_problem(refused, 403)
    one.refresh_from_db()
    assert one.state == SubmissionState.OPEN
