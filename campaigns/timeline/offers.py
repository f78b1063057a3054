"""Offers that went back and forth, and gifts on their way."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from campaigns.choices import GiftAct, OfferAct
from campaigns.models import GiftEvent, OfferEvent
from crm.models import Relationship
from crm.timeline import Event, Source, Window, name_of

_OFFER = {
    OfferAct.SEND: "Offer sent",
    OfferAct.COUNTER: "Counter-offer",
    OfferAct.ACCEPT: "Offer accepted",
    OfferAct.DECLINE: "Offer declined",
    OfferAct.WITHDRAW: "Offer withdrawn",
    OfferAct.EXPIRE: "Offer expired",
}
_GIFT = {
    GiftAct.ASK: "Asked whether they want a gift",
    GiftAct.WANT: "They want the gift",
    GiftAct.REFUSE: "They do not want the gift",
    GiftAct.SHIP: "Gift shipped",
    GiftAct.DELIVER: "Gift delivered",
    GiftAct.POST: "Posted about the gift",
    GiftAct.RETURN: "Gift came back",
    GiftAct.CANCEL: "Gift called off",
}


def _offers(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = OfferEvent.objects.filter(offer__relationship=relationship)
    rows = rows.select_related("offer", "version", "actor")
    for row in window.rows(rows, at="at", person="actor"):
        number = f", version {row.version.number}" if row.version else ""
        title = f"{_OFFER[OfferAct(row.act)]}: {row.offer.title}{number}"
        url = reverse("campaigns:offer", args=[relationship.brand.slug, row.offer_id])
        yield Event(row.at, "offer", title, name_of(row.actor), row.note, row.pk, url, "Open offer")


def _gifts(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = GiftEvent.objects.filter(gift__relationship=relationship)
    rows = rows.select_related("gift", "actor")
    for row in window.rows(rows, at="at", person="actor"):
        title = f"{_GIFT[GiftAct(row.act)]}: {row.gift}"
        url = reverse("campaigns:gift", args=[relationship.brand.slug, row.gift_id])
        yield Event(row.at, "gift", title, name_of(row.actor), row.note, row.pk, url, "Open gift")


OFFERS = Source("offer", "Offers", "heart-handshake", _offers)
GIFTS = Source("gift", "Gifts", "gift", _gifts)
