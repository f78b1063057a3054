"""Calling other servers, without becoming anybody's way into our own network (SSRF).

A name is resolved once, every address that comes out of it is looked at, and the connection goes
to that very address: whoever changes the name meanwhile (DNS rebinding) changes nothing. Redirects
are not followed, proxies of the environment not used. Hosts of the own network can be allowed by
the setting WEBHOOK_HOSTS_INSIDE.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

URL_MAX = 500
# Of an answer, for the log.
ANSWER_MAX = 500
# How long a call may take in all, name and handshake included, unless the caller says otherwise.
PATIENCE = 10.0
# Of the addresses of a name, so that none uses up the time of all.
ADDRESSES_TRIED = 3

_V6_PUBLIC = ip_network("2000::/3")
# Of these, ranges whose addresses lead on to others: Teredo, documentation and the like, 6to4.
_V6_LEADING_ON = (ip_network("2001::/23"), ip_network("2001:db8::/32"), ip_network("2002::/16"))
# Of protocols (a cloud has its metadata there) and of 6to4: to older Pythons they are global.
_V4_SPECIAL = (ip_network("192.0.0.0/24"), ip_network("192.88.99.0/24"))


class AddressRefused(Exception):
    """We do not call this address; the message is fit for the user."""


class NoAnswer(Exception):
    """The other side was not reached, or said nothing; the message is fit for the user."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call goes."""

    is_tls: bool
    host: str
    port: int
    target: str

    @property
    def is_inside(self) -> bool:
        """Whether the installation allows it wherever it leads."""
        allowed = settings.WEBHOOK_HOSTS_INSIDE
        return self.host in allowed or f"{self.host}:{self.port}" in allowed

    @property
    def authority(self) -> str:
        """As the Host header names it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.is_tls else 80) else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said: the beginning of it."""

    status: int
    text: str
    retry_after: int | None


@dataclass(frozen=True, slots=True)
class Received:
    """What the other side said, up to the size that was asked for; headers in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def place_of(url: str, *, most: int = URL_MAX) -> Place:
    """Where an address of at most `most` letters leads, by its spelling. Raises AddressRefused."""
    if len(url) > most or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        raise AddressRefused(f"An address of at most {most} letters without spaces.")
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode("ascii").lower()
        port = parts.port
    except (ValueError, UnicodeError):
        raise AddressRefused("This is no address.") from None
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise AddressRefused("An address begins with https:// and the name of a server.")
    if parts.username is not None or parts.fragment:
        raise AddressRefused("No name and password before the server, and nothing after a #.")
    if not url.isascii():
        raise AddressRefused("Letters beyond ASCII are written with % in an address.")
    is_tls = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    place = Place(is_tls, host, port or (443 if is_tls else 80), target)
    if not is_tls and not place.is_inside:
        raise AddressRefused("Only https:// addresses: what is told must not be read on the way.")
    return place


def check(url: str) -> None:
    """See whether we would call this address. Raises AddressRefused, NoAnswer."""
    _addresses(place_of(url))


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send `body` and hear the answer. Raises AddressRefused, NoAnswer."""
    answer = send(
        "POST", place_of(url), body=body, headers=headers, most=ANSWER_MAX, patience=PATIENCE
    )
    text = answer.body.decode("utf-8", "replace").replace("\0", "")
    return Answer(answer.status, text, _seconds(answer.headers.get("retry-after")))


def send(
    method: str,
    place: Place,
    *,
    body: bytes | None,
    headers: Mapping[str, str],
    most: int,
    patience: float,
) -> Received:
    """Make one call within `patience` seconds and hear at most `most` bytes of the answer.

    Raises AddressRefused, NoAnswer.
    """
    call = _Call(place, _addresses(place), patience)
    with _within(patience, call) as expired:
        try:
            call.request(method, place.target, body, {**headers, "Host": place.authority})
            answer = call.getresponse()
            heard = answer.read(most)
        except (OSError, http.client.HTTPException, ValueError) as error:
            late = expired.is_set() or isinstance(error, TimeoutError)
            raise NoAnswer(_in_words(error, place, patience if late else None)) from error
        finally:
            call.close()
        # A connection that we cut looks like an answer that ends early.
        if expired.is_set():
            raise NoAnswer(_in_words(TimeoutError(), place, patience))
    said = {name.lower(): value for name, value in answer.getheaders()}
    return Received(answer.status, heard, said)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open internet, and of nothing else."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address not in _V6_PUBLIC or any(address in range_ for range_ in _V6_LEADING_ON):
            return False
    elif any(address in range_ for range_ in _V4_SPECIAL):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@cache
def tls_context() -> ssl.SSLContext:
    """Certificates are checked against the machine's list (SSL_CERT_FILE names another one)."""
    return ssl.create_default_context()


class _Call(http.client.HTTPConnection):
    """A connection to addresses that were looked at; certificate and Host are the name's."""

    def __init__(self, place: Place, addresses: list[tuple[Any, ...]], patience: float) -> None:
        super().__init__(place.host, place.port, timeout=patience)
        self._place, self._addresses, self._patience = place, addresses, patience
        self.held: socket.socket | None = None

    def connect(self) -> None:
        """The first of the addresses that answers. Raises OSError."""
        last: OSError = OSError("no address")
        for family, address in self._addresses:
            made = self.held = socket.socket(family, socket.SOCK_STREAM)
            made.settimeout(self._patience / len(self._addresses))
            try:
                made.connect(address)
            except OSError as error:
                made.close()
                last = error
                continue
            made.settimeout(self._patience)
            self.sock = made
            if self._place.is_tls:
                self.sock = self.held = tls_context().wrap_socket(
                    made, server_hostname=self._place.host, do_handshake_on_connect=False
                )
                self.sock.do_handshake()
            return
        raise last


@contextmanager
def _within(seconds: float, call: _Call) -> Iterator[threading.Event]:
    """Break the call off in the end: a timeout of a socket begins anew with each byte."""
    expired = threading.Event()

    def cut() -> None:
        expired.set()
        if call.held is not None:
            with suppress(OSError):
                # Not that of TLS, which would wait for the other side.
                socket.socket.shutdown(call.held, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()


def _addresses(place: Place) -> list[tuple[Any, ...]]:
    """Where the name leads, all of it looked at. Raises AddressRefused, NoAnswer."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoAnswer(f"The name {place.host} is not known.") from error
    if not place.is_inside and not all(is_public(ip_address(one[4][0])) for one in found):
        raise AddressRefused(f"{place.host} leads into a network that is not public.")
    return [(family, address) for family, _, _, _, address in found[:ADDRESSES_TRIED]]


def _in_words(error: Exception, place: Place, late_after: float | None) -> str:
    if late_after is not None:
        return f"{place.host} did not answer within {late_after:.0f} seconds."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {place.host} is not to be trusted: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return f"{place.host} speaks no TLS that we understand."
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing listens at port {place.port} of {place.host}."
    if isinstance(error, http.client.HTTPException | ValueError):
        return f"What {place.host} answered is no HTTP."
    return f"The connection to {place.host} broke off."


def _seconds(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None
