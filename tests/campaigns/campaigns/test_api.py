"""Campaigns, engagements and activations over REST: shapes, refusals with pointer and words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.models import Campaign, Engagement
from crm.models import AuditEntry
from segmentation.models import Activation
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW, RelationshipFactory
from tests.rest import assert_problem, rest_as
from tests.segmentation.world import make_segment, stay

pytestmark = pytest.mark.django_db
S = EngagementStage


@pytest.fixture
def rest(manager, brand):
    return rest_as(manager, brand)


@pytest.fixture
def campaign(brand, manager):
    return set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)


NEW = {
    "name": "Winter skin",
    "use_case": "seasonal",
    "target": "500",
    "starts_on": "2027-01-15",
    "budget": "8000.00",
}


def test_a_campaign_is_planned_read_and_listed(rest, brand):
    answer = rest.send("POST", "campaigns", NEW)
    assert answer.status_code == 201
    made = answer.json()
    assert made["key"] == "winter-skin"
    assert (made["objective"], made["ends_on"]) == ("conversions", "2027-02-19")
    assert made["acts"] == ["activate", "cancel"]
    assert len(made["deadlines"]) == 11
    assert made["stages"]["shortlisted"] == 0
    assert rest.json("campaigns/winter-skin") == made
    (row,) = rest.json("campaigns")["results"]
    assert row == {name: made[name] for name in row}
    assert row["spending"] == {"committed": "0.00", "expected": "0.00", "unknown": 0}
    assert (row["budget"], row["reached"]) == ("8000.00", None)
    assert rest.json("campaigns", status="active")["results"] == []
    assert_problem(rest.get("campaigns", status="running"), 400)


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"name": ""}, "/name", "blank"),
        ({"use_case": "fame"}, "/use_case", "invalid_choice"),
        ({"ends_on": "2027-01-01"}, "/ends_on", "out_of_order"),
        ({"jurisdictions": ["XX"]}, "/jurisdictions", "unknown_jurisdiction"),
        ({"owner": "outsider@other.example"}, "/owner", "unknown_user"),
        ({"key": "calendar"}, "/key", "key_taken"),
        ({"fame": 1}, "/fame", "unknown_member"),
        ({"starts_on": "1999-01-01"}, "/starts_on", "out_of_range"),
    ],
)
def test_what_cannot_be_planned_names_its_place(rest, brand, values, pointer, code):
    body = assert_problem(rest.send("POST", "campaigns", NEW | values), 400, code)
    assert body["errors"][0]["pointer"] == pointer
    assert not Campaign.objects.exists()


def test_a_campaign_is_changed_moved_and_cloned(rest, campaign, analyst, brand):
    address = "campaigns/spring-launch"
    answer = rest.send("PATCH", address, {"version": 1, "name": "Spring"})
    assert (answer.json()["name"], answer.json()["version"]) == ("Spring", 2)
    before = AuditEntry.objects.count()
    assert_problem(rest.send("PATCH", address, {"version": 1, "name": "X"}), 409, "outdated")
    assert_problem(rest.send("PATCH", address, {"version": 2, "budget": "0"}), 400, "out_of_range")
    assert_problem(
        rest.send("POST", f"{address}:activate", {"version": 2}), 409, "move_not_allowed"
    )
    assert_problem(rest.send("POST", f"{address}:cancel", {"version": 2}), 409, "reason_needed")
    body = assert_problem(
        rest.send("POST", f"{address}:complete", {"version": 2}), 400, "lessons_needed"
    )
    assert body["errors"][0]["pointer"] == "/words"
    assert AuditEntry.objects.count() == before
    answer = rest.send("POST", f"{address}:complete", {"version": 2, "words": "Ask earlier."})
    assert (answer.json()["status"], answer.json()["lessons"]) == ("completed", "Ask earlier.")
    answer = rest.send("POST", f"{address}:clone", {"name": "Again", "starts_on": "2027-09-01"})
    assert answer.status_code == 201
    assert answer.json()["key"] == "again"
    assert rest.get("campaigns/nowhere").status_code == 404


def test_engagements_are_put_there_moved_and_substituted(rest, campaign, brand, other_brand):
    ida, bo = (RelationshipFactory(brand=brand) for _ in range(2))
    stranger = RelationshipFactory(brand=other_brand)
    sent = {
        "campaign": "spring-launch",
        "creators": [{"creator": str(ida.creator.uid), "reason": "Calm", "planned_cost": "100.00"}],
    }
    answer = rest.send("POST", "engagements", sent)
    assert answer.status_code == 201
    (made,) = answer.json()
    assert (made["stage"], made["planned_cost"], made["campaign"]) == (
        "shortlisted",
        "100.00",
        "spring-launch",
    )
    assert rest.send("POST", "engagements", sent).json() == []
    wrong = {"campaign": "spring-launch", "creators": [{"creator": str(stranger.creator.uid)}]}
    body = assert_problem(rest.send("POST", "engagements", wrong), 400, "unknown_creator")
    assert body["errors"][0]["pointer"] == "/creators/0/creator"
    address = f"engagements/{made['id']}"
    before = list(Engagement.objects.values())
    body = {"version": 1, "stage": "vetted"}
    assert_problem(rest.send("POST", f"{address}:change", body), 409, "reason_needed")
    body = {"version": 1, "stage": "live"}
    assert_problem(rest.send("POST", f"{address}:change", body), 409, "move_not_allowed")
    assert list(Engagement.objects.values()) == before
    body = {"version": 1, "stage": "vetted", "reason": "Looked at 20 posts."}
    moved = rest.send("POST", f"{address}:change", body).json()
    assert [stay["stage"] for stay in moved["stages"]] == ["vetted", "shortlisted"]
    assert moved["conflicts"] == []
    body = {"version": 2, "creator": str(bo.creator.uid), "reason": "Ill."}
    answer = rest.send("POST", f"{address}:substitute", body)
    assert answer.status_code == 201
    assert answer.json()["replaces"] == made["id"]
    found = rest.json("engagements", campaign="spring-launch", stage="substituted")["results"]
    assert [row["id"] for row in found] == [made["id"]]


def test_a_plan_is_looked_at_and_done(rest, campaign, brand):
    segment = make_segment(brand, "educators")
    for number in range(3):
        row = RelationshipFactory(brand=brand, creator__name=f"Creator {number}")
        stay(segment, row.creator, NOW - timedelta(days=30))
    address = "campaigns/spring-launch/activations"
    plan = {"segment": "educators", "wanted": 2, "weights": {"fit": 0}}
    ranking = rest.send("POST", f"{address}:preview", plan).json()
    assert (ranking["members"], ranking["candidates"], ranking["allowed"]) == (3, 3, None)
    assert [row["rank"] for row in ranking["creators"]] == [1, 2]
    assert ranking["creators"][0]["unknown"] == ["engagement", "freshness"]
    assert not Engagement.objects.exists()
    answer = rest.send("POST", address, plan)
    assert answer.status_code == 201
    assert (answer.json()["wanted"], answer.json()["share"]) == (2, 1.0)
    assert [row["id"] for row in rest.json(address)["results"]] == [Activation.objects.get().pk]
    body = assert_problem(
        rest.send("POST", address, plan | {"segment": "nowhere"}), 400, "unknown_segment"
    )
    assert body["errors"][0]["pointer"] == "/segment"
    assert_problem(rest.send("POST", address, plan | {"wanted": 0}), 400)
    assert Engagement.objects.count() == 2


def test_who_may_plan_may_not_run(campaign, strategist, analyst, brand):
    engagement = engage(campaign)
    planning, reading = rest_as(strategist, brand), rest_as(analyst, brand)
    body = {"version": 1, "stage": "dropped", "reason": "No."}
    for rest in (planning, reading):
        assert_problem(rest.send("POST", f"engagements/{engagement.pk}:change", body), 403)
        assert_problem(
            rest.send("POST", "campaigns/spring-launch:cancel", {"version": 1, "words": "x"}), 403
        )
        assert rest.json("campaigns")["count"] == 1
    assert planning.send("POST", "campaigns", NEW).status_code == 201
    assert_problem(reading.send("POST", "campaigns", NEW), 403)
