"""Real mail servers for tests, on this machine: SMTP by aiosmtpd, IMAP by pymap.

`smtp` and `imap` are empty at the beginning of each test; the servers run for the whole session.
Every user name is let in with the password PASSWORD.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import imaplib
import socket
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from proxyprotocol.noop import ProxyProtocolNoop
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import BuiltinHash

PASSWORD = "correct horse"
HOST = "127.0.0.1"


class Smtp:
    """What an SMTP server got, and how it is to answer."""

    def __init__(self) -> None:
        self.port = 0
        self.reset()

    def reset(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        # An address and what the server says of it: {"gone@example.com": "550 5.1.1 Unknown"}.
        self.refused: dict[str, str] = {}
        # What it says to the text; empty: it takes it.
        self.answer = ""
        # Whether it takes the text and breaks the connection without a word.
        self.dies = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.answer:
            return self.answer
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        if self.dies:
            server.transport.abort()
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, login):
        return AuthResult(success=login.password == PASSWORD.encode(), handled=False)


class Imap:
    """An IMAP server in a thread, with one user."""

    USER = "ana"

    def __init__(self) -> None:
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        given = Namespace(
            demo_data=False, demo_user=self.USER, demo_password=PASSWORD, debug=False, host=HOST,
            port=0, cert=None, key=None, tls=False, proxy_protocol=None, passlib_cfg=None,
            inherited_sockets=None,
        )  # fmt: skip
        backend, self._config = await DictBackend.init(given, hash_context=BuiltinHash(rounds=1))
        self._config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            callback = ProxyProtocolReader(ProxyProtocolNoop()).get_callback(
                IMAPServer(backend.login, self._config)
            )
            server = await asyncio.start_server(callback, host=HOST, port=0)
            await stack.enter_async_context(server)
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._end.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(5)

    def reset(self) -> None:
        """Forget all folders; those that come get another UIDVALIDITY."""
        done = threading.Event()

        def forget() -> None:
            self._config.set_cache.clear()
            done.set()

        self._loop.call_soon_threadsafe(forget)
        assert done.wait(5)

    def deliver(self, mail: EmailMessage | bytes, *, folder: str = "INBOX") -> None:
        """Put a mail into a folder, as the server's own delivery would."""
        content = mail if isinstance(mail, bytes) else mail.as_bytes(policy=email.policy.SMTP)
        with self._client() as client:
            if folder != "INBOX":
                client.create(folder)
            assert client.append(folder, None, None, content)[0] == "OK"

    def seen(self, folder: str = "INBOX") -> list[bytes]:
        """The flags of the mails in a folder."""
        with self._client() as client:
            client.select(folder, readonly=True)
            return [item for item in client.fetch("1:*", "(FLAGS)")[1] if b"\\Seen" in item]

    def _client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4(HOST, self.port)
        client.login(self.USER, PASSWORD)
        return client


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[Smtp]:
    handler = Smtp()
    with socket.socket() as free:
        free.bind((HOST, 0))
        handler.port = free.getsockname()[1]
    controller = Controller(
        handler,
        hostname=HOST,
        port=handler.port,
        authenticator=handler.authenticate,
        auth_require_tls=False,
    )
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture(scope="session")
def imap_server() -> Iterator[Imap]:
    server = Imap()
    yield server
    server.stop()


@pytest.fixture
def smtp(smtp_server: Smtp) -> Smtp:
    """An SMTP server that has got nothing yet."""
    smtp_server.reset()
    return smtp_server


@pytest.fixture
def imap(imap_server: Imap) -> Imap:
    """An IMAP server with an empty inbox."""
    imap_server.reset()
    return imap_server
