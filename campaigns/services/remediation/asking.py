"""Ask a creator to put a disclosure right: by a mail of the product, or in another way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from campaigns.choices import Channel, RemediationAct, ReviewStage, ReviewState
from campaigns.models import Deliverable, DisclosureReview, Remediation
from campaigns.services.deliverables import gates
from campaigns.services.deliverables.record import Actor, words_of
from campaigns.services.disclosures.record import CLEAR
from campaigns.services.disclosures.record import held as held_review
from campaigns.services.refusals import CampaignRefused
from campaigns.services.remediation.record import happened, held
from crm.choices import MailDirection, MailKind
from crm.models import Brand, Mailbox, Message, Relationship, Thread, User
from crm.outreach.guard import may_send
from crm.outreach.verdicts import Verdict
from crm.services.mail import composing

WORDS_MAX = 8_000
# So long a mail can be taken back.
TAKE_BACK = timedelta(seconds=10)
FURTHEST = timedelta(days=60)


@dataclass(frozen=True)
class Request:
    """What is asked, by when, and how it goes to the creator."""

    words: str
    due_at: datetime
    channel: Channel | str = Channel.MESSAGE
    # Of a mail; None: it is said or sent in another way.
    mailbox: Mailbox | None = None
    subject: str = ""


@transaction.atomic
def ask(*, review_id: int, brand: Brand, wanted: Request, actor: User, at: datetime) -> Remediation:
    """Ask for the first time after a look at a published post that found it wanting.

    Raises DisclosureReview.DoesNotExist, CampaignRefused: also what the guard of outreach has
    against a mail, unless it only has to wait.
    """
    review, piece = held_review(review_id, brand)
    _refuse_unless_wanting(review, piece)
    if Remediation.objects.open().filter(deliverable=piece).exists():
        raise CampaignRefused(
            "The creator was asked already: go on with that request.", code="not_in_this_state"
        )
    words, channel = _checked(wanted, at)
    message = _send(piece.engagement.relationship, wanted, words, actor, at)
    owner = next(iter(gates.leaders(piece)), None) or actor
    made = Remediation.objects.create(
        brand=brand,
        deliverable=piece,
        review=review,
        asked_at=at,
        state_since=at,
        due_at=wanted.due_at,
        words=words,
        channel=channel,
        message=message,
        owner=owner,
    )
    happened(made, RemediationAct.ASK, Actor(actor), at, words=words, channel=str(channel))
    return made


@transaction.atomic
def ask_again(
    *,
    remediation_id: int,
    brand: Brand,
    wanted: Request,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Remediation:
    """Ask once more, with a new day. Raises Remediation.DoesNotExist, CampaignRefused."""
    found, piece = held(remediation_id, brand, RemediationAct.ASK_AGAIN, expected_version)
    words, channel = _checked(wanted, at)
    found.message = _send(piece.engagement.relationship, wanted, words, actor, at)
    found.words, found.channel, found.due_at = words, channel, wanted.due_at
    found.times += 1
    happened(
        found,
        RemediationAct.ASK_AGAIN,
        Actor(actor),
        at,
        words=words,
        channel=str(channel),
        times=found.times,
    )
    return found


def thread_of(relationship: Relationship, mailbox: Mailbox) -> Thread | None:
    """The conversation that the mail goes on with: the creator's newest in this mailbox."""
    return (
        Thread.objects.filter(
            relationship=relationship,
            mailbox=mailbox,
            mails__direction=MailDirection.IN,
            mails__kind=MailKind.PERSONAL,
        )
        .order_by("-last_at", "-pk")
        .first()
    )


def preview(relationship: Relationship, mailbox: Mailbox, at: datetime) -> Verdict:
    """What the guard of outreach would say now. Raises MailRefused without an address."""
    purpose = composing.purpose_of(relationship, thread_of(relationship, mailbox))
    to = composing.address_of(relationship)
    return may_send(relationship=relationship, mailbox=mailbox, to=to, purpose=purpose, at=at)


def _refuse_unless_wanting(review: DisclosureReview, piece: Deliverable) -> None:
    if review.stage != ReviewStage.LIVE:
        raise CampaignRefused(
            "This is a draft: send it back at its gate instead.", code="not_in_this_state"
        )
    if review.state != ReviewState.DECIDED or review.verdict in CLEAR:
        raise CampaignRefused(
            "Nothing is to be put right: the disclosure was not found wanting.",
            code="not_in_this_state",
        )
    newer = DisclosureReview.objects.filter(
        deliverable=piece, stage=ReviewStage.LIVE, pk__gt=review.pk
    )
    if newer.exclude(state=ReviewState.DROPPED).exists():
        raise CampaignRefused(
            "The post was looked at again since: go by the newest review.",
            code="not_in_this_state",
        )


def _checked(wanted: Request, at: datetime) -> tuple[str, str]:
    words = words_of(wanted.words, "words", WORDS_MAX, needed="Write what the creator is to do.")
    if wanted.due_at <= at:
        raise CampaignRefused("This moment has passed: choose a later day.", field="due_on")
    if wanted.due_at > at + FURTHEST:
        raise CampaignRefused(
            f"{FURTHEST.days} days are the most: advertising is not to stay hidden for longer.",
            field="due_on",
        )
    if wanted.mailbox is not None:
        return words, Channel.MAIL.value
    if wanted.channel not in Channel.values:
        raise CampaignRefused("Choose how it was said or sent.", field="channel")
    return words, str(wanted.channel)


def _send(
    relationship: Relationship, wanted: Request, words: str, actor: User, at: datetime
) -> Message | None:
    if wanted.mailbox is None:
        return None
    thread = thread_of(relationship, wanted.mailbox)
    try:
        purpose = composing.purpose_of(relationship, thread)
        message = composing.compose(
            relationship=relationship,
            mailbox=wanted.mailbox,
            author=actor,
            subject=wanted.subject,
            text=words,
            purpose=purpose,
            at=at,
            thread=thread,
        )
        verdict = may_send(
            relationship=relationship,
            mailbox=wanted.mailbox,
            to=message.to[0],
            purpose=purpose,
            at=at,
            message=message,
        )
        if not verdict.allowed and verdict.retry_at is None:
            raise CampaignRefused(verdict.words, field="mailbox")
        return composing.queue(message_id=message.pk, actor=actor, at=at, send_after=at + TAKE_BACK)
    except composing.MailRefused as refusal:
        raise CampaignRefused(str(refusal), field=refusal.field) from refusal
