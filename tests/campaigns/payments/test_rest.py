"""Invoices and other channels over REST."""

from __future__ import annotations

from decimal import Decimal

import pytest

from campaigns.models import ChannelResult, Invoice, Payable
from tests.campaigns.made import make_campaign
from tests.campaigns.payments.worlds import of_creator, owed
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager)


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


BILL = {
    "payee": "Studio Nord", "number": "2027-14", "issued_on": "2026-11-01", "amount": "250.00",
    "currency": "EUR",
}  # fmt: skip


def test_a_bill_is_entered_attached_and_set_aside(rest, campaign) -> None:
    first, second = owed(campaign), owed(campaign)
    made = rest.send("POST", "invoices/", BILL | {"payments": [first.pk]})
    assert made.status_code == 201, made.content
    bill = made.json()
    assert (bill["payee"], bill["creator"], bill["payments"]) == ("Studio Nord", None, [first.pk])
    one = f"invoices/{bill['id']}"
    both = rest.send("POST", f"{one}:attach", {"payments": [second.pk]}).json()
    assert both["payments"] == [first.pk, second.pk]
    problem = assert_problem(rest.send("POST", "invoices/", BILL), 400)
    assert problem["errors"][0]["pointer"] == "/number"
    gone = rest.send("POST", f"{one}:set-aside", {"reason": "Wrong sum"}).json()
    assert (gone["void_reason"], gone["payments"]) == ("Wrong sum", [])
    assert not Payable.objects.exclude(invoice=None).exists()
    assert_problem(rest.send("POST", f"{one}:set-aside", {"reason": "Again"}), 409)
    assert [row["id"] for row in rest.json("invoices/")["results"]] == [bill["id"]]


def test_a_bill_of_a_creator_and_what_it_cannot_be_for(rest, campaign) -> None:
    theirs, other = owed(campaign, engagement=of_creator(campaign)), owed(campaign)
    creator = theirs.engagement.relationship.creator
    said = {name: value for name, value in BILL.items() if name != "payee"}
    wrong = rest.send(
        "POST", "invoices/", said | {"creator": str(creator.uid), "payments": [other.pk]}
    )
    assert assert_problem(wrong, 400)["errors"][0]["pointer"] == "/payments"
    nobody = said | {"creator": "00000000-0000-0000-0000-000000000000"}
    assert_problem(rest.send("POST", "invoices/", nobody), 400, "unknown_creator")
    assert_problem(rest.send("POST", "invoices/", said), 400)
    assert not Invoice.objects.exists()
    made = rest.send(
        "POST", "invoices/", said | {"creator": str(creator.uid), "payments": [theirs.pk]}
    ).json()
    assert (made["creator"], made["payee"]) == (str(creator.uid), creator.name)


def test_other_channels(rest, brand, other_brand, outsider) -> None:
    said = {
        "channel": "search", "starts_on": "2026-10-01", "ends_on": "2026-10-31", "cost": "900.00",
        "currency": "EUR", "clicks": 4000, "source": "Ads account",
    }  # fmt: skip
    made = rest.send("POST", "channel-results/", said)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["cost"], row["clicks"], row["revenue"], row["name"]) == ("900.00", 4000, None, None)
    wrong = rest.send("POST", "channel-results/", said | {"ends_on": "2026-09-01"})
    assert assert_problem(wrong, 400)["errors"][0]["pointer"] == "/ends_on"
    assert ChannelResult.objects.get().cost == Decimal(900)
    theirs = rest_as(outsider, other_brand)
    assert_problem(theirs.send("DELETE", f"channel-results/{row['id']}/"), 404)
    assert rest.send("DELETE", f"channel-results/{row['id']}/").status_code == 204
    assert_problem(rest.get(f"channel-results/{row['id']}/"), 404)


def test_analysts_read_money_and_write_none(brand, analyst, campaign) -> None:
    rest = rest_as(analyst, brand)
    assert rest.get("invoices/").status_code == 200
    assert_problem(rest.send("POST", "invoices/", BILL), 403)
    assert_problem(rest.send("POST", "channel-results/", {}), 403)
    assert_problem(rest.send("POST", "commissions:state", {}), 403)
