"""Connections, papers, alerts and rule packs over REST: what is there, and what is refused."""

from __future__ import annotations

import pytest

from campaigns.disclosure.packs import standard
from campaigns.models import ConnectionEntry, PackSignOff, Permit, RuleAlert
from tests.factories import RelationshipFactory
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Maya Iversen", creator__country="FR")


def test_connections(brand, relationship, legal, analyst, outsider, other_brand):
    rest = rest_as(legal, brand)
    here = f"creators/{relationship.creator.uid}/connections"
    body = {
        "kind": "payment",
        "source": "Finance",
        "value": "1200.00",
        "currency": "EUR",
        "on": "2026-02-01",
        "aim": "Spring",
    }
    assert_problem(rest_as(analyst, brand).send("POST", here, body), 403)
    assert_problem(rest_as(outsider, other_brand).send("POST", here, body), 404)
    refused = assert_problem(rest.send("POST", here, {**body, "currency": "XXQ"}), 400)
    assert refused["errors"][0]["pointer"] == "/currency"
    refused = assert_problem(rest.send("POST", here, {**body, "kind": "magic"}), 400)
    assert refused["errors"][0]["pointer"] == "/kind"
    assert not ConnectionEntry.objects.exists()
    made = rest.send("POST", here, body)
    assert made.status_code == 201
    row = made.json()
    assert (row["value"], row["from_where"], row["influence"]) == ("1200.00", "Written down", None)
    assert rest.json(here)["results"] == [row]
    received = rest.json(f"creators/{relationship.creator.uid}/received")["results"]
    assert received == [
        {
            "year": 2026,
            "aim": "Spring",
            "advertiser": None,
            "amounts": {"EUR": "1200.00"},
            "euros": "1200.00",
            "is_at_least": False,
            "unvalued": 0,
        }
    ]
    change = f"connections/{row['id']}:replace"
    assert_problem(rest.send("POST", change, body), 400)
    other = rest.send("POST", change, {**body, "value": "900.00", "reason": "A typo"})
    assert other.json()["value"] == "900.00"
    assert_problem(rest.send("POST", change, {**body, "reason": "Again"}), 409)
    back = f"connections/{other.json()['id']}:withdraw"
    assert rest.send("POST", back, {"reason": "Another Maya"}).status_code == 204
    assert rest.json(here)["results"] == []
    none = {"on": "2026-06-01", "source": "Asked her"}
    assert rest.send("POST", f"{here}:none", none).status_code == 204


def test_papers_and_alerts(brand, relationship, legal, analyst):
    rest = rest_as(legal, brand)
    body = {
        "creator": str(relationship.creator.uid),
        "jurisdiction": "AE",
        "kind": "permit",
        "number": "UAE-1",
        "valid_until": "2000-01-31",
    }
    assert_problem(rest_as(analyst, brand).send("POST", "permits", body), 403)
    refused = assert_problem(rest.send("POST", "permits", {**body, "number": ""}), 400)
    assert refused["errors"][0]["pointer"] == "/number"
    assert_problem(rest.send("POST", "permits", {**body, "jurisdiction": "XX"}), 400)
    assert not Permit.objects.exists()
    made = rest.send("POST", "permits", body).json()
    assert (made["number"], made["has_file"], made["version"]) == ("UAE-1", False, 1)
    [alert] = rest.json("rule-alerts", jurisdiction="AE", state="open")["results"]
    assert alert["words"] == "AE permit UAE-1 ended on 31 January 2000: ask for the next one."
    aside = f"rule-alerts/{alert['id']}:aside"
    assert_problem(rest.send("POST", aside, {"version": 9, "reason": "Old"}), 409)
    assert rest.send("POST", aside, {"version": 1, "reason": "Old"}).json()["state"] == "aside"
    change = f"permits/{made['id']}"
    later = {"version": 1, "valid_until": "2199-01-31"}
    assert rest.send("PATCH", change, later).json()["valid_until"] == "2199-01-31"
    assert_problem(rest.send("PATCH", change, later), 409)
    assert RuleAlert.objects.get().state == "resolved"
    assert rest.json("permits", jurisdiction="AE", ends_by="2100-01-01")["results"] == []


def test_rule_packs(brand, legal, manager):
    rest = rest_as(legal, brand)
    packs = rest.json("rule-packs")["results"]
    assert (len(packs), {row["is_signed_off"] for row in packs}) == (22, {False})
    pack = rest.json("rule-packs/GB")
    assert (pack["key"], pack["digest"]) == ("UK", standard().jurisdictions["UK"].digest)
    assert all(rule["confidence"] in {"found", "general-knowledge"} for rule in pack["rules"])
    sign = "rule-packs/UK:sign-off"
    assert_problem(rest_as(manager, brand).send("POST", sign, {"digest": pack["digest"]}), 403)
    assert_problem(rest.send("POST", sign, {"digest": "0" * 64}), 409)
    assert not PackSignOff.objects.exists()
    assert rest.send("POST", sign, {"digest": pack["digest"]}).json()["is_signed_off"]
    assert_problem(rest.get("rule-packs/QQ"), 404)
