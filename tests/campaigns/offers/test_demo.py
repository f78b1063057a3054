"""The demo brand shows offers and gifts in every state, made with the services that people use."""

from __future__ import annotations

import pytest

from campaigns.models import Gift, Offer
from campaigns.services.made_up_offers import fill_gifts, fill_offers
from crm.audit import entries_of, first_broken_link
from crm.services import demo
from tests.factories import NOW, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


def test_offers_and_gifts_in_every_state(brand, manager):
    for number in range(14):
        relationship = RelationshipFactory(brand=brand)
        ProfileFactory(creator=relationship.creator, followers=20_000 + number)
    assert {part.key: part.fill for part in demo.PARTS}.items() >= {
        "offers": fill_offers,
        "gifts": fill_gifts,
    }.items()
    assert (fill_offers(brand=brand, seed=1, at=NOW), fill_gifts(brand=brand, seed=1, at=NOW)) == (
        12,
        5,
    )
    assert set(Offer.objects.values_list("state", flat=True)) == {
        "draft",
        "sent",
        "countered",
        "accepted",
        "declined",
    }
    assert set(Gift.objects.values_list("state", flat=True)) == {
        "wanted",
        "delivered",
        "asked",
        "shipped",
        "posted",
    }
    assert not Offer.objects.filter(state_since__gt=NOW).exists()
    # A second time there is nothing to add, and without a manager nobody to do it.
    assert fill_offers(brand=brand, seed=1, at=NOW) == 0
    assert first_broken_link(entries_of(brand)) is None


def test_without_a_manager_nothing_is_made_up(brand):
    RelationshipFactory(brand=brand)
    assert fill_offers(brand=brand, seed=1, at=NOW) == 0
    assert fill_gifts(brand=brand, seed=1, at=NOW) == 0
