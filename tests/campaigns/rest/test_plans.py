"""The plan of a campaign over REST: steps, budget, calendar, and how many creators it takes."""

from __future__ import annotations

import pytest

from campaigns.choices import CampaignStatus
from campaigns.models import Deadline, Slot, SlotFill
from crm.models import AuditEntry
from tests.campaigns.made import engage, make_campaign, set_status
from tests.rest import Rest, assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, strategist):
    return make_campaign(brand, strategist)


@pytest.fixture
def rest(brand, strategist) -> Rest:
    return rest_as(strategist, brand)


def faults(rest: Rest, *asked) -> None:
    """That each is refused like that, and nothing is written down."""
    entries = AuditEntry.objects.count()
    for method, path, sent, status, pointer, code in asked:
        [fault] = assert_problem(rest.send(method, path, sent), status)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code), (path, sent)
    assert AuditEntry.objects.count() == entries


def test_steps(brand, other_brand, outsider, campaign, rest):
    below = f"campaigns/{campaign.key}/deadlines/"
    made = rest.send("POST", below, {"title": "Book the studio", "due_on": "2027-01-10"})
    assert made.status_code == 201, made.content
    step = made.json()
    assert step in rest.json(below)["results"]
    address = f"deadlines/{step['id']}"
    assert rest.send("POST", f"{address}:done").json()["done_at"] is not None
    assert rest.send("POST", f"{address}:reopen").json()["done_at"] is None
    moved = rest.send("PATCH", f"{address}/", {"due_on": "2027-01-20"}).json()
    assert moved == rest.json(f"{address}/") == {**step, "due_on": "2027-01-20"}
    faults(
        rest,
        ("POST", below, {"title": "x"}, 400, "/due_on", "required"),
        ("POST", below, {"title": "x", "due_on": "1066-10-14"}, 400, "/due_on", "out_of_range"),
        ("PATCH", f"{address}/", {"due_on": None}, 400, "/due_on", "null"),
    )
    elsewhere = rest_as(outsider, other_brand)
    for method, path in (("GET", f"{address}/"), ("DELETE", f"{address}/"), ("GET", below)):
        assert_problem(elsewhere.send(method, path), 404)
    assert rest.send("DELETE", f"{address}/").status_code == 204
    assert not Deadline.objects.filter(pk=step["id"]).exists()
    set_status(campaign, CampaignStatus.COMPLETED)
    faults(rest, ("POST", below, {"title": "x", "due_on": "2027-01-10"}, 409, "", "not_open"))


def test_a_budget_is_cut_by_tier_and_by_segment_at_once(brand, campaign, rest):
    address = f"campaigns/{campaign.key}/budget/"
    assert rest.json(address)["budget_lines"] == []
    [tier, other] = brand.tier_scheme.tiers.order_by("position")[:2]
    lines = {
        "tier": [{"key": tier.key, "amount": "4000.00", "creators": 8}],
        "segment": [{"key": "night-owls", "amount": "900.50"}],
    }
    cut = rest.send("PATCH", address, {"version": campaign.version, **lines})
    assert cut.status_code == 200, cut.content
    assert [
        (line["kind"], line["key"], line["name"], line["planned"], line["wanted"])
        for line in cut.json()["budget_lines"]
    ] == [
        ("tier", tier.key, tier.name, "4000.00", 8),
        ("segment", "night-owls", "Night owls", "900.50", None),
    ]
    version = cut.json()["version"]
    assert version == campaign.version + 2
    large = [{"key": tier.key, "amount": "9000"}, {"key": other.key, "amount": "2000"}]
    nobody = [{"key": "titan", "amount": "1"}]
    ok = [{"key": "morning", "amount": "5"}]
    faults(
        rest,
        ("PATCH", address, {"version": version, "tier": large}, 400, "/tier", "over_budget"),
        ("PATCH", address, {"version": version, "tier": nobody}, 400, "/tier", "unknown_tier"),
        # The first of both is not kept where the second is refused.
        (
            "PATCH",
            address,
            {"version": version, "tier": [], "segment": [ok[0], ok[0]]},
            400,
            "/segment",
            "named_twice",
        ),
        ("PATCH", address, {"version": version - 1, "segment": ok}, 409, "", "outdated"),
    )
    assert rest.json(address) == cut.json()


def test_a_calendar(brand, other_brand, outsider, campaign, rest):
    below = f"campaigns/{campaign.key}/slots/"
    days = {"first_on": "2027-03-02", "until": "2027-03-16"}
    said = {"title": "Tuesday lesson", "cadence": "weekly", "platform": "instagram", **days}
    made = rest.send("POST", below, said)
    assert made.status_code == 201, made.content
    slot = made.json()
    assert [day["on"] for day in slot["days"]] == ["2027-03-02", "2027-03-09", "2027-03-16"]
    assert rest.json(below)["results"] == [slot]
    address = f"slots/{slot['id']}"
    place = engage(campaign)
    seat = {"on": "2027-03-09", "engagement": place.pk}
    filled = rest.send("POST", f"{address}:fill", seat).json()["days"][1]
    assert filled["free"] == 0
    assert filled["places"] == [
        {
            "engagement": place.pk,
            "creator": {
                "uid": str(place.relationship.creator.uid),
                "name": place.relationship.creator.name,
            },
            "conflict": None,
        }
    ]
    elsewhere_day = {"on": "2027-03-10", "engagement": place.pk}
    nobody = {"on": "2027-03-02", "engagement": place.pk + 1_000}
    faults(
        rest,
        ("POST", f"{address}:fill", elsewhere_day, 400, "/on", "not_a_day_of_the_slot"),
        ("POST", f"{address}:fill", nobody, 400, "/engagement", "unknown_creator"),
        ("POST", f"{address}:fill", seat, 409, "", "there_already"),
        ("POST", below, {**said, "until": "2029-01-01"}, 400, "/until", "out_of_range"),
        ("POST", below, {**said, "platform": "myspace"}, 400, "/platform", "does_not_exist"),
    )
    elsewhere = rest_as(outsider, other_brand)
    for method, path in (("GET", f"{address}/"), ("DELETE", f"{address}/")):
        assert_problem(elsewhere.send(method, path), 404)
    for verb in ("fill", "clear"):
        assert_problem(elsewhere.send("POST", f"{address}:{verb}", seat), 404)
    assert rest.send("POST", f"{address}:clear", seat).json()["days"][1]["free"] == 1
    assert not SlotFill.objects.exists()
    assert_problem(rest.send("POST", f"{address}:clear", seat), 404)
    assert rest.send("DELETE", f"{address}/").status_code == 204
    assert not Slot.objects.exists()


def test_what_a_mix_of_tiers_costs_is_counted_and_taken_over(brand, campaign, rest):
    below = f"campaigns/{campaign.key}/capacity"
    usual = rest.json(f"{below}/", measure="views")
    assert usual["measure"] == "views"
    [first, second, *_] = usual["tiers"]
    # Nobody is known: neither what a post brings nor what it costs.
    assert (first["available"], first["middle"], first["fee"]) == (0, None, None)
    wishes = [
        {"tier": first["tier"], "creators": 10, "posts": 2, "fee": "150.00"},
        {"tier": second["tier"], "creators": 1},
    ]
    mix = rest.send("POST", f"{below}:count", {"wishes": wishes}).json()
    assert (mix["creators"], mix["posts"], mix["cost"]) == (11, 21, "3000.00")
    assert mix["without_cost"] == [second["name"]]
    assert mix["without_numbers"] == [first["name"], second["name"]]
    assert (mix["low"], mix["middle"], mix["high"]) == (None, None, None)
    assert [line["lacks"] for line in mix["lines"]] == [10, 1]
    seen = {"version": campaign.version}
    unknown = {"wishes": [{"tier": "titan", "creators": 1}]}
    faults(
        rest,
        ("POST", f"{below}:count", unknown, 400, "/wishes/0/tier", "unknown_tier"),
        ("POST", f"{below}:count", {"wishes": []}, 400, "/wishes", "min_length"),
        ("POST", f"{below}:take", {"wishes": wishes, **seen}, 400, "/wishes", "invalid"),
        ("POST", f"{below}:take", {"wishes": wishes[:1], "version": 99}, 409, "", "outdated"),
    )
    taken = rest.send("POST", f"{below}:take", {"wishes": wishes[:1], **seen}).json()
    [line] = taken["budget_lines"]
    assert (line["key"], line["planned"], line["wanted"]) == (first["tier"], "3000.00", 10)
