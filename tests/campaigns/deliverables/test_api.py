"""Pieces of content over REST."""

from __future__ import annotations

import pytest

from campaigns.choices import EngagementStage
from campaigns.models import Comment, Deliverable, Draft, GateTurn
from tests.campaigns.deliverables.worlds import active
from tests.campaigns.made import engage
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


def test_from_the_plan_to_the_first_decision(brand, other_brand, manager, outsider):
    campaign = active(brand, manager)
    engagement = engage(campaign, EngagementStage.CONTRACTED)
    rest = rest_as(manager, brand)
    wanted = {"engagement": engagement.pk, "platform": "instagram", "form": "story", "count": 2}
    made = rest.send("POST", "deliverables/", wanted)
    assert made.status_code == 201
    assert [one["title"] for one in made.json()] == [
        "Story on Instagram (1 of 2)",
        "Story on Instagram (2 of 2)",
    ]
    assert_problem(
        rest.send("POST", "deliverables/", wanted | {"platform": "ham"}), 400, "unknown_platform"
    )
    assert_problem(
        rest.send("POST", "deliverables/", wanted | {"engagement": 10**9}),
        400,
        "unknown_engagement",
    )
    assert Deliverable.objects.count() == 2
    pk = made.json()[0]["id"]
    assert len(rest.json("deliverables/", state="planned", campaign=campaign.key)["results"]) == 2
    assert rest.json("deliverables/", state="approved")["results"] == []

    assert_problem(rest.send("POST", f"deliverables/{pk}:submit", {"version": 1}), 400, "invalid")
    stale = {"version": 9, "text": "Hello"}
    assert_problem(rest.send("POST", f"deliverables/{pk}:submit", stale), 409, "outdated")
    assert not Draft.objects.exists()
    handed = rest.send("POST", f"deliverables/{pk}:submit", {"version": 1, "text": "Hello you"})
    assert handed.status_code == 201
    body = handed.json()
    assert (body["state"], body["drafts"][0]["turns"][0]["gate"]) == ("in_review", "manager")

    said = {"draft": 1, "text": "Who?", "start": 6, "end": 9}
    answer = rest.send("POST", f"deliverables/{pk}:comment", said)
    assert answer.status_code == 201
    assert [one["quote"] for one in answer.json()["comments"]] == ["you"]
    assert_problem(
        rest.send("POST", f"deliverables/{pk}:comment", said | {"end": 99}), 400, "invalid"
    )
    assert_problem(
        rest.send("POST", f"deliverables/{pk}:comment", said | {"draft": 2}), 400, "unknown_draft"
    )
    assert Comment.objects.count() == 1

    decision = {"turn": body["turn"], "outcome": "needs_work"}
    assert_problem(rest.send("POST", f"deliverables/{pk}:decide", decision), 409, "reason_needed")
    decision["reason"] = "Say who you are."
    done = rest.send("POST", f"deliverables/{pk}:decide", decision)
    assert (done.status_code, done.json()["state"]) == (200, "needs_work")
    assert_problem(rest.send("POST", f"deliverables/{pk}:decide", decision), 409, "outdated")
    assert GateTurn.objects.filter(decided_at__isnull=False).count() == 1
    # Another brand's token finds nothing.
    theirs = rest_as(outsider, other_brand)
    assert theirs.get(f"deliverables/{pk}/").status_code == 404
    assert theirs.send("POST", f"deliverables/{pk}:decide", decision).status_code == 404
    reader = rest_as(manager, brand, ["campaigns:read"])
    assert reader.send("POST", f"deliverables/{pk}:submit", stale).status_code == 403


def test_a_piece_is_changed_called_off_and_opened_again(brand, other_brand, manager, outsider):
    campaign = active(brand, manager)
    engagement = engage(campaign, EngagementStage.CONTRACTED)
    rest, theirs = rest_as(manager, brand), rest_as(outsider, other_brand)
    wanted = {"engagement": engagement.pk, "platform": "instagram", "form": "story"}
    pk = rest.send("POST", "deliverables/", wanted).json()[0]["id"]
    item = f"deliverables/{pk}"

    def act(verb, **body):
        seen = Deliverable.objects.get().version
        return rest.send("POST", f"{item}:{verb}", {"version": seen, **body})

    def state():
        return Deliverable.objects.get().state

    # Changed, as it was seen.
    change = {"title": "Morning story", "rounds": 3, "draft_due_on": "2026-12-01"}
    for wrong, status, code in (
        (change, 400, "required"),
        (change | {"version": 9}, 409, "outdated"),
        (change | {"version": 1, "platform": "ham"}, 400, "invalid"),
        (change | {"version": 1, "publish_at": "2026-12-01"}, 400, "unknown_member"),
    ):
        assert_problem(rest.send("PATCH", f"{item}/", wrong), status, code)
    assert_problem(theirs.send("PATCH", f"{item}/", change | {"version": 1}), 404)
    assert Deliverable.objects.get().version == 1
    changed = rest.send("PATCH", f"{item}/", change | {"version": 1})
    assert changed.status_code == 200
    assert (changed.json()["title"], changed.json()["version"]) == ("Morning story", 2)
    assert Deliverable.objects.get().rounds == 3

    # A draft, taken back.
    assert_problem(act("withdraw"), 409, "not_in_this_state")
    assert act("submit", text="Hello").status_code == 201
    taken = act("withdraw")
    assert (taken.status_code, taken.json()["state"]) == (200, "planned")

    # Called off, and taken up again.
    assert_problem(act("cancel"), 400, "required")
    assert_problem(theirs.send("POST", f"{item}:cancel", {"version": 1, "reason": "x"}), 404)
    assert_problem(act("cancel", version=1, reason="x"), 409, "outdated")
    assert state() == "planned"
    assert act("cancel", reason="No story").json()["state"] == "cancelled"
    assert_problem(act("cancel", reason="No story"), 409, "not_in_this_state")
    assert act("restore").json()["state"] == "planned"

    # On the fast lane, and off.
    assert_problem(act("shorten", gates=["manager", "jury"]), 400)
    assert_problem(act("reopen", reason="The price"), 409, "not_in_this_state")
    assert Deliverable.objects.get().gates is None
    lane = act("shorten", gates=["manager"], reason="Tonight")
    assert lane.status_code == 200, lane.content
    assert (lane.json()["fast_lane"], lane.json()["fast_lane_reason"]) == (["manager"], "Tonight")

    # Approved with a correction, which is done; and opened again.
    turn = act("submit", text="Hello again").json()["turn"]
    said = {"turn": turn, "outcome": "corrections", "corrections": ["Say Reklame"]}
    decided = rest.send("POST", f"{item}:decide", said)
    assert decided.status_code == 200, decided.content
    [draft] = [one for one in decided.json()["drafts"] if one["state"] == "approved"]
    [correction] = [one for turn in draft["turns"] for one in turn["corrections"]]
    done = {"corrections": [correction["id"]]}
    unknown = {"corrections": [correction["id"], 10**9]}
    assert_problem(rest.send("POST", f"{item}:confirm", unknown), 400, "unknown_correction")
    assert_problem(theirs.send("POST", f"{item}:confirm", done), 404)
    assert state() == "needs_work"
    confirmed = rest.send("POST", f"{item}:confirm", done)
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "approved")
    assert act("reopen", reason="The price changed").json()["state"] == "in_review"
