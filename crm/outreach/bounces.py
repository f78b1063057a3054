"""Delivery reports (RFC 3464): which mail did not arrive, where, and whether it ever will."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

_ID = re.compile(r"<[^<>\s]{1,398}>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>;,\"]+@[^\s<>;,\"]+")
_DAEMONS = ("mailer-daemon@", "postmaster@", "mail-daemon@")


@dataclass(frozen=True)
class Failure:
    """What a report says of one recipient. `status` is like 5.1.1, empty where it says none."""

    address: str
    action: str
    status: str
    text: str

    @property
    def is_permanent(self) -> bool:
        """No later attempt will come."""
        return self.action == "failed" and not self.status.startswith("4")


@dataclass(frozen=True)
class Report:
    """A delivery report: the mail it is about, and what became of it at each recipient."""

    message_ids: tuple[str, ...]
    failures: tuple[Failure, ...]

    @property
    def permanent(self) -> tuple[Failure, ...]:
        """The recipients who will not get it."""
        return tuple(failure for failure in self.failures if failure.is_permanent)


def report_of(mail: Message) -> Report | None:
    """What `mail` reports of another one; None where it is no delivery report."""
    parts = list(mail.walk())[:50]
    status = next((p for p in parts if p.get_content_type() == "message/delivery-status"), None)
    sender = str(mail.get("From", "")).lower()
    if status is None and not (
        any(daemon in sender for daemon in _DAEMONS) and str(mail.get("Return-Path", "")) == "<>"
    ):
        return None
    ids = [_ID.findall(str(p.get("Message-ID", ""))) for p in parts if p is not mail]
    ids += [
        _ID.findall(_payload(p))
        for p in parts
        if p.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"}
    ]
    named = [_ID.findall(str(mail.get(name, ""))) for name in ("In-Reply-To", "References")]
    found = tuple(dict.fromkeys(item for group in (*ids, *named) for item in group))
    return Report(found, _failures(status) if status is not None else _guessed(parts))


def is_dead_address(words: str) -> bool:
    """Whether an answer of a server says that the address itself does not exist or is closed.

    A refusal for other reasons (policy, spam, size, full) says nothing about the address.
    """
    status = _STATUS.search(words)
    if status:
        return status[1] == "5" and (status[2], status[3]) in {
            ("1", "1"), ("1", "2"), ("1", "3"), ("1", "6"), ("1", "10"), ("2", "1"),
        }  # fmt: skip
    return bool(re.search(r"\b55[013]\b", words)) and bool(
        re.search(
            r"no such|unknown|not exist|does not|invalid (?:user|recipient|mailbox)",
            words,
            re.IGNORECASE,
        )
    )


def _failures(part: Message) -> tuple[Failure, ...]:
    payload = part.get_payload()
    groups = (
        [group for group in payload if isinstance(group, Message)]
        if isinstance(payload, list)
        else []
    )
    return tuple(
        Failure(
            address=_address(group),
            action=str(group.get("Action", "failed")).strip().lower(),
            status=_status(str(group.get("Status", ""))),
            text=" ".join(str(group.get("Diagnostic-Code", "")).split())[:300],
        )
        for group in groups
        if group.get("Final-Recipient") or group.get("Original-Recipient")
    )


def _guessed(parts: list[Message]) -> tuple[Failure, ...]:
    """Of a report in prose: only what it plainly says."""
    text = " ".join(_payload(part) for part in parts if part.get_content_type() == "text/plain")[
        :5_000
    ]
    status, address = _status(text), _ADDRESS.search(text)
    if not status or not address:
        return ()
    action = "failed" if status.startswith("5") else "delayed"
    return (Failure(address[0].lower(), action, status, " ".join(text.split())[:300]),)


def _address(group: Message) -> str:
    """As we wrote it, if the report still knows: forwarding hides it behind another one."""
    given = str(group.get("Original-Recipient") or group.get("Final-Recipient") or "")
    return given.partition(";")[2].strip().strip("<>").lower() or given.strip().lower()


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else ""


def _payload(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
