"""What ties a creator to the brand, as offers and gifts tell it; and what a merge does to them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from campaigns.choices import GiftAct, GiftState, OfferState
from campaigns.disclosure.vocabulary import CONNECTION_KINDS
from campaigns.models import Gift, Offer
from campaigns.selectors.connections import connections
from campaigns.services import gifts as service
from campaigns.services.offers.wanted import Wanted
from crm.day import Asker, Section, section_page
from crm.services.merge import merge, undo
from tests.campaigns.gifts.test_gifts import SHOES, a_gift, relationship, take
from tests.campaigns.offers.worlds import FEE, an_offer
from tests.factories import NOW, RelationshipFactory

__all__ = ("relationship",)
pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def told(relationship, on=TODAY) -> list[tuple[str, object, object]]:
    found = connections(relationship, on) or ()
    assert {one.kind for one in found} <= set(CONNECTION_KINDS)
    return [(one.kind, one.value, one.currency) for one in found]


def test_only_what_was_agreed_or_sent_ties(relationship, manager):
    an_offer(relationship, manager, OfferState.SENT)
    an_offer(relationship, manager, OfferState.DECLINED)
    a_gift(relationship, manager, GiftState.WANTED)
    a_gift(relationship, manager, GiftState.RETURNED)
    assert told(relationship) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (FEE, [("payment", Decimal(800), "USD")]),
        (
            Wanted("affiliate", percent=Decimal(10), product="Shoes"),
            [("affiliate_commission", None, None), ("free_product", None, None)],
        ),
        (
            Wanted("ambassador", months=6, amount=Decimal(500), per="month", currency="EUR"),
            [("ambassadorship", None, None), ("payment", Decimal(3000), "EUR")],
        ),
        (Wanted("equity", percent=Decimal("0.5"), months=48), [("equity", None, None)]),
        (
            Wanted("event", event="Launch", event_on=TODAY, covers_travel=True),
            [("travel_event", None, None)],
        ),
        (
            Wanted("gift", product="Shoes", product_value=Decimal(120), currency="EUR"),
            [("free_product", Decimal(120), "EUR")],
        ),
        (
            Wanted("co_creation", product="Scarf", percent=Decimal(5)),
            [("affiliate_commission", None, None)],
        ),
    ],
)
def test_each_kind_of_offer_is_a_connection(wanted, expected, relationship, manager):
    an_offer(relationship, manager, OfferState.ACCEPTED, wanted=wanted)
    assert told(relationship) == expected
    assert told(relationship, date(2026, 11, 21)) == []


def test_a_gift_ties_from_the_day_it_is_sent_until_it_comes_back(relationship, manager):
    gift = a_gift(relationship, manager)
    take(gift, GiftAct.SHIP, manager, on=date(2026, 11, 1))
    surprise = ("gift_unsolicited", Decimal(120), "EUR")
    assert told(relationship, date(2026, 10, 31)) == []
    assert told(relationship, date(2026, 11, 1)) == [surprise]
    take(gift, GiftAct.RETURN, manager, on=date(2026, 11, 10))
    assert told(relationship, date(2026, 11, 9)) == [surprise]
    assert told(relationship, date(2026, 11, 10)) == []
    asked = a_gift(relationship, manager, GiftState.WANTED)
    take(asked, GiftAct.SHIP, manager)
    assert told(relationship) == [("free_product", Decimal(120), "EUR")]


def test_a_gift_of_an_offer_is_of_an_accepted_one(relationship, manager):
    sent = an_offer(relationship, manager, OfferState.SENT)
    with pytest.raises(service.GiftRefused, match="accepted offer to the same creator"):
        service.plan_gift(
            relationship=relationship, details=SHOES, actor=manager, at=NOW, offer=sent
        )
    agreed = an_offer(relationship, manager, OfferState.ACCEPTED)
    gift = service.plan_gift(
        relationship=relationship, details=SHOES, actor=manager, at=NOW, offer=agreed
    )
    assert list(agreed.gifts.all()) == [gift]


def test_the_days_of_managers(relationship, brand, manager, admin_user, legal):
    an_offer(relationship, manager, OfferState.COUNTERED, title="Answer me")
    an_offer(relationship, manager, OfferState.COUNTERED, title="Not mine", owner=admin_user)
    an_offer(relationship, manager, OfferState.COUNTERED, title="Nobody's", owner=None)
    an_offer(relationship, manager, OfferState.SENT, title="Until 1 December")
    a_gift(relationship, manager, GiftState.WANTED)
    quiet = a_gift(relationship, manager)
    take(quiet, GiftAct.SHIP, manager, on=date(2026, 11, 1))
    take(quiet, GiftAct.DELIVER, manager, on=date(2026, 11, 8))

    def day(user, role, section, at=NOW, **more):
        asker = Asker(user=user, brand=brand, role=role, at=at, **more)
        rows = section_page(asker, section, size=10).items
        return [(row.row.title, row.row.why) for row in rows]

    answer = day(manager, "manager", Section.ANSWER)
    assert [title for title, _why in answer] == ["Answer me", "Nobody's"]
    assert answer[0][1].startswith("a counter-offer waits 0")
    assert len(day(manager, "manager", Section.ANSWER, is_team=True)) == 3
    assert day(legal, "legal", Section.ANSWER, is_team=True) == []
    assert day(manager, "manager", Section.UNBLOCK)[0][0] == "Trail shoes (blue, 39)"
    assert day(manager, "manager", Section.CHASE) == [
        ("Trail shoes (blue, 39)", "arrived 14 days ago, no post yet")
    ]
    later = day(manager, "manager", Section.CHASE, at=NOW.replace(day=30))
    assert ("Until 1 December", "no answer yet, expires tomorrow") in later


def test_a_merge_moves_offers_and_gifts(relationship, brand, manager):
    kept = RelationshipFactory(brand=brand, creator__name="Maya I.")
    an_offer(relationship, manager, OfferState.ACCEPTED)
    a_gift(relationship, manager, GiftState.SHIPPED)
    merged = merge(
        kept_id=kept.creator_id,
        gone_id=relationship.creator_id,
        brand=brand,
        choices={},
        actor=manager,
        at=NOW,
        allowed=[brand.pk],
    )
    assert Offer.objects.get().relationship == kept
    assert Gift.objects.get().relationship == kept
    assert len(connections(kept, TODAY)) == 2
    undo(merge_id=merged.pk, actor=manager, at=NOW, allowed=[brand.pk])
    assert Offer.objects.get().relationship == relationship
    assert Gift.objects.get().relationship == relationship
