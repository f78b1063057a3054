"""What every act on an offer shares: taking it, asking whether the act may be, leaving a trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from campaigns.choices import Channel, OfferAct, OfferState
from campaigns.models import Offer, OfferEvent
from campaigns.services.days import EARLIEST
from campaigns.services.offers.states import NEXT, why_not
from campaigns.services.offers.wanted import REASON_MAX, OfferRefused
from crm import audit
from crm.choices import NotificationKind
from crm.models import Brand, Message, User, UserRole
from crm.services import facts
from crm.services.notifications import notify

_DID = {
    OfferAct.SEND: "sent it",
    OfferAct.COUNTER: "wrote down a counter-offer",
    OfferAct.ACCEPT: "said that it is accepted",
    OfferAct.DECLINE: "said that it is declined",
    OfferAct.WITHDRAW: "withdrew it",
}


@dataclass(frozen=True)
class Said:
    """When and how something was said or sent outside of the product; no day: today."""

    on: date | None = None
    channel: str = ""
    note: str = ""


class OfferOutdated(OfferRefused):
    """Somebody else did something with the offer since the page was loaded."""

    code = "outdated"


class NotNow(OfferRefused):
    """The offer's state does not allow the act."""

    code = "not_in_this_state"


def taken(offer_id: int, brand: Brand, act: OfferAct, expected_version: int | None) -> Offer:
    """The offer, locked until the transaction ends, if the act may be.

    Raises Offer.DoesNotExist, OfferOutdated, NotNow.
    """
    offer = (
        Offer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator", "relationship__brand", "owner", "current")
        .get(pk=offer_id, brand=brand)
    )
    if expected_version is not None and offer.version != expected_version:
        raise OfferOutdated(_who_was_quicker(offer))
    if words := why_not(offer.state, act):
        raise NotNow(words)
    return offer


def moved(offer: Offer, act: OfferAct, at: datetime) -> OfferState:
    """Put the offer into the state that the act leads to; the one before. It is saved."""
    before = OfferState(offer.state)
    after = NEXT[before][act]
    if after != before:
        offer.state, offer.state_since = after, max(at, offer.created_at)
    offer.version += 1
    offer.save()
    return before


def happened(
    offer: Offer,
    act: OfferAct,
    *,
    actor: User | None,
    at: datetime,
    on: date,
    channel: str = "",
    note: str = "",
    message: Message | None = None,
) -> OfferEvent:
    """Write the act into the history of the offer, which rules read."""
    creators = [offer.relationship.creator_id]
    facts.mark_changed(brand=offer.brand, creator_ids=creators, cause="offer")
    return OfferEvent.objects.create(
        offer=offer,
        version=offer.current,
        act=act,
        actor=actor,
        at=at,
        on=on,
        channel=channel,
        note=note,
        message=message,
    )


def checked_day(on: date | None, today: date) -> date:
    """The day on which something happened: today unless said otherwise, and never to come."""
    if on is None:
        return today
    if on > today:
        raise OfferRefused("This day is still to come: say when it happened.", "on")
    if on.year < EARLIEST:
        raise OfferRefused(f"The year must be {EARLIEST} or later.", "on")
    return on


def checked_channel(channel: str) -> str:
    """How it went from one to the other."""
    if channel not in Channel.values:
        raise OfferRefused("Choose how it was said or sent.", "channel")
    return channel


def checked_note(note: str, field: str = "note") -> str:
    """A note that fits."""
    note = note.replace("\0", "").strip()
    if len(note) > REASON_MAX:
        raise OfferRefused(f"{REASON_MAX:,} characters are the most.", field)
    return note


def checked_owner(brand: Brand, owner: User | None) -> User | None:
    """Somebody who may make offers need not be it, but of the brand they must be."""
    if owner and not UserRole.objects.filter(brand=brand, user=owner).exists():
        raise OfferRefused(f"{owner} has no role in {brand}. An admin can give one.", "owner")
    return owner


def tell_owner(offer: Offer, words: str, actor: User | None, at: datetime) -> None:
    """Tell who leads the negotiation what somebody else did, or what happened by itself."""
    if offer.owner is None or offer.owner == actor:
        return
    notify(
        user=offer.owner,
        brand=offer.brand,
        kind=NotificationKind.OFFER,
        text=f"{words}: {offer.title}, {offer.relationship.creator}",
        url=reverse("campaigns:offer", args=[offer.brand.slug, offer.pk]),
        at=at,
    )


def log(offer: Offer, verb: str, actor: User | None, at: datetime, **data: Any) -> None:
    """In the ledger an offer is its number and whom it is for: what it says stays out. Last."""
    number = offer.current.number if offer.current else None
    audit.record(
        brand=offer.brand,
        verb=f"campaigns.offer.{verb}",
        target=offer,
        actor=actor,
        at=at,
        data={"relationship": offer.relationship_id, "version": number} | data,
        label=offer.relationship.creator.name,
    )


def _who_was_quicker(offer: Offer) -> str:
    last = offer.events.select_related("actor").order_by("-at", "-pk").first()
    since = "Nothing of yours was saved; load the page again."
    if last is None or offer.state == OfferState.DRAFT:
        return f"Somebody changed this offer since you loaded it. {since}"
    if last.act == OfferAct.EXPIRE:
        return f"The offer expired since you loaded it. {since}"
    who = last.actor.display_name if last.actor else "Somebody"
    return f"{who} {_DID[OfferAct(last.act)]} since you loaded the page. {since}"
