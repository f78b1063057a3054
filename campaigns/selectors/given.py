"""What the brand gave creators, as its offers, contracts, gifts and costs tell: derived ties."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.urls import reverse

from campaigns.choices import Compensation, ContractState, OfferAct, OfferState, Per
from campaigns.disclosure.case import Connection
from campaigns.models import (
    ConnectionEntry,
    Contract,
    ContractVersion,
    Engagement,
    Gift,
    OfferEvent,
    OfferVersion,
)
from campaigns.models.connections import KIND_NAMES
from campaigns.models.engagements import LEFT
from crm.models import Brand

# What was agreed, whatever became of it since.
_AGREED = (
    ContractState.ACCEPTED,
    ContractState.SUPERSEDED,
    ContractState.ENDED,
    ContractState.TERMINATED,
)
_KINDS = {
    Compensation.AFFILIATE: "affiliate_commission",
    Compensation.AMBASSADOR: "ambassadorship",
    Compensation.EQUITY: "equity",
}


@dataclass(frozen=True)
class Given:
    """A tie of a creator: the connection, and where it comes from."""

    relationship: int
    connection: Connection
    title: str
    from_where: str
    # Empty where a person wrote it down.
    url: str
    engagement: int | None = None
    offer: int | None = None
    ended_on: date | None = None
    entry: ConnectionEntry | None = None

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return KIND_NAMES[self.connection.kind]

    def ended(self, on: date) -> bool:
        """Whether it was over on a day."""
        return self.ended_on is not None and self.ended_on < on


def contracts(brand: Brand, relationships: Collection[int], on: date) -> Iterator[Given]:
    """What contracts promise, from the day on which they were accepted: one query.

    An amendment takes the place of what it amends, and counts from the first acceptance on.
    """
    rows = Contract.objects.filter(
        engagement__relationship__in=relationships,
        state__in=_AGREED,
        current__acceptance__on__lte=on,
    )
    found = {
        row.pk: row
        for row in rows.select_related("engagement__campaign", "current__acceptance").order_by("pk")
    }
    replaced = {row.amends_id for row in found.values()}
    for row in found.values():
        version = row.current
        if version is None or row.pk in replaced:
            continue
        first = row
        while first.amends_id in found:
            first = found[first.amends_id]
        since = first.current.acceptance.on if first.current else version.acceptance.on
        for one in _of_contract(version, since, row.engagement.campaign.name, row.offer_id):
            yield Given(
                relationship=row.engagement.relationship_id,
                connection=one,
                title=row.title,
                from_where="Contract",
                url=reverse("campaigns:contract", args=[brand.slug, row.pk]),
                engagement=row.engagement_id,
                offer=row.offer_id,
            )


def offers(
    brand: Brand,
    relationships: Collection[int],
    on: date,
    *,
    agreed: Collection[Given],
    sent: Collection[Given],
) -> Iterator[Given]:
    """What accepted offers promise, but for what a contract or a parcel of theirs says: a query."""
    accepted = (
        OfferEvent.objects.filter(
            offer__relationship__in=relationships,
            offer__state=OfferState.ACCEPTED,
            act=OfferAct.ACCEPT,
            on__lte=on,
        )
        .select_related("version", "offer__engagement__campaign")
        .annotate(pieces=Sum("version__deliverables__count"))
        .order_by("on", "pk")
    )
    paid = {tie.offer for tie in agreed if tie.connection.kind == "payment"}
    places = {tie.engagement for tie in agreed if tie.connection.kind == "payment"}
    equity = {tie.offer for tie in agreed if tie.connection.kind == "equity"}
    parcels = {tie.offer for tie in sent}
    for event in accepted:
        offer, version = event.offer, event.version
        if version is None:
            continue
        place = offer.engagement
        has_contract = offer.pk in paid or (place is not None and place.pk in places)
        aim = place.campaign.name if place else None
        for one in _of_version(version, event.on, event.pieces, aim):
            if one.kind == "payment" and has_contract:
                continue
            if one.kind == "equity" and offer.pk in equity:
                continue
            if one.kind == "free_product" and offer.pk in parcels:
                continue
            yield Given(
                relationship=offer.relationship_id,
                connection=one,
                title=offer.title,
                from_where="Accepted offer",
                url=reverse("campaigns:offer", args=[brand.slug, offer.pk]),
                engagement=offer.engagement_id,
                offer=offer.pk,
            )


def gifts(brand: Brand, relationships: Collection[int], on: date) -> Iterator[Given]:
    """Gifts sent by then that had not come back: one query."""
    rows = (
        Gift.objects.filter(relationship__in=relationships, shipped_on__lte=on)
        .filter(Q(returned_on=None) | Q(returned_on__gt=on))
        .select_related("offer__engagement__campaign")
        .order_by("shipped_on", "pk")
    )
    for gift in rows:
        place = gift.offer.engagement if gift.offer else None
        is_asked = gift.asked_on is not None or gift.answered_on is not None or gift.offer_id
        yield Given(
            relationship=gift.relationship_id,
            connection=Connection(
                "free_product" if is_asked else "gift_unsolicited",
                gift.value,
                gift.currency or None,
                gift.shipped_on,
                aim=place.campaign.name if place else None,
            ),
            title=str(gift),
            from_where="Gift",
            url=reverse("campaigns:gift", args=[brand.slug, gift.pk]),
            offer=gift.offer_id,
        )


def costs(
    brand: Brand, relationships: Collection[int], *, covered: Collection[int]
) -> Iterator[Given]:
    """Agreed costs of places in campaigns that no contract or offer tells of: one query."""
    rows = Engagement.objects.filter(relationship__in=relationships, agreed_cost__gt=0)
    rows = rows.exclude(stage__in=LEFT).exclude(pk__in=covered).select_related("campaign")
    for row in rows.order_by("pk"):
        yield Given(
            relationship=row.relationship_id,
            # The day is not known: it counts for the year that is asked about.
            connection=Connection(
                "payment",
                row.agreed_cost,
                row.campaign.currency,
                aim=row.campaign.name,
                influence=True,
            ),
            title=row.campaign.name,
            from_where="Agreed cost",
            url=reverse("campaigns:engagement", args=[brand.slug, row.campaign.key, row.pk]),
            engagement=row.pk,
        )


def _of_contract(
    version: ContractVersion, on: date, aim: str, offer: int | None
) -> Iterator[Connection]:
    """What a contract gives the creator; goods that an offer names in detail are the offer's."""
    if version.total:
        yield Connection(
            "payment",
            version.total,
            version.currency,
            on,
            aim,
            influence=True,
            written_contract=True,
        )
    if version.terms.get("has_equity"):
        yield Connection("equity", on=on, aim=aim, influence=True, written_contract=True)
    if version.terms.get("also") and offer is None:
        yield Connection("perk", on=on, aim=aim, influence=True, written_contract=True)


def _of_version(
    version: OfferVersion, on: date, pieces: int | None, aim: str | None
) -> Iterator[Connection]:
    """Each thing that the creator gets. What was agreed gives the brand a say in the content."""
    kind = Compensation(version.compensation)
    if kind in _KINDS:
        yield Connection(_KINDS[kind], on=on, aim=aim, influence=True)
    elif version.percent is not None:
        yield Connection("affiliate_commission", on=on, aim=aim, influence=True)
    if version.amount is not None:
        whole = _whole(version, version.amount, pieces)
        currency = version.currency if whole is not None else None
        yield Connection("payment", whole, currency, on, aim=aim, influence=True)
    if kind == Compensation.EVENT:
        word = "travel_event" if version.covers_travel else "invitation"
        yield Connection(word, on=on, aim=aim, influence=True)
    if version.product and kind != Compensation.CO_CREATION:
        value, currency = version.product_value, version.currency or None
        yield Connection(
            "free_product", value, currency if value is not None else None, on, aim=aim
        )


def _whole(version: OfferVersion, amount: Decimal, pieces: int | None) -> Decimal | None:
    """What a fee comes to; None where nobody said how often it is paid."""
    if version.per == Per.MONTH:
        return amount * version.months if version.months else None
    if version.per == Per.POST:
        return amount * pieces if pieces else None
    return amount
