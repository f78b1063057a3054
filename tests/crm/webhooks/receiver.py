"""A program that is called: a real HTTP server on this machine, and names that lead to it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from crm.models import Webhook
from crm.services.webhooks import calling, telling
from tests.factories import NOW


@dataclass
class Call:
    """One request that it got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """What it got, and how it is to answer."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def reset(self) -> None:
        self.calls, self.status, self.headers, self.body = [], 204, {}, b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=acme"

    @property
    def types(self) -> list[str]:
        return [call.said["type"] for call in self.calls]


@pytest.fixture(scope="session")
def running_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.calls.append(Call(self.path, headers, body))
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver(running_receiver: Receiver, settings: Any) -> Receiver:
    """It, allowed by the setting although it is on this machine."""
    running_receiver.reset()
    settings.WEBHOOK_HOSTS_INSIDE = frozenset({f"127.0.0.1:{running_receiver.port}"})
    settings.RAPPORT_URL = "https://crm.example.com"
    return running_receiver


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Where names lead: {"hooks.example": ["93.184.216.34"]}; others are not known."""
    known: dict[str, list[str]] = {}

    def look_up(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port, 0, 0) if ":" in address else (address, port),
            )
            for address in known[host]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def deliver(at: Any = NOW) -> int:
    """One round of the worker: what is new, then all that is due; how many arrived."""
    telling.tell(at=at)
    return sum(calling.call(webhook_id=pk, at=at) for pk in calling.due(at=at))


def fresh(webhook: Webhook) -> Webhook:
    return Webhook.objects.get(pk=webhook.pk)
