"""Whatever a browser is made to send to a page is answered, never stumbled over.

Each name that a page reads holds nonsense, in query strings as in forms: which one goes by page and
name, so that the readers that pages share meet all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from zlib import crc32

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from crm.models import User
from tests.doors.imported import heavy_among, noted
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


@pytest.fixture
def imports() -> set[tuple[str, str]]:
    """What pages import while they answer, and who imports it."""
    return set()


@pytest.fixture
def send(
    monkeypatch: pytest.MonkeyPatch, imports: set[tuple[str, str]]
) -> Callable[[Client, str, str], tuple[int, set[str]]]:
    """Ask a page with nonsense in whatever it reads: its status and those names.

    What it did is taken back.
    """
    names: set[str] = set()
    place = ""

    def one(_data: QueryDict, name: str, *_default: Any) -> str:
        names.add(name)
        return NONSENSE[crc32(f"{place} {name}".encode()) % len(NONSENSE)]

    def ask(client: Client, method: str, address: str) -> tuple[int, set[str]]:
        nonlocal place
        place = f"{method} {address}"
        names.clear()
        with monkeypatch.context() as patch, transaction.atomic():
            patch.setattr(QueryDict, "get", one)
            patch.setattr(QueryDict, "__getitem__", one)
            patch.setattr(QueryDict, "__contains__", lambda _data, _name: True)
            for many in ("getlist", "pop"):
                patch.setattr(QueryDict, many, lambda data, name, *_: [one(data, name)] * 2)
            with noted(imports):
                answer = getattr(client, method)(address)
                if answer.streaming and answer.status_code == 200:
                    answer.getvalue()
            transaction.set_rollback(True)
        return answer.status_code, set(names)

    return ask


def addresses(name: str) -> Iterator[str]:
    values = KINDS | ROWS | {"brand": "acme"}
    given = {one: values[one] for one in ("brand", *PATTERNS[name])}
    for act in ACTS if "act" in given else ["pin"]:
        yield reverse(name, kwargs=given | ({"act": act} if "act" in given else {}))


@pytest.mark.ignore_template_errors
def test_no_page_stumbles(client, send, imports):
    """A page that takes forms is sent one: it reads its query string then, too."""
    wrong, read = [], 0
    for name, access in PAGES.items():
        method = "get" if access.post is None else "post"
        for address in addresses(name):
            status, names = send(client, method, address)
            read += len(names)
            if status >= 500:
                wrong.append((status, method, address, names))
            if status != 404:
                break  # the first of the acts that the page knows
    assert wrong == []
    assert read > 1_000
    assert heavy_among(imports) == {}
