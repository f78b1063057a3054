"""Hand a mail to a server, and know exactly how far it came.

Before the text is handed over, a broken connection means that nothing has left: try again. While it
is handed over, nobody can know. Afterwards the server's answer counts. So the steps of SMTP are
taken one by one on the connection that Django's mail backend opens.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self, cast

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from crm.choices import MailSecurity
from crm.outreach.servers import TIMEOUT_SECONDS, Server, ServerTrouble, in_words, said


class Fate(Enum):
    """What became of a mail that was handed to a server."""

    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Handed:
    """The fate of a mail, in words, with the recipients that the server did not take."""

    fate: Fate
    reason: str = ""
    refused: dict[str, str] = field(default_factory=dict)


class Outbox:
    """An open connection to an SMTP server; `server` None is the installation's (EMAIL_URL)."""

    def __init__(self, server: Server | None) -> None:
        self.server = server
        self._backend = cast(
            "EmailBackend",
            get_connection()
            if server is None
            else EmailBackend(
                host=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=server.security == MailSecurity.STARTTLS,
                use_ssl=server.security == MailSecurity.TLS,
                timeout=TIMEOUT_SECONDS,
            ),
        )

    def __enter__(self) -> Self:
        """Connect and log in. Raises ServerTrouble."""
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as error:
            self._close()  # it may be open without a log-in
            raise ServerTrouble(in_words(error, self.server)) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say good-bye."""
        self._close()

    def _close(self) -> None:
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            return  # it was broken already

    def hand_over(self, *, sender: str, to: Sequence[str], cc: Sequence[str], raw: bytes) -> Handed:
        """Send `raw`. It has failed where no address of `to` is taken, whatever becomes of `cc`."""
        smtp = cast("smtplib.SMTP", self._backend.connection)
        try:
            before = self._address(smtp, sender, to, cc)
        except (OSError, smtplib.SMTPException) as error:
            return Handed(Fate.TEMPORARY, in_words(error, self.server))
        if before.fate is not Fate.SENT:
            return before
        try:
            code, answer = smtp.data(raw)
        except smtplib.SMTPDataError as error:
            code, answer = error.smtp_code, _bytes(error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return Handed(Fate.UNKNOWN, in_words(error, self.server))
        if code != 250:
            return Handed(_fate(code), f"{code} {said(answer)}", before.refused)
        return before

    @staticmethod
    def _address(smtp: smtplib.SMTP, sender: str, to: Sequence[str], cc: Sequence[str]) -> Handed:
        """Say from whom and to whom; SENT means that the text may follow."""
        smtp.ehlo_or_helo_if_needed()
        code, answer = smtp.mail(sender)
        if code != 250:
            smtp.rset()
            return Handed(_fate(code), f"Refused for {sender}: {code} {said(answer)}")
        answers = {address: smtp.rcpt(address) for address in dict.fromkeys([*to, *cc])}
        refused = {
            address: f"{code} {said(answer)}"
            for address, (code, answer) in answers.items()
            if code not in {250, 251}
        }
        if not all(address in refused for address in to):
            return Handed(Fate.SENT, refused=refused)
        smtp.rset()
        # One that may be taken later is worth another attempt.
        best = min(answers[address][0] for address in to)
        words = " ".join(f"{address}: {refused[address]}" for address in to)
        return Handed(_fate(best), words, refused)


def _bytes(answer: bytes | str) -> bytes:
    return answer.encode() if isinstance(answer, str) else answer


def _fate(code: int) -> Fate:
    # 421 and 4xx: later. Anything that is no code at all is not taken for the last word either.
    return Fate.PERMANENT if 500 <= code < 600 else Fate.TEMPORARY
