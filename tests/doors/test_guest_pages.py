"""Pages of people without an account: nasty texts in their database, nonsense in what they send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.choices import GuestKind
from campaigns.guest_urls import urlpatterns
from campaigns.models import GuestLink
from campaigns.services import guests
from crm.models import User
from tests.doors import nasty
from tests.doors.test_nasty_texts import Watcher
from tests.doors.test_nonsense import NONSENSE
from tests.doors.world import PK, whole_brand
from tests.factories import NOW


@pytest.fixture(scope="module")
def world(module_db: None) -> list[str]:
    """An address's token of each kind of link, for the rows that are there."""
    _brand, admin = whole_brand()
    nasty.spoil()
    return tokens_of(admin)


def tokens_of(admin: User) -> list[str]:
    targets = {
        GuestKind.PORTAL: "engagement",
        GuestKind.REVIEWER: "deliverable",
        GuestKind.REPORT: "campaign",
        GuestKind.EVENT: "invitation",
    }
    assert set(targets) == set(GuestKind)
    made = []
    for column in targets.values():
        target = GuestLink._meta.get_field(column).related_model._base_manager.get(pk=PK)
        made.append(guests.make_link(target=target, name="Maya", actor=admin, at=NOW, days=365))
    GuestLink.objects.update(expires_at="9000-01-01T00:00:00Z")
    return [guests.token_of(link) for link in made]


def addresses(tokens: list[str]) -> Iterator[str]:
    for token in tokens:
        for pattern in urlpatterns:
            given = {"token": token} | dict.fromkeys(pattern.pattern.converters, PK)
            yield reverse(f"guest:{pattern.name}", kwargs=given)


def browser() -> Client:
    client = Client()
    client.raise_request_exception = False
    return client


@pytest.mark.ignore_template_errors
def test_no_text_runs_on_them(db, world):
    client, wrong, kinds = browser(), [], Counter()
    for address in addresses(world):
        answer = client.get(address)
        kind = answer.get("Content-Type", "").partition(";")[0]
        kinds[kind] += answer.status_code == 200
        if answer.status_code >= 500:
            wrong.append(f"{address}: {answer.status_code}")
        elif kind == "text/html":
            watcher = Watcher()
            watcher.feed(answer.content.decode())
            wrong += [f"{address}: {one}" for one in watcher.found]
    assert wrong == []
    assert kinds["text/html"] >= 12
    assert kinds["application/pdf"] >= 1
    assert kinds["text/calendar"] >= 1


# What their forms send, and what programs do.
NAMES = (
    "answer", "choice", "code", "comment", "corrections", "day", "email", "file", "files", "hold",
    "kind", "link", "name", "next", "note", "number", "opinion", "people", "place", "post_url",
    "reason", "text", "title", "url", "version", "where", "words",
)  # fmt: skip


@pytest.mark.ignore_template_errors
def test_they_stumble_over_nothing(db, world):
    client, wrong, taken = browser(), [], 0
    for turn, address in enumerate(addresses(world)):
        data = {name: NONSENSE[(turn + place) % len(NONSENSE)] for place, name in enumerate(NAMES)}
        status = client.post(address, data).status_code
        taken += status not in {404, 405}
        if status >= 500:
            wrong.append((status, address))
    assert wrong == []
    assert taken >= 8
