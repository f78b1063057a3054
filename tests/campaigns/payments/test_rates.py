"""Rates of exchange: by hand, from a file, and what an amount is by them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from campaigns.models import ExchangeRate
from campaigns.services.payments.rules import change_rules
from campaigns.services.rates.converting import Rates
from campaigns.services.rates.entering import Entered, Rate, enter
from campaigns.services.rates.importing import import_file
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry
from tests.campaigns.payments.worlds import TODAY, day
from tests.factories import NOW

# As the European Central Bank's history looks, with its comma at the end of each line.
ECB = f"""Date,USD,DKK,JPY,
{day(0)},1.2500,7.4600,160.00,
{day(-1)},1.2000,7.4500,N/A,
"""


@pytest.fixture
def rates(brand, manager):
    return import_file(
        brand=brand, content=ECB.encode(), base="eur", source="ECB", actor=manager, at=NOW
    )


def convert(brand, amount, currency, to, on=TODAY):
    found = Rates(brand, currencies=[currency, to], days=[on])
    return found.convert(Decimal(amount), currency, to, on)


def test_a_file_of_rates(brand, manager, rates) -> None:
    assert rates == Entered(new=5, replaced=0, unchanged=0)
    again = import_file(
        brand=brand, content=ECB.replace("7.4600", "7.4700").encode(), base="EUR", source="ECB",
        actor=manager, at=NOW,
    )  # fmt: skip
    assert again == Entered(new=0, replaced=1, unchanged=4)
    assert again.words == "Rates: 0 new, 1 corrected, 4 known."
    assert ExchangeRate.objects.count() == 6
    for change in ({"rate": 2}, {"day": day(-9)}, {"source": "me"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ExchangeRate.objects.update(**change)


def test_an_amount_in_another_currency(brand, rates) -> None:
    same = convert(brand, "10", "EUR", "EUR")
    assert (same.amount, same.words) == (Decimal(10), "")
    into = convert(brand, "100", "EUR", "USD")
    assert (into.amount, into.words) == (
        Decimal("125.00"), f"at 1.25 of {TODAY:%-d %B %Y} (ECB)",
    )  # fmt: skip
    assert convert(brand, "100", "USD", "EUR").amount == Decimal("80.00")
    # Both in euros: 100 / 1.25 x 7.46.
    assert convert(brand, "100", "USD", "DKK").amount == Decimal("596.80")
    # By the day of the amount, and a few days back: not by a later one.
    assert convert(brand, "100", "EUR", "USD", day(-1)).amount == Decimal("120.00")
    assert convert(brand, "100", "EUR", "USD", day(7)).amount == Decimal("125.00")
    assert convert(brand, "100", "EUR", "USD", day(8)) is None
    assert convert(brand, "100", "EUR", "USD", day(-2)) is None
    # Of a day on which one currency is not known, the day before counts.
    assert convert(brand, "100", "EUR", "SEK") is None
    found = Rates(brand, currencies=["EUR", "SEK"], days=[TODAY])
    assert found.missing("EUR", "SEK", TODAY) == (
        f"there is no rate from EUR to SEK of {TODAY:%-d %B %Y} or the 7 days before"
    )


def test_how_old_a_rate_may_be_is_the_brands(brand, admin_user, rates) -> None:
    change_rules(
        brand=brand, release_limit=None, rate_days=0, actor=admin_user, at=NOW, expected_version=0
    )
    assert convert(brand, "100", "EUR", "USD", day(1)) is None
    assert convert(brand, "100", "EUR", "USD").amount == Decimal("125.00")


def test_another_brands_rates_are_not_ours(other_brand, rates) -> None:
    assert convert(other_brand, "100", "EUR", "USD") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"Day,USD\n", "must be called Date"),
        (b"Date,XXQ\n2026-01-01,1\n", "Column 2"),
        (b"Date,EUR\n2026-01-01,1\n", "counted in"),
        (b"Date,USD\nyesterday,1\n", "Row 2: .yesterday. is no day"),
        (b"Date,USD\n2026-01-01,one\n", "Row 2, USD: .one. is no rate"),
        (b"Date,USD\n2026-01-01,-1\n", "Row 2, USD: a rate is more than 0"),
        (b"Date,USD\n2026-01-01,1\n2026-01-01,2\n", "twice"),
        (b"Date,USD\n2199-01-01,1\n", "still to come"),
        (b"Date,USD\n2026-01-01,\n", "no rate in it"),
        (b"", "must be called Date"),
    ],
)
def test_a_mistake_anywhere_and_nothing_is_taken(brand, manager, content, words) -> None:
    with pytest.raises(CampaignRefused, match=words):
        import_file(brand=brand, content=content, base="EUR", source="ECB", actor=manager, at=NOW)
    assert not ExchangeRate.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_rate_by_hand_that_cannot_be_is_refused(brand, manager) -> None:
    for rate, field in (
        (Rate("EUR", "EUR", TODAY, Decimal(1)), "currency"),
        (Rate("EUR", "USD", TODAY, Decimal(0)), "rate"),
        (Rate("EUR", "USD", TODAY, Decimal("1.123456789")), "rate"),
        (Rate("EUR", "USD", day(1), Decimal(1)), "day"),
    ):
        with pytest.raises(CampaignRefused) as refusal:
            enter(brand=brand, rates=[rate], source="by hand", actor=manager, at=NOW)
        assert refusal.value.field == field
    with pytest.raises(CampaignRefused, match="who publishes"):
        enter(brand=brand, rates=[], source=" ", actor=manager, at=NOW)
    assert not ExchangeRate.objects.exists()
