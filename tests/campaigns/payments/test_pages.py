"""Pages about money: the lists, one amount, bills, rates, rules, the creator's own, My day."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import PayState
from campaigns.models import ExchangeRate, Invoice, Payable, Payment, PayRules
from campaigns.portal.payments import entries
from campaigns.selectors.payments import punctual_of, totals_of, whole_of
from campaigns.services.guests import make_link, path_of
from campaigns.services.payments.exporting import COLUMNS
from campaigns.services.rates.entering import Rate, enter
from crm.models import AuditEntry
from tests.campaigns.made import make_campaign
from tests.campaigns.payments.worlds import TODAY, day, of_creator, owed
from tests.factories import NOW

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def campaign(brand, manager):
    brand.currency = "EUR"
    brand.save()
    return make_campaign(brand, manager)


def url(name, brand, *args):
    return reverse(f"campaigns:{name}", args=[brand.slug, *args])


def test_sums_are_by_currency_and_never_across(brand, campaign, manager) -> None:
    owed(campaign)
    owed(campaign, PayState.ON_HOLD, amount=Decimal(40))
    owed(campaign, PayState.READY, amount=Decimal(100), ready_on=day(-31), due_on=day(-1))
    owed(campaign, PayState.READY, amount=Decimal(60))
    owed(campaign, PayState.PAID, amount=Decimal(10), currency="USD")
    owed(campaign, PayState.CANCELLED, amount=Decimal(999))
    rule = {"metric": "views", "each": "0.01", "most": "9", "least": "0", "days": 1}
    owed(campaign, amount=None, trigger="result", rule=rule)
    euros, dollars = totals_of(Payable.objects.filter(brand=brand), TODAY)
    assert (euros.committed, euros.held, euros.ready, euros.overdue, euros.paid) == (
        250, 40, 160, 100, 0,
    )  # fmt: skip
    assert (euros.owed, euros.uncounted) == (450, 1)
    assert (dollars.currency, dollars.paid, dollars.owed) == ("USD", 10, 0)
    whole = whole_of([euros, dollars], brand, TODAY)
    assert (whole.owed, whole.paid, whole.words) == (450, 0, [])
    [missing] = whole.missing
    assert missing == (
        f"10 USD are left out: there is no rate from USD to EUR of {TODAY:%-d %B %Y} or the 7 "
        "days before."
    )
    rate = Rate("EUR", "USD", TODAY, Decimal("1.25"))
    enter(brand=brand, rates=[rate], source="ECB", actor=manager, at=NOW)
    whole = whole_of([euros, dollars], brand, TODAY)
    assert (whole.owed, whole.paid, whole.missing) == (450, 8, [])
    assert whole.words == [f"USD at 0.8 of {TODAY:%-d %B %Y} (ECB)"]


def test_how_punctual_a_brand_is(brand, campaign) -> None:
    assert punctual_of(brand).words == "Nothing was paid yet."
    for late in (0, 0, 0, 10):
        owed(campaign, PayState.PAID, ready_on=day(-40), due_on=day(-late))
    assert punctual_of(brand).words == "3 of 4 on time: too few for a share."
    owed(campaign, PayState.PAID)
    assert punctual_of(brand).words == "80% on time (4 of 5); 10 days late on average where late."


def test_the_list_with_its_filters(brand, campaign, analyst_client: Client) -> None:
    empty = analyst_client.get(url("payments", brand))
    assert "Nothing is owed yet" in empty.text
    today = timezone.localdate()
    late = owed(
        campaign, PayState.READY, title="Late", ready_on=TODAY, due_on=TODAY, state_since=NOW
    )
    Payable.objects.filter(pk=late.pk).update(
        ready_on=today - timedelta(days=9), due_on=today - timezone.timedelta(days=1)
    )
    owed(campaign, title="Waiting")
    page = analyst_client.get(url("payments", brand))
    assert "Late" in page.text
    assert "Waiting" in page.text
    assert "overdue" in page.text
    assert "CSV for finance" not in page.text
    only = analyst_client.get(url("payments", brand), {"when": "overdue"})
    assert "Late" in only.text
    assert "Waiting" not in only.text
    none = analyst_client.get(url("payments", brand), {"state": "cancelled"})
    assert "No amount is like that" in none.text
    assert (
        analyst_client.get(url("payments", brand), {"when": "??", "cursor": "x"}).status_code == 200
    )


def test_lists_cost_the_same_for_many(brand, campaign, manager_client: Client) -> None:
    def queries(address: str, number: int) -> int:
        for _ in range(number):
            owed(campaign, engagement=of_creator(campaign), kind="fee", trigger="publication")
        with CaptureQueriesContext(connection) as caught:
            assert manager_client.get(address).status_code == 200
        return len(caught)

    for address in (url("payments", brand), url("campaign_money", brand, campaign.key)):
        manager_client.get(address)
        assert queries(address, 1) == queries(address, 12)


def test_the_file_for_finance_marks_what_it_hands_over(
    brand, campaign, manager_client: Client
) -> None:
    ready = owed(campaign, PayState.READY, payee="=cmd|' /C calc'!A0")
    owed(campaign)
    address = url("payments_export", brand, "csv") + "?state=ready"
    assert manager_client.get(address).status_code == 405

    def taken():
        answer = manager_client.post(address)
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))

    head, line = taken()
    assert tuple(head) == COLUMNS
    assert line[:10] == [
        str(ready.pk), "Spring launch", "'=cmd|' /C calc'!A0", "production", "Studio for a day",
        "ready", "250.00", "EUR", str(TODAY), str(day(30)),
    ]  # fmt: skip
    assert line[-1] == ""
    ready.refresh_from_db()
    assert ready.exported_at is not None
    assert taken()[1][-1] == ready.exported_at.isoformat()
    assert AuditEntry.objects.filter(verb="crm.list.exported").count() in {0, 2}
    sheet = manager_client.post(url("payments_export", brand, "xlsx"))
    assert sheet.status_code == 200


def test_pay_on_the_page(brand, campaign, manager_client: Client) -> None:
    payable = owed(campaign, PayState.READY)
    page = url("payable", brand, payable.pk)
    assert "Mark as paid" in manager_client.get(page).text
    act = url("payable_act", brand, payable.pk, "pay")
    wrong = manager_client.post(act, {"version": 1, "amount": "1"})
    assert wrong.status_code == 409
    assert "250 EUR is owed" in wrong.text
    assert not Payment.objects.exists()
    assert manager_client.post(act, {}).status_code == 422
    done = manager_client.post(act, {"version": 1, "reference": "SEPA 9"}, follow=True)
    assert "Mark as paid: Studio for a day" in done.text
    assert "SEPA 9" in done.text
    assert manager_client.post(url("payable_act", brand, payable.pk, "sell")).status_code == 404
    assert manager_client.post(act, {"version": 1}).status_code == 409


def test_a_cost_on_the_campaigns_page(brand, campaign, manager_client: Client) -> None:
    address = url("campaign_money", brand, campaign.key)
    assert "Nothing yet" in manager_client.get(address).text
    said = {"kind": "agency", "title": "June", "payee": "Nord", "trigger": "hand", "net_days": 14}
    wrong = manager_client.post(address, said)
    assert wrong.status_code == 422
    assert "Say how much it is" in wrong.text
    manager_client.post(address, said | {"amount": "900"})
    made = Payable.objects.get()
    assert (made.kind, made.amount, made.currency, made.payee, made.state) == (
        "agency", 900, "EUR", "Nord", "committed",
    )  # fmt: skip
    page = manager_client.get(address)
    assert "Somebody has to mark it as ready." in page.text
    counted = {
        "kind": "performance", "title": "Views", "engagement": of_creator(campaign).pk,
        "trigger": "result", "net_days": 30, "metric": "views", "each": "0.01", "most": "500",
    }  # fmt: skip
    assert manager_client.post(address, counted).status_code == 302
    made = Payable.objects.get(kind="performance")
    assert made.rule == {
        "metric": "views", "each": "0.01", "most": "500", "least": "0", "days": 30,
    }  # fmt: skip
    shown = manager_client.get(url("payable", brand, made.pk))
    assert "0.01 EUR for each view, counted 30 days after the last publication" in shown.text


def test_a_bill_with_its_file(brand, campaign, manager_client: Client) -> None:
    payable = owed(campaign, PayState.READY, payee="Studio Nord")
    listed = manager_client.get(url("payments", brand))
    assert "1 ready or paid without an invoice" in listed.text
    said = {
        "payee": "Studio Nord", "number": "2026-17", "issued_on": "2026-11-01", "amount": "250",
        "currency": "EUR",
    }  # fmt: skip
    address = url("invoice_new", brand)
    assert manager_client.get(address, {"payable": payable.pk}).status_code == 200
    html = SimpleUploadedFile("bill.pdf", b"<script>alert(1)</script>")
    refused = manager_client.post(address, said | {"file": html})
    assert refused.status_code == 422
    assert "Take a PDF or a picture" in refused.text
    assert not Invoice.objects.exists()
    manager_client.post(address, said | {"file": SimpleUploadedFile("bill.pdf", PDF)})
    bill = Invoice.objects.get()
    assert bill.file_name == "bill.pdf"
    again = manager_client.post(address, said)
    assert "There is an invoice 2026-17 of theirs already" in again.text
    alone = manager_client.get(url("invoices", brand), {"which": "alone"})
    assert "2026-17" in alone.text
    file = manager_client.get(url("invoice_file", brand, bill.pk))
    assert b"".join(file.streaming_content) == PDF
    assert file["Content-Disposition"].startswith("attachment")
    # A creator's amount is none of a studio's bill.
    creators = owed(campaign, PayState.READY, engagement=of_creator(campaign))
    wrong = manager_client.post(url("invoice_attach", brand, bill.pk), {"payables": creators.pk})
    assert "is not owed to Studio Nord" in wrong.text
    manager_client.post(url("invoice_attach", brand, bill.pk), {"payables": payable.pk})
    payable.refresh_from_db()
    assert payable.invoice == bill
    aside = url("invoice_aside", brand, bill.pk)
    assert manager_client.post(aside, {"reason": ""}).status_code == 422
    manager_client.post(aside, {"reason": "Not ours"})
    payable.refresh_from_db()
    assert payable.invoice is None
    assert "Not ours" in manager_client.get(url("invoice", brand, bill.pk)).text
    # Its number is free again.
    assert manager_client.post(address, said).status_code == 302


def test_rates_and_rules(brand, campaign, manager_client: Client, admin_user_client) -> None:
    address = url("rates", brand)
    assert "No rate yet" in manager_client.get(address).text
    said = {"base": "EUR", "currency": "USD", "day": str(TODAY), "rate": "1.25", "source": "ECB"}
    manager_client.post(address, said)
    assert str(ExchangeRate.objects.get()) == f"1 EUR = 1.25 USD on {TODAY}"
    assert "1 EUR = 1.25 USD" in manager_client.get(address).text
    assert manager_client.post(address, said | {"rate": "-1"}).status_code == 422
    file = SimpleUploadedFile("rates.csv", b"Date,USD\n2026-01-01,x\n")
    wrong = manager_client.post(
        url("rates_import", brand), {"file": file, "base": "EUR", "source": "ECB"}
    )
    assert "is no rate, as 1.0845" in wrong.text
    rules = url("pay_rules", brand)
    assert "One person is enough" in manager_client.get(rules).text
    sent = {"release_limit": "500", "rate_days": 3, "version": 0}
    assert admin_user_client.post(rules, sent).status_code == 302
    assert PayRules.objects.get().release_limit == 500
    old = admin_user_client.post(rules, sent)
    assert "Somebody changed these rules" in old.text


def test_the_creator_sees_what_they_are_paid(brand, campaign, manager) -> None:
    engagement = of_creator(campaign)
    link = make_link(target=engagement, name="Anna", actor=manager, at=timezone.now())
    token = path_of(link).rstrip("/").rpartition("/")[2]
    assert not entries(link, token, NOW)
    owed(campaign, PayState.PAID, engagement=engagement, title="First half")
    owed(campaign, PayState.READY, engagement=engagement, title="Second half", amount=Decimal(50))
    owed(campaign, PayState.READY, title="The studio's")
    [entry] = entries(link, token, NOW)
    assert entry.text == "50 EUR to be paid, 250 EUR paid."
    page = Client().get(entry.url)
    assert "Second half" in page.text
    assert "R-1" in page.text
    assert "The studio" not in page.text


def test_another_brand_sees_nothing(brand, campaign, outsider_client: Client) -> None:
    payable = owed(campaign)
    for address in (url("payments", brand), url("payable", brand, payable.pk)):
        assert outsider_client.get(address).status_code == 404
