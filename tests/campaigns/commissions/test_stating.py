"""Runs of commissions: what each sale is worth now, less what was written down for it before."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta

from campaigns.choices import PayAct, PayState
from campaigns.models import Commission, CommissionLine, CommissionStatement, Payable
from campaigns.services.commissions import agreeing
from campaigns.services.commissions.stating import run
from campaigns.services.contracts import deciding
from campaigns.services.contracts.variable import CommissionPart
from campaigns.services.payments import paying, rules
from campaigns.services.payments.paying import Said
from campaigns.services.rates.entering import Rate, enter
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry
from tests.campaigns.conversions.worlds import make_code, order, refund
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.payments.worlds import LATER, TODAY, agreed
from tests.factories import NOW

OLD = NOW - timedelta(days=40)
TEN = CommissionPart(percent=Decimal(10))


@pytest.fixture
def place(brand, manager):
    """A creator with a code in a campaign that counts in euros."""
    place = engage(make_campaign(brand, manager))
    place.code = make_code(brand, "MIRA10", place.relationship, campaign=place.campaign)
    return place


def agree(place, manager, part=TEN, **values):
    said = {"currency": "EUR", "starts_on": TODAY - timedelta(days=100), "ends_on": None} | values
    return agreeing.agree(engagement=place, part=part, actor=manager, at=NOW, **said)


def sold(place, value, at=OLD, **values):
    """An order with the creator's code."""
    return order(
        place.campaign.brand, at, value=value, code=place.code, campaign=place.campaign, **values
    )


def runs(place, manager, at=NOW):
    return run(brand=place.campaign.brand, actor=manager, at=at)


def lines(number):
    rows = CommissionLine.objects.filter(statement__number=number).order_by("sold_at", "pk")
    return [(one.sale, one.earned, one.before, one.amount) for one in rows]


def test_a_run_pays_for_sales_that_are_old_enough_once(place, manager) -> None:
    agree(place, manager)
    first, second = sold(place, "200.00"), sold(place, "50.55", OLD + timedelta(hours=1))
    sold(place, "999", NOW - timedelta(days=5))
    done = runs(place, manager)
    assert (done.statements, done.payables, done.carried) == (1, 1, 0)
    assert lines(1) == [
        (first.key, Decimal("20.00"), 0, Decimal("20.00")),
        (second.key, Decimal("5.06"), 0, Decimal("5.06")),
    ]
    owed = Payable.objects.get()
    last = TODAY - timedelta(days=31)
    assert (owed.amount, owed.currency, owed.state, owed.kind) == (
        Decimal("25.06"), "EUR", PayState.READY, "commission",
    )  # fmt: skip
    assert (owed.ready_on, owed.due_on) == (TODAY, TODAY + timedelta(days=30))
    assert owed.evidence["words"] == f"2 sales: 25.06 EUR (up to {last:%-d %B %Y})"
    assert CommissionStatement.objects.get().payable == owed
    again = runs(place, manager)
    assert again.words.startswith("Nothing new to state")
    assert (CommissionStatement.objects.count(), Payable.objects.count()) == (1, 1)


def test_what_is_given_back_is_taken_off_the_next_statement(place, manager) -> None:
    agree(place, manager)
    whole, part, kept = sold(place, "100"), sold(place, "100"), sold(place, "300")
    runs(place, manager)
    refund(whole, NOW + timedelta(hours=1))
    refund(part, NOW + timedelta(hours=1), "40")
    later = NOW + timedelta(days=1)
    done = runs(place, manager, later)
    assert (done.statements, done.payables, done.carried) == (1, 0, 1)
    assert sorted(lines(2)) == sorted([
        (part.key, Decimal("6.00"), Decimal("10.00"), Decimal("-4.00")),
        (whole.key, Decimal("0.00"), Decimal("10.00"), Decimal("-10.00")),
    ])  # fmt: skip
    # Below nothing: it waits for the next sales, and is never asked back by itself.
    sold(place, "500", NOW - timedelta(days=31, hours=1))
    third = runs(place, manager, NOW + timedelta(days=2))
    assert (third.statements, third.payables) == (1, 1)
    paid = Payable.objects.order_by("-pk")[0]
    assert paid.amount == Decimal("36.00")
    assert "carried from before: -14 EUR" in paid.evidence["words"]
    assert sum(Payable.objects.values_list("amount", flat=True)) == Decimal("86.00")
    assert kept.key in {row[0] for row in lines(1)}


def test_too_little_is_carried_until_it_is_enough(place, manager) -> None:
    agree(place, manager, CommissionPart(each=Decimal("7.50"), minimum=Decimal(20)))
    sold(place, None)
    sold(place, "10")
    assert runs(place, manager).carried == 1
    assert runs(place, manager).statements == 0
    sold(place, "10", NOW - timedelta(days=32))
    assert runs(place, manager).payables == 1
    assert Payable.objects.get().amount == Decimal("22.50")
    second = CommissionStatement.objects.get(number=2)
    assert (second.carried, second.total) == (Decimal("15.00"), Decimal("7.50"))


def test_what_was_cancelled_comes_back(place, manager, brand) -> None:
    agree(place, manager)
    sold(place, "100")
    runs(place, manager)
    paying.do(
        payable_id=Payable.objects.get().pk, brand=brand, act=PayAct.CANCEL,
        said=Said(note="Wrong month"), actor=manager, at=NOW, expected_version=None,
    )  # fmt: skip
    assert runs(place, manager, NOW + timedelta(hours=1)).payables == 1
    second = CommissionStatement.objects.get(number=2)
    assert (second.carried, second.total, second.payable.amount) == (10, 0, 10)


def test_other_currencies_keep_the_rate_they_were_stated_with(place, manager, brand) -> None:
    agree(place, manager)
    day = OLD.date()
    sold(place, "100", currency="USD")
    sold(place, "100", currency="DKK")
    rate = Rate("EUR", "USD", day, Decimal("1.25"))
    enter(brand=brand, rates=[rate], source="ECB", actor=manager, at=NOW)
    runs(place, manager)
    made = CommissionStatement.objects.get()
    assert made.waiting == ["1 sale in DKK: there is no rate to EUR."]
    line = CommissionLine.objects.get()
    assert (line.amount, line.value, line.value_currency) == (Decimal("8.00"), 100, "USD")
    assert line.converted == f"at 0.8 of {day:%-d %B %Y} (ECB)"
    wrong = Rate("EUR", "USD", day, Decimal("1.00"))
    enter(brand=brand, rates=[wrong], source="ECB, corrected", actor=manager, at=NOW)
    assert runs(place, manager).statements == 0


def test_only_sales_of_the_creator_the_campaign_and_the_days_count(place, manager, brand) -> None:
    agree(place, manager, ends_on=TODAY - timedelta(days=38))
    other = engage(make_campaign(brand, manager, name="Other"), relationship=place.relationship)
    sold(place, "10")
    sold(place, "10", NOW - timedelta(days=37))
    sold(place, "10", NOW - timedelta(days=101))
    sold(place, "10", kind="lead")
    order(brand, OLD, value="10", code=place.code, campaign=other.campaign)
    order(brand, OLD, value="10", campaign=place.campaign)
    runs(place, manager)
    assert Payable.objects.get().amount == Decimal("1.00")


def test_from_the_limit_on_two_people_are_needed(place, manager, brand) -> None:
    agree(place, manager)
    sold(place, "5000")
    runs(place, manager)
    rules.change_rules(
        brand=brand, release_limit=Decimal(100), rate_days=7, actor=manager, at=NOW,
        expected_version=None,
    )  # fmt: skip
    brand.currency = "EUR"
    brand.save()
    with pytest.raises(CampaignRefused, match="Nobody has released it yet"):
        paying.do(
            payable_id=Payable.objects.get().pk, brand=brand, act=PayAct.PAY, said=Said(),
            actor=manager, at=NOW, expected_version=None,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("part", "values", "field", "words"),
    [
        (CommissionPart(), {}, "percent", "one of them"),
        (CommissionPart(percent=Decimal(1), each=Decimal(1)), {}, "percent", "one of them"),
        (CommissionPart(percent=Decimal(101)), {}, "percent", "100 at most"),
        (CommissionPart(percent=Decimal("0.00001")), {}, "percent", "4 decimal places"),
        (CommissionPart(each=Decimal("0.001")), {}, "each", "2 decimal places"),
        (CommissionPart(percent=Decimal(1), wait_days=181), {}, "wait_days", "0 to 180"),
        (CommissionPart(percent=Decimal(1), months=3), {"ends_on": TODAY}, "months", "one of them"),
        (TEN, {"ends_on": date(2020, 1, 1)}, "ends_on", "before the first"),
        (TEN, {"currency": "EURO"}, "currency", "is no currency"),
    ],
)
def test_what_is_refused_names_its_field(place, manager, part, values, field, words) -> None:
    with pytest.raises(CampaignRefused) as refusal:
        agree(place, manager, part, **values)
    assert (refusal.value.field, words in str(refusal.value)) == (field, True), str(refusal.value)
    assert not Commission.objects.exists()


def test_no_sale_earns_two_commissions(place, manager, brand) -> None:
    one = agree(place, manager)
    with pytest.raises(CampaignRefused, match="end that first"):
        agree(place, manager)
    agree(place, manager, CommissionPart(kind="lead", each=Decimal(1)))
    end = {"commission_id": one.pk, "brand": brand, "actor": manager, "at": NOW}
    with pytest.raises(CampaignRefused, match="was promised"):
        agreeing.end(**end, on=date(2020, 1, 1), reason="Over", expected_version=1)
    with pytest.raises(CampaignRefused, match="Say why"):
        agreeing.end(**end, on=None, reason=" ", expected_version=1)
    agreeing.end(**end, on=None, reason="Over", expected_version=1)
    with pytest.raises(CampaignRefused, match="Somebody changed"):
        agreeing.end(**end, on=None, reason="Over", expected_version=1)
    agree(place, manager, starts_on=TODAY + timedelta(days=1))
    assert Commission.objects.count() == 3


def test_a_contract_begins_its_commission_and_an_amendment_takes_its_place(brand, manager) -> None:
    part = CommissionPart(percent=Decimal("12.5"), months=6)
    contract = agreed(brand, manager, commission=part)
    made = Commission.objects.get()
    first = LATER.date()
    assert (made.contract, made.percent, made.starts_on) == (contract, Decimal("12.5"), first)
    assert made.ends_on == first + relativedelta(months=6, days=-1)
    deciding.terminate(
        contract_id=contract.pk, brand=brand, actor=manager, at=LATER, expected_version=None,
        note="Out of business",
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.ends_on, made.end_reason) == (first, "The contract was terminated.")


def test_the_ledger_tells_of_runs_without_their_sales(place, manager) -> None:
    agree(place, manager)
    sold(place, "100", key="ORDER-OF-ANNA")
    runs(place, manager)
    entry = AuditEntry.objects.get(verb="campaigns.commission.stated")
    assert (entry.data["lines"], entry.data["total"], entry.data["number"]) == (1, "10.00", 1)
    assert "ANNA" not in str(entry.data)


def test_nobody_else_is_shown(place, manager, outsider) -> None:
    agree(place, manager)
    assert not Commission.objects.visible_to(outsider).exists()
    assert Commission.objects.visible_to(manager).count() == 1
