"""Write a mail, queue it for sending, take it back. Nothing leaves the house here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import make_msgid

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from crm import audit
from crm.choices import ContactKind, MailDirection, MailKind, MailPurpose, MailStatus
from crm.models import (
    Attachment,
    ContactPoint,
    Mailbox,
    Message,
    Relationship,
    Representation,
    Thread,
    User,
)
from crm.outreach import attachments, merge_fields
from crm.outreach.parsing import File

SUBJECT_MAX = 400
TEXT_MAX = 100_000
RECIPIENTS_MAX = 20
# What may still be changed, and queued.
EDITABLE = (MailStatus.DRAFT, MailStatus.REFUSED, MailStatus.FAILED)


class MailRefused(Exception):
    """The mail is not written or not queued; the message is fit for the user."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        # Of a form: subject, text, to, cc or mailbox; empty where it is about the whole.
        self.field = field


@transaction.atomic
def compose(
    *,
    relationship: Relationship,
    mailbox: Mailbox,
    author: User | None,
    subject: str,
    text: str,
    purpose: MailPurpose,
    at: datetime,
    to: Sequence[str] = (),
    cc: Sequence[str] | None = None,
    thread: Thread | None = None,
    headers: Mapping[str, str] | None = None,
) -> Message:
    """A draft to the creator of `relationship`. Raises MailRefused.

    Without `to` it goes to the creator's e-mail address in the brand's file; without `cc` in copy
    to the agents who want that. Without `thread` a new one begins; in a thread it answers the
    newest mail. `headers` go out with it as they are.
    """
    if mailbox.brand_id != relationship.brand_id:
        raise MailRefused("This mailbox is of another brand.", field="mailbox")
    if author and mailbox.owner_id not in {None, author.pk}:
        raise MailRefused(
            f"{mailbox} is the own mailbox of {mailbox.owner}; only they write from it.",
            field="mailbox",
        )
    if thread and thread.relationship_id != relationship.pk:
        raise MailRefused(f"This conversation is not with {relationship.creator}.")
    recipients = _addresses(to, "to") or [address_of(relationship)]
    message = Message(
        brand_id=relationship.brand_id,
        mailbox=mailbox,
        direction=MailDirection.OUT,
        status=MailStatus.DRAFT,
        purpose=purpose,
        author=author,
        message_id=make_msgid(domain=mailbox.address.rpartition("@")[2]),
        from_address=mailbox.address,
        from_name=mailbox.name,
        to=recipients,
        cc=[
            address
            for address in _addresses(in_copy(relationship) if cc is None else cc, "cc")
            if address not in recipients
        ],
        subject=_subject(subject),
        text=_text(text),
        headers=dict(headers or {}),
        at=at,
    )
    if thread is None:
        thread = Thread.objects.create(
            brand_id=relationship.brand_id,
            relationship=relationship,
            mailbox=mailbox,
            subject=message.subject,
            created_at=at,
            last_at=at,
        )
    else:
        _answer(message, thread)
    message.thread = thread
    message.save()
    return message


@transaction.atomic
def change_draft(
    *,
    message_id: int,
    subject: str,
    text: str,
    to: Sequence[str],
    cc: Sequence[str],
    mailbox: Mailbox,
    actor: User,
    at: datetime,
) -> Message:
    """Change what has not left yet. Raises MailRefused."""
    message = _locked(message_id, "changed")
    if mailbox.brand_id != message.brand_id or mailbox.owner_id not in {None, actor.pk}:
        raise MailRefused("You cannot write from this mailbox.", field="mailbox")
    message.subject, message.text = _subject(subject), _text(text)
    message.to, message.cc = _addresses(to, "to"), _addresses(cc, "cc")
    if not message.to:
        raise MailRefused("Say to whom it goes.", field="to")
    message.mailbox = mailbox
    message.from_address, message.from_name = mailbox.address, mailbox.name
    message.author, message.at = actor, at
    message.status, message.reason = MailStatus.DRAFT, ""
    message.save()
    return message


@transaction.atomic
def queue(
    *, message_id: int, actor: User | None, at: datetime, send_after: datetime | None = None
) -> Message:
    """Let the sender take a draft, now or at `send_after`. Raises MailRefused.

    `message_id` is the row's number. Queued already: stays as it is. Whether it may go is asked
    again at the moment of sending.
    """
    message = _locked(message_id, "sent", also=(MailStatus.QUEUED,))
    if message.status == MailStatus.QUEUED:
        return message
    if message.mailbox is None:
        raise MailRefused("Its mailbox is gone. Choose another.", field="mailbox")
    if empty := merge_fields.used(f"{message.subject}\n{message.text}"):
        words = ", ".join("{{" + key + "}}" for key in empty)
        raise MailRefused(f"Nothing is filled in yet for {words}.", field="text")
    relationship = message.thread.relationship
    message.status, message.reason = MailStatus.QUEUED, ""
    message.send_after, message.attempts = send_after or at, 0
    message.save(update_fields=["status", "reason", "send_after", "attempts"])
    if relationship:
        audit.record(
            brand=relationship.brand,
            verb="crm.mail.queued",
            target=relationship,
            actor=actor,
            at=at,
            data={"message": message.pk, "purpose": message.purpose},
            label=relationship.creator.name,
        )
    return message


@transaction.atomic
def take_back(*, message_id: int, actor: User | None, at: datetime) -> Message:
    """Make a queued mail a draft again. Raises MailRefused where it is on its way or gone."""
    message = Message.objects.select_for_update(no_key=True, of=("self",)).get(pk=message_id)
    if message.status != MailStatus.QUEUED:
        raise MailRefused(f"It is too late: {_standing(message)}.")
    message.status, message.send_after, message.reason = MailStatus.DRAFT, None, ""
    message.save(update_fields=["status", "send_after", "reason"])
    relationship = message.thread.relationship
    if relationship:
        audit.record(
            brand=relationship.brand,
            verb="crm.mail.taken_back",
            target=relationship,
            actor=actor,
            at=at,
            data={"message": message.pk},
            label=relationship.creator.name,
        )
    return message


@transaction.atomic
def discard(*, message_id: int) -> None:
    """Throw a draft away, and its thread where nothing else is in it. Raises MailRefused."""
    message = _locked(message_id, "thrown away")
    thread = message.thread
    message.delete()
    if not thread.mails.exists():
        thread.delete()


def purpose_of(relationship: Relationship, thread: Thread | None = None) -> MailPurpose:
    """What a mail written now would be: an answer, a follow-up, or the first one."""
    if thread and thread.mails.filter(direction=MailDirection.IN, kind=MailKind.PERSONAL).exists():
        return MailPurpose.REPLY
    sent = Message.objects.filter(
        thread__relationship=relationship, direction=MailDirection.OUT, sent_at__isnull=False
    )
    return MailPurpose.FOLLOW_UP if sent.exists() else MailPurpose.FIRST


@transaction.atomic
def attach(*, message_id: int, file: File) -> Attachment:
    """Hang a file on what has not left yet. Raises MailRefused."""
    message = _locked(message_id, "changed")
    hung = sum(message.attachments.values_list("size", flat=True))
    if hung + len(file.content) > attachments.SIZE_MAX:
        most = attachments.SIZE_MAX // 1_048_576
        raise MailRefused(f"The files of a mail have {most} MB at most, together.", field="file")
    if not file.content:
        raise MailRefused(f"{file.name} is empty.", field="file")
    return attachments.keep(brand=message.brand, message=message, file=file)


def address_of(relationship: Relationship) -> str:
    """The creator's e-mail address in the brand's file. Raises MailRefused where there is none."""
    address = (
        ContactPoint.objects.usable()
        .filter(
            brand_id=relationship.brand_id,
            creator_id=relationship.creator_id,
            kind=ContactKind.EMAIL,
        )
        .order_by("pk")
        .values_list("value", flat=True)
        .first()
    )
    if address is None:
        raise MailRefused(
            f"There is no e-mail address of {relationship.creator} yet. Add one on their page.",
            field="to",
        )
    return address


def in_copy(relationship: Relationship) -> list[str]:
    """The addresses of the creator's agents to whom mails go in copy."""
    agents = Representation.objects.filter(
        creator_id=relationship.creator_id, agent__brand_id=relationship.brand_id, in_copy=True
    ).order_by("pk")
    return [emails[0] for emails in agents.values_list("agent__emails", flat=True) if emails]


def _answer(message: Message, thread: Thread) -> None:
    """Make `message` an answer to the newest mail of `thread` that has been sent or received."""
    newest = (
        thread.mails.filter(status__in=[MailStatus.SENT, MailStatus.RECEIVED])
        .order_by("-at", "-pk")
        .first()
    )
    if newest:
        message.in_reply_to = newest.message_id
        # The first tells the thread and the last ones the place: headers do not grow for ever.
        chain = [*newest.references, newest.message_id]
        message.references = chain if len(chain) <= 20 else [chain[0], *chain[-19:]]


def _locked(message_id: int, verb: str, *, also: Sequence[MailStatus] = ()) -> Message:
    message = (
        Message.objects.select_for_update(no_key=True, of=("self",))
        .select_related("thread__relationship__brand", "thread__relationship__creator", "mailbox")
        .get(pk=message_id)
    )
    if message.status not in {*EDITABLE, *also}:
        raise MailRefused(f"It cannot be {verb} any more: {_standing(message)}.")
    return message


def _standing(message: Message) -> str:
    return MailStatus(message.status).label.lower()


def _subject(subject: str) -> str:
    subject = " ".join(subject.split())
    if not subject:
        raise MailRefused("Write a subject.", field="subject")
    if len(subject) > SUBJECT_MAX:
        raise MailRefused(
            f"The subject has {len(subject)} characters; {SUBJECT_MAX} are the most.",
            field="subject",
        )
    return subject


def _text(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not text:
        raise MailRefused("The mail is empty.", field="text")
    if len(text) > TEXT_MAX:
        raise MailRefused(
            f"The mail has {len(text):,} characters; {TEXT_MAX:,} are the most.", field="text"
        )
    return text


def _addresses(given: Sequence[str], field: str) -> list[str]:
    addresses = list(dict.fromkeys(item.strip().lower() for item in given if item.strip()))
    if len(addresses) > RECIPIENTS_MAX:
        raise MailRefused(f"{RECIPIENTS_MAX} addresses are the most.", field=field)
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError:
            raise MailRefused(f"“{address[:100]}” is not an e-mail address.", field=field) from None
    return addresses
