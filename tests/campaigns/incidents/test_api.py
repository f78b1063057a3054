"""Incidents, pauses and risk over REST: what is asked, told and refused."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from crm.choices import Scope
from crm.models import Brand, Hold, Incident, User
from tests.campaigns.incidents.made import reported
from tests.campaigns.made import engage, make_campaign
from tests.factories import RelationshipFactory
from tests.rest import assert_problem, rest_as


def test_incidents(brand: Brand, other_brand: Brand, legal: User, analyst: User) -> None:
    relationship = RelationshipFactory(brand=brand, creator__name="Anna Holm")
    make_campaign(brand)
    reported(other_brand, None)
    rest = rest_as(legal, brand)
    body = {
        "creator": str(relationship.creator.uid),
        "campaigns": ["spring-launch"],
        "kind": "claim",
        "severity": "high",
        "what": "Heals warts",
        "category": "misinformation",
        "tier": "high",
    }
    made = rest.send("POST", "incidents/", body)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["state"], shown["campaigns"], shown["what"], shown["acts"]) == (
        "open",
        ["spring-launch"],
        "Heals warts",
        ["contain", "resolve", "dismiss"],
    )
    # Who may not read it gets everything but the words.
    [listed] = rest_as(analyst, brand, [Scope.LEGAL_READ]).json("incidents/")["results"]
    assert listed == shown | {"what": None}
    number = shown["id"]
    act = {"version": 1, "act": "contain", "reason": "Taken down"}
    assert rest.send("POST", f"incidents/{number}:act", act).json()["state"] == "contained"
    again = rest.send("POST", f"incidents/{number}:act", act)
    assert assert_problem(again, 409)["errors"][0]["code"] == "outdated"
    own = rest.send("POST", f"incidents/{number}:act", {"version": 2, "act": "confirm"})
    assert assert_problem(own, 409)["errors"][0]["code"] == "own_report"
    assert_problem(rest_as(analyst, brand).send("POST", "incidents/", body), 403)
    for wrong, at in (
        ({"campaigns": ["nowhere"]}, "/campaigns"),
        ({"what": " "}, "/what"),
        ({"tier": "odd"}, "/tier"),
        ({"tier": ""}, "/tier"),
        ({"noticed_on": "2199-01-01"}, "/noticed_on"),
    ):
        problem = assert_problem(rest.send("POST", "incidents/", body | wrong), 400)
        assert problem["errors"][0]["pointer"] == at
    assert Incident.objects.filter(brand=brand).count() == 1
    rates = rest.json("incidents:rates")
    assert (rates["incidents"], rates["posts"], rates["per_100_posts"]) == (1, 0, None)
    assert_problem(rest.get("incidents:rates", starts_on="2026-02-01", ends_on="2026-01-01"), 400)


def test_pauses(brand: Brand, other_brand: Brand, legal: User) -> None:
    relationship = RelationshipFactory(brand=brand)
    make_campaign(brand)
    rest = rest_as(legal, brand)
    uid = str(relationship.creator.uid)
    made = rest.send("POST", "holds/", {"creator": uid, "reason": "Look"})
    assert (made.status_code, made.json()["subject"]) == (201, "creator")
    twice = rest.send("POST", "holds/", {"creator": uid, "reason": "Look"})
    assert assert_problem(twice, 409)["errors"][0]["code"] == "paused"
    campaign = rest.send("POST", "holds/", {"campaign": "spring-launch", "reason": "Recall"}).json()
    both = {"creator": uid, "campaign": "spring-launch", "reason": "x"}
    assert_problem(rest.send("POST", "holds/", both), 400)
    assert rest.send("POST", "holds/", {"reason": "Crisis"}).json()["subject"] == "brand"
    assert [row["subject"] for row in rest.json("holds/")["results"]] == [
        "brand",
        "campaign",
        "creator",
    ]
    lift = {"reason": "Over"}
    assert rest.send("POST", f"holds/{made.json()['id']}:lift", lift).status_code == 204
    assert rest.send("POST", f"campaign-holds/{campaign['id']}:lift", lift).status_code == 204
    assert [row["subject"] for row in rest.json("holds/")["results"]] == ["brand"]
    theirs = Hold.objects.create(brand=other_brand, reason="Theirs", since=timezone.now())
    assert_problem(rest.send("POST", f"holds/{theirs.pk}:lift", lift), 404)


def test_managers_report_and_pause(
    brand: Brand, manager: User, strategist: User, legal: User
) -> None:
    relationship = RelationshipFactory(brand=brand)
    uid = str(relationship.creator.uid)
    rest = rest_as(manager, brand)
    body = {"creator": uid, "kind": "controversy", "severity": "low", "what": "A rude post."}
    number = rest.send("POST", "incidents/", body).json()["id"]
    # What follows from it is legal's.
    act = {"version": 1, "act": "contain", "reason": "Taken down"}
    assert_problem(rest.send("POST", f"incidents/{number}:act", act), 403, "not_yours")
    mine = rest.send("POST", "holds/", {"creator": uid, "reason": "Look"}).json()
    assert_problem(rest.send("POST", "holds/", {"reason": "Crisis"}), 403)
    of_legal = rest_as(legal, brand).send("POST", "holds/", {"reason": "Crisis"}).json()
    assert_problem(rest.send("POST", f"holds/{of_legal['id']}:lift", {"reason": "Over"}), 403)
    assert rest.send("POST", f"holds/{mine['id']}:lift", {"reason": "Over"}).status_code == 204
    # Who reports need not be who pauses.
    planner = rest_as(strategist, brand)
    assert planner.send("POST", "incidents/", body).status_code == 201
    assert_problem(planner.send("POST", "holds/", {"creator": uid, "reason": "Look"}), 403)
    narrow = rest_as(legal, brand, [Scope.LEGAL_READ, Scope.LEGAL_WRITE])
    assert_problem(narrow.send("POST", "incidents/", body), 403)
    assert Hold.objects.filter(brand=brand).in_force(timezone.now()).count() == 1


def test_risk(brand: Brand, legal: User) -> None:
    relationship = RelationshipFactory(brand=brand, creator__name="Anna Holm")
    engage(make_campaign(brand, goods=["alcohol"]), relationship=relationship)
    rest = rest_as(legal, brand)
    at = f"risk/{relationship.creator.uid}"
    assert_problem(rest.get(f"{at}/"), 404)
    shown = rest.send("POST", f"{at}:assess").json()
    assert (shown["tier"], shown["points"], shown["is_said"]) == ("low", "15.0", False)
    assert shown["inputs"][2]["value"] == "alcohol (Spring launch)"
    last = timezone.localdate() + timedelta(days=30)
    said = {"tier": "high", "reason": "Her agent lied", "last_day": last.isoformat()}
    shown = rest.send("POST", f"{at}:override", said).json()
    assert (shown["tier"], shown["computed"], shown["is_said"]) == ("high", "low", True)
    assert len(rest.json("risk/", tier="high")["results"]) == 1
    assert rest.json("risk/", tier="low")["results"] == []
    far = said | {"last_day": (last + timedelta(days=800)).isoformat()}
    [fault] = assert_problem(rest.send("POST", f"{at}:override", far), 400, "out_of_range")[
        "errors"
    ]
    assert fault["pointer"] == "/last_day"
    assert fault["message"].startswith("It holds a year at most")
    assert rest.send("POST", f"{at}:end-override").json()["tier"] == "low"
    again = rest.send("POST", f"{at}:end-override")
    assert assert_problem(again, 409)["errors"][0]["code"] == "not_overridden"
