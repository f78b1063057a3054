"""The door of the house: who is let in, how often one may try, and what ends when."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db

LOG_IN, RESET = "/accounts/login/", "/accounts/password/reset/"
RIGHT, WRONG = "long enough for everybody", "not the password at all"


@pytest.fixture(autouse=True)
def no_attempts_of_others():
    cache.clear()


@pytest.fixture
def ana(manager):
    manager.set_password(RIGHT)
    manager.save()
    return manager


def try_in(client, email, password, came_from="203.0.113.9", **more):
    """Log in through the proxy, which saw where the request came from."""
    given = {"login": email, "password": password, **more}
    return client.post(LOG_IN, given, headers={"X-Forwarded-For": came_from})


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def behind_a_proxy(settings):
    settings.AXES_ENABLED = True
    settings.PROXIES = 1
    settings.ACCOUNT_RATE_LIMITS = False  # those have a test of their own


def outcome(email, password, came_from="203.0.113.9"):
    """Status of the answer in a new browser, and whether it is logged in now."""
    client = Client()
    return try_in(client, email, password, came_from).status_code, is_in(client)


@pytest.mark.usefixtures("behind_a_proxy")
def test_eight_wrong_ones_lock_an_address_for_the_place_they_came_from(ana):
    answers = [outcome(ana.email, WRONG) for _ in range(8)]
    assert answers == [(200, False)] * 7 + [(429, False)]
    assert outcome(ana.email, RIGHT) == (429, False)
    assert try_in(Client(), ana.email, RIGHT).headers["Retry-After"] == "900"
    # What the caller wrote before the proxy did changes nothing.
    assert outcome(ana.email, RIGHT, "192.0.2.1, 203.0.113.9") == (429, False)
    # She is not locked out by somebody elsewhere.
    assert outcome(ana.email, RIGHT, "198.51.100.1") == (302, True)


@pytest.mark.usefixtures("behind_a_proxy")
@pytest.mark.parametrize("came_from", ["unknown", "203.0.113.9:5123", "", "a, b", "\ud7ff"])
def test_a_proxy_that_names_no_address_breaks_nothing(ana, came_from):
    assert outcome(ana.email, WRONG, came_from) == (200, False)


def test_one_network_cannot_try_many_accounts(ana, settings):
    settings.PROXIES = 1
    answers = [
        try_in(Client(), f"nobody{n}@acme.example", WRONG).content.decode() for n in range(11)
    ]
    assert ["Too many failed" in said for said in answers] == [False] * 10 + [True]
    assert outcome(ana.email, RIGHT) == (200, False)
    assert outcome(ana.email, RIGHT, "198.51.100.1") == (302, True)


def test_logging_in_gives_another_session_and_logging_out_ends_it(ana):
    client = Client()
    client.get(LOG_IN)
    session = client.session
    session["planted"] = 1
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    assert try_in(client, ana.email, RIGHT).status_code == 302
    inside = client.session.session_key
    assert inside != planted
    thief = Client()
    for key, answer in ((planted, 302), (inside, 200)):
        thief.cookies["sessionid"] = key
        assert thief.get("/acme/creators/").status_code == answer
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client), "an image's address must not log anybody out"
    client.post("/accounts/logout/")
    thief.cookies["sessionid"] = inside
    assert thief.get("/acme/creators/").status_code == 302


def test_another_password_ends_the_other_sessions(ana):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        assert try_in(client, ana.email, RIGHT).status_code == 302
    new = "another one that is long"
    given = {"oldpassword": RIGHT, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", given).status_code == 302
    assert here.get("/acme/creators/").status_code == 200
    assert elsewhere.get("/acme/creators/").status_code == 302


def test_nobody_learns_who_has_an_account(ana):
    """The words, the status and the work are the same for an address that nobody has."""
    for path, given in ((LOG_IN, {"password": WRONG}), (RESET, {})):
        field = "login" if path == LOG_IN else "email"
        known, unknown = (
            Client().post(path, {field: email, **given}) for email in (ana.email, "no@acme.example")
        )
        assert known.status_code == unknown.status_code
        assert known.get("Location") == unknown.get("Location")
        said = known.content.decode().replace(ana.email, "no@acme.example")
        assert without_tokens(said) == without_tokens(unknown.content.decode())
    assert [one.to for one in mail.outbox] == [[ana.email], ["no@acme.example"]]


def without_tokens(page):
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_an_address_that_nobody_has_takes_as_long(ana, monkeypatch):
    hashed = []
    plain = MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    try_in(Client(), ana.email, WRONG)
    for_known = len(hashed)
    try_in(Client(), "no@acme.example", WRONG)
    assert for_known == len(hashed) - for_known > 0


def test_a_mail_leads_to_the_installation_whoever_is_named_as_host(ana, settings):
    settings.ALLOWED_HOSTS = ["crm.example", "127.0.0.1"]
    settings.RAPPORT_URL = "https://crm.example"
    evil = Client().post(RESET, {"email": ana.email}, headers={"Host": "evil.example"})
    assert (evil.status_code, mail.outbox) == (400, [])
    forwarded = {"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example"}
    assert Client().post(RESET, {"email": ana.email}, headers=forwarded).status_code == 302
    [sent] = mail.outbox
    assert "https://crm.example/accounts/password/reset/key/" in sent.body
    assert "evil.example" not in sent.body + sent.subject
    assert "//127.0.0.1" not in sent.body


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "HTTPS://evil.example/acme/",
    "https://crm.example@evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\r\nLocation: //evil.example",
    "\x00//evil.example",
]


def host_of(location):
    """Where a browser would go: it drops tabs and ends of lines, and takes a \\ for a /."""
    for dropped in "\t\r\n":
        location = location.replace(dropped, "")
    parts = urlsplit(urljoin("http://testserver/x/", location.strip().replace("\\", "/")))
    return parts.netloc if parts.scheme == "http" else parts.scheme


@pytest.mark.parametrize("place", ELSEWHERE)
def test_next_leads_nowhere_else(ana, place):
    client = Client()
    for path in (LOG_IN, "/accounts/logout/"):
        given = {"login": ana.email, "password": RIGHT, "next": place}
        answer = client.post(path, given)
        assert answer.status_code == 302
        assert host_of(answer["Location"]) == "testserver", (path, answer["Location"])


def test_next_leads_to_a_page_of_ours(ana):
    assert try_in(Client(), ana.email, RIGHT, next="/acme/board/")["Location"] == "/acme/board/"
