"""Read a mail as it comes from a server, however broken it is: nothing here raises for content.

Python's tolerant reader takes the mail apart; headers and texts are decoded with what they claim
and, where that does not hold, with what their bytes look like.
"""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from charset_normalizer import from_bytes

from crm.choices import MailKind
from crm.outreach import bounces, html_text, quoting

TEXT_MAX = 200_000
PARTS_MAX = 100
REFERENCES_MAX = 50
_ID = re.compile(r"<[^<>\s]{1,398}>")
# Above what programmes write, where people's own words stand; in the languages of our creators.
_AUTOMATIC_SUBJECT = re.compile(
    r"^\s*(?:out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|"
    r"automatische antwort|abwesenheit|réponse automatique|absence du bureau|"
    r"respuesta automática|risposta automatica|automatisch antwoord|automatiskt svar|"
    r"automatisk svar|autosvar|odpowiedź automatyczna)",
    re.IGNORECASE,
)
_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To")


@dataclass(frozen=True)
class File:
    """A file that hangs on a mail; `declared` is what the sender calls its type."""

    name: str
    declared: str
    content: bytes


@dataclass(frozen=True)
class Received:
    """What a mail says. Addresses are in lower case, `at` is None where its date cannot be."""

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    from_address: str
    from_name: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    # To whom the server says it delivered: a blind copy is seen nowhere else.
    delivered_to: tuple[str, ...]
    subject: str
    text: str
    quoted: str
    at: datetime | None
    kind: MailKind
    files: tuple[File, ...] = ()
    report: bounces.Report | None = None

    @property
    def recipients(self) -> tuple[str, ...]:
        """To whom it went, as far as it says."""
        return tuple(dict.fromkeys((*self.to, *self.cc)))


@dataclass
class _Body:
    texts: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


def read(raw: bytes, *, is_whole: bool = True, size: int = 0) -> Received:
    """The mail `raw`; of one that is too large (`is_whole` false) only its head is there."""
    try:
        mail = _read(raw)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError):
        # One mail that nobody can read must not keep those behind it from being read.
        mail = _unreadable(raw)
    if is_whole:
        return mail
    note = f"This mail is too large to be fetched ({size // 1_048_576} MB). Read it in the mailbox."
    return replace(mail, text=note, quoted="", files=())


def _read(raw: bytes) -> Received:
    mail = email.message_from_bytes(raw)
    body = _body_of(mail)
    report = bounces.report_of(mail)
    full = clean("\n\n".join(body.texts))[:TEXT_MAX].strip()
    text, quoted = (full, "") if report else quoting.fold(full)
    (from_name, from_address), *_ = [*_people(mail, "From"), ("", "")]
    references = tuple(_ID.findall(_header(mail, "References")))
    answered = _ID.findall(_header(mail, "In-Reply-To"))
    return Received(
        message_id=_message_id(mail, raw),
        in_reply_to=answered[0] if answered else "",
        references=references[-REFERENCES_MAX:],
        from_address=from_address,
        from_name=from_name[:200],
        to=tuple(address for _, address in _people(mail, "To")),
        cc=tuple(address for _, address in _people(mail, "Cc")),
        delivered_to=tuple(
            address for name in (*_ENVELOPE, "Bcc") for _, address in _people(mail, name)
        ),
        subject=" ".join(_header(mail, "Subject").split())[:400],
        text=text,
        quoted=quoted,
        at=_date(mail),
        kind=_kind(mail, report),
        files=tuple(body.files),
        report=report,
    )


def _unreadable(raw: bytes) -> Received:
    return Received(
        message_id=_made_id(raw),
        in_reply_to="",
        references=(),
        from_address="",
        from_name="",
        to=(),
        cc=(),
        delivered_to=(),
        subject="(cannot be read)",
        text="This mail cannot be read. It hangs here as it came.",
        quoted="",
        at=None,
        kind=MailKind.AUTOMATIC,
        files=(File("mail.eml", "message/rfc822", raw),),
    )


def clean(text: str) -> str:
    """Text that a database takes: no NUL, no halves of characters, one kind of line end."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def _header(mail: Message, name: str) -> str:
    """All values of a header as one text."""
    return " ".join(_decoded(value) for value in mail.get_all(name, []))


def _decoded(value: object) -> str:
    """A header's value; what is not encoded as it says comes through as it is."""
    given = str(value)
    try:
        return clean(str(make_header(decode_header(value if isinstance(value, str) else given))))
    except (ValueError, LookupError, AssertionError):
        return clean(given)


def _people(mail: Message, name: str) -> list[tuple[str, str]]:
    """(name, address) of each person in an address header. Names are decoded after parting."""
    values = [str(value) for value in mail.get_all(name, [])]
    pairs = getaddresses(values[:20])[:200]
    return [
        (_decoded(shown).strip(), clean(address).strip().lower()[:254])
        for shown, address in pairs
        if "@" in address and " " not in address
    ]


def _message_id(mail: Message, raw: bytes) -> str:
    """Its Message-ID; made from its bytes where it has none, so that twice-fetched is known."""
    given = _ID.findall(_header(mail, "Message-ID"))
    return given[0] if given else _made_id(raw)


def _made_id(raw: bytes) -> str:
    return f"<{hashlib.sha256(raw).hexdigest()}@without-id.invalid>"


def _date(mail: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(_header(mail, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else None


def _kind(mail: Message, report: bounces.Report | None) -> MailKind:
    """Whether a person wrote it (RFC 3834, and what programmes write in its place)."""
    if report:
        return MailKind.BOUNCE
    said = {name: _header(mail, name).strip().lower() for name in ("Auto-Submitted", "Precedence")}
    is_automatic = (
        said["Auto-Submitted"] not in {"", "no"}
        or said["Precedence"] in {"auto_reply", "bulk", "junk", "list"}
        or any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or _AUTOMATIC_SUBJECT.match(_header(mail, "Subject")) is not None
    )
    return MailKind.AUTOMATIC if is_automatic else MailKind.PERSONAL


def _body_of(mail: Message) -> _Body:
    body = _Body()
    for number, part in enumerate(_leaves(mail)):
        if number == PARTS_MAX:
            break
        kind = part.get_content_type()
        name = _file_name(part)
        is_text = kind in {"text/plain", "text/html"} and not name
        if is_text and part.get_content_disposition() != "attachment":
            text = _text(part)
            if text.strip():
                body.texts.append(html_text.text_of(text) if kind == "text/html" else text)
        elif kind not in {"message/delivery-status", "text/rfc822-headers"}:
            body.files.append(File(name or _made_name(kind, number), kind, _content(part)))
    return body


def _leaves(part: Message) -> Iterator[Message]:
    """The parts of a mail without their wrapping; of alternatives the plain one, if it says any."""
    if part.get_content_type() == "multipart/alternative" and part.is_multipart():
        choices = [leaf for child in _children(part) for leaf in _leaves(child)]
        plain = [leaf for leaf in choices if leaf.get_content_type() == "text/plain"]
        has_plain = any(_text(leaf).strip() for leaf in plain)
        unwanted = "text/html" if has_plain else "text/plain"
        yield from (leaf for leaf in choices if leaf.get_content_type() != unwanted)
    elif part.get_content_maintype() == "multipart" and part.is_multipart():
        for child in _children(part):
            yield from _leaves(child)
    else:
        yield part


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return (
        [child for child in payload if isinstance(child, Message)]
        if isinstance(payload, list)
        else []
    )


def _content(part: Message) -> bytes:
    if part.is_multipart():  # a mail within the mail
        return b"\n".join(child.as_bytes() for child in _children(part))
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        payload = None
    return (
        payload
        if isinstance(payload, bytes)
        else str(part.get_payload()).encode("utf-8", "replace")
    )


def _text(part: Message) -> str:
    content = _content(part)
    declared = part.get_content_charset() or "utf-8"
    try:
        return content.decode(declared)
    except (LookupError, UnicodeDecodeError):
        found = from_bytes(content[:TEXT_MAX]).best()
        return content.decode(found.encoding if found else "utf-8", "replace")


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        name = ""
    # The last part of a path in either notation, without what no file name holds.
    name = re.split(r"[\\/]", _decoded(name))[-1]
    return re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", name).strip(". ")[-255:]


def _made_name(kind: str, number: int) -> str:
    main, _, sub = kind.partition("/")
    if kind == "message/rfc822":
        return f"mail-{number + 1}.eml"
    suffix = re.sub(r"[^a-z0-9]", "", sub)[:10] or "bin"
    return f"{main if main.isalpha() else 'file'}-{number + 1}.{suffix}"
