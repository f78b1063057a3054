"""The terms of each kind of compensation: the database refuses what is not whole, by itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from campaigns.choices import Compensation
from campaigns.models import Offer, OfferVersion
from campaigns.models.terms import OF_KIND, TERMS
from campaigns.services.offers.wanted import OfferRefused, Wanted, checked
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db
VALUES = {
    "amount": Decimal(100),
    "product": "Shoes",
    "product_value": Decimal(120),
    "percent": Decimal("12.5"),
    "months": 6,
    "event": "Launch",
    "event_on": date(2026, 12, 3),
    "covers_travel": True,
}
MONEY = {"amount", "product_value"}


@pytest.fixture
def offer(brand):
    return Offer.objects.create(
        brand=brand,
        relationship=RelationshipFactory(brand=brand),
        title="Shoes",
        created_at=NOW,
        state_since=NOW,
    )


def terms_of(names) -> dict[str, object]:
    given = {name: VALUES[name] for name in names}
    if "amount" in given:
        given["per"] = "all"
    if MONEY & set(given):
        given["currency"] = "EUR"
    return given


def is_taken(offer, kind: str, **given) -> bool:
    given = {"side": "ours", "number": 1} | given
    try:
        with transaction.atomic():
            OfferVersion.objects.create(offer=offer, compensation=kind, **given)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("kind", Compensation)
def test_each_kind_takes_its_terms_and_no_others(kind, offer):
    terms = OF_KIND[kind]
    assert is_taken(offer, kind, **terms_of(terms.required))
    assert is_taken(offer, kind, **terms_of(terms.allowed))
    for name in TERMS:
        if name in terms.required:
            wrong = set(terms.required) - {name}
        elif name not in terms.optional:
            wrong = {*terms.required, name}
        else:
            continue
        assert not is_taken(offer, kind, **terms_of(wrong)), name
        # The service says the same, and beside which term.
        given = terms_of(wrong)
        with pytest.raises(OfferRefused) as refusal:
            checked(Wanted(kind.value, **given), brand_currency="EUR")
        assert refusal.value.field == name


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": ""},
        {"currency": "eur"},
        {"per": ""},
        {"per": "week"},
        {"amount": Decimal(0)},
        {"percent": Decimal(101), "product": "x"},
        {"exclusive_for": "shoes"},
        {"exclusive_months": 3},
        {"exclusive_for": "shoes", "exclusive_months": 121},
        {"side": "theirs"},
        {"side": "nobody", "fixed_at": NOW},
    ],
)
def test_what_goes_together_stands_together(wrong, offer):
    assert is_taken(offer, "fee", **terms_of({"amount"}))
    assert not is_taken(offer, "fee", **(terms_of({"amount"}) | wrong))


def test_there_is_one_draft_at_a_time(offer):
    OfferVersion.objects.create(
        offer=offer, number=1, side="ours", compensation="fee", **terms_of({"amount"})
    )
    assert not is_taken(offer, "fee", number=2, **terms_of({"amount"}))
    assert is_taken(offer, "fee", number=2, fixed_at=NOW, **terms_of({"amount"}))
    assert not is_taken(offer, "fee", number=1, fixed_at=NOW, **terms_of({"amount"}))
