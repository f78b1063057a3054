"""Write offers: the first draft, changes to it, further versions, the creator's counter-offers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import OfferAct, OfferState, Side
from campaigns.models import Engagement, Offer, OfferDeliverable, OfferRight, OfferVersion
from campaigns.services.days import today_of
from campaigns.services.offers.carrying import carry, checked_engagement
from campaigns.services.offers.record import (
    Said,
    checked_channel,
    checked_day,
    checked_note,
    checked_owner,
    happened,
    log,
    moved,
    taken,
    tell_owner,
)
from campaigns.services.offers.wanted import TITLE_MAX, OfferRefused, Wanted, checked
from crm.models import Brand, Relationship, User

# Which state an act of the past left behind: where an offer is again once a draft is thrown away.
_LEFT = {
    OfferAct.SEND: OfferState.SENT,
    OfferAct.COUNTER: OfferState.COUNTERED,
    OfferAct.DECLINE: OfferState.DECLINED,
    OfferAct.EXPIRE: OfferState.EXPIRED,
    OfferAct.WITHDRAW: OfferState.WITHDRAWN,
}


@transaction.atomic
def draft_offer(
    *,
    relationship: Relationship,
    title: str,
    wanted: Wanted,
    actor: User,
    at: datetime,
    owner: User | None = None,
    engagement: Engagement | None = None,
) -> Offer:
    """A new offer to the creator of `relationship`, as a draft. Raises OfferRefused.

    With `engagement` it is about that place in a campaign and carries it along.
    """
    brand = relationship.brand
    wanted = checked(wanted, brand_currency=brand.currency)
    offer = Offer.objects.create(
        brand=brand,
        relationship=relationship,
        engagement=checked_engagement(relationship, engagement),
        title=_title(title),
        owner=checked_owner(brand, owner),
        created_by=actor,
        created_at=at,
        state_since=at,
    )
    _add_version(offer, wanted, side=Side.OURS, author=actor, at=at, number=1)
    offer.save(update_fields=["current"])
    log(offer, "drafted", actor, at)
    return offer


@transaction.atomic
def change_draft(
    *,
    offer_id: int,
    brand: Brand,
    wanted: Wanted,
    actor: User,
    at: datetime,
    expected_version: int | None,
    title: str | None = None,
    reason: str | None = None,
) -> Offer:
    """Put other terms into the draft. Raises Offer.DoesNotExist, OfferRefused."""
    offer = taken(offer_id, brand, OfferAct.EDIT, expected_version)
    version = draft_of(offer)
    wanted = checked(wanted, brand_currency=brand.currency)
    if title is not None:
        offer.title = _title(title)
    if reason is not None:
        version.reason = checked_note(reason, "reason")
    for name, value in wanted.plain.items():
        setattr(version, name, value)
    version.author = actor
    version.save()
    version.deliverables.all().delete()
    version.rights.all().delete()
    _add_lines(version, wanted)
    moved(offer, OfferAct.EDIT, at)
    log(offer, "changed", actor, at)
    return offer


@transaction.atomic
def revise(
    *,
    offer_id: int,
    brand: Brand,
    wanted: Wanted,
    actor: User,
    at: datetime,
    expected_version: int | None,
    reason: str = "",
) -> Offer:
    """A further version of ours, as a draft. Raises Offer.DoesNotExist, OfferRefused."""
    offer = taken(offer_id, brand, OfferAct.REVISE, expected_version)
    wanted = checked(wanted, brand_currency=brand.currency)
    _add_version(offer, wanted, side=Side.OURS, author=actor, at=at, reason=reason)
    before = moved(offer, OfferAct.REVISE, at)
    log(offer, "revised", actor, at, state=[before, offer.state])
    return offer


@transaction.atomic
def counter(
    *,
    offer_id: int,
    brand: Brand,
    wanted: Wanted,
    said: Said,
    actor: User,
    at: datetime,
    expected_version: int | None,
    reason: str = "",
) -> Offer:
    """Write down what the creator asks for instead. Raises Offer.DoesNotExist, OfferRefused."""
    offer = taken(offer_id, brand, OfferAct.COUNTER, expected_version)
    wanted = checked(wanted, brand_currency=brand.currency)
    day = checked_day(said.on, today_of(brand, at))
    how = checked_channel(said.channel)
    _add_version(offer, wanted, side=Side.THEIRS, author=actor, at=at, reason=reason, fixed_at=at)
    before = moved(offer, OfferAct.COUNTER, at)
    happened(
        offer,
        OfferAct.COUNTER,
        actor=actor,
        at=at,
        on=day,
        channel=how,
        note=checked_note(said.note),
    )
    tell_owner(offer, "A counter-offer", actor, at)
    carry(offer, OfferAct.COUNTER, actor, at)
    log(offer, "countered", actor, at, state=[before, offer.state])
    return offer


@transaction.atomic
def discard(
    *, offer_id: int, brand: Brand, actor: User, at: datetime, expected_version: int | None
) -> Offer | None:
    """Throw the draft away: the offer is where it was before; without anything sent it is gone.

    Returns what is left of it. Raises Offer.DoesNotExist, OfferRefused.
    """
    offer = taken(offer_id, brand, OfferAct.DISCARD, expected_version)
    version = draft_of(offer)
    last = offer.events.order_by("-at", "-pk").first()
    log(offer, "discarded", actor, at)
    if last is None:
        offer.delete()
        return None
    offer.current = offer.versions.exclude(pk=version.pk).order_by("-number").first()
    offer.state, offer.state_since = _LEFT[OfferAct(last.act)], last.at
    offer.version += 1
    offer.save()
    version.delete()
    return offer


@transaction.atomic
def hand_over(
    *, offer_id: int, brand: Brand, owner: User | None, actor: User, at: datetime
) -> Offer:
    """Say who leads the negotiation. Raises Offer.DoesNotExist, OfferRefused."""
    offer = (
        Offer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator", "owner", "current")
        .get(pk=offer_id, brand=brand)
    )
    if offer.owner == owner:
        return offer
    before, offer.owner = offer.owner, checked_owner(brand, owner)
    offer.save(update_fields=["owner"])
    tell_owner(offer, "An offer is yours now", actor, at)
    emails = [person and person.email for person in (before, owner)]
    log(offer, "handed_over", actor, at, owner=emails)
    return offer


def draft_of(offer: Offer) -> OfferVersion:
    """The version that is being written; there is one in the state of a draft, and only there."""
    return offer.versions.get(fixed_at=None)


def _add_version(
    offer: Offer,
    wanted: Wanted,
    *,
    side: Side,
    author: User,
    at: datetime,
    number: int | None = None,
    reason: str = "",
    fixed_at: datetime | None = None,
) -> None:
    """The next version with its lines. It is fixed last: from then on nothing can be added."""
    if number is None:
        newest = offer.versions.order_by("-number").values_list("number", flat=True).first()
        number = (newest or 0) + 1
    version = OfferVersion.objects.create(
        offer=offer,
        number=number,
        side=Side.OURS,
        author=author,
        created_at=at,
        reason=checked_note(reason, "reason"),
        **wanted.plain,
    )
    _add_lines(version, wanted)
    if fixed_at is not None:
        version.side, version.fixed_at = side, fixed_at
        version.save(update_fields=["side", "fixed_at"])
    offer.current = version


def _add_lines(version: OfferVersion, wanted: Wanted) -> None:
    OfferDeliverable.objects.bulk_create(
        OfferDeliverable(
            version=version,
            position=position,
            kind=line.kind,
            platform_id=line.platform,
            form=line.form,
            count=line.count,
            due_on=line.due_on,
            note=line.note,
        )
        for position, line in enumerate(wanted.deliverables)
    )
    OfferRight.objects.bulk_create(
        OfferRight(
            version=version,
            usage=line.usage,
            months=line.months,
            territory=line.territory,
            channels=line.channels,
        )
        for line in wanted.rights
    )


def _title(title: str) -> str:
    title = " ".join(title.replace("\0", "").split())
    if not title:
        raise OfferRefused("Say what the offer is for.", "title")
    if len(title) > TITLE_MAX:
        raise OfferRefused(f"{TITLE_MAX} characters are the most.", "title")
    return title
