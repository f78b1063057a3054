from decimal import Decimal

import pytest

from campaigns.models import Conversion, ConversionBatch, Refund
from campaigns.services.conversions import batches
from campaigns.services.refusals import CampaignRefused
from tests.campaigns.conversions.worlds import make_code, refund
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ORDERS = """Order number;Date;Total;Currency;Discount code;Refunded
1001;2026-11-20;49,90;EUR;anna10;
1002;2026-11-20 23:30;100,00;EUR;;30,00
1003;2026-11-21T08:00:00+01:00;;;NOBODY;
1004;21.11.2026;20,00;EUR;ANNA10;20,00
"""
DAYS = """code,day,redemptions,revenue
ANNA10,2026-11-20,3,100
BEN5,2026-11-20,0,0
BEN5,2026-11-21,2,
"""


@pytest.fixture
def take(brand, manager, tmp_path):
    brand.timezone = "Europe/Copenhagen"
    brand.save()

    def take(text, currency="", name="orders.csv"):
        path = tmp_path / "file"
        path.write_text(text)
        return batches.take_file(
            brand=brand, path=path, name=name, currency=currency, actor=manager, at=NOW
        )

    return take


def faults(take, text, **values):
    with pytest.raises(batches.FileRefused) as refusal:
        take(text, **values)
    assert not Conversion.objects.exists()
    assert not ConversionBatch.objects.exists()
    return [(one.line, one.column) for one in refusal.value.faults]


def test_an_export_of_orders(brand, take):
    code = make_code(brand, "ANNA10")
    batch = take(ORDERS.replace("21.11.2026", "2026-11-21"))
    assert batch.counts == {"rows": 4, "told": 4, "conversions": 4, "refunds": 2}
    rows = {row.key: row for row in Conversion.objects.all()}
    assert (rows["1001"].value, rows["1001"].code) == (Decimal("49.90"), code)
    assert rows["1001"].at.isoformat() == "2026-11-19T23:00:00+00:00"  # Copenhagen's midnight
    assert rows["1002"].at.isoformat() == "2026-11-20T22:30:00+00:00"
    assert rows["1003"].at.isoformat() == "2026-11-21T07:00:00+00:00"
    assert (rows["1003"].value, rows["1003"].currency, rows["1003"].code) == (None, "", None)
    assert dict(Refund.objects.values_list("conversion__key", "value")) == {
        "1002": Decimal("30.00"),
        "1004": None,
    }


def test_a_refund_of_an_order_without_a_total_is_in_the_currency_of_its_line(brand, take):
    take("Order number;Date;Total;Currency;Refunded\n1;2026-11-20;;DKK;5\n2;2026-11-20;;;6\n",
         currency="EUR")  # fmt: skip
    assert dict(Refund.objects.values_list("conversion__key", "currency")) == {
        "1": "DKK",
        "2": "EUR",
    }


def test_lines_by_code_and_day_become_shares_of_a_sum(brand, take):
    make_code(brand, "ANNA10")
    batch = take(DAYS, currency="DKK")
    assert batch.shape == "days"
    assert batch.counts == {"rows": 3, "told": 5, "conversions": 5, "refunds": 0}
    rows = Conversion.objects.order_by("key").values_list("key", "value", "currency", "is_share")
    assert list(rows) == [
        ("ANNA10/2026-11-20/1", Decimal("33.34"), "DKK", True),
        ("ANNA10/2026-11-20/2", Decimal("33.33"), "DKK", True),
        ("ANNA10/2026-11-20/3", Decimal("33.33"), "DKK", True),
        ("BEN5/2026-11-21/1", None, "", False),
        ("BEN5/2026-11-21/2", None, "", False),
    ]


def test_each_wrong_line_is_told_and_nothing_is_taken(take):
    text = (
        "order,date,total,currency,code\n"
        "1,2026-11-20,10,EUR,A\n"
        ",2026-11-20,10,EUR,A\n"
        "3,yesterday,10,EUR,A\n"
        "4,2026-11-20,ten,EUR,A\n"
        "5,2026-11-20,10,XYZ,A\n"
        "6,2026-11-20,10,EUR\n"
    )
    assert faults(take, text) == [(3, "order"), (4, "date"), (5, "total"), (7, "")]
    text = (
        "order,date,total,currency\n1,2026-11-20,10,XYZ\n1,2026-11-20,11,EUR\n2,2030-01-01,1,EUR\n"
    )
    assert faults(take, text) == [(2, "currency"), (4, "at")]
    text = "order,date,total,currency\n1,2026-11-20,10,EUR\n1,2026-11-20,11,EUR\n"
    assert faults(take, text) == [(3, "value")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("creator,followers\nanna,100\n", "The columns here are “creator”, “followers”"),
        ("", "The file is empty"),
        ("order,date\n\n", "The columns here are"),
        ("code,day,uses\nANNA10,2026-11-20,0\n", "There is no conversion"),
    ],
)
def test_other_files_are_refused_in_words(take, text, words):
    with pytest.raises(CampaignRefused, match=words):
        take(text)
    assert not ConversionBatch.objects.exists()


def test_the_same_file_twice_brings_nothing(take):
    take(DAYS, currency="DKK")
    with pytest.raises(CampaignRefused, match="known already"):
        take(DAYS, currency="DKK")
    assert ConversionBatch.objects.count() == 1


def test_a_file_is_taken_back(brand, manager, take):
    first = take(DAYS, currency="DKK")
    second = take("order,date\n77,2026-11-20\n")
    batches.undo(batch_id=first.pk, brand=brand, actor=manager, at=NOW)
    assert list(Conversion.objects.values_list("key", flat=True)) == ["77"]
    with pytest.raises(CampaignRefused, match="taken back already"):
        batches.undo(batch_id=first.pk, brand=brand, actor=manager, at=NOW)
    refund(Conversion.objects.get(), NOW)
    with pytest.raises(CampaignRefused, match="refunded since"):
        batches.undo(batch_id=second.pk, brand=brand, actor=manager, at=NOW)
    assert Conversion.objects.count() == 1
    # The way is free for the file as it should have been.
    assert take(DAYS, currency="EUR").counts["conversions"] == 5
