"""Fetch new mail of a mailbox: in order, resumable, each mail once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from crm.choices import FolderKind, MailStatus
from crm.models import Mailbox, MailFolder, Message
from crm.outreach import imap, parsing
from crm.outreach.servers import ServerTrouble, imap_of
from crm.services.mail.receiving import take_in
from crm.services.mail.sending import mark_sent

# For so long a worker that fetches keeps others away, should it die.
LEASE = timedelta(minutes=15)
BATCH = 200
# When a folder's numbers start anew, so much of it is looked at again; what is known is passed.
LOOK_BACK = timedelta(days=3)


def due(*, at: datetime) -> list[int]:
    """The mailboxes that have a server to fetch from and that nobody fetches right now."""
    free = Q(fetching_since=None) | Q(fetching_since__lt=at - LEASE)
    boxes = Mailbox.objects.in_service().filter(free).exclude(imap_host="")
    return list(boxes.order_by("fetched_at", "pk").values_list("pk", flat=True))


def fetch(*, mailbox_id: int, at: datetime, limit: int = BATCH) -> int:
    """File what is new in a mailbox's folders; returns how many mails were looked at.

    What goes wrong with the server is kept at the mailbox, in words. Whoever fetches already is
    left alone.
    """
    if not _lease(mailbox_id, at):
        return 0
    mailbox = Mailbox.objects.select_related("brand").get(pk=mailbox_id)
    trouble, count = "", 0
    try:
        server = imap_of(mailbox)
        if server is not None:
            with imap.connection(server) as folders:
                for kind, name in _folders(mailbox):
                    folder = _folder(mailbox, kind, folders.open(name), folders, at)
                    count += _read(mailbox, folder, folders, at=at, limit=limit - count)
    except ServerTrouble as error:
        trouble = str(error)
    finally:
        Mailbox.objects.filter(pk=mailbox_id).update(fetching_since=None)
    Mailbox.objects.filter(pk=mailbox_id).update(
        imap_problem=trouble[:300], **({} if trouble else {"fetched_at": at})
    )
    return count


def look_for_unknown(*, mailbox_id: int, at: datetime) -> int:
    """Mails of which it is not known whether they left: in the folder of sent mail they have.

    Returns how many were found. Raises nothing: the server may be away as well.
    """
    mailbox = Mailbox.objects.select_related("brand").get(pk=mailbox_id)
    unsure = Message.objects.filter(
        mailbox=mailbox, status=MailStatus.UNKNOWN, sending_since__gte=at - LOOK_BACK
    )
    found = 0
    try:
        server = imap_of(mailbox)
        if server is None or not mailbox.imap_sent_folder or not unsure.exists():
            return 0
        with imap.connection(server) as folders:
            folders.open(mailbox.imap_sent_folder)
            for message in unsure.order_by("pk")[:50]:
                if folders.holds(message.message_id):
                    found += _has_left(message.pk, at)
    except ServerTrouble:
        return found
    return found


def _lease(mailbox_id: int, at: datetime) -> bool:
    with transaction.atomic():
        mailbox = Mailbox.objects.select_for_update(no_key=True).filter(pk=mailbox_id).first()
        if mailbox is None or (mailbox.fetching_since and mailbox.fetching_since > at - LEASE):
            return False
        mailbox.fetching_since = at
        mailbox.save(update_fields=["fetching_since"])
    return True


def _folders(mailbox: Mailbox) -> list[tuple[FolderKind, str]]:
    # Sent mail first: an answer that was written elsewhere is there before the next question.
    both = ((FolderKind.SENT, mailbox.imap_sent_folder), (FolderKind.INBOX, mailbox.imap_folder))
    return [(kind, name) for kind, name in both if name]


def _folder(
    mailbox: Mailbox, kind: FolderKind, state: imap.FolderState, folders: imap.Folders, at: datetime
) -> MailFolder:
    """How far the open folder is read; from its beginning where its numbers hold no more."""
    folder = MailFolder.objects.filter(mailbox=mailbox, kind=kind).first()
    if folder and (folder.name, folder.uidvalidity) == (state.name, state.uidvalidity):
        return folder
    since = mailbox.created_at
    if folder and folder.name == state.name:
        since = max(since, (mailbox.fetched_at or at) - LOOK_BACK)
    uids = folders.numbers_since(since.date())
    before = uids[0] - 1 if uids else folders.last_number()
    return MailFolder.objects.update_or_create(
        mailbox=mailbox,
        kind=kind,
        defaults={"name": state.name, "uidvalidity": state.uidvalidity, "last_uid": before},
    )[0]


def _read(
    mailbox: Mailbox, folder: MailFolder, folders: imap.Folders, *, at: datetime, limit: int
) -> int:
    count = 0
    for fetched in folders.fetch(folders.numbers_after(folder.last_uid)[:limit]):
        mail = parsing.read(fetched.raw, is_whole=fetched.is_whole, size=fetched.size)
        with transaction.atomic():
            take_in(mailbox=mailbox, folder=FolderKind(folder.kind), mail=mail, at=at)
            MailFolder.objects.filter(pk=folder.pk).update(last_uid=fetched.uid)
        count += 1
    return count


@transaction.atomic
def _has_left(message_id: int, at: datetime) -> int:
    from_there = Message.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "thread"
    )
    message = from_there.get(pk=message_id)
    if message.status != MailStatus.UNKNOWN:
        return 0
    mark_sent(message, at=message.sending_since or at)
    message.reason = ""
    message.save()
    return 1
