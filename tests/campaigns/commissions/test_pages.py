"""Pages of commissions: what a run would state, one by hand, its end, the creator's own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Commission, CommissionStatement, Payable
from campaigns.services.commissions import agreeing
from campaigns.services.commissions.stating import run
from campaigns.services.contracts.variable import CommissionPart
from campaigns.services.guests import make_link, path_of
from tests.campaigns.conversions.worlds import make_code, order, refund
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.payments.worlds import TODAY
from tests.factories import NOW
from tests.rest import assert_problem, rest_as

OLD = NOW - timedelta(days=40)


@pytest.fixture
def place(brand, manager):
    place = engage(make_campaign(brand, manager))
    place.code = make_code(brand, "MIRA10", place.relationship, campaign=place.campaign)
    return place


@pytest.fixture
def agreed(place, manager):
    return agreeing.agree(
        engagement=place,
        part=CommissionPart(percent=Decimal(10), minimum=Decimal(5)),
        currency="EUR",
        starts_on=TODAY - timedelta(days=100),
        ends_on=None,
        actor=manager,
        at=NOW,
    )


def sold(place, value, at=OLD):
    brand = place.campaign.brand
    return order(brand, at, value=value, code=place.code, campaign=place.campaign)


def url(name, brand, *args):
    return reverse(f"campaigns:{name}", args=[brand.slug, *args])


def test_the_list_says_what_a_run_would_state_and_the_run_does_it(
    brand, place, agreed, manager_client
) -> None:
    sold(place, "250")
    sold(place, "70", timezone.now() - timedelta(days=2))
    shown = manager_client.get(url("commissions", brand)).content.decode()
    assert "10 % of each order, after 30 days, from 5 EUR on" in shown
    assert "25 EUR" in shown
    assert "1 sale, 1 too young" in shown
    told = manager_client.post(url("commissions_state", brand), follow=True).content.decode()
    assert "1 statement: 1 amount to pay." in told
    assert Payable.objects.get().amount == 25
    again = manager_client.post(url("commissions_state", brand), follow=True).content.decode()
    assert "Nothing new to state" in again
    one = manager_client.get(url("commission", brand, agreed.pk)).content.decode()
    assert "Statement 1" in one
    lines = manager_client.get(url("commission_statement", brand, agreed.pk, 1)).content.decode()
    assert "250 EUR" in lines
    assert manager_client.get(url("commission_statement", brand, agreed.pk, 2)).status_code == 404


def test_an_empty_list_says_what_to_do(brand, analyst_client) -> None:
    shown = analyst_client.get(url("commissions", brand)).content.decode()
    assert "One begins when a contract with a commission is accepted" in shown
    assert analyst_client.post(url("commissions_state", brand)).status_code == 403


def test_one_is_agreed_by_hand_and_ended(brand, place, manager_client) -> None:
    page = url("commission_new", brand, place.campaign.key)
    assert manager_client.get(page).status_code == 200
    said = {
        "engagement": place.pk, "each": "4.50", "kind": "lead", "starts_on": TODAY.isoformat(),
        "wait_days": "14", "minimum": "20", "net_days": "10", "currency": "EUR",
    }  # fmt: skip
    wrong = manager_client.post(page, said | {"percent": "5"})
    assert wrong.status_code == 422
    assert "one of them" in wrong.content.decode()
    assert not Commission.objects.exists()
    assert manager_client.post(page, said).status_code == 302
    made = Commission.objects.get()
    assert (made.each, made.kind, made.wait_days, made.minimum) == (
        Decimal("4.50"), "lead", 14, 20,
    )  # fmt: skip
    end = url("commission_end", brand, made.pk)
    assert manager_client.post(end, {"version": 1}).status_code == 422
    assert manager_client.post(end, {"version": 7, "reason": "Over"}).status_code == 409
    assert manager_client.post(end, {"version": 1, "reason": "Over"}).status_code == 302
    made.refresh_from_db()
    assert made.end_reason == "Over"
    assert made.ends_on is not None


def test_queries_do_not_grow_with_commissions(brand, manager, place, agreed, manager_client):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert manager_client.get(url("commissions", brand)).status_code == 200
        return len(queries)

    sold(place, "10")
    few = count()
    for number in range(4):
        other = engage(place.campaign)
        other.code = make_code(brand, f"N{number}", other.relationship, campaign=place.campaign)
        agreeing.agree(
            engagement=other, part=CommissionPart(each=Decimal(1)), currency="EUR",
            starts_on=TODAY - timedelta(days=90), ends_on=None, actor=manager, at=NOW,
        )  # fmt: skip
        sold(other, "10")
    assert count() <= few


def test_the_creator_sees_their_own_statement_line_by_line(brand, place, agreed, manager) -> None:
    taken_back = sold(place, "300")
    run(brand=brand, actor=manager, at=NOW)
    refund(taken_back, NOW + timedelta(hours=1))
    run(brand=brand, actor=manager, at=NOW + timedelta(days=1))
    home = path_of(make_link(target=place, name="Mira", actor=manager, at=NOW))
    shown = Client().get(f"{home}payments/").content.decode()
    assert "Statement 1, sales up to" in shown
    second = CommissionStatement.objects.get(number=2)
    lines = Client().get(f"{home}payments/{second.pk}/").content.decode()
    assert "given back, or credited to somebody else" in lines
    assert "carried to the next statement" in lines
    stranger = engage(place.campaign)
    other = path_of(make_link(target=stranger, name="Kim", actor=manager, at=NOW))
    assert Client().get(f"{other}payments/{second.pk}/").status_code == 404


def test_over_rest(brand, place, manager) -> None:
    rest = rest_as(manager, brand)
    said = {"engagement": place.pk, "percent": "12.5", "starts_on": OLD.date().isoformat()}
    assert_problem(rest.send("POST", "commissions/", said | {"each": "1"}), 400)
    assert_problem(rest.send("POST", "commissions/", said | {"engagement": 0}), 400)
    made = rest.send("POST", "commissions/", said).json()
    assert (made["percent"], made["to_state"], made["statements"]) == ("12.5000", "0.00", [])
    sale = sold(place, "80")
    one = f"commissions/{made['id']}"
    assert rest.get(f"{one}/").json()["to_state"] == "10.00"
    assert rest.send("POST", "commissions:state", {}).json() == {
        "statements": 1, "payables": 1, "carried": 0,
    }  # fmt: skip
    [statement] = rest.get(f"{one}/").json()["statements"]
    assert (statement["total"], statement["payment"]) == ("10.00", Payable.objects.get().pk)
    [line] = rest.get(f"{one}/statements/1/lines/").json()["results"]
    assert (line["sale"], line["earned"], line["before"], line["amount"]) == (
        sale.key, "10.00", "0.00", "10.00",
    )  # fmt: skip
    assert_problem(rest.get(f"{one}/statements/2/lines/"), 404)
    ended = rest.send("POST", f"{one}:end", {"version": 1, "reason": "Over"})
    assert ended.json()["end_reason"] == "Over"
    assert_problem(rest.send("POST", f"{one}:end", {"version": 1, "reason": "Over"}), 409)
    assert [row["id"] for row in rest.get("commissions/").json()["results"]] == [made["id"]]
