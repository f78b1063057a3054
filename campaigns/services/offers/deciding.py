"""How an offer ends: accepted, declined, withdrawn by a person, or expired by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from campaigns.choices import OfferAct, OfferState
from campaigns.models import Offer
from campaigns.services.days import today_of
from campaigns.services.offers.carrying import carry
from campaigns.services.offers.record import (
    Said,
    checked_channel,
    checked_day,
    checked_note,
    happened,
    log,
    moved,
    taken,
    tell_owner,
)
from campaigns.services.offers.wanted import OfferRefused
from campaigns.services.registers.looking import look
from crm.models import Brand, User


@transaction.atomic
def accept(
    *,
    offer_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    said: Said = Said(),  # noqa: B008 - it is frozen
) -> Offer:
    """The creator takes our version, or we take theirs: whichever is the newest.

    `said.on` is the day of it, which must be one on which the version was valid. Raises
    Offer.DoesNotExist, OfferRefused.
    """
    offer = taken(offer_id, brand, OfferAct.ACCEPT, expected_version)
    day = checked_day(said.on, today_of(brand, at))
    until = offer.current.valid_until if offer.current else None
    if until is not None and day > until:
        raise OfferRefused(
            f"It was valid until {until:%-d %B %Y}. If it was said by then, give that day; "
            "otherwise write a new version.",
            "on",
        )
    _decide(offer, OfferAct.ACCEPT, actor, at, replace(said, on=day))
    return offer


@transaction.atomic
def decline(
    *,
    offer_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    said: Said = Said(),  # noqa: B008 - it is frozen
) -> Offer:
    """The creator says no to our version, or we to theirs. Raises as `accept`."""
    offer = taken(offer_id, brand, OfferAct.DECLINE, expected_version)
    day = checked_day(said.on, today_of(brand, at))
    _decide(offer, OfferAct.DECLINE, actor, at, replace(said, on=day))
    return offer


@transaction.atomic
def withdraw(
    *,
    offer_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    note: str,
) -> Offer:
    """Take an offer back before anybody has decided; it says why. Raises as `accept`."""
    offer = taken(offer_id, brand, OfferAct.WITHDRAW, expected_version)
    if not note.strip():
        raise OfferRefused("Say why it is withdrawn.", "note")
    _decide(offer, OfferAct.WITHDRAW, actor, at, Said(note=note))
    return offer


def expire_due(*, at: datetime) -> int:
    """Expire what was sent and is valid no longer, by each brand's own day. Returns how many."""
    expired = 0
    sent = Offer.objects.filter(state=OfferState.SENT, current__valid_until__isnull=False)
    # Nowhere is it a later day than there.
    latest = at.astimezone(ZoneInfo("Pacific/Kiritimati")).date()
    due = sent.filter(current__valid_until__lt=latest).select_related("brand", "current")
    for offer in due.order_by("pk"):
        until = offer.current.valid_until if offer.current else None
        if until is not None and until < today_of(offer.brand, at):
            expired += _expire(offer.pk, offer.brand, offer.version, at)
    return expired


@transaction.atomic
def _expire(offer_id: int, brand: Brand, version: int, at: datetime) -> int:
    try:
        offer = taken(offer_id, brand, OfferAct.EXPIRE, version)
    except (OfferRefused, Offer.DoesNotExist):
        return 0  # somebody was quicker
    _decide(offer, OfferAct.EXPIRE, None, at, Said())
    return 1


_TELLS = {
    OfferAct.ACCEPT: "Accepted",
    OfferAct.DECLINE: "Declined",
    OfferAct.WITHDRAW: "Withdrawn",
    OfferAct.EXPIRE: "Expired without an answer",
}


def _decide(offer: Offer, act: OfferAct, actor: User | None, at: datetime, said: Said) -> None:
    note = checked_note(said.note)
    how = checked_channel(said.channel) if said.channel else ""
    day = said.on or today_of(offer.brand, at)
    before = moved(offer, act, at)
    happened(offer, act, actor=actor, at=at, on=day, channel=how, note=note)
    tell_owner(offer, _TELLS[act], actor, at)
    carry(offer, act, actor, at)
    if act == OfferAct.ACCEPT:
        look(brand=offer.brand, relationships=[offer.relationship], at=at)
    log(offer, offer.state, actor, at, state=[before, offer.state])
