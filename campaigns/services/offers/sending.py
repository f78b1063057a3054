"""Send an offer: by a mail of the product, or in another way that is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from campaigns.choices import Channel, Compensation, OfferAct
from campaigns.models import Offer, OfferEvent, OfferVersion
from campaigns.selectors.conflicts import objections
from campaigns.services.days import today_of
from campaigns.services.holds import why_held
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
)
from campaigns.services.offers.wanted import OfferRefused
from campaigns.services.offers.writing import draft_of
from crm.choices import MailDirection, MailKind, MailPurpose
from crm.models import Brand, Mailbox, Message, Relationship, Thread, User
from crm.outreach import pitches
from crm.outreach.guard import may_send
from crm.outreach.verdicts import Verdict
from crm.services.mail import composing

# So long a mail can be taken back.
TAKE_BACK = timedelta(seconds=10)


@dataclass(frozen=True)
class Letter:
    """The mail that brings an offer."""

    mailbox: Mailbox
    subject: str
    text: str


@transaction.atomic
def send_by_mail(
    *,
    offer_id: int,
    brand: Brand,
    letter: Letter,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Offer:
    """Fix the draft and queue a mail that brings it, both or neither.

    Raises Offer.DoesNotExist, OfferRefused: also what the guard of outreach has against the mail,
    unless it only has to wait.
    """
    offer = taken(offer_id, brand, OfferAct.SEND, expected_version)
    _refuse_held(offer, brand, at)
    _refuse_pitch(offer, brand, at)
    _ready(draft_of(offer), today_of(brand, at))
    thread = thread_of(offer, letter.mailbox)
    try:
        purpose = composing.purpose_of(offer.relationship, thread)
        message = composing.compose(
            relationship=offer.relationship,
            mailbox=letter.mailbox,
            author=actor,
            subject=letter.subject,
            text=letter.text,
            purpose=purpose,
            at=at,
            thread=thread,
        )
        verdict = may_send(
            relationship=offer.relationship,
            mailbox=letter.mailbox,
            to=message.to[0],
            purpose=purpose,
            at=at,
            message=message,
        )
        if not verdict.allowed and verdict.retry_at is None:
            raise OfferRefused(verdict.words, "mailbox")
        composing.queue(message_id=message.pk, actor=actor, at=at, send_after=at + TAKE_BACK)
    except composing.MailRefused as refusal:
        raise OfferRefused(str(refusal), refusal.field) from refusal
    _sent(offer, actor, at, on=today_of(brand, at), channel=Channel.MAIL, message=message)
    return offer


@transaction.atomic
def send_by_hand(
    *,
    offer_id: int,
    brand: Brand,
    said: Said,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Offer:
    """Write down that the draft was sent or said in another way. Raises as `send_by_mail`."""
    offer = taken(offer_id, brand, OfferAct.SEND, expected_version)
    _refuse_held(offer, brand, at)
    _refuse_pitch(offer, brand, at)
    day = checked_day(said.on, today_of(brand, at))
    _ready(draft_of(offer), day)
    how = checked_channel(said.channel)
    _sent(offer, actor, at, on=day, channel=how, note=checked_note(said.note))
    return offer


def thread_of(offer: Offer, mailbox: Mailbox) -> Thread | None:
    """The conversation that the mail goes on with: of an earlier version, or the creator's newest.

    Who wrote to `mailbox` before gets an answer there, and not a mail out of the blue.
    """
    sent = (
        OfferEvent.objects.filter(offer=offer, message__thread__mailbox=mailbox)
        .select_related("message__thread")
        .order_by("-at", "-pk")
        .first()
    )
    if sent and sent.message:
        return sent.message.thread
    return (
        Thread.objects.filter(
            relationship=offer.relationship,
            mailbox=mailbox,
            mails__direction=MailDirection.IN,
            mails__kind=MailKind.PERSONAL,
        )
        .order_by("-last_at", "-pk")
        .first()
    )


def preview(
    *, relationship: Relationship, mailbox: Mailbox, thread: Thread | None, at: datetime
) -> Verdict:
    """What the guard of outreach would say now. Raises MailRefused without an address."""
    purpose: MailPurpose = composing.purpose_of(relationship, thread)
    to = composing.address_of(relationship)
    return may_send(relationship=relationship, mailbox=mailbox, to=to, purpose=purpose, at=at)


def _refuse_held(offer: Offer, brand: Brand, at: datetime) -> None:
    engagement = offer.engagement
    campaign = engagement.campaign if engagement else None
    if words := why_held(brand, relationship=offer.relationship, campaign=campaign, at=at):
        raise OfferRefused(words)


def _refuse_pitch(offer: Offer, brand: Brand, at: datetime) -> None:
    """The first version is a pitch, also where it answers a mail; what follows is a negotiation."""
    if offer.versions.filter(fixed_at__isnull=False).exists():
        return
    relationship = offer.relationship
    if reasons := objections(brand, [relationship], at).get(relationship.pk):
        raise OfferRefused(f"{relationship.creator} is not to be pitched. {' '.join(reasons)}")
    if missing := pitches.missing_of(relationship, at):
        raise OfferRefused(missing)


def _ready(version: OfferVersion, day: date) -> None:
    """What an offer needs before anybody may see it."""
    if version.valid_until is not None and version.valid_until < day:
        raise OfferRefused(
            f"It is valid until {version.valid_until:%-d %B %Y} only, which has passed. "
            "Change the day first."
        )
    if version.compensation == Compensation.FEE and not version.deliverables.exists():
        raise OfferRefused("It does not say what the fee is for: add a deliverable first.")


def _sent(
    offer: Offer,
    actor: User,
    at: datetime,
    *,
    on: date,
    channel: str,
    message: Message | None = None,
    note: str = "",
) -> None:
    version = draft_of(offer)
    version.fixed_at = at
    version.save(update_fields=["fixed_at"])
    offer.current = version
    before = moved(offer, OfferAct.SEND, at)
    happened(
        offer,
        OfferAct.SEND,
        actor=actor,
        at=at,
        on=on,
        channel=channel,
        message=message,
        note=note,
    )
    carry(offer, OfferAct.SEND, actor, at)
    log(offer, "sent", actor, at, state=[before, offer.state], channel=channel)
