"""Whatever a browser is made to send to a page is answered, never stumbled over.

Each page is asked once, which tells the names that it reads; then these names come with nonsense,
all at once and each of them in what the page itself would send otherwise. Which nonsense: the next
of the list, going round, so that each reader that pages share meets all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from typing import Any
from zlib import crc32

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from crm.models import User
from tests.doors.test_brands_apart import ACTS
from tests.doors.world import ROWS, whole_brand
from tests.pages import KINDS, PAGES, PATTERNS
from tests.people import logged_in

NONSENSE = [
    "",
    "x",
    "-1",
    "9" * 20,
    "9223372036854775807",
    "1e400",
    "NaN",
    "\x00",
    "'",
    "x" * 5_000,
    "1" * 5_000,
    "\u00b2",
    "0001-01-01",
    "9999-12-31T23:59",
    "2026-02-30",
    "[null]",
    '{"a": 1e999}',
    "[" * 3_000,
    "https://[x",
    "25:61",
    "9999Q4",
    "null\n",
    "11111111-2222-4333-8444-555555555555",
    ["x", "x"],
]


@pytest.fixture(scope="module")
def world(module_db: None) -> int:
    """The number of who may do everything, in a brand with a row in nearly every table."""
    _brand, admin = whole_brand()
    return admin.pk


@pytest.fixture
def client(db: None, world: int) -> Client:
    client = logged_in(User.objects.get(pk=world))
    client.raise_request_exception = False
    return client


@contextmanager
def names_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The names that views ask query strings and forms for."""
    names: set[str] = set()

    def listening(name: str) -> Any:
        plain = getattr(QueryDict, name)

        def listen(self: QueryDict, key: str, *args: Any) -> Any:
            names.add(key)
            return plain(self, key, *args)

        return listen

    with monkeypatch.context() as patch:
        for name in ("get", "getlist", "__getitem__", "__contains__"):
            patch.setattr(QueryDict, name, listening(name))
        yield names
    names.discard("csrfmiddlewaretoken")


def status_of(client: Client, method: str, address: str, data: dict[str, Any]) -> int:
    """What the page answers; what it did is taken back."""
    with transaction.atomic():
        answer = getattr(client, method)(address, data)
        if answer.streaming and answer.status_code == 200:
            answer.getvalue()
        transaction.set_rollback(True)
    return int(answer.status_code)


def addresses(name: str) -> Iterator[str]:
    values = KINDS | ROWS | {"brand": "acme"}
    given = {one: values[one] for one in ("brand", *PATTERNS[name])}
    for act in ACTS if "act" in given else ["pin"]:
        yield reverse(name, kwargs=given | ({"act": act} if "act" in given else {}))


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_stumbles(client, monkeypatch, method):
    wrong, read = [], 0
    for name, access in PAGES.items():
        if getattr(access, method) is None:
            continue
        for address in addresses(name):
            with names_read(monkeypatch) as names:
                status = status_of(client, method, address, {})
            if status in {404, 405}:
                continue  # of acts that are another page's, of rows that are not there
            read += len(names)
            first = crc32(f"{method} {name}".encode()) % len(NONSENSE)
            turns = islice(cycle(NONSENSE), first, None)
            sent = [{one: next(turns) for one in sorted(names)} for _ in range(2)]
            wrong += [
                (status, method, address, {one: str(text)[:30] for one, text in data.items()})
                for data in sent
                if (status := status_of(client, method, address, data)) >= 500
            ]
    assert wrong == []
    assert read > 500
