"""Offers in every state, as tests need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from campaigns.choices import Channel, Compensation, OfferState
from campaigns.models import Offer
from campaigns.services.offers import deciding, sending, writing
from campaigns.services.offers.record import Said
from campaigns.services.offers.wanted import Deliverable, Right, Wanted
from crm.models import Relationship, User
from tests.factories import NOW

FEE = Wanted(
    compensation=Compensation.FEE,
    amount=Decimal(800),
    currency="USD",
    valid_until=date(2026, 12, 1),
    deliverables=(Deliverable("review", "instagram", "short_video", 2, date(2026, 12, 20)),),
    rights=(Right("organic", 12), Right("paid", 3, "Denmark")),
    exclusive_for="running shoes",
    exclusive_months=3,
)
BY_PHONE = Said(channel=Channel.PHONE)


def an_offer(
    relationship: Relationship,
    actor: User,
    state: OfferState = OfferState.DRAFT,
    wanted: Wanted = FEE,
    **about: object,
) -> Offer:
    """An offer that came into `state` in the shortest way."""
    offer = writing.draft_offer(
        relationship=relationship,
        title=str(about.get("title", "Autumn shoes")),
        wanted=wanted,
        owner=about.get("owner", actor),  # type: ignore[arg-type]
        actor=actor,
        at=NOW,
    )
    who = {
        "offer_id": offer.pk,
        "brand": relationship.brand,
        "actor": actor,
        "at": NOW,
        "expected_version": None,
    }
    if state == OfferState.DRAFT:
        return offer
    sending.send_by_hand(**who, said=BY_PHONE)
    if state == OfferState.COUNTERED:
        writing.counter(**who, wanted=replace(wanted, amount=Decimal(1_000)), said=BY_PHONE)
    elif state == OfferState.ACCEPTED:
        deciding.accept(**who)
    elif state == OfferState.DECLINED:
        deciding.decline(**who)
    elif state == OfferState.WITHDRAWN:
        deciding.withdraw(**who, note="The launch moved.")
    elif state == OfferState.EXPIRED:
        deciding.expire_due(at=NOW.replace(month=12, day=5))
    offer.refresh_from_db()
    assert offer.state == state
    return offer
