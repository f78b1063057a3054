"""Amounts, rates, returns and concentration over REST."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.choices import PayState
from campaigns.models import ExchangeRate, Payable, Payment
from campaigns.services.payments.exporting import COLUMNS
from crm.models import AuditEntry
from tests.campaigns.made import make_campaign
from tests.campaigns.payments.worlds import TODAY, day, of_creator, owed
from tests.rest import assert_problem, rest_as


@pytest.fixture
def campaign(brand, manager):
    brand.currency = "EUR"
    brand.save()
    return make_campaign(brand, manager)


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


NEW = {
    "campaign": "spring-launch", "kind": "agency", "title": "June", "payee": "Nord",
    "currency": "eur", "amount": "900.00", "trigger": "date", "on": str(day(400)),
}  # fmt: skip


def test_enter_a_cost_and_pay_it(campaign, rest, manager) -> None:
    made = rest.send("POST", "payments/", NEW)
    assert made.status_code == 201, made.content
    body = made.json()
    assert body["amount"] == "900.00"
    assert {name: body[name] for name in ("state", "currency", "payee", "acts", "payment")} == {
        "state": "committed", "currency": "EUR", "payee": "Nord",
        "acts": ["mark_ready", "hold", "cancel"], "payment": None,
    }  # fmt: skip
    act = f"payments/{body['id']}:act"
    too_early = rest.send("POST", act, {"version": 1, "act": "pay"})
    assert assert_problem(too_early, 409)["errors"][0]["code"] == "not_in_this_state"
    ready = rest.send("POST", act, {"version": 1, "act": "mark_ready", "note": "Bill came early"})
    assert ready.json()["state"] == "ready"
    old = rest.send("POST", act, {"version": 1, "act": "pay"})
    assert assert_problem(old, 409)["errors"][0]["code"] == "outdated"
    part = rest.send("POST", act, {"version": 2, "act": "pay", "amount": "1.00"})
    assert assert_problem(part, 400)["errors"][0]["pointer"] == "/amount"
    assert not Payment.objects.exists()
    paid = rest.send("POST", act, {"version": 2, "act": "pay", "reference": "SEPA 4"})
    assert paid.json()["payment"]["reference"] == "SEPA 4"
    listed = rest.json("payments/", state="paid")["results"]
    assert [one["id"] for one in listed] == [body["id"]]
    assert rest.json("payments/", state="ready")["results"] == []


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"campaign": "nowhere"}, "/campaign"),
        ({"engagement": 2**40}, "/engagement"),
        ({"amount": None}, "/amount"),
        ({"currency": "QQQ"}, "/currency"),
        ({"on": None}, "/on"),
        ({"bank": "DK50"}, "/bank"),
        ({"amount": "NaN"}, "/amount"),
    ],
)
def test_a_wrong_cost_is_refused_with_its_place(campaign, rest, said, pointer) -> None:
    entries = AuditEntry.objects.count()
    answer = rest.send("POST", "payments/", NEW | said)
    assert assert_problem(answer, 400)["errors"][0]["pointer"] == pointer
    assert not Payable.objects.exists()
    assert AuditEntry.objects.count() == entries


def test_pay_by_result_over_rest(campaign, rest) -> None:
    rule = {"metric": "views", "each": "0.01", "most": "500.00"}
    said = {
        "campaign": campaign.key, "kind": "performance", "title": "Views", "currency": "EUR",
        "engagement": of_creator(campaign).pk, "trigger": "result", "rule": rule,
    }  # fmt: skip
    made = rest.send("POST", "payments/", said)
    assert made.status_code == 201, made.content
    assert made.json()["rule"] == {
        "metric": "views", "each": "0.010000", "most": "500.00", "least": "0", "days": 30,
    }  # fmt: skip
    wrong = rest.send("POST", "payments/", said | {"rule": rule | {"most": "0.00"}})
    assert assert_problem(wrong, 400)["errors"][0]["pointer"] == "/rule/most"


def test_hand_over_to_finance(campaign, rest) -> None:
    ready = owed(campaign, PayState.READY)
    owed(campaign)
    answer = rest.send("POST", "payments:export", {"states": ["ready"]})
    assert answer.json()["columns"] == list(COLUMNS)
    assert [row[0] for row in answer.json()["rows"]] == [ready.pk]
    assert AuditEntry.objects.get(verb="campaigns.payable.exported").facts["rows"] == 1
    again = rest.send("POST", "payments:export", {}).json()["rows"]
    assert [row[-1] is None for row in again] == [False, True]


def test_rates_over_rest(campaign, rest) -> None:
    rate = {"base": "EUR", "currency": "USD", "day": str(TODAY), "rate": "1.25"}
    made = rest.send("POST", "exchange-rates/", {"rates": [rate], "source": "ECB"})
    assert (made.status_code, made.json()) == (201, {"new": 1, "replaced": 0, "unchanged": 0})
    assert rest.json("exchange-rates/")["results"][0]["rate"] == "1.25"
    wrong = rest.send("POST", "exchange-rates/", {"rates": [rate, rate], "source": "ECB"})
    assert assert_problem(wrong, 400)["errors"][0]["pointer"] == "/rates"
    assert ExchangeRate.objects.count() == 1


def test_returns_and_concentration_over_rest(campaign, rest) -> None:
    made = rest.json(f"campaigns/{campaign.key}/returns/")
    assert made["figures"][0]["key"] == "all:full_cost"
    assert made["spread"] is None
    assert rest.get("campaigns/nowhere/returns/").status_code == 404
    found = rest.json("concentration/")
    assert [one["hhi"] for one in found["spreads"]] == [None] * 9
    assert len(found["trend"]) == 8


def test_the_list_costs_the_same_for_many(campaign, rest) -> None:
    def queries(number: int) -> int:
        for _ in range(number):
            owed(campaign, PayState.PAID, engagement=of_creator(campaign))
        with CaptureQueriesContext(connection) as caught:
            rest.json("payments/")
        return len(caught)

    # The first call writes down when the token was used.
    queries(1)
    assert queries(1) == queries(9)


def test_another_brand_finds_nothing(campaign, outsider, other_brand) -> None:
    payable = owed(campaign, PayState.READY, amount=Decimal(5))
    rest = rest_as(outsider, other_brand)
    assert rest.get(f"payments/{payable.pk}/").status_code == 404
    act = rest.send("POST", f"payments/{payable.pk}:act", {"version": 1, "act": "pay"})
    assert act.status_code == 404
    assert not Payment.objects.exists()
