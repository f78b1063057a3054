"""The public page: what comes in, what is refused in words, and what nobody learns from it."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisDown

from crm.choices import ApplicationStatus
from crm.models import Application, AuditEntry, Notification
from crm.public_forms import limits, proof
from crm.views.applying import place_of
from tests.crm.applications.worlds import CONSENT, applied, filled_in, open_page, solved
from tests.factories import ContactPointFactory, RelationshipFactory

pytestmark = pytest.mark.django_db

URL = "/apply/acme/"
THANKS = "/apply/acme/thanks/"


def said(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def refused(client, given, status=422):
    """The words of a page that takes nothing."""
    answer = client.post(URL, given)
    assert answer.status_code == status, said(answer)
    assert not Application.objects.exists()
    assert not AuditEntry.objects.exists()
    return said(answer)


def test_somebody_applies(public, client, manager, admin_user, analyst):
    shown = client.get(URL)
    assert shown.status_code == 200
    assert "Make things with Acme" in said(shown)
    answer = client.post(URL, filled_in(public))
    assert (answer.status_code, answer["Location"]) == (302, THANKS)
    kept = Application.objects.get()
    assert (kept.status, kept.name, kept.email, kept.country) == (
        ApplicationStatus.OPEN,
        "Ida Holm",
        "ida@holm.example",
        "DK",
    )
    assert (kept.why, kept.topics) == (
        "I drink from your cups.\nLet me paint one.",
        "Ceramics, slow travel",
    )
    assert (kept.consent_text, kept.consent_version, kept.min_age) == (CONSENT, 1, 18)
    [account] = kept.accounts.all()
    assert (account.platform_id, account.handle, account.followers) == (
        "instagram",
        "ida.holm",
        12_000,
    )
    assert account.url == "https://www.instagram.com/ida.holm/"
    # Those who triage are told; nobody else is. The ledger has no personal data.
    assert set(Notification.objects.values_list("user__email", flat=True)) == {
        manager.email,
        admin_user.email,
    }
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target_label, entry.data) == (
        "crm.application.received",
        f"application {kept.pk}",
        {"consent_version": 1, "replaces": False},
    )
    assert "A person reads it" in said(client.get(THANKS))


def test_several_accounts_and_the_platform_of_an_address(public, client):
    given = filled_in(
        public,
        platform_1="",
        handle_1="https://www.tiktok.com/@IdaPots",
        handle_2="https://youtube.com/@idaholm",
        platform_3="twitch",
        handle_3="ida_live",
    )
    assert client.post(URL, given).status_code == 302
    accounts = Application.objects.get().accounts.values_list("platform", "handle", "followers")
    assert list(accounts) == [
        ("tiktok", "idapots", 12_000),
        ("youtube", "idaholm", None),
        ("twitch", "ida_live", None),
    ]


def test_the_team_is_told_once_a_day(public, client, manager):
    for name in ("ida", "mia"):
        client.post(URL, filled_in(public, email=f"{name}@holm.example", handle_1=name))
    assert Application.objects.count() == 2
    assert Notification.objects.filter(user=manager).count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " \u202e\u200b "}, "Enter your name."),
        ({"email": "ida"}, "Enter a valid email address."),
        ({"country": "XX"}, "Select a valid choice"),
        ({"handle_1": ""}, "Name one account at least."),
        ({"platform_1": ""}, "Choose the platform."),
        ({"handle_1": "not a handle!"}, "cannot be a handle on instagram."),
        (
            {"handle_1": "https://www.tiktok.com/@ida"},
            "is an address of tiktok, not of instagram.",
        ),
        (
            {"platform_2": "instagram", "handle_2": "instagram.com/ida.holm/"},
            "You named this account above.",
        ),
        ({"platform_2": "tiktok"}, "Enter the handle, or choose no platform."),
        ({"followers_1": "-1"}, "greater than or equal to 0"),
        ({"why": " "}, "This field is required."),
        ({"why": "x" * 2_001}, "at most 2000 characters"),
        ({"of_age": ""}, "Acme takes applications from the age of 18 on."),
        ({"consent": ""}, "Without your consent nothing that you wrote may be kept."),
        ({"puzzle": ""}, "Your browser has not finished the check"),
        ({"puzzle": "bm90IGpzb24="}, "did not succeed"),
        ({"puzzle": "\u00e9" * 40}, "did not succeed"),
        ({"name": "Ida\0"}, "Null characters are not allowed."),
    ],
)
def test_what_is_not_right_is_said_beside_it(public, client, changes, words):
    answer = refused(client, filled_in(public, **changes))
    assert words in answer
    # What was typed is still there.
    assert "Let me paint one." in answer or "why" in changes


def test_naughty_words_are_shown_as_they_are(brand, public, client, manager_client):
    name = "<script>alert(1)</script> {{ 7|add:7 }} ꙮ Ïda 🪴"
    assert client.post(URL, filled_in(public, name=name, why='"><img src=x onerror=y>')).status_code
    page = manager_client.get("/acme/applications/").content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert name in unescape(page)


def test_a_closed_page_says_nothing_about_the_brand(brand, client):
    for url in (URL, THANKS, "/apply/nobody/"):
        assert client.get(url).status_code == 404
    closed = open_page(brand, is_open=False)
    assert client.get(URL).status_code == 404
    assert refused(client, filled_in(closed), 404)


def test_who_is_known_is_not_told_to_anybody(brand, public, client):
    """A creator, an application that waits, and a stranger: the answers are the same."""
    known = RelationshipFactory(brand=brand, creator__name="Mia")
    ContactPointFactory(brand=brand, creator=known.creator, value="mia@holm.example")
    waiting = applied(brand)
    answers = [
        client.post(URL, filled_in(public, email=email))
        for email in ("mia@holm.example", waiting.email, "new@holm.example")
    ]
    assert {(one.status_code, one["Location"]) for one in answers} == {(302, THANKS)}
    waiting.refresh_from_db()
    assert waiting.why == "I drink from your cups."
    assert Application.objects.count() == 3


def test_a_field_that_nobody_sees_catches_programs(public, client):
    answer = client.post(URL, filled_in(public, extra="https://spam.example"))
    assert answer.status_code == 422
    # Somebody whose browser did it only has to send it again.
    assert "A field that nobody sees was filled in" in said(answer)
    assert "spam.example" not in answer.content.decode()
    assert not Application.objects.exists()


def test_a_puzzle_is_good_for_one_form_of_one_brand(brand, other_brand, public, client):
    elsewhere = open_page(other_brand)
    assert "did not succeed" in refused(client, filled_in(public, puzzle=solved(elsewhere)))
    puzzle = solved(public)
    assert client.post(URL, filled_in(public, puzzle=puzzle)).status_code == 302
    # Written in another way it is the same puzzle.
    spaced = json.dumps(json.loads(base64.b64decode(puzzle)), indent=1)
    for same in (puzzle, base64.b64encode(spaced.encode()).decode()):
        again = client.post(URL, filled_in(public, puzzle=same, email="mia@holm.example"))
        assert again.status_code == 422
        assert "This form was sent already." in said(again)
    assert Application.objects.count() == 1


def test_a_puzzle_that_somebody_changed_is_not_ours(public):
    now = timezone.now()
    challenge = proof.challenge(place_of(public), 1, now - timedelta(hours=1))
    challenge["parameters"]["data"]["consent"] = 99
    forged = {"challenge": challenge, "solution": {"counter": 1, "derivedKey": "00"}}
    with pytest.raises(proof.ProofRefused, match="did not succeed"):
        proof.check(base64.b64encode(json.dumps(forged).encode()).decode(), place_of(public), now)


def test_nobody_is_faster_than_typing_and_no_page_stays_open_for_ever(public):
    now = timezone.now()
    with pytest.raises(proof.ProofRefused, match="faster than anybody types"):
        proof.check(solved(public, now), place_of(public), now + timedelta(seconds=3))
    shown = proof.check(solved(public, now), place_of(public), now + timedelta(seconds=4))
    assert (shown.at, shown.consent_version, len(shown.nonce)) == (now, 1, 32)
    with pytest.raises(proof.ProofRefused, match="more than two hours"):
        proof.check(solved(public, now), place_of(public), now + timedelta(hours=2, seconds=1))


def test_words_of_consent_that_changed_are_read_again(public, client):
    given = filled_in(public)
    public.consent_text, public.consent_version = "Acme keeps this for ever.", 2
    public.save()
    words = refused(client, given)
    assert "has changed while you wrote. Read it again." in words
    assert "Acme keeps this for ever." in words


def test_one_address_may_apply_three_times_a_day(public, client):
    for _time in range(3):
        assert client.post(URL, filled_in(public)).status_code == 302
    answer = client.post(URL, filled_in(public))
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 24 * 3600
    assert "Too many forms came from your network" in said(answer)
    assert Application.objects.count() == 1


def test_a_network_has_a_limit_of_its_own(public, client, settings):
    settings.PROXIES = 1

    def send(number, address):
        given = filled_in(public, email=f"p{number}@holm.example", handle_1=f"p{number}")
        return client.post(URL, given, headers={"X-Forwarded-For": f"6.6.6.6, {address}"})

    for number in range(10):
        assert send(number, f"192.0.2.{number}").status_code == 302
    assert send(10, "192.0.2.77").status_code == 429
    assert send(11, "198.51.100.1").status_code == 302
    assert Application.objects.count() == 11


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2345::1", "2001:db8:1:2300::/56"),
        ("", "unknown"),
    ],
)
def test_networks(address, network):
    assert limits.network_of(address) == network


def test_without_a_cache_nothing_is_taken(public, client, monkeypatch):
    def down(*_args, **_kwargs):
        raise RedisDown

    given = filled_in(public)
    monkeypatch.setattr(cache, "add", down)
    assert "We cannot take forms this moment." in refused(client, given, 503)


def test_a_form_of_another_site_is_refused(public):
    client = Client(enforce_csrf_checks=True)
    assert client.post(URL, filled_in(public)).status_code == 403
    assert not Application.objects.exists()


def test_the_page_costs_two_queries_and_asks_nobody_else(public, client, django_assert_num_queries):
    with django_assert_num_queries(2):  # the page with its brand, the platforms
        page = client.get(URL)
    assert not re.search(r'(src|href)="(https?:)?//', page.content.decode())
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")
