"""Rules over offers and gifts: who has an open offer, what was sent to whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from campaigns.choices import GiftAct, OfferState
from campaigns.services import gifts as service
from campaigns.services.gifts import Details
from crm.models import Relationship
from crm.services.contacts import set_address
from segmentation.facts.refresh import refresh_facts
from segmentation.services.matching import creators_matching, read_rule
from tests.campaigns.gifts.test_gifts import ADDRESS, take
from tests.campaigns.offers.worlds import an_offer
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=1_000)


@pytest.fixture
def world(brand, other_brand, outsider, manager) -> dict[str, int]:
    """One creator for each way an offer can go, and one with gifts."""
    by_name = {}
    for state in ("draft", "sent", "countered", "accepted", "declined"):
        found = RelationshipFactory(brand=brand, since=LONG_AGO)
        an_offer(found, manager, OfferState(state))
        by_name[state] = found.creator_id
    # Another brand's offer to the same creator is nobody's business here.
    same = Relationship.objects.get(brand=brand, creator=by_name["draft"])
    an_offer(
        RelationshipFactory(brand=other_brand, creator=same.creator), outsider, OfferState.SENT
    )
    gifted = RelationshipFactory(brand=brand, since=LONG_AGO)
    set_address(relationship=gifted, values=ADDRESS, actor=manager, at=NOW)
    for value, currency, day in ((120, "EUR", date(2026, 11, 1)), (40, "USD", date(2025, 1, 1))):
        details = Details("Shoes", value=Decimal(value), currency=currency)
        gift = service.plan_gift(relationship=gifted, details=details, actor=manager, at=NOW)
        take(gift, GiftAct.SHIP, manager, on=day)
    by_name["gifted"] = gifted.creator_id
    return by_name


def found(brand, text: str, as_of: datetime = NOW + timedelta(hours=1)) -> set[int]:
    rule, facts = read_rule(brand, text)
    refresh_facts(brand=brand, as_of=as_of)
    rows = Relationship.objects.filter(brand=brand)
    matching = creators_matching(brand, rule, facts, as_of)
    return set(rows.filter(creator__in=matching).values_list("creator", flat=True))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("count(offers where state in (sent, countered)) >= 1", {"sent", "countered"}),
        ("count(offers where state is accepted, last 90 days) = 1", {"accepted"}),
        (
            "sum(amount of offers where currency is USD and state is countered) = 1000",
            {"countered"},
        ),
        ("latest(compensation of offers) is fee", {"sent", "countered", "accepted", "declined"}),
        ('sum(value of gifts where currency is "EUR", last 365 days) >= 120', {"gifted"}),
        ('sum(value of gifts where currency is "USD", last 365 days) >= 1', set()),
        ("count(gifts where posted_on is unknown) = 2", {"gifted"}),
    ],
)
def test_a_rule_reads_offers_and_gifts(text, names, world, brand):
    assert found(brand, text) == {world[name] for name in names}


def test_before_it_was_sent_there_was_no_offer(world, brand):
    assert found(brand, "count(offers) >= 1", NOW - timedelta(seconds=1)) == set()
