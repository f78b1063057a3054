"""Addresses that users enter lead to the open internet and nowhere else (SSRF)."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crm import outgoing
from crm.outgoing import AddressRefused, NoAnswer, is_public, place_of, post

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
        *("255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "fe80::1", "fc00::1"),
        *("fd12:3456::1", "fec0::1", "ff02::1", "64:ff9b::a00:1", "64:ff9b:1::1"),
        *("2002:a00:1::1", "2001:0:a00:1::1", "2001:db8::1", "192.0.0.192", "192.88.99.1"),
    ],
)
def test_addresses_that_are_not_of_the_internet(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8"]
)
def test_addresses_of_the_internet(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://hooks.example/", "Only https:// addresses"),
        ("ftp://hooks.example/", "begins with https://"),
        ("//hooks.example/", "begins with https://"),
        ("https:///nobody", "begins with https://"),
        ("https://hooks.example:0/", "begins with https://"),
        ("https://hooks.example:99999/", "This is no address"),
        ("https://[::1/", "This is no address"),
        ("https://user:secret@hooks.example/", "No name and password"),
        ("https://hooks.example/#part", "nothing after a #"),
        ("https://hooks.example/a b", "without spaces"),
        ("https://hooks.example/\r\nX-Injected: 1", "without spaces"),
        ("https://hooks.example/é", "written with %"),
        (f"https://hooks.example/{'a' * 500}", "at most 500 letters"),
    ],
)
def test_spellings_that_are_refused(url, words):
    with pytest.raises(AddressRefused, match=words):
        place_of(url)


def test_how_an_address_is_read():
    place = place_of("https://Hooks.Example.:8443/a?b=c")
    assert (place.is_tls, place.host, place.port, place.target, place.authority) == (
        *(True, "hooks.example", 8443, "/a?b=c", "hooks.example:8443"),
    )


def test_one_address_inside_is_enough_to_refuse(names):
    names["hooks.example"] = [PUBLIC, "10.0.0.5"]
    with pytest.raises(AddressRefused, match="leads into a network that is not public"):
        outgoing.check("https://hooks.example/")
    names["hooks.example"] = [PUBLIC]
    outgoing.check("https://hooks.example/")
    with pytest.raises(NoAnswer, match=r"The name other\.example is not known"):
        outgoing.check("https://other.example/")


@pytest.mark.parametrize("spelling", ["127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "[::1]"])
def test_other_spellings_of_this_machine(spelling):
    """These the machine's own resolver reads, as it would when it connects."""
    with pytest.raises(AddressRefused, match="not public"):
        outgoing.check(f"https://{spelling}/")


def test_a_name_that_changes_after_it_was_looked_at(names, receiver, monkeypatch):
    """DNS rebinding: the answer at the time of the call counts, and it is asked for once."""
    asked = []
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *args, **more: asked.append(args) or look_up(*args, **more)
    )
    names["hooks.example"] = [PUBLIC]
    outgoing.check(f"https://hooks.example:{receiver.port}/")
    names["hooks.example"] = ["127.0.0.1"]
    with pytest.raises(AddressRefused, match="not public"):
        post(f"https://hooks.example:{receiver.port}/", b"{}", {})
    assert len(asked) == 2
    assert receiver.calls == []


def test_a_call_is_made(receiver):
    receiver.status, receiver.body, receiver.headers = 202, b"x" * 900, {"Retry-After": "7"}
    answer = post(receiver.url, b'{"a":1}', {"X-Own": "yes"})
    assert (answer.status, answer.text, answer.retry_after) == (202, "x" * 500, 7)
    [call] = receiver.calls
    assert (call.path, call.body) == ("/hook?of=acme", b'{"a":1}')
    assert call.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert call.headers["x-own"] == "yes"


def test_a_port_beside_the_allowed_one_is_refused(receiver):
    with pytest.raises(AddressRefused, match="Only https://"):
        post(receiver.url.replace(str(receiver.port), str(receiver.port + 1)), b"", {})


def test_redirects_are_not_followed(receiver):
    receiver.status, receiver.headers = 302, {"Location": "http://169.254.169.254/latest/"}
    assert post(receiver.url, b"", {}).status == 302
    assert len(receiver.calls) == 1


def test_nobody_listens(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        settings.WEBHOOK_HOSTS_INSIDE = frozenset({"127.0.0.1"})
        with pytest.raises(NoAnswer, match=f"Nothing listens at port {port} of 127.0.0.1"):
            post(f"http://127.0.0.1:{port}/", b"", {})


def serve(answer, *, context=None):
    """A server for one connection, which `answer` treats as it likes; its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def run():
        with server, server.accept()[0] as plain, suppress(OSError):
            if context is None:
                answer(plain)
            else:
                with context.wrap_socket(plain, server_side=True) as wrapped:
                    answer(wrapped)

    threading.Thread(target=run, daemon=True).start()
    return server.getsockname()[1]


def test_a_server_that_never_ends_is_cut_off(settings, monkeypatch):
    """A byte now and then would keep a timeout of the socket from ever coming."""
    settings.WEBHOOK_HOSTS_INSIDE = frozenset({"127.0.0.1"})
    monkeypatch.setattr(outgoing, "PATIENCE", 0.4)

    def drip(connection):
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(40):
            connection.sendall(b"X: y\r\n")
            time.sleep(0.05)

    port, begun = serve(drip), time.monotonic()
    with pytest.raises(NoAnswer, match="did not answer within"):
        post(f"http://127.0.0.1:{port}/", b"", {})
    assert time.monotonic() - begun < 1.5


def test_what_is_no_http(settings):
    settings.WEBHOOK_HOSTS_INSIDE = frozenset({"127.0.0.1"})
    port = serve(lambda connection: (connection.recv(1000), connection.sendall(b"220 smtp\r\n")))
    with pytest.raises(NoAnswer, match=r"What 127\.0\.0\.1 answered is no HTTP"):
        post(f"http://127.0.0.1:{port}/", b"", {})


@pytest.fixture
def certificate(tmp_path):
    """A certificate of hooks.example that signed itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "hooks.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_tls_is_the_names_although_the_address_is_fixed(names, settings, certificate, monkeypatch):
    names["hooks.example"] = names["wrong.example"] = ["127.0.0.1"]
    settings.WEBHOOK_HOSTS_INSIDE = frozenset({"hooks.example", "wrong.example"})
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    asked = []
    server.sni_callback = lambda _socket, name, _context: asked.append(name)

    def answer(connection):
        asked.append(connection.recv(1000))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with pytest.raises(NoAnswer, match=r"certificate of hooks\.example is not to be trusted"):
        post(f"https://hooks.example:{serve(answer, context=server)}/", b"", {})
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(outgoing, "tls_context", lambda: trusting)
    asked.clear()
    port = serve(answer, context=server)
    assert post(f"https://hooks.example:{port}/", b"", {}).text == "ok"
    assert asked[0] == "hooks.example"
    assert f"Host: hooks.example:{port}".encode() in asked[1]
    with pytest.raises(NoAnswer, match=r"certificate of wrong\.example is not to be trusted"):
        post(f"https://wrong.example:{serve(answer, context=server)}/", b"", {})
