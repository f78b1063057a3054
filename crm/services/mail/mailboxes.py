"""Mailboxes: who writes from where, and whether their servers answer."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TypedDict, cast

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm import audit
from crm.choices import MailStatus
from crm.models import Brand, Mailbox, Message, Thread, User
from crm.outreach import imap, secrets, writing
from crm.outreach.servers import (
    Server,
    ServerTrouble,
    imap_of,
    may_connect,
    no_delivery,
    smtp_of,
)
from crm.outreach.smtp import Fate, Outbox

# A password is for one server and one user: whoever changes these has to know it.
_PLACE = {
    "smtp": ("smtp_host", "smtp_port", "smtp_security", "smtp_user"),
    "imap": ("imap_host", "imap_port", "imap_security", "imap_user"),
}

PORTS = {"smtp_port": 465, "imap_port": 993}


class MailboxRefused(Exception):
    """The mailbox stays as it is; the message is fit for the user, `field` says where."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class Settings(TypedDict, total=False):
    """What can be set of a mailbox; what is left out stays."""

    address: str
    name: str
    owner: User | None
    signature: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    imap_host: str
    imap_port: int
    imap_security: str
    imap_user: str
    imap_folder: str
    imap_sent_folder: str
    copies_sent: bool
    dropbox_address: str
    keeps_unmatched: bool
    daily_cap: int
    daily_new_cap: int
    is_paused: bool


@transaction.atomic
def save(
    *,
    brand: Brand,
    mailbox: Mailbox | None,
    values: Settings,
    passwords: dict[str, str],
    actor: User,
    at: datetime,
) -> Mailbox:
    """Add a mailbox, or change one. Raises MailboxRefused.

    `passwords` has "smtp" and "imap"; empty: the stored one stays, as long as server and user do.
    """
    if mailbox is None:
        found, before = Mailbox(brand=brand, created_at=at), Mailbox()
    else:
        found = Mailbox.objects.select_for_update(no_key=True).get(pk=mailbox.pk, brand=brand)
        before = Mailbox.objects.get(pk=mailbox.pk)
    for name, value in values.items():
        setattr(found, name, value)
    found.address = found.address.strip().lower()
    found.dropbox_address = found.dropbox_address.strip().lower()
    for kind, place in _PLACE.items():
        host = getattr(found, f"{kind}_host").strip().lower()
        setattr(found, f"{kind}_host", host)
        if host and not may_connect(host):
            raise MailboxRefused(
                f"The operator of this installation does not allow {host} (MAIL_HOSTS).",
                field=f"{kind}_host",
            )
        has_moved = any(getattr(found, name) != getattr(before, name) for name in place)
        if passwords.get(kind):
            setattr(found, f"{kind}_secret", secrets.encrypt(passwords[kind]))
        elif has_moved and getattr(found, f"{kind}_secret"):
            raise MailboxRefused(
                "The server or its user is another one now: enter the password again.",
                field=f"{kind}_password",
            )
    if found.copies_sent and not (found.imap_host and found.imap_sent_folder):
        raise MailboxRefused(
            "Say in which folder of the IMAP server sent mail lies, or leave copies out.",
            field="imap_sent_folder",
        )
    try:
        found.full_clean(exclude=["brand", "owner"], validate_constraints=False)
        with transaction.atomic():
            found.save()
    except ValidationError as error:
        field, words = next(iter(error.message_dict.items()))
        raise MailboxRefused(words[0], field=field) from error
    except IntegrityError as error:
        raise MailboxRefused(
            f"There is a mailbox {found.address} already.", field="address"
        ) from error
    changed = sorted(
        name for name in values if mailbox is None or getattr(found, name) != getattr(before, name)
    )
    changed += [f"{kind}_password" for kind in ("smtp", "imap") if passwords.get(kind)]
    if changed:
        audit.record(
            brand=brand,
            verb="crm.mailbox.changed" if mailbox else "crm.mailbox.added",
            target=found,
            actor=actor,
            at=at,
            data={"changed": changed},
            label=f"mailbox {found.pk}",
        )
    return found


@transaction.atomic
def remove(*, mailbox: Mailbox, actor: User, at: datetime) -> None:
    """Take a mailbox away with its passwords; what was said from it stays, what waits stops.

    Of somebody's own mailbox, mail that is about no creator goes with it: it is nobody else's.
    """
    if mailbox.owner_id is not None:
        Thread.objects.filter(mailbox=mailbox, relationship=None).delete()
    Message.objects.filter(mailbox=mailbox, status=MailStatus.QUEUED).update(
        status=MailStatus.REFUSED, reason="Its mailbox was taken away. Choose another."
    )
    pk = mailbox.pk
    mailbox.delete()
    mailbox.pk = pk
    audit.record(
        brand=mailbox.brand,
        verb="crm.mailbox.removed",
        target=mailbox,
        actor=actor,
        at=at,
        label=f"mailbox {pk}",
    )


def send_test(*, mailbox: Mailbox, to: User, at: datetime) -> str:
    """Send a mail to the person who asks; says what the server said. Raises ServerTrouble."""
    if reason := no_delivery(mailbox):
        raise ServerTrouble(reason)
    mail = EmailMessage(policy=writing.POLICY)
    mail["From"], mail["To"] = mailbox.address, to.email
    mail["Subject"] = f"Test of {mailbox.address}"
    mail["Date"], mail["Message-ID"] = format_datetime(at), make_msgid(domain="rapport.invalid")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("This mail shows that Rapport can send from this mailbox.\n")
    server = smtp_of(mailbox)
    try:
        with Outbox(server) as outbox:
            handed = outbox.hand_over(
                sender=mailbox.address, to=[to.email], cc=[], raw=mail.as_bytes()
            )
    except ServerTrouble as trouble:
        _note(mailbox, smtp_problem=str(trouble))
        raise
    if handed.fate is not Fate.SENT:
        _note(mailbox, smtp_problem=handed.reason)
        raise ServerTrouble(handed.reason)
    _note(mailbox, smtp_problem="")
    return f"Sent to {to.email} {_through(server)}."


def check_imap(*, mailbox: Mailbox) -> str:
    """Log in and open the folders; says what is there. Raises ServerTrouble."""
    if not mailbox.imap_host:
        raise ServerTrouble("There is no IMAP server to fetch from. Enter one first.")
    counts = []
    try:
        server = cast("Server", imap_of(mailbox))
        with imap.connection(server) as folders:
            for name in filter(None, (mailbox.imap_folder, mailbox.imap_sent_folder)):
                folders.open(name)
                counts.append(f"“{name}” has {folders.size():,} mails")
    except ServerTrouble as trouble:
        _note(mailbox, imap_problem=str(trouble))
        raise
    _note(mailbox, imap_problem="")
    return f"{server.host}:{server.port} lets us in; {' and '.join(counts)}."


def _through(server: Server | None) -> str:
    return f"through {server.host}:{server.port}" if server else "through the installation's server"


def _note(mailbox: Mailbox, **problems: str) -> None:
    cut = {name: words[:300] for name, words in problems.items()}
    Mailbox.objects.filter(pk=mailbox.pk).update(**cut)
