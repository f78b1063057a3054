"""What ties a creator to a brand, as far as offers and gifts tell: for the check of disclosures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from campaigns.choices import Compensation, OfferAct, OfferState
from campaigns.disclosure.case import Connection
from campaigns.models import Gift, OfferEvent, OfferVersion
from crm.models import Relationship


def connections(relationship: Relationship, on: date) -> tuple[Connection, ...]:
    """What ties a creator to the brand on a day: what disclosure has to be checked against.

    From offers accepted by then, and gifts sent by then that had not come back. Without an end:
    how long a connection has to be disclosed is the rule packs' to say.
    """
    accepted = (
        OfferEvent.objects.filter(
            offer__relationship=relationship,
            offer__state=OfferState.ACCEPTED,
            act=OfferAct.ACCEPT,
            on__lte=on,
        )
        .select_related("version")
        .order_by("on", "pk")
    )
    gifts = (
        Gift.objects.filter(relationship=relationship, shipped_on__lte=on)
        .filter(Q(returned_on=None) | Q(returned_on__gt=on))
        .order_by("shipped_on", "pk")
    )
    found = [
        connection
        for event in accepted
        if event.version
        for connection in _of_version(event.version, event.on)
    ]
    found += [_of_gift(gift) for gift in gifts]
    return tuple(found)


_KINDS = {
    Compensation.AFFILIATE: "affiliate_commission",
    Compensation.AMBASSADOR: "ambassadorship",
    Compensation.EQUITY: "equity",
}


def _of_version(version: OfferVersion, on: date) -> Iterator[Connection]:
    """Each thing that the creator gets. What was agreed gives the brand a say in the content."""
    kind = Compensation(version.compensation)
    if kind in _KINDS:
        yield Connection(_KINDS[kind], on=on, influence=True)
    elif version.percent is not None:
        yield Connection("affiliate_commission", on=on, influence=True)
    if version.amount is not None:
        yield Connection("payment", version.amount, version.currency, on, influence=True)
    if kind == Compensation.EVENT:
        word = "travel_event" if version.covers_travel else "invitation"
        yield Connection(word, on=on, influence=True)
    if version.product and kind != Compensation.CO_CREATION:
        value, currency = version.product_value, version.currency or None
        yield Connection("free_product", value, currency if value is not None else None, on)


def _of_gift(gift: Gift) -> Connection:
    is_asked = gift.asked_on is not None or gift.answered_on is not None or gift.offer_id
    kind = "free_product" if is_asked else "gift_unsolicited"
    return Connection(kind, gift.value, gift.currency or None, gift.shipped_on)
