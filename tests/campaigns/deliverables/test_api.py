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

    assert_problem(rest.send("POST", f"deliverables/{pk}:submit", {"version": 1}), 400, "refused")
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
        rest.send("POST", f"deliverables/{pk}:comment", said | {"end": 99}), 400, "refused"
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
