"""Send what waits: each mail once, or not known, but never twice.

A mail is taken and marked "being sent" in a transaction of its own before the server hears of it.
Whoever dies after that leaves the mark behind: nobody sends it again by themselves, and after a
while it counts as not known, for the folder of sent mail or a person to tell.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError

from django.db import transaction

from crm.choices import MailPurpose, MailStatus, SuppressionOrigin, SuppressionReason
from crm.models import Mailbox, Message, Relationship, Thread
from crm.outreach import attachments, writing
from crm.outreach.bounces import is_dead_address
from crm.outreach.dressing import dress
from crm.outreach.guard import may_send
from crm.outreach.servers import ServerTrouble, no_delivery, smtp_of
from crm.outreach.smtp import Fate, Handed, Outbox
from crm.outreach.verdicts import Verdict
from crm.services.outreach import stopping, suppressions
from crm.services.privacy.notices import told_by_mail

# Longer than the longest talk with a server.
LEASE = timedelta(minutes=20)
# After a server said "later"; at the end of these it has failed.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
# After a server could not be reached at all, which is no fault of the mail.
NO_SERVER = timedelta(minutes=5)
BATCH = 50


@dataclass(frozen=True)
class Ready:
    """A mail that is marked as being sent, as the bytes that go out."""

    message: Message
    relationship: Relationship
    raw: bytes


def send_due(*, at: datetime, limit: int = BATCH) -> Counter[str]:
    """Send the mails whose time has come; returns how many ended in which status."""
    done: Counter[str] = Counter()
    waiting = Message.objects.filter(status=MailStatus.QUEUED, send_after__lte=at)
    boxes = Mailbox.objects.filter(pk__in=waiting.values("mailbox"), is_paused=False)
    for mailbox in boxes.in_service():
        if not no_delivery(mailbox):
            done += _send_from(mailbox, at, limit - done.total())
        if done.total() >= limit:
            break
    return done


def _send_from(mailbox: Mailbox, at: datetime, limit: int) -> Counter[str]:
    done: Counter[str] = Counter()
    ids = (
        Message.objects.filter(mailbox=mailbox, status=MailStatus.QUEUED, send_after__lte=at)
        .order_by("send_after", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    with ExitStack() as stack:
        outbox: Outbox | None = None
        for pk in list(ids):
            ready = take(message_id=pk, at=at)
            if not isinstance(ready, Ready):
                done[ready] += 1
                continue
            try:
                if outbox is None:
                    outbox = stack.enter_context(Outbox(smtp_of(mailbox)))
            except ServerTrouble as trouble:
                _hand_back(ready.message, mailbox, str(trouble), at)
                done[MailStatus.QUEUED.value] += 1
                break
            message = ready.message
            handed = outbox.hand_over(
                sender=writing.ascii_address(message.from_address),
                to=[writing.ascii_address(address) for address in message.to],
                cc=[writing.ascii_address(address) for address in message.cc],
                raw=ready.raw,
            )
            settle(message_id=pk, handed=handed, at=at)
            done[handed.fate.value] += 1
            if handed.fate in {Fate.UNKNOWN, Fate.TEMPORARY}:
                break  # the connection may be broken: the next round opens a new one
    return done


@transaction.atomic
def take(*, message_id: int, at: datetime) -> Ready | str:
    """Mark a queued mail as being sent, if the guard lets it go; else the status it has now.

    The relationship is locked first, then the mailbox, so that what the guard counts for them (who
    wrote to whom lately, the caps of the day) is true until the mark is there.
    """
    thread = Thread.objects.filter(mails=message_id).first()
    if thread is None or thread.relationship_id is None:
        return "gone"
    relationship = (
        Relationship.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "creator")
        .get(pk=thread.relationship_id)
    )
    sender = Message.objects.filter(pk=message_id).values("mailbox")
    box = Mailbox.objects.select_for_update(no_key=True).filter(pk__in=sender).first()
    message = (
        Message.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .filter(pk=message_id, status=MailStatus.QUEUED, send_after__lte=at)
        .first()
    )
    if box is None or message is None:
        return "gone"
    verdict = _verdict(relationship, box, message, at)
    if not verdict.allowed:
        message.reason = verdict.words[:500]
        if verdict.retry_at:
            message.send_after = verdict.retry_at
        else:
            message.status = MailStatus.REFUSED
        message.save(update_fields=["status", "reason", "send_after"])
        return str(message.status)
    worn = dress(relationship=relationship, to=message.to[0], purpose=message.purpose, at=at)
    signature = f"-- \n{box.signature.strip()}" if box.signature.strip() else ""
    message.closing = "\n\n".join(filter(None, [signature, worn.footer.strip()]))
    message.headers = {**message.headers, **worn.headers}
    try:
        raw = written(message, at)
    except (ValueError, LookupError, OSError, MessageError) as error:
        # One mail that cannot be written must not hold up those behind it.
        message.status, message.reason = MailStatus.FAILED, f"It cannot be written: {error}"[:500]
        message.save(update_fields=["status", "reason"])
        return MailStatus.FAILED.value
    message.status, message.sending_since = MailStatus.SENDING, at
    message.attempts += 1
    message.save(update_fields=["status", "sending_since", "attempts", "closing", "headers"])
    return Ready(message, relationship, raw)


@transaction.atomic
def settle(*, message_id: int, handed: Handed, at: datetime) -> Message:
    """Write down what became of a mail that was handed to a server."""
    message = (
        Message.objects.select_for_update(no_key=True, of=("self",))
        .select_related("thread", "mailbox", "brand")
        .get(pk=message_id)
    )
    if message.status != MailStatus.SENDING:
        return message  # it took so long that somebody else has decided
    message.reason = handed.reason[:500]
    match handed.fate:
        case Fate.SENT:
            mark_sent(message, at=at)
            message.reason = _not_reached(handed)
            copies = message.mailbox is not None and message.mailbox.copies_sent
            message.copy_due_at = at if copies else None
        case Fate.PERMANENT:
            message.status = MailStatus.FAILED
        case Fate.UNKNOWN:
            message.status = MailStatus.UNKNOWN
        case Fate.TEMPORARY if message.attempts > len(BACK_OFF):
            message.status = MailStatus.FAILED
        case Fate.TEMPORARY:
            message.status = MailStatus.QUEUED
            message.send_after = at + BACK_OFF[message.attempts - 1]
    message.sending_since = None if message.status == MailStatus.QUEUED else message.sending_since
    message.save()
    if message.mailbox and message.mailbox.smtp_problem:
        Mailbox.objects.filter(pk=message.mailbox.pk).update(smtp_problem="")
    dead = [address for address, words in handed.refused.items() if is_dead_address(words)]
    for address in dead:
        suppressions.suppress_address(
            brand=message.brand,
            address=address,
            reason=SuppressionReason.BOUNCE,
            origin=SuppressionOrigin.MAIL_SERVER,
            at=at,
            note=handed.refused[address],
        )
    if message.status == MailStatus.FAILED and dead:
        stopping.on_bounce(message, at=at)
    return message


def mark_sent(message: Message, *, at: datetime) -> None:
    """Set what a mail that left has; the caller saves `message`. Whoever waited has an answer."""
    message.status, message.sent_at, message.at = MailStatus.SENT, at, at
    thread = message.thread
    thread.last_at = max(thread.last_at, at)
    if message.purpose in {MailPurpose.REPLY, ""}:
        thread.reply_waiting_since = None
    thread.save(update_fields=["last_at", "reply_waiting_since"])
    told_by_mail(message, at=at)


@transaction.atomic
def sweep(*, at: datetime) -> int:
    """Mails that were being sent when somebody died: it is not known whether they left."""
    lost = Message.objects.select_for_update(no_key=True, skip_locked=True).filter(
        status=MailStatus.SENDING, sending_since__lt=at - LEASE
    )
    return Message.objects.filter(pk__in=[message.pk for message in lost]).update(
        status=MailStatus.UNKNOWN,
        reason="Rapport was stopped while it was being sent. Look into the folder of sent mail.",
    )


def written(message: Message, at: datetime) -> bytes:
    """The mail as the bytes that go out, with what it said and wore when it was taken."""
    return writing.raw(
        message,
        text="\n\n".join(filter(None, [message.text, message.closing])),
        headers=message.headers,
        files=attachments.stored(message),
        at=at,
    )


def _verdict(
    relationship: Relationship, mailbox: Mailbox, message: Message, at: datetime
) -> Verdict:
    """Of all recipients together: each of them must be one we may write to."""
    verdict = Verdict()
    for address in dict.fromkeys([*message.to, *message.cc]):
        verdict = may_send(
            relationship=relationship,
            mailbox=mailbox,
            to=address,
            purpose=message.purpose,
            at=at,
            message=message,
        )
        if not verdict.allowed:
            break
    return verdict


@transaction.atomic
def _hand_back(message: Message, mailbox: Mailbox, trouble: str, at: datetime) -> None:
    """The server was never reached: all that is due there waits, and the mailbox says why."""
    Message.objects.filter(pk=message.pk, status=MailStatus.SENDING).update(
        status=MailStatus.QUEUED, sending_since=None, attempts=message.attempts - 1
    )
    Message.objects.filter(mailbox=mailbox, status=MailStatus.QUEUED, send_after__lte=at).update(
        send_after=at + NO_SERVER, reason=trouble[:500]
    )
    Mailbox.objects.filter(pk=mailbox.pk).update(smtp_problem=trouble[:300])


def _not_reached(handed: Handed) -> str:
    if not handed.refused:
        return ""
    said = "; ".join(f"{address} ({words})" for address, words in handed.refused.items())
    return f"Not delivered to: {said}"[:500]
