"""Read folders of an IMAP server: only new mail, in order, leaving everything there as it is.

What was sent from here can be laid beside what lies there.
"""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from imap_tools import (
    AND,
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailBoxStartTls,
    MailBoxUnencrypted,
    MailMessage,
    MailMessageFlags,
    U,
)
from imap_tools.query import H

from crm.choices import MailSecurity
from crm.outreach.servers import TIMEOUT_SECONDS, Server, ServerTrouble, in_words

# Larger mails are fetched without their body.
SIZE_MAX = 30 * 1024 * 1024
_AT_ONCE = 50


class _RawMessage(MailMessage):
    """Keeps the bytes, which we parse ourselves."""

    def __init__(self, fetch_data: list[bytes | tuple[bytes, bytes]]) -> None:
        super().__init__(fetch_data)
        self.raw: bytes = self._get_message_data_parts(fetch_data)[0]


@dataclass(frozen=True)
class Fetched:
    """A mail as it lies on the server; `is_whole` is false where only its head was fetched."""

    uid: int
    raw: bytes
    size: int
    is_whole: bool


@dataclass(frozen=True)
class FolderState:
    """What a folder says of itself when it is opened."""

    name: str
    uidvalidity: int


class Folders:
    """An open connection to an IMAP server."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box
        box.email_message_class = _RawMessage

    def open(self, name: str) -> FolderState:
        """Open a folder for reading only. Raises ServerTrouble where there is none."""
        if not self._box.folder.exists(name):
            has = ", ".join(folder.name for folder in self._box.folder.list()[:20])
            raise ServerTrouble(f"There is no folder “{name}”. The server has: {has}.")
        self._box.folder.set(name, readonly=True)
        _, answer = self._box.client.response("UIDVALIDITY")
        given = answer[0] if answer else None
        if given is None:
            given = str(self._box.folder.status(name, ["UIDVALIDITY"])["UIDVALIDITY"]).encode()
        return FolderState(name, int(given))

    def numbers_after(self, uid: int) -> list[int]:
        """The numbers of the mails of the open folder after `uid`, in order."""
        found = self._box.uids(AND(uid=U(str(uid + 1), "*")))
        # "n:*" names the last mail even where its number is smaller.
        return sorted(number for number in map(int, found) if number > uid)

    def numbers_since(self, day: date) -> list[int]:
        """The numbers of the mails of the open folder that came on `day` or later, in order."""
        return sorted(map(int, self._box.uids(AND(date_gte=day))))

    def last_number(self) -> int:
        """The highest number in the open folder; 0 where it is empty."""
        return max(map(int, self._box.uids()), default=0)

    def fetch(self, uids: list[int]) -> Iterator[Fetched]:
        """The mails of these numbers; what has been deleted meanwhile is left out."""
        for start in range(0, len(uids), _AT_ONCE):
            some = [str(uid) for uid in uids[start : start + _AT_ONCE]]
            heads = self._box.fetch(
                uid_list=some, mark_seen=False, headers_only=True, bulk=_AT_ONCE
            )
            for head in list(heads):
                uid = int(head.uid or 0)
                if head.size_rfc822 > SIZE_MAX:
                    yield Fetched(uid, _raw(head), head.size_rfc822, is_whole=False)
                    continue
                for mail in self._box.fetch(uid_list=str(uid), mark_seen=False):
                    yield Fetched(uid, _raw(mail), mail.size_rfc822, is_whole=True)

    def holds(self, message_id: str) -> bool:
        """Whether a mail with this Message-ID lies in the open folder."""
        return bool(self._box.uids(AND(header=H("Message-ID", message_id))))

    def put(self, raw: bytes, *, folder: str, at: datetime) -> None:
        """Lay a mail into a folder, as one that was read."""
        self._box.append(raw, folder, dt=at, flag_set=[MailMessageFlags.SEEN])

    def size(self) -> int:
        """How many mails are in the open folder."""
        return len(self._box.uids())


def _raw(mail: MailMessage) -> bytes:
    return cast("_RawMessage", mail).raw


@contextmanager
def connection(server: Server) -> Iterator[Folders]:
    """A connection to `server`, closed at the end. Raises ServerTrouble at any step."""
    try:
        box = _box(server)
        with ExitStack() as unless_logged_in:
            unless_logged_in.callback(box.client.shutdown)
            box.login(server.user, server.password, initial_folder=None)
            unless_logged_in.pop_all()
        with box:
            yield Folders(box)
    except (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError) as error:
        raise ServerTrouble(in_words(error, server)) from error


def _box(server: Server) -> BaseMailBox:
    if server.security == MailSecurity.TLS:
        return MailBox(server.host, server.port, timeout=TIMEOUT_SECONDS)
    if server.security == MailSecurity.STARTTLS:
        return MailBoxStartTls(server.host, server.port, timeout=TIMEOUT_SECONDS)
    return MailBoxUnencrypted(server.host, server.port, timeout=TIMEOUT_SECONDS)
