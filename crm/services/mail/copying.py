"""Put what was sent into the mailbox's own folder of sent mail, where its owner looks for it.

The mail has left by then: whatever becomes of the copy, nothing is sent again. A copy that is there
already is not put there twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from email.errors import MessageError

from django.conf import settings

from crm.models import Mailbox, Message
from crm.outreach import imap
from crm.outreach.servers import ServerTrouble, imap_of
from crm.services.mail.sending import written

# For so long a worker that copies keeps others away from a mail, should it die.
LEASE = timedelta(minutes=10)
# A server that is away is asked again, for a day.
AGAIN = timedelta(minutes=30)
GIVE_UP = timedelta(days=1)
BATCH = 50


def copy_sent(*, mailbox_id: int, at: datetime) -> int:
    """Copy what the mailbox has sent and that is due; returns how many copies are there now.

    Raises nothing: why a copy is not there is kept at its mail, in words.
    """
    # A copy of a production database writes into nobody's folders.
    ids = _claim(mailbox_id, at) if settings.MAIL_DELIVERY else []
    if not ids:
        return 0
    mailbox = Mailbox.objects.select_related("brand").get(pk=mailbox_id)
    mails = list(Message.objects.filter(pk__in=ids).order_by("sent_at", "pk"))
    if not mailbox.copies_sent:
        Message.objects.filter(pk__in=ids).update(copy_due_at=None)
        return 0
    done = 0
    try:
        server = imap_of(mailbox)
        if server is None:
            return 0
        with imap.connection(server) as folders:
            folders.open(mailbox.imap_sent_folder)
            while done < len(mails):
                _copy(mails[done], mailbox.imap_sent_folder, folders, at)
                done += 1
    except ServerTrouble as trouble:
        for mail in mails[done:]:
            _not_yet(mail, str(trouble), at)
    return done


def _claim(mailbox_id: int, at: datetime) -> list[int]:
    """The mails whose turn it is; no other worker takes them until the lease is over."""
    due = Message.objects.filter(mailbox=mailbox_id, copy_due_at__lte=at)
    wanted = list(due.order_by("copy_due_at", "pk").values_list("pk", flat=True)[:BATCH])
    return [pk for pk in wanted if due.filter(pk=pk).update(copy_due_at=at + LEASE)]


def _copy(mail: Message, folder: str, folders: imap.Folders, at: datetime) -> None:
    problem = ""
    if not folders.holds(mail.message_id):
        try:
            raw = written(mail, mail.sent_at or at)
        except (ValueError, LookupError, OSError, MessageError) as error:
            problem = f"It cannot be written again: {error}"[:300]
        else:
            folders.put(raw, folder=folder, at=mail.sent_at or at)
    Message.objects.filter(pk=mail.pk).update(copy_due_at=None, copy_problem=problem)


def _not_yet(mail: Message, trouble: str, at: datetime) -> None:
    is_late = at - (mail.sent_at or at) >= GIVE_UP
    Message.objects.filter(pk=mail.pk).update(
        copy_due_at=None if is_late else at + AGAIN, copy_problem=trouble[:300]
    )
