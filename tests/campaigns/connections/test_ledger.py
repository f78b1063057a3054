"""The ledger of connections: derived without doubles, added by people, replaced, never changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from campaigns.choices import ContractState, GiftAct, OfferState
from campaigns.models import ConnectionEntry
from campaigns.selectors.connections import connections, ledgers
from campaigns.selectors.sums import sums_of
from campaigns.services.connections import noting
from campaigns.services.connections.noting import Tie
from campaigns.services.contracts import deciding
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry
from crm.services.contacts import set_address
from tests.campaigns.contracts.worlds import drafted, place, put
from tests.campaigns.gifts.test_gifts import ADDRESS, a_gift, take
from tests.campaigns.offers.worlds import FEE, an_offer
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
JOB = Tie("employment", "Her profile on LinkedIn", on=date(2025, 3, 1))


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Maya Iversen")


def told(relationship, on=TODAY):
    found = connections(relationship, on)
    return None if found is None else [(one.kind, one.value, one.written_contract) for one in found]


def test_nobody_looked_is_not_that_there_is_none(relationship, legal):
    assert connections(relationship, TODAY) is None
    noting.note_none(relationship=relationship, on=TODAY, source="Asked her", actor=legal, at=NOW)
    assert connections(relationship, TODAY) == ()
    assert connections(relationship, date(2026, 11, 21)) is None
    assert connections(relationship, date(2027, 11, 22)) == ()
    # After a year nobody knows any more.
    assert connections(relationship, date(2027, 11, 23)) is None
    noting.note(relationship=relationship, tie=JOB, actor=legal, at=NOW)
    assert told(relationship) == [("employment", None, None)]


def test_a_contract_takes_the_place_of_its_offer_and_a_parcel_of_the_promise(brand, manager):
    engagement = place(brand, manager, agreed_cost=Decimal(500))
    relationship = engagement.relationship
    assert told(relationship) == [("payment", Decimal(500), None)]
    offer = an_offer(relationship, manager, OfferState.ACCEPTED, FEE)
    offer.engagement = engagement
    offer.save()
    assert told(relationship) == [("payment", Decimal(800), None)]
    put(drafted(engagement, manager), ContractState.SENT)
    assert told(relationship) == [("payment", Decimal(800), None)]
    deciding.record_acceptance(
        contract_id=engagement.contracts.get().pk,
        brand=brand,
        signature=deciding.Signature("Mira Holm", "", TODAY, "Her mail", None),
        actor=manager,
        at=NOW,
        expected_version=None,
    )
    assert told(relationship) == [("payment", Decimal(1000), True)]
    set_address(relationship=relationship, values=ADDRESS, actor=manager, at=NOW)
    gift = a_gift(relationship, manager)
    take(gift, GiftAct.SHIP, manager)
    assert sorted(kind for kind, _value, _written in told(relationship) or ()) == [
        "gift_unsolicited",
        "payment",
    ]


def test_rows_end_are_replaced_and_taken_back_but_never_changed(relationship, brand, legal):
    row = noting.note(relationship=relationship, tie=JOB, actor=legal, at=NOW)
    ended = Tie("employment", "Her mail", on=JOB.on, ended_on=date(2026, 6, 30))
    with pytest.raises(CampaignRefused, match="Say what was wrong"):
        noting.replace(entry_id=row.pk, brand=brand, tie=ended, reason=" ", actor=legal, at=NOW)
    assert ConnectionEntry.objects.count() == 1
    new = noting.replace(
        entry_id=row.pk, brand=brand, tie=ended, reason="She left", actor=legal, at=NOW
    )
    assert told(relationship, date(2026, 6, 30)) == [("employment", None, None)]
    assert told(relationship) is None
    with pytest.raises(CampaignRefused, match="another row in the place"):
        noting.take_back(entry_id=row.pk, brand=brand, reason="No", actor=legal, at=NOW)
    noting.take_back(entry_id=new.pk, brand=brand, reason="Another Maya", actor=legal, at=NOW)
    assert told(relationship, date(2026, 6, 1)) is None
    assert ConnectionEntry.objects.count() == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        ConnectionEntry.objects.filter(pk=row.pk).update(source="Somebody")
    verbs = AuditEntry.objects.order_by("number").values_list("verb", flat=True)
    assert list(verbs) == [
        "campaigns.connection.noted",
        "campaigns.connection.replaced",
        "campaigns.connection.taken_back",
    ]
    # Who said what stays in the row.
    assert "LinkedIn" not in str(list(AuditEntry.objects.values_list("facts", flat=True)))


def test_what_others_gave_ties_nobody_to_the_brand(relationship, legal):
    tie = Tie("payment", "Her post", Decimal(900), "EUR", TODAY, advertiser="Other Ltd")
    noting.note(relationship=relationship, tie=tie, actor=legal, at=NOW)
    assert connections(relationship, TODAY) is None
    assert len(ledgers(relationship.brand, [relationship.pk], TODAY)[relationship.pk].ties) == 1
    ours = Tie("perk", "Her post", advertiser="ACME")
    noting.note(relationship=relationship, tie=ours, actor=legal, at=NOW)
    assert told(relationship) == [("perk", None, None)]


@pytest.mark.parametrize(
    ("tie", "words"),
    [
        (Tie("magic", "x"), "Choose what it is"),
        (Tie("payment", ""), "Say how you know"),
        (Tie("payment", "x", value=Decimal(5)), "needs its currency"),
        (Tie("payment", "x", value=Decimal(-5), currency="EUR"), "Not below zero"),
        (Tie("payment", "x", on=date(2027, 1, 1)), "still to come"),
        (Tie("payment", "x", on=TODAY, ended_on=date(2026, 1, 1)), "before the first"),
        (Tie("payment", "x", aim="a" * 121), "120 characters"),
    ],
)
def test_what_cannot_be_is_not_written(tie, words, relationship, legal):
    with pytest.raises(CampaignRefused, match=words):
        noting.note(relationship=relationship, tie=tie, actor=legal, at=NOW)
    assert not ConnectionEntry.objects.exists()
    assert not AuditEntry.objects.exists()


def test_sums_convert_nothing_and_name_what_they_leave_out(relationship, legal):
    for value, currency, on, aim in (
        (Decimal(700), "EUR", date(2026, 2, 1), "Spring"),
        (Decimal(500), "EUR", date(2026, 5, 1), "Spring"),
        (Decimal(300), "USD", date(2026, 5, 1), "Spring"),
        (None, "", date(2026, 6, 1), "Spring"),
        (Decimal(50), "EUR", date(2025, 6, 1), "Spring"),
        (Decimal(60), "EUR", None, ""),
    ):
        tie = Tie("payment", "Ledger of finance", value, currency, on, aim=aim)
        noting.note(relationship=relationship, tie=tie, actor=legal, at=NOW)
    book = ledgers(relationship.brand, [relationship.pk], TODAY)[relationship.pk]
    found = [
        (one.year, one.aim, one.euros, one.is_at_least, one.words, one.beyond)
        for one in sums_of(book.ties)
    ]
    assert found == [
        (
            2026,
            "Spring",
            Decimal(1200),
            True,
            "1,200 EUR and 300 USD",
            "300 USD and 1 thing without a value",
        ),
        (2025, "Spring", Decimal(50), False, "50 EUR", ""),
        (None, "", Decimal(60), False, "60 EUR", ""),
    ]


def test_many_ledgers_cost_as_much_as_one(brand, manager, django_assert_num_queries):
    one = place(brand, manager, agreed_cost=Decimal(5)).relationship
    others = [RelationshipFactory(brand=brand) for _ in range(4)]
    for other in others:
        an_offer(other, manager, OfferState.ACCEPTED)
    with django_assert_num_queries(6):
        ledgers(brand, [one.pk], TODAY)
    with django_assert_num_queries(6):
        found = ledgers(brand, [one.pk, *(other.pk for other in others)], TODAY)
    assert [len(book.ties) for book in found.values()] == [1, 1, 1, 1, 1]
