"""Mail between a brand and its creators: who sends it, what was said, and what hung on it.

The text of mails, the addresses and the files are personal data of one brand: nothing here is ever
shown to another, and the audit ledger gets numbers of rows, never their content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left, Lower
from django.utils import timezone

from crm.choices import (
    FolderKind,
    MailDirection,
    MailKind,
    MailPurpose,
    MailSecurity,
    MailStatus,
)
from crm.models.brands import Brand, User, UserRole
from crm.models.relationships import Relationship

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# What a mail of ours can be: the rest is what came in.
OUTGOING = tuple(status for status in MailStatus.values if status != MailStatus.RECEIVED)
# A mail as the search compares it: an index holds no more of a text than some 100,000 letters.
SUBJECT_FOLDED = models.Func("subject", function="crm_fold", output_field=models.TextField())
TEXT_FOLDED = models.Func(
    models.Func("text", models.Value(100_000), function="left"),
    function="crm_fold",
    output_field=models.TextField(),
)
# Written, and not on its way: somebody has to do something, or throw it away.
UNSENT = (MailStatus.DRAFT, MailStatus.REFUSED, MailStatus.FAILED, MailStatus.UNKNOWN)


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Mailboxes of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_service(self) -> Self:
        """The shared ones, and those whose owner still has a role in the brand."""
        here = UserRole.objects.filter(user=OuterRef("owner"), brand=OuterRef("brand"))
        return self.filter(models.Q(owner=None) | models.Exists(here))

    def usable_by(self, user: User) -> Self:
        """From which `user` may write: the shared ones and their own."""
        return self.filter(models.Q(owner=None) | models.Q(owner=user)).order_by("address", "pk")


class Mailbox(models.Model):
    """An address from which a brand writes, and the servers behind it.

    Without an SMTP server of its own it sends through the installation's (EMAIL_URL). Without an
    IMAP server nothing is fetched. Passwords are encrypted (crm/outreach/secrets.py).
    """

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="mailboxes"
    )
    # Whose it is; nobody's: shared by all who may send.
    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    address = models.EmailField()
    name = models.CharField(max_length=120, help_text="Shown to the recipient beside the address.")
    signature = models.TextField(max_length=2_000, blank=True, default="")

    smtp_host = models.CharField(max_length=253, blank=True, default="")
    smtp_port = models.PositiveIntegerField(
        default=465, validators=[MinValueValidator(1), MaxValueValidator(65_535)]
    )
    smtp_security = models.CharField(
        max_length=10, choices=MailSecurity.choices, default=MailSecurity.TLS
    )
    smtp_user = models.CharField(max_length=254, blank=True, default="")
    smtp_secret = models.TextField(blank=True, default="", editable=False)

    imap_host = models.CharField(max_length=253, blank=True, default="")
    imap_port = models.PositiveIntegerField(
        default=993, validators=[MinValueValidator(1), MaxValueValidator(65_535)]
    )
    imap_security = models.CharField(
        max_length=10, choices=MailSecurity.choices, default=MailSecurity.TLS
    )
    imap_user = models.CharField(max_length=254, blank=True, default="")
    imap_secret = models.TextField(blank=True, default="", editable=False)
    imap_folder = models.CharField(max_length=200, default="INBOX")
    # What people write with their own mail programme; empty: not read.
    imap_sent_folder = models.CharField(max_length=200, blank=True, default="")
    # What is sent from here is put into that folder too. Many providers do so by themselves.
    copies_sent = models.BooleanField(default=False, db_default=False)
    # A further address of this mailbox: what colleagues send with it in BCC is filed too.
    dropbox_address = models.EmailField(blank=True, default="")
    # False: mail of people who are no creators is passed over and never stored.
    keeps_unmatched = models.BooleanField(default=True)

    daily_cap = models.PositiveIntegerField(
        default=200,
        help_text="Mails a day, the brand's day.",
        validators=[MaxValueValidator(10_000)],
    )
    daily_new_cap = models.PositiveIntegerField(
        default=30, help_text="First mails a day.", validators=[MaxValueValidator(10_000)]
    )
    is_paused = models.BooleanField(default=False)
    # The last thing that went wrong with each server, in words; empty when it works.
    smtp_problem = models.CharField(max_length=300, blank=True, default="")
    imap_problem = models.CharField(max_length=300, blank=True, default="")
    # A worker that fetches says so; the next one waits until it is done or long gone.
    fetching_since = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "address", "pk"]
        verbose_name_plural = "mailboxes"
        constraints = [
            # Fetched twice, each mail would be answered twice.
            models.UniqueConstraint(fields=["brand", "address"], name="crm_mailbox_once"),
            models.CheckConstraint(
                name="crm_mailbox_address_normal",
                condition=models.Q(address=Lower("address")) & ~models.Q(address=""),
            ),
            models.CheckConstraint(
                name="crm_mailbox_security_valid",
                condition=models.Q(smtp_security__in=MailSecurity.values)
                & models.Q(imap_security__in=MailSecurity.values),
            ),
            models.CheckConstraint(
                name="crm_mailbox_copies_somewhere",
                condition=models.Q(copies_sent=False)
                | ~models.Q(imap_host="") & ~models.Q(imap_sent_folder=""),
            ),
        ]

    def __str__(self) -> str:
        return self.address


class MailFolder(models.Model):
    """How far a folder on the server is read."""

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.CASCADE, db_index=False, related_name="folders"
    )
    kind = models.CharField(max_length=10, choices=FolderKind.choices)
    name = models.CharField(max_length=200)
    # Numbers of mails hold for one UIDVALIDITY: when it changes, all are counted anew.
    uidvalidity = models.BigIntegerField()
    last_uid = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "kind"], name="crm_mail_folder_once"),
            models.CheckConstraint(
                name="crm_mail_folder_kind_valid",
                condition=models.Q(kind__in=FolderKind.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id}: {self.name}"


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Threads of the user's brands; what matches no creator only where the mailbox is theirs.

        In somebody's own mailbox, mail that is about no creator is nobody else's business.
        """
        if not user.is_authenticated:
            return self.none()
        about_creator = models.Q(relationship__isnull=False)
        # A mailbox that is gone does not say any more whose it was.
        shared = models.Q(mailbox__isnull=False, mailbox__owner=None)
        theirs = shared | models.Q(mailbox__owner=user)
        return self.filter(about_creator | theirs, brand__in=Brand.objects.visible_to(user))

    def waiting(self) -> Self:
        """In which a creator waits for an answer, the longest first."""
        return self.filter(reply_waiting_since__isnull=False).order_by("reply_waiting_since", "pk")

    def unmatched(self) -> Self:
        """Of nobody yet: a person says whose they are."""
        return self.filter(relationship=None, set_aside_at=None)

    def unsent(self) -> Self:
        """With a mail of ours that has not left."""
        return self.filter(pk__in=Message.objects.filter(status__in=UNSENT).values("thread"))

    def for_list(self) -> Self:
        """With what a line of the inbox shows: the creator, and the beginning of the last mail."""
        last = Message.objects.filter(thread=OuterRef("pk")).order_by("-at", "-pk")
        return self.select_related("relationship__creator", "mailbox").annotate(
            last_text=Subquery(last.values(beginning=Left("text", 200))[:1]),
            last_from=Subquery(last.values("from_name")[:1]),
            last_address=Subquery(last.values("from_address")[:1]),
            last_status=Subquery(last.values("status")[:1]),
        )


class Thread(models.Model):
    """A conversation with one creator; without a relationship it waits to be assigned."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="threads"
    )
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, null=True, blank=True, related_name="threads"
    )
    # Where it takes place; null after the mailbox is gone.
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.SET_NULL, null=True, blank=True, related_name="threads"
    )
    subject = models.CharField(max_length=400, blank=True, default="")
    # Since when the creator waits for an answer; null: nobody waits.
    reply_waiting_since = models.DateTimeField(null=True, blank=True)
    # Somebody said that it is about no creator.
    set_aside_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-pk"]
        indexes = [
            # The inbox: all, newest first; then its two short lists.
            models.Index(fields=["brand", "-last_at", "-id"], name="crm_thread_by_time"),
            models.Index(
                fields=["brand", "reply_waiting_since"],
                condition=models.Q(reply_waiting_since__isnull=False),
                name="crm_thread_waiting",
            ),
            models.Index(
                fields=["brand", "-last_at"],
                condition=models.Q(relationship=None, set_aside_at=None),
                name="crm_thread_unmatched",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or "(no subject)"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Mails of the threads that `user` may see."""
        return self.filter(thread__in=Thread.objects.visible_to(user))


class Message(models.Model):
    """One mail. `message_id` is made by us for what we send, and tells twice-fetched mails."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, db_index=False, related_name="mails"
    )
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.SET_NULL, null=True, blank=True, db_index=False, related_name="+"
    )
    direction = models.CharField(max_length=3, choices=MailDirection.choices)
    status = models.CharField(max_length=10, choices=MailStatus.choices)
    kind = models.CharField(max_length=10, choices=MailKind.choices, default=MailKind.PERSONAL)
    # Of outgoing mail only.
    purpose = models.CharField(max_length=10, choices=MailPurpose.choices, blank=True, default="")
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    # With its angle brackets, as in the header.
    message_id = models.CharField(max_length=400)
    in_reply_to = models.CharField(max_length=400, blank=True, default="")
    references = ArrayField(models.CharField(max_length=400), default=list, blank=True)
    from_address = models.CharField(max_length=254)
    from_name = models.CharField(max_length=200, blank=True, default="")
    to = ArrayField(models.CharField(max_length=254), default=list, blank=True)
    cc = ArrayField(models.CharField(max_length=254), default=list, blank=True)
    subject = models.CharField(max_length=400, blank=True, default="")
    # What this mail says, and what it repeats of earlier ones (shown folded).
    text = models.TextField(blank=True, default="")
    quoted = models.TextField(blank=True, default="")
    # The signature and what the law asks for, as they went out below the text.
    closing = models.TextField(blank=True, default="")
    # Further headers of an outgoing mail, e.g. List-Unsubscribe.
    headers = models.JSONField(default=dict, blank=True)

    # The moment by which it stands in the thread: sent, received, or written.
    at = models.DateTimeField(default=timezone.now)
    send_after = models.DateTimeField(null=True, blank=True)
    sending_since = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Why it was not sent, why it waits, or why it came back; in words.
    reason = models.CharField(max_length=500, blank=True, default="")
    # When a copy is to be put into the folder of sent mail; null: none, or it is there. And why
    # it is not there: whatever becomes of the copy, the mail itself has left.
    copy_due_at = models.DateTimeField(null=True, blank=True)
    copy_problem = models.CharField(max_length=300, blank=True, default="", db_default="")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["thread", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "message_id"], name="crm_message_once"),
            models.CheckConstraint(
                name="crm_message_status_valid",
                condition=models.Q(direction=MailDirection.IN, status=MailStatus.RECEIVED)
                | models.Q(direction=MailDirection.OUT, status__in=OUTGOING),
            ),
            models.CheckConstraint(
                name="crm_message_kind_valid", condition=models.Q(kind__in=MailKind.values)
            ),
            models.CheckConstraint(
                name="crm_message_purpose_valid",
                condition=models.Q(purpose__in=["", *MailPurpose.values]),
            ),
            models.CheckConstraint(
                name="crm_message_queued_when",
                condition=~models.Q(status=MailStatus.QUEUED) | models.Q(send_after__isnull=False),
            ),
            models.CheckConstraint(
                name="crm_message_sending_since",
                condition=~models.Q(status=MailStatus.SENDING)
                | models.Q(sending_since__isnull=False),
            ),
            models.CheckConstraint(
                name="crm_message_sent_when",
                condition=~models.Q(status__in=[MailStatus.SENT, MailStatus.BOUNCED])
                | models.Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            # A thread from its beginning.
            models.Index(fields=["thread", "at", "id"], name="crm_message_in_thread"),
            # What the sender takes next, and what it left behind.
            models.Index(
                fields=["send_after", "id"],
                condition=models.Q(status=MailStatus.QUEUED),
                name="crm_message_queue",
            ),
            models.Index(
                fields=["sending_since"],
                condition=models.Q(status=MailStatus.SENDING),
                name="crm_message_in_flight",
            ),
            # What was written and has not left.
            models.Index(
                fields=["brand", "thread"],
                condition=models.Q(status__in=UNSENT),
                name="crm_message_unsent",
            ),
            # Copies to be put into folders of sent mail.
            models.Index(
                fields=["copy_due_at"],
                condition=models.Q(copy_due_at__isnull=False),
                name="crm_message_to_copy",
            ),
            # The search for words, as in notes.
            GinIndex(
                SearchVector(SUBJECT_FOLDED, TEXT_FOLDED, config="simple"),
                name="crm_message_words",
            ),
            # Caps: what a mailbox sent today.
            models.Index(
                fields=["mailbox", "-sent_at"],
                condition=models.Q(sent_at__isnull=False),
                name="crm_message_by_sender",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or "(no subject)"


class Attachment(models.Model):
    """A file that hung on a mail; kept by its hash, away from everything the web server serves."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=255)
    # By its content, not by what the sender called it.
    content_type = models.CharField(max_length=120, default="application/octet-stream")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    # Could run programs or scripts where it is opened: pages say so before it is fetched.
    is_risky = models.BooleanField(default=False)
    # False: larger than allowed; only its name and size are known.
    is_kept = models.BooleanField(default=True)

    class Meta:
        ordering = ["message", "pk"]
        constraints = [
            models.CheckConstraint(name="crm_attachment_size", condition=models.Q(size__gte=0)),
        ]
        indexes = [
            # Whether another mail of the brand still needs a stored file.
            models.Index(fields=["brand", "sha256"], name="crm_attachment_by_hash"),
        ]

    def __str__(self) -> str:
        return self.name
