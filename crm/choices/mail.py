"""Mailboxes and mails."""

from __future__ import annotations

from django.db import models


class MailSecurity(models.TextChoices):
    """How the connection to a mail server is protected."""

    TLS = "tls", "TLS from the start"
    STARTTLS = "starttls", "STARTTLS"
    NONE = "none", "None (only on this machine or a private network)"


class MailDirection(models.TextChoices):
    """Which way a mail went."""

    OUT = "out", "Sent by us"
    IN = "in", "Received"


class MailStatus(models.TextChoices):
    """Where a mail stands."""

    DRAFT = "draft", "Draft"
    QUEUED = "queued", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    # The connection broke after the text had been handed over: only a person can tell.
    UNKNOWN = "unknown", "Not known whether it left"
    REFUSED = "refused", "Not sent"
    FAILED = "failed", "Could not be sent"
    BOUNCED = "bounced", "Came back"
    RECEIVED = "received", "Received"


class MailPurpose(models.TextChoices):
    """Why a mail of ours is written; the sending guard asks more of the first one."""

    FIRST = "first", "First mail"
    FOLLOW_UP = "follow_up", "Follow-up"
    REPLY = "reply", "Reply"


class MailKind(models.TextChoices):
    """What a mail is: only what a person wrote counts as a reply."""

    PERSONAL = "personal", "Mail"
    AUTOMATIC = "automatic", "Automatic reply"
    BOUNCE = "bounce", "Delivery report"


class FolderKind(models.TextChoices):
    """What a mailbox's folder on the server holds."""

    INBOX = "inbox", "Incoming mail"
    SENT = "sent", "Sent mail"
