"""Write a mail of ours as the bytes that go to a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from django.utils.encoding import punycode

from crm.models import Message
from crm.outreach.headers import in_header
from crm.outreach.parsing import File

# Names of mails and addresses of pages: one word each, which must not be broken or encoded.
_WHOLE = {"message-id", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post"}
# A line of a mail has at most 998 characters.
_REFERENCES_MAX = 850


class _Policy(EmailPolicy):
    """As SMTP wants it, but long words of the headers above stay what they are.

    Python encodes a word that does not fit into 78 characters, and other programmes then do not
    know it again: answers would lose their thread.
    """

    def fold(self, name: str, value: Any) -> str:
        folded: str = EmailPolicy.fold(self._for(name), name, value)
        return folded

    def fold_binary(self, name: str, value: Any) -> bytes:
        folded: bytes = EmailPolicy.fold_binary(self._for(name), name, value)
        return folded

    def _for(self, name: str) -> _Policy:
        return self.clone(max_line_length=990) if name.lower() in _WHOLE else self


POLICY = _Policy(linesep=SMTP.linesep)


def raw(
    message: Message,
    *,
    text: str,
    headers: Mapping[str, str],
    at: datetime,
    files: Sequence[File] = (),
) -> bytes:
    """The mail with `text` as its body, `headers` besides its own, and `files` hung on it."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Address(
        in_header(message.from_name), addr_spec=ascii_address(message.from_address)
    )
    mail["To"] = [Address(addr_spec=ascii_address(address)) for address in message.to]
    if message.cc:
        mail["Cc"] = [Address(addr_spec=ascii_address(address)) for address in message.cc]
    mail["Subject"] = in_header(message.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message.message_id
    if message.in_reply_to:
        mail["In-Reply-To"] = message.in_reply_to
        mail["References"] = _chain(message.references)
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(text + "\n")
    for file in files:
        main, _, sub = file.declared.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return mail.as_bytes()


def ascii_address(address: str) -> str:
    """With the domain as name servers know it: münchen.example is xn--mnchen-3ya.example."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{punycode(domain)}"


def _chain(references: list[str]) -> str:
    """The first, and as many of the last as one line takes."""
    chain = list(references)
    while len(" ".join(chain)) > _REFERENCES_MAX and len(chain) > 2:
        del chain[1]
    return " ".join(chain)
