"""What a person does with conversations: says whose they are, that they are done, what left."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from crm import audit
from crm.choices import ContactKind, MailDirection, MailKind, MailStatus
from crm.models import ContactPoint, Message, Relationship, Thread, User
from crm.services.mail.composing import MailRefused
from crm.services.mail.receiving import follow_up
from crm.services.mail.sending import mark_sent


@transaction.atomic
def assign(
    *, thread_id: int, relationship: Relationship, remember: bool, actor: User, at: datetime
) -> Thread:
    """Say which creator a conversation is with. Raises MailRefused.

    With `remember` the sender's address becomes one of the creator's, so that their next mail finds
    its way by itself. What the creator wrote then counts as a reply.
    """
    thread = _locked(thread_id)
    if relationship.brand_id != thread.brand_id:
        raise MailRefused("This creator is not among the creators of this brand.")
    before = thread.relationship
    if before == relationship:
        return thread
    received = list(
        thread.mails.filter(direction=MailDirection.IN, kind=MailKind.PERSONAL).order_by("at", "pk")
    )
    if remember:
        for address in dict.fromkeys(mail.from_address for mail in received if mail.from_address):
            _remember(relationship, address)
    thread.relationship, thread.set_aside_at = relationship, None
    if received and thread.reply_waiting_since is None and before is None:
        thread.reply_waiting_since = received[-1].at
    thread.save(update_fields=["relationship", "set_aside_at", "reply_waiting_since"])
    audit.record(
        brand=relationship.brand,
        verb="crm.thread.assigned",
        target=relationship,
        actor=actor,
        at=at,
        data={"thread": thread.pk, "from_creator": before and before.creator_id},
        label=relationship.creator.name,
    )
    for mail in received[-1:]:
        follow_up(message=mail, relationship=relationship, at=at)
    return thread


@transaction.atomic
def finish(*, thread_id: int, actor: User, at: datetime) -> Thread:
    """Nobody waits for an answer in this conversation any more."""
    thread = _locked(thread_id)
    if thread.reply_waiting_since is not None:
        thread.reply_waiting_since = None
        thread.save(update_fields=["reply_waiting_since"])
        _record(thread, "crm.thread.done", actor, at)
    return thread


@transaction.atomic
def reopen(*, thread_id: int, actor: User, at: datetime) -> Thread:
    """The last mail of the creator waits for an answer again. Raises MailRefused."""
    thread = _locked(thread_id)
    last = thread.mails.filter(direction=MailDirection.IN).order_by("-at", "-pk").first()
    if last is None or thread.relationship is None:
        raise MailRefused("Nobody wrote to us in this conversation.")
    if thread.reply_waiting_since is None:
        thread.reply_waiting_since = last.at
        thread.save(update_fields=["reply_waiting_since"])
        _record(thread, "crm.thread.waiting", actor, at)
    return thread


@transaction.atomic
def set_aside(*, thread_id: int, actor: User, at: datetime) -> Thread:
    """An unmatched conversation is about no creator. Raises MailRefused."""
    thread = _locked(thread_id)
    if thread.relationship is not None:
        raise MailRefused(f"This conversation is with {thread.relationship.creator}.")
    if thread.set_aside_at is None:
        thread.set_aside_at = at
        thread.save(update_fields=["set_aside_at"])
        _record(thread, "crm.thread.set_aside", actor, at)
    return thread


@transaction.atomic
def decide_unknown(*, message_id: int, has_left: bool, actor: User, at: datetime) -> Message:
    """Say whether a mail left of which we cannot know. Raises MailRefused where it is settled.

    Where it did not, it is a draft again; sent again it keeps its Message-ID, so that most servers
    drop the second one should both arrive.
    """
    rows = Message.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "thread__relationship"
    )
    message = rows.get(pk=message_id)
    if message.status != MailStatus.UNKNOWN:
        raise MailRefused(f"That is settled: {MailStatus(message.status).label.lower()}.")
    message.reason = ""
    if has_left:
        mark_sent(message, at=message.sending_since or at)
    else:
        message.status = MailStatus.DRAFT
    message.save()
    verb = "crm.mail.said_sent" if has_left else "crm.mail.said_not_sent"
    _record(message.thread, verb, actor, at, message=message.pk)
    return message


def _locked(thread_id: int) -> Thread:
    return (
        Thread.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator", "relationship__brand")
        .get(pk=thread_id)
    )


def _remember(relationship: Relationship, address: str) -> None:
    taken = ContactPoint.objects.filter(
        brand_id=relationship.brand_id, kind=ContactKind.EMAIL, value=address
    ).select_related("creator")
    owner = taken.first()
    if owner and owner.creator_id != relationship.creator_id:
        raise MailRefused(
            f"{address} is {owner.creator}'s address already. Assign without remembering it."
        )
    if owner is None:
        ContactPoint.objects.create(
            brand_id=relationship.brand_id,
            creator_id=relationship.creator_id,
            kind=ContactKind.EMAIL,
            value=address,
            found_in="their own mail",
        )


def _record(thread: Thread, verb: str, actor: User, at: datetime, **data: int) -> None:
    relationship = thread.relationship
    audit.record(
        brand=thread.brand,
        verb=verb,
        target=relationship or thread,
        actor=actor,
        at=at,
        data={"thread": thread.pk, **data},
        label=relationship.creator.name if relationship else f"conversation {thread.pk}",
    )
