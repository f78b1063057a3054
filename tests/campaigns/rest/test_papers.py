"""Contracts, offers and exclusivities over REST: worded otherwise, handed over, found out."""

from __future__ import annotations

import pytest

from campaigns.models import Contract, ExclusiveElsewhere
from campaigns.services.contracts.writing import draft
from crm.models import AuditEntry
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.offers.worlds import an_offer
from tests.factories import NOW, RelationshipFactory
from tests.rest import Rest, assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, manager) -> Rest:
    return rest_as(manager, brand)


def faults(rest: Rest, *asked) -> None:
    """That each is refused like that, and nothing is written down."""
    entries = AuditEntry.objects.count()
    for method, path, sent, status, pointer, code in asked:
        [fault] = assert_problem(rest.send(method, path, sent), status)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code), (path, sent)
    assert AuditEntry.objects.count() == entries


def test_a_contract_is_worded_otherwise_until_it_is_sent(brand, manager, rest):
    place = engage(make_campaign(brand, manager))
    contract = draft(engagement_id=place.pk, brand=brand, actor=manager, at=NOW)
    address = f"contracts/{contract.pk}"
    before = rest.json(f"{address}/")
    half = {"percent": "50", "net_days": 14}
    terms = {
        "total": "1000.00",
        "currency": "EUR",
        "law": "Denmark",
        "parts": [{"due": "signing", **half}, {"due": "publication", "percent": "50"}],
        "rights": [{"usage": "paid", "months": 3}],
        "kill_fees": [{"stage": "before", "percent": "10"}],
        "results": [{"metric": "views", "threshold": 10_000, "amount": "100"}],
        "commission": {"percent": "5"},
        "deliverables": [{"platform": "instagram", "form": "short_video"}],
        "jurisdictions": ["DK"],
    }
    body = {"version": before["version"], "title": "Spring", "reason": "The fee", "terms": terms}
    changed = rest.send("PATCH", f"{address}/", body)
    assert changed.status_code == 200, changed.content
    now = changed.json()
    assert (now["title"], now["terms"]["total"], now["terms"]["law"]) == (
        "Spring",
        "1000.00",
        "Denmark",
    )
    # What is not named is as the brand's rules of contracts say.
    assert [part["net_days"] for part in now["terms"]["parts"]] == [14, 30]
    assert now["terms"]["commission"]["percent"] == "5.0000"
    kept = set(now["terms"]) - set(terms)
    assert {name: now["terms"][name] for name in kept} == {
        name: before["terms"][name] for name in kept
    }
    version = now["version"]
    lone = {"parts": [{"percent": "40"}]}
    both = {"parts": [{"percent": "40", "amount": "3"}]}
    faults(
        rest,
        ("PATCH", f"{address}/", {"terms": {}}, 400, "/version", "required"),
        ("PATCH", f"{address}/", {"version": version - 1, "terms": {}}, 409, "", "outdated"),
        (
            "PATCH",
            f"{address}/",
            {"version": version, "terms": lone},
            400,
            "/terms/parts",
            "invalid",
        ),
        (
            "PATCH",
            f"{address}/",
            {"version": version, "terms": both},
            400,
            "/terms/parts/0/percent",
            "invalid",
        ),
        (
            "PATCH",
            f"{address}/",
            {"version": version, "terms": {"laws": "x"}},
            400,
            "/terms/laws",
            "unknown_member",
        ),
    )
    withdrawn = {"commission": None, "results": []}
    left = rest.send("PATCH", f"{address}/", {"version": version, "terms": withdrawn}).json()
    assert (left["terms"]["commission"], left["terms"]["results"]) == (None, [])
    sent = rest.send("POST", f"{address}:send", {"version": left["version"]})
    assert sent.status_code == 200, sent.content
    seen = {"version": sent.json()["version"]}
    faults(
        rest,
        ("PATCH", f"{address}/", {**seen, "terms": {}}, 409, "", "not_in_this_state"),
        ("POST", f"{address}:amend", seen, 409, "", "not_in_this_state"),
    )
    again = rest.send("POST", f"{address}:revise", {**seen, "reason": "Another day"}).json()
    assert (again["number"], again["state"]) == (2, "draft")
    assert again["terms"] == left["terms"]


def test_an_accepted_contract_is_amended_by_another(brand, manager, rest):
    place = engage(make_campaign(brand, manager))
    contract = draft(engagement_id=place.pk, brand=brand, actor=manager, at=NOW)
    address = f"contracts/{contract.pk}"
    terms = {
        "brand_name": "Acme",
        "creator_name": "Anna Bo",
        "law": "Denmark",
        "currency": "EUR",
        "also": "A pair of shoes",
        "deliverables": [{"platform": "instagram", "form": "short_video"}],
    }
    for verb, body in (
        ("", {"terms": terms}),
        (":send", {}),
        (":accept", {"name": "Anna Bo", "note": "On paper, in the binder"}),
    ):
        method = "POST" if verb else "PATCH"
        version = {"version": rest.json(f"{address}/")["version"]}
        done = rest.send(method, f"{address}{verb or '/'}", {**body, **version})
        assert done.status_code == 200, done.content
    made = rest.send("POST", f"{address}:amend", {"version": done.json()["version"]})
    assert made.status_code == 201, made.content
    assert made.json()["amends"] == contract.pk
    assert Contract.objects.count() == 2


def test_an_offer_is_led_by_somebody_else(brand, manager, strategist, rest):
    offer = an_offer(RelationshipFactory(brand=brand), manager)
    address = f"offers/{offer.pk}:owner"
    led = rest.send("POST", address, {"owner": strategist.email}).json()
    assert led["owner"] == strategist.email
    faults(
        rest,
        ("POST", address, {"owner": "stranger@example.com"}, 400, "/owner", "unknown_user"),
        ("POST", address, {}, 400, "/owner", "required"),
    )
    assert rest.send("POST", address, {"owner": None}).json()["owner"] is None


def test_what_a_creator_promised_to_others(brand, other_brand, outsider, rest):
    anna = RelationshipFactory(brand=brand).creator
    body = {"creator": str(anna.uid), "category": "sun care", "known_from": "A post"}
    made = rest.send("POST", "exclusivities/", body)
    assert made.status_code == 201, made.content
    note = made.json()
    assert (note["to"], note["until"], note["known_from"]) == (None, None, "A post")
    address = f"exclusivities/{note['id']}/"
    assert rest.json("exclusivities/", creator=str(anna.uid))["results"] == [note]
    assert rest.json(address) == note
    assert rest.json(f"creators/{anna.uid}/exclusivities/")["results"] == []
    stranger = {**body, "creator": "00000000-0000-0000-0000-000000000000"}
    faults(
        rest,
        ("POST", "exclusivities/", stranger, 400, "/creator", "unknown_creator"),
        ("POST", "exclusivities/", {**body, "known_from": " "}, 400, "/known_from", "blank"),
        (
            "POST",
            "exclusivities/",
            {**body, "until": "1066-10-14"},
            400,
            "/until",
            "invalid",
        ),
    )
    elsewhere = rest_as(outsider, other_brand)
    for method in ("GET", "DELETE"):
        assert_problem(elsewhere.send(method, address), 404)
    assert_problem(elsewhere.get(f"creators/{anna.uid}/exclusivities/"), 404)
    assert rest.send("DELETE", address).status_code == 204
    assert not ExclusiveElsewhere.objects.exists()
