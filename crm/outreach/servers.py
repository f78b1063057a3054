"""What is common to mail servers: where they are, and what their errors mean in words."""

from __future__ import annotations

import imaplib
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass

from django.conf import settings
from imap_tools import ImapToolsError

from crm.choices import MailSecurity
from crm.models import Mailbox
from crm.outreach import secrets

TIMEOUT_SECONDS = 20
_LOGIN = re.compile(r"auth|login|credential", re.IGNORECASE)
# The first that fits holds.
_MEANINGS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (smtplib.SMTPAuthenticationError, "does not accept the user name and password."),
    (ssl.SSLError, "does not speak TLS on this port. Try STARTTLS or another port."),
    (smtplib.SMTPNotSupportedError, "offers no STARTTLS or no log-in on this port."),
    (socket.gaierror, "cannot be found: there is no server of this name."),
    (TimeoutError, f"does not answer within {TIMEOUT_SECONDS} seconds."),
    (ConnectionRefusedError, "refuses connections on this port."),
    ((smtplib.SMTPServerDisconnected, ConnectionError), "closed the connection."),
)


@dataclass(frozen=True)
class Server:
    """Where a mail server is and how to log in."""

    host: str
    port: int
    security: MailSecurity
    user: str
    password: str


class ServerTrouble(Exception):
    """The server cannot be used now; the message is fit for the user."""


def smtp_of(mailbox: Mailbox) -> Server | None:
    """The mailbox's own SMTP server; None: the installation's. Raises ServerTrouble."""
    if not mailbox.smtp_host:
        return None
    return _server(
        mailbox.smtp_host,
        mailbox.smtp_port,
        mailbox.smtp_security,
        mailbox.smtp_user,
        mailbox.smtp_secret,
    )


def imap_of(mailbox: Mailbox) -> Server | None:
    """The mailbox's IMAP server; None: nothing is fetched. Raises ServerTrouble."""
    if not mailbox.imap_host:
        return None
    return _server(
        mailbox.imap_host,
        mailbox.imap_port,
        mailbox.imap_security,
        mailbox.imap_user,
        mailbox.imap_secret,
    )


def may_connect(host: str) -> bool:
    """Whether the operator lets mailboxes use `host` (MAIL_HOSTS; empty: any)."""
    allowed: list[str] = settings.MAIL_HOSTS
    return not allowed or host.lower() in allowed


def no_delivery(mailbox: Mailbox) -> str:
    """Why nothing that `mailbox` writes leaves this installation; empty where it does leave."""
    if not settings.MAIL_DELIVERY:
        return "Written, not sent: this installation does not send mail (MAIL_DELIVERY is off)."
    if not mailbox.smtp_host and not settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"):
        return "Written, not sent: there is no mail server. Enter one in its mailbox."
    return ""


def in_words(error: Exception, server: Server | None) -> str:
    """What `error` of a connection to `server` means, and what to do about it."""
    host = f"{server.host}:{server.port}" if server else "The mail server of this installation"
    return f"{host} {_meaning(error)}"


def _meaning(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has a certificate that is not valid: {error.verify_message}."
    for kinds, words in _MEANINGS:
        if isinstance(error, kinds):
            return words
    if isinstance(error, smtplib.SMTPResponseException):
        return f"says: {error.smtp_code} {said(error.smtp_error)}"
    if isinstance(error, imaplib.IMAP4.error | ImapToolsError) and _LOGIN.search(str(error)):
        return _MEANINGS[0][1]
    return f"cannot be used: {said(str(error)) or type(error).__name__}"


def said(text: bytes | str) -> str:
    """A server's answer as one line of text."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(plain.split())[:300]


def _server(host: str, port: int, security: str, user: str, stored: str) -> Server:
    if not may_connect(host):
        raise ServerTrouble(
            f"The operator of this installation does not allow {host} (MAIL_HOSTS)."
        )
    try:
        password = secrets.decrypt(stored)
    except secrets.SecretLost as error:
        raise ServerTrouble(str(error)) from error
    return Server(host, port, MailSecurity(security), user, password)
