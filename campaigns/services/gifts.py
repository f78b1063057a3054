"""Gifts: planned, asked for, sent, delivered, posted; each step with its day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from campaigns.choices import GiftAct as Act
from campaigns.choices import GiftState as State
from campaigns.choices import OfferState
from campaigns.models import Gift, GiftEvent, Offer
from campaigns.services.days import EARLIEST, today_of
from campaigns.services.holds import why_held
from campaigns.services.money import AMOUNT_MAX, CURRENCIES
from campaigns.services.registers.looking import look
from crm import audit
from crm.models import Brand, PostalAddress, Relationship, User, UserRole
from crm.services import facts

NOTE_MAX = 1_000
# Whatever is not here is refused.
NEXT: dict[State, dict[Act, State]] = {
    State.PLANNED: {
        Act.ASK: State.ASKED,
        Act.WANT: State.WANTED,
        Act.REFUSE: State.REFUSED,
        # Unasked for: a surprise.
        Act.SHIP: State.SHIPPED,
        Act.CANCEL: State.CANCELLED,
    },
    State.ASKED: {
        Act.WANT: State.WANTED,
        Act.REFUSE: State.REFUSED,
        Act.CANCEL: State.CANCELLED,
    },
    State.WANTED: {
        Act.REFUSE: State.REFUSED,
        Act.SHIP: State.SHIPPED,
        Act.CANCEL: State.CANCELLED,
    },
    State.REFUSED: {Act.WANT: State.WANTED},
    State.SHIPPED: {
        Act.DELIVER: State.DELIVERED,
        # A post tells that it arrived.
        Act.POST: State.POSTED,
        Act.RETURN: State.RETURNED,
    },
    State.DELIVERED: {Act.POST: State.POSTED, Act.RETURN: State.RETURNED},
    State.POSTED: {},
    # The address was wrong: it goes out again.
    State.RETURNED: {Act.SHIP: State.SHIPPED, Act.CANCEL: State.CANCELLED},
    State.CANCELLED: {},
}
_WHY_NOT = {
    State.PLANNED: "It has not been sent yet.",
    State.ASKED: "The creator was asked: write down first whether they want it.",
    State.WANTED: "The creator wants it, and it has not been sent yet.",
    State.REFUSED: "The creator does not want it.",
    State.SHIPPED: "It is on its way.",
    State.DELIVERED: "It has arrived.",
    State.POSTED: "They posted about it: that is where a gift ends.",
    State.RETURNED: "It came back.",
    State.CANCELLED: "It was called off. Plan a new gift instead.",
}
# The day that each act writes down.
_DAYS = {
    Act.ASK: "asked_on",
    Act.WANT: "answered_on",
    Act.REFUSE: "answered_on",
    Act.SHIP: "shipped_on",
    Act.DELIVER: "delivered_on",
    Act.POST: "posted_on",
    Act.RETURN: "returned_on",
}


class GiftRefused(Exception):
    """Nothing is done with the gift; the message is fit for the user, `field` says where."""

    code = "refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class GiftOutdated(GiftRefused):
    """Somebody else changed the gift since the page was loaded."""

    code = "outdated"


class GiftNotNow(GiftRefused):
    """The gift's state does not allow the act."""

    code = "not_in_this_state"


@dataclass(frozen=True)
class Details:
    """What a gift is; the value may not be known."""

    product: str
    variant: str = ""
    value: Decimal | None = None
    currency: str = ""
    owner: User | None = None


@dataclass(frozen=True)
class Step:
    """What is said with an act: the day, a note, and of a parcel or a post where it is."""

    on: date | None = None
    note: str = ""
    carrier: str = ""
    tracking: str = ""
    post_url: str = ""


def allowed(state: str) -> tuple[Act, ...]:
    """What can be done with a gift in a state."""
    return tuple(act for act in Act if act in NEXT[State(state)])


def why_not(state: str, act: Act) -> str:
    """Why an act is refused in a state, fit for the user; empty where it is not."""
    return "" if act in NEXT[State(state)] else _WHY_NOT[State(state)]


@transaction.atomic
def plan_gift(
    *,
    relationship: Relationship,
    details: Details,
    actor: User,
    at: datetime,
    offer: Offer | None = None,
) -> Gift:
    """A new gift for a creator, of an accepted offer or by itself. Raises GiftRefused."""
    if offer is not None and (
        offer.relationship_id != relationship.pk or offer.state != OfferState.ACCEPTED
    ):
        raise GiftRefused("A gift belongs to an accepted offer to the same creator.", "offer")
    brand = relationship.brand
    gift = Gift(
        brand=brand,
        relationship=relationship,
        offer=offer,
        created_by=actor,
        created_at=at,
        state_since=at,
        **_checked(details, brand),
    )
    gift.save(force_insert=True)
    _log(gift, "planned", actor, at)
    return gift


@transaction.atomic
def change_gift(
    *,
    gift_id: int,
    brand: Brand,
    details: Details,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Gift:
    """Correct what it is or what it is worth. Raises Gift.DoesNotExist, GiftRefused."""
    gift = _taken(gift_id, brand, expected_version)
    given = _checked(details, brand)
    changed = sorted(name for name, value in given.items() if getattr(gift, name) != value)
    if not changed:
        return gift
    for name in changed:
        setattr(gift, name, given[name])
    gift.version += 1
    gift.save()
    if gift.shipped_on:
        _facts_changed(gift)
        look(brand=brand, relationships=[gift.relationship], at=at)
    _log(gift, "changed", actor, at, fields=changed)
    return gift


@transaction.atomic
def advance(
    *,
    gift_id: int,
    brand: Brand,
    act: Act,
    step: Step,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Gift:
    """Write down what happened to a gift. Raises Gift.DoesNotExist, GiftRefused."""
    gift = _taken(gift_id, brand, expected_version)
    if words := why_not(gift.state, act):
        raise GiftNotNow(words)
    if act in {Act.ASK, Act.SHIP} and (
        words := why_held(brand, relationship=gift.relationship, at=at)
    ):
        raise GiftRefused(words)
    day = _day(step.on, today_of(brand, at))
    if act == Act.SHIP:
        _ship(gift, step)
    elif act == Act.POST:
        gift.post_url = _address_of_post(step.post_url)
    if act in {Act.DELIVER, Act.RETURN, Act.POST} and gift.shipped_on and day < gift.shipped_on:
        raise GiftRefused(f"It was sent on {gift.shipped_on:%-d %B %Y} only.", "on")
    if len(step.note) > NOTE_MAX:
        raise GiftRefused(f"{NOTE_MAX:,} characters are the most.", "note")
    if act in _DAYS:
        setattr(gift, _DAYS[act], day)
    before, gift.state = gift.state, NEXT[State(gift.state)][act]
    gift.state_since = max(at, gift.created_at)
    gift.version += 1
    gift.save()
    GiftEvent.objects.create(
        gift=gift, act=act, actor=actor, at=at, on=day, note=step.note.replace("\0", "").strip()
    )
    if gift.shipped_on:
        _facts_changed(gift)
        look(brand=brand, relationships=[gift.relationship], at=at)
    _log(gift, act, actor, at, state=[before, gift.state])
    return gift


def address_of(relationship: Relationship) -> PostalAddress | None:
    """Where a parcel would go."""
    return PostalAddress.objects.filter(
        brand=relationship.brand_id, creator=relationship.creator_id
    ).first()


def _taken(gift_id: int, brand: Brand, expected_version: int | None) -> Gift:
    gift = (
        Gift.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator", "owner", "offer")
        .get(pk=gift_id, brand=brand)
    )
    if expected_version is not None and gift.version != expected_version:
        raise GiftOutdated(
            "Somebody changed this gift since you loaded it: it is "
            f"“{State(gift.state).label.lower()}” now. Nothing of yours was saved; load it again."
        )
    return gift


def _checked(details: Details, brand: Brand) -> dict[str, Any]:
    given: dict[str, Any] = {
        "product": _text(details.product, 200, "product"),
        "variant": _text(details.variant, 120, "variant"),
        "value": details.value,
        "currency": "",
        "owner": details.owner,
    }
    if not given["product"]:
        raise GiftRefused("Say what it is.", "product")
    if details.value is not None:
        if not 0 <= details.value <= AMOUNT_MAX or details.value != round(details.value, 2):
            raise GiftRefused("The value is 0 or more and has two decimal places at most.", "value")
        given["currency"] = (details.currency or brand.currency).upper()
        if given["currency"] not in CURRENCIES:
            raise GiftRefused(
                f"“{given['currency']}” is no currency: write its three letters, as EUR or USD.",
                "currency",
            )
    owner = details.owner
    if owner and not UserRole.objects.filter(brand=brand, user=owner).exists():
        raise GiftRefused(f"{owner} has no role in {brand}. An admin can give one.", "owner")
    return given


def _text(text: str, most: int, field: str) -> str:
    text = " ".join(text.replace("\0", "").split())
    if len(text) > most:
        raise GiftRefused(f"{most} characters are the most.", field)
    return text


def _day(on: date | None, today: date) -> date:
    if on is None:
        return today
    if on > today:
        raise GiftRefused("This day is still to come: say when it happened.", "on")
    if on.year < EARLIEST:
        raise GiftRefused(f"The year must be {EARLIEST} or later.", "on")
    return on


def _ship(gift: Gift, step: Step) -> None:
    """It needs somewhere to go. What was known of an earlier parcel is not this one's."""
    if address_of(gift.relationship) is None:
        raise GiftRefused(
            f"There is no postal address of {gift.relationship.creator} yet. Ask them for it and "
            "write it down on their contacts page.",
            "address",
        )
    gift.carrier = _text(step.carrier, 60, "carrier")
    gift.tracking = _text(step.tracking, 120, "tracking")
    gift.delivered_on = gift.returned_on = None


def _address_of_post(url: str) -> str:
    url = url.strip()
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        raise GiftRefused(
            "Paste the address of the post, beginning with https://.", "post_url"
        ) from None
    if len(url) > 500:
        raise GiftRefused("500 characters are the most.", "post_url")
    return url


def _facts_changed(gift: Gift) -> None:
    facts.mark_changed(brand=gift.brand, creator_ids=[gift.relationship.creator_id], cause="gift")


def _log(gift: Gift, verb: str, actor: User, at: datetime, **data: Any) -> None:
    """In the ledger a gift is its number and whom it is for. Last."""
    known: Mapping[str, Any] = {"relationship": gift.relationship_id}
    audit.record(
        brand=gift.brand,
        verb=f"campaigns.gift.{verb}",
        target=gift,
        actor=actor,
        at=at,
        data={**known, **data},
        label=gift.relationship.creator.name,
    )
