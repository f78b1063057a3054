"""Two people decide in the same moment: one wins, the other is told, and nothing is done twice."""

from __future__ import annotations

import pytest

from campaigns.choices import GiftAct, GiftState, OfferState
from campaigns.models import Gift, Offer, OfferEvent
from campaigns.services import gifts
from campaigns.services.offers import deciding
from campaigns.services.offers.record import OfferOutdated
from crm.audit import entries_of, first_broken_link
from crm.services.contacts import set_address
from tests.campaigns.gifts.test_gifts import ADDRESS, a_gift
from tests.campaigns.offers.worlds import an_offer
from tests.crm.test_at_once import at_once, no_drain
from tests.factories import NOW, RelationshipFactory

__all__ = ("no_drain",)
pytestmark = pytest.mark.django_db(transaction=True)


def test_yes_and_no_at_once(brand, manager, admin_user):
    relationship = RelationshipFactory(brand=brand)
    offer = an_offer(relationship, manager, OfferState.SENT)
    who = {"offer_id": offer.pk, "brand": brand, "at": NOW, "expected_version": offer.version}
    done = at_once(
        lambda: deciding.accept(**who, actor=manager),
        lambda: deciding.decline(**who, actor=admin_user),
        lambda: deciding.expire_due(at=NOW.replace(month=12, day=5)),
    )
    lost = [one for one in done if isinstance(one, OfferOutdated)]
    assert len(lost) + done.count(0) == 2
    assert OfferEvent.objects.filter(offer=offer).exclude(act="send").count() == 1
    assert Offer.objects.get().state in {"accepted", "declined", "expired"}
    set_address(relationship=relationship, values=ADDRESS, actor=manager, at=NOW)
    gift = a_gift(relationship, manager, GiftState.WANTED)
    ship = {
        "gift_id": gift.pk,
        "brand": brand,
        "act": GiftAct.SHIP,
        "step": gifts.Step(),
        "at": NOW,
        "expected_version": gift.version,
    }
    done = at_once(*[lambda: gifts.advance(**ship, actor=manager)] * 2)
    assert sorted(type(one).__name__ for one in done) == ["Gift", "GiftOutdated"]
    assert Gift.objects.get().version == gift.version + 1
    assert first_broken_link(entries_of(brand)) is None
