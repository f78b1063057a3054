"""Some made-up offers and gifts in every state, for the demo brand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction

from campaigns.choices import Channel, GiftAct, OfferState
from campaigns.models import Gift, Offer
from campaigns.services import gifts
from campaigns.services.days import today_of
from campaigns.services.offers import deciding, sending, writing
from campaigns.services.offers.record import Said
from campaigns.services.offers.wanted import Deliverable, Right, Wanted
from crm.choices import Role
from crm.models import Brand, Relationship, User
from crm.services.contacts import set_address

NUMBER = 12
PRODUCTS = (
    ("Trail shoes", "size 39", 120),
    ("Rain jacket", "green", 180),
    ("Coffee set", "", 64),
    ("Travel bag", "sand", 95),
    ("Skin care box", "", 48),
)
_WAYS = (
    OfferState.COUNTERED,
    OfferState.ACCEPTED,
    OfferState.SENT,
    OfferState.DRAFT,
    OfferState.DECLINED,
)
_STEPS = (
    (GiftAct.ASK, GiftAct.WANT),
    (GiftAct.ASK, GiftAct.WANT, GiftAct.SHIP, GiftAct.DELIVER),
    (GiftAct.ASK,),
    (GiftAct.ASK, GiftAct.WANT, GiftAct.SHIP),
    (GiftAct.ASK, GiftAct.WANT, GiftAct.SHIP, GiftAct.DELIVER, GiftAct.POST),
)


@dataclass(frozen=True)
class _Hand:
    """Who makes them up, for whom and when."""

    brand: Brand
    actor: User
    at: datetime
    random: Random


@transaction.atomic
def fill_offers(*, brand: Brand, seed: int, at: datetime) -> int:
    """Offers to the first creators of the brand, by its manager; how many there are."""
    actor = _manager(brand)
    if actor is None or Offer.objects.filter(brand=brand).exists():
        return 0
    hand = _Hand(brand, actor, at, Random(seed))  # noqa: S311 - made-up data
    made = [
        _offer(hand, relationship, number) for number, relationship in enumerate(_creators(brand))
    ]
    return len(made)


@transaction.atomic
def fill_gifts(*, brand: Brand, seed: int, at: datetime) -> int:
    """Gifts to the first creators of the brand, by its manager; how many there are."""
    actor = _manager(brand)
    if actor is None or Gift.objects.filter(brand=brand).exists():
        return 0
    hand = _Hand(brand, actor, at, Random(seed))  # noqa: S311 - made-up data
    made = [
        _gift(hand, relationship, number)
        for number, relationship in enumerate(_creators(brand)[: len(_STEPS)])
    ]
    return len(made)


def _manager(brand: Brand) -> User | None:
    return User.objects.filter(roles__brand=brand, roles__role=Role.MANAGER).order_by("pk").first()


def _creators(brand: Brand) -> list[Relationship]:
    """Those with an account on Instagram, for which there are rates."""
    rows = Relationship.objects.filter(brand=brand, creator__profiles__platform="instagram")
    found = rows.distinct().order_by("pk").select_related("creator", "brand")
    return list(found[:NUMBER])


def _offer(hand: _Hand, relationship: Relationship, number: int) -> Offer:
    random, actor = hand.random, hand.actor
    product = PRODUCTS[number % len(PRODUCTS)][0]
    begun = hand.at - timedelta(days=random.randrange(3, 20))
    wanted = _terms(hand, number)
    who: dict[str, Any] = {"brand": relationship.brand, "actor": actor, "expected_version": None}
    offer = writing.draft_offer(
        relationship=relationship, title=product, wanted=wanted, actor=actor, at=begun, owner=actor
    )
    who["offer_id"] = offer.pk
    way = _WAYS[number % len(_WAYS)]
    if way == OfferState.DRAFT:
        return offer
    said = Said(channel=random.choice([Channel.MESSAGE, Channel.PHONE]))
    sending.send_by_hand(**who, at=begun, said=said)
    later = begun + timedelta(days=2)
    if way == OfferState.COUNTERED:
        asked = wanted.amount and wanted.amount * 5 / 4
        theirs = replace(wanted, amount=asked, valid_until=None, rights=wanted.rights[:1])
        writing.counter(**who, at=later, wanted=theirs, said=said, reason="Paid use costs extra.")
    elif way == OfferState.ACCEPTED:
        deciding.accept(**who, at=later, said=said)
    elif way == OfferState.DECLINED:
        deciding.decline(**who, at=later, said=Said(channel=said.channel, note="No time for it."))
    return offer


def _terms(hand: _Hand, number: int) -> Wanted:
    """A fee, an ambassadorship or a product, in turns."""
    product, _variant, value = PRODUCTS[number % len(PRODUCTS)]
    random = hand.random
    until = today_of(hand.brand, hand.at) + timedelta(days=random.randrange(1, 12))
    reels = Deliverable("review", "instagram", "short_video", random.randrange(1, 4))
    rights = (Right("organic", 12), Right("paid", 3, "Denmark"))
    fee = Decimal(random.randrange(8, 60) * 50)
    money = {"currency": hand.brand.currency, "valid_until": until, "rights": rights}
    if number % 4 == 2:
        return Wanted(
            "ambassador",
            months=6,
            amount=fee,
            per="month",
            product=product,
            product_value=Decimal(value),
            **money,  # type: ignore[arg-type] # each as its field is
        )
    if number % 4 == 3:
        return Wanted(
            "gift",
            product=product,
            product_value=Decimal(value),
            deliverables=(reels,),
            **money,  # type: ignore[arg-type]
        )
    return Wanted("fee", amount=fee, deliverables=(reels,), **money)  # type: ignore[arg-type]


def _gift(hand: _Hand, relationship: Relationship, number: int) -> Gift:
    random, actor = hand.random, hand.actor
    product, variant, value = PRODUCTS[number % len(PRODUCTS)]
    begun = hand.at - timedelta(days=40)
    address = {
        "recipient": relationship.creator.name,
        "street": f"Havnegade {random.randrange(1, 90)}",
        "postal_code": "8000",
        "city": "Aarhus",
        "country": "DK",
    }
    set_address(relationship=relationship, values=address, actor=actor, at=begun)
    details = gifts.Details(
        product, variant, Decimal(value), relationship.brand.currency, owner=actor
    )
    gift = gifts.plan_gift(relationship=relationship, details=details, actor=actor, at=begun)
    for days, act in enumerate(_STEPS[number], start=1):
        step = gifts.Step(
            carrier="PostNord" if act == GiftAct.SHIP else "",
            post_url="https://www.instagram.com/p/made-up/" if act == GiftAct.POST else "",
        )
        gift = gifts.advance(
            gift_id=gift.pk,
            brand=relationship.brand,
            act=act,
            step=step,
            actor=actor,
            at=begun + timedelta(days=4 * days),
            expected_version=None,
        )
    return gift
