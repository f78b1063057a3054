"""File a mail that came from a server: once, in the right thread, with what follows from it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from crm.choices import (
    FolderKind,
    MailDirection,
    MailKind,
    MailStatus,
    NotificationKind,
    SuppressionOrigin,
    SuppressionReason,
)
from crm.models import Brand, Mailbox, Message, Relationship, Thread, User
from crm.outreach import attachments, matching
from crm.outreach.bounces import Failure, is_dead_address
from crm.outreach.matching import Place
from crm.outreach.parsing import Received
from crm.services.mail.sending import mark_sent
from crm.services.notifications import notify_all
from crm.services.outreach import stopping, suppressions


@transaction.atomic
def take_in(
    *, mailbox: Mailbox, folder: FolderKind, mail: Received, at: datetime
) -> Message | None:
    """File `mail`; None where it is not ours to keep. Fetched before: nothing happens.

    `mailbox` is read with its brand.
    """
    brand = mailbox.brand
    there = Message.objects.filter(brand=brand, message_id=mail.message_id).first()
    if there:
        return _seen_again(there, folder, at)
    if mail.report:
        return _file_report(mailbox, mail, at)
    is_ours = _is_ours(mailbox, folder, mail)
    place = matching.place(brand=brand, mail=mail, is_ours=is_ours, mailbox=mailbox, at=at)
    is_known = place.relationship is not None or place.thread is not None
    # What colleagues write to others is none of our business; what strangers write may be.
    if not is_known and (is_ours or not mailbox.keeps_unmatched):
        return None
    when = min(mail.at or at, at)
    message = _file(mailbox, mail, place, is_ours=is_ours, when=when)
    if message is None:
        return None
    thread = message.thread
    thread.last_at = max(thread.last_at, when)
    if is_ours:
        waited = thread.reply_waiting_since
        thread.reply_waiting_since = None if waited and waited <= when else waited
    elif message.kind == MailKind.PERSONAL:
        thread.set_aside_at = None
        if not _is_answered(thread, when):
            thread.reply_waiting_since = thread.reply_waiting_since or when
    thread.save(update_fields=["last_at", "reply_waiting_since", "set_aside_at"])
    if not is_ours and thread.relationship:
        follow_up(message=message, relationship=thread.relationship, at=at)
    return message


def follow_up(*, message: Message, relationship: Relationship, at: datetime) -> None:
    """What a mail of a creator sets off: sequences stop, and who wrote to them is told."""
    if message.kind != MailKind.PERSONAL or message.direction != MailDirection.IN:
        return
    stopping.on_reply(message)
    box = message.thread.mailbox
    last = (
        message.thread.mails.filter(direction=MailDirection.OUT, author__isnull=False)
        .order_by("-at", "-pk")
        .values_list("author", flat=True)
        .first()
    )
    told = {relationship.owner_id, box.owner_id if box else None, last}
    people = User.objects.filter(
        pk__in=[pk for pk in told if pk is not None], roles__brand=relationship.brand
    )
    notify_all(
        users=people,
        brand=relationship.brand,
        kind=NotificationKind.REPLY,
        text=f"{relationship.creator} wrote: {message.subject}",
        url=reverse("crm:thread", args=[relationship.brand.slug, message.thread_id]),
        at=at,
        key=f"mail:{message.pk}",
    )


def _seen_again(message: Message, folder: FolderKind, at: datetime) -> Message:
    """In the folder of sent mail, a mail that we were not sure of has left."""
    unsure = {MailStatus.UNKNOWN, MailStatus.SENDING}
    if folder == FolderKind.SENT and message.status in unsure:
        locked = Message.objects.select_for_update(no_key=True, of=("self",)).select_related(
            "thread"
        )
        message = locked.get(pk=message.pk)
        if message.status in unsure:
            mark_sent(message, at=message.sending_since or at)
            message.reason = ""
            message.save()
    return message


def _is_ours(mailbox: Mailbox, folder: FolderKind, mail: Received) -> bool:
    """Whether somebody of the brand wrote it: it lies with the sent mail, or came in blind copy."""
    if folder == FolderKind.SENT:
        return True
    box = mailbox.dropbox_address
    return (
        bool(box)
        and box in {*mail.delivered_to, *mail.recipients}
        and mail.from_address in matching.own_addresses(mailbox.brand)
    )


def _file(
    mailbox: Mailbox, mail: Received, place: Place, *, is_ours: bool, when: datetime
) -> Message | None:
    """The message with its files; None where another worker has just filed it."""
    brand = mailbox.brand
    thread = place.thread or Thread(
        brand=brand,
        relationship=place.relationship,
        mailbox=mailbox,
        subject=mail.subject,
        created_at=when,
        last_at=when,
    )
    message = Message(
        brand=brand,
        mailbox=mailbox,
        direction=MailDirection.OUT if is_ours else MailDirection.IN,
        status=MailStatus.SENT if is_ours else MailStatus.RECEIVED,
        kind=MailKind.PERSONAL if is_ours else mail.kind,
        author=_author(brand, mail) if is_ours else None,
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to,
        references=list(mail.references),
        from_address=mail.from_address,
        from_name=mail.from_name,
        to=list(mail.to),
        cc=list(mail.cc),
        subject=mail.subject,
        text=mail.text,
        quoted=mail.quoted,
        at=when,
        sent_at=when if is_ours else None,
    )
    try:
        with transaction.atomic():
            if place.thread is None:
                thread.save()
            message.thread = thread
            message.save(force_insert=True)
    except IntegrityError:
        return None
    for file in mail.files[: attachments.FILES_MAX]:
        attachments.keep(brand=brand, message=message, file=file)
    return message


def _author(brand: Brand, mail: Received) -> User | None:
    return User.objects.filter(roles__brand=brand, email__iexact=mail.from_address).first()


def _is_answered(thread: Thread, when: datetime) -> bool:
    """Folders are read one after the other: the answer may have been seen before the question."""
    return thread.mails.filter(status=MailStatus.SENT, sent_at__gt=when).exists()


def _file_report(mailbox: Mailbox, mail: Received, at: datetime) -> Message | None:
    """A delivery report goes to the mail it is about; without one it goes nowhere."""
    report = mail.report
    brand = mailbox.brand
    about = (
        Message.objects.select_for_update(no_key=True, of=("self",))
        .select_related("thread__relationship")
        .filter(
            brand=brand,
            direction=MailDirection.OUT,
            message_id__in=report.message_ids if report else (),
        )
        .first()
    )
    if about is None or report is None:
        return None
    place = Place(about.thread, about.thread.relationship)
    message = _file(mailbox, mail, place, is_ours=False, when=min(mail.at or at, at))
    if message is None or not report.failures:
        return message
    words = "; ".join(
        f"{failure.address}: {failure.text or failure.status or failure.action}"
        for failure in report.failures
    )
    gone = {failure.address for failure in report.permanent}
    # Forwarding hides the address that we wrote to: then the report is about the first one.
    is_lost = bool(gone) and (bool(gone & set(about.to)) or not gone & set(about.cc))
    about.reason = (words if gone else f"Delayed: {words}")[:500]
    if is_lost and about.status in {MailStatus.SENT, MailStatus.UNKNOWN}:
        about.status = MailStatus.BOUNCED
        about.sent_at = about.sent_at or about.sending_since or at
    about.save(update_fields=["reason", "status", "sent_at"])
    _suppress(brand, about, report.permanent, at)
    if about.status == MailStatus.BOUNCED:
        stopping.on_bounce(about, at=at)
    return message


def _suppress(brand: Brand, about: Message, failures: tuple[Failure, ...], at: datetime) -> None:
    """Addresses of the mail that do not exist are written to no more."""
    for failure in failures:
        if failure.address in {*about.to, *about.cc} and is_dead_address(
            f"{failure.status} {failure.text}"
        ):
            suppressions.suppress_address(
                brand=brand,
                address=failure.address,
                reason=SuppressionReason.BOUNCE,
                origin=SuppressionOrigin.MAIL_SERVER,
                at=at,
                note=failure.text,
            )
