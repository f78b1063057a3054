"""Twenty people at once on the list, the board and creators' pages, served as in production.

Each person opens a page, reads for five seconds and opens the next; the server is gunicorn with the
workers and threads of the Dockerfile. The floor is one person alone, who reads nothing.
"""

from __future__ import annotations

import itertools
import os
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.measure import Row, Table
from benchmarks.population import populate, vacuum
from benchmarks.segment_run import World
from benchmarks.segments import install
from crm.choices import Role
from crm.models import Brand, Creator
from crm.services import brands
from crm.services.metrics import refresh_metrics

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 3
PEOPLE = 20
SECONDS = 60
READING = 5.0
WORKERS = ("--workers=3", "--threads=4")
KINDS = ("list", "board", "creator")
LISTS = ("", "?sort=-followers", "?stage=core&sort=name", "?search=creator+0012")

Seconds = Mapping[str, Sequence[float]]


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns a table for each kind of page, and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    refresh_metrics(creator_ids=None, as_of=AT)
    World(brand, install(brand, at=KNOWN)).run_all()
    vacuum()
    people = [_person(brand, number) for number in range(PEOPLE)]
    uids = [str(uid) for uid in Creator.objects.order_by("pk").values_list("uid", flat=True)[:500]]
    queries = {kind: _queries(people[0], next(_addresses(kind, uids, 0))) for kind in KINDS}
    found: dict[str, list[Row]] = {
        kind: [Row("one person, median"), Row("one person, 95th percentile")] for kind in KINDS
    }
    for kind in KINDS:
        found[kind] += [Row(f"{PEOPLE} people, median"), Row(f"{PEOPLE} people, 95th percentile")]
    asked = 0
    with _served() as address:
        _visit(
            address, people, uids, seconds=5, reading=0.0
        )  # first requests compile templates and statements
        for _ in range(repetitions):
            for first, party, reading in ((0, people[:1], 0.0), (2, people, READING)):
                seconds = _visit(address, party, uids, seconds=SECONDS, reading=reading)
                asked += sum(map(len, seconds.values()))
                for kind in KINDS:
                    found[kind][first].seconds.append(statistics.median(seconds[kind]))
                    found[kind][first + 1].seconds.append(
                        statistics.quantiles(seconds[kind], n=20)[-1]
                    )
    tables = [
        Table(
            f"page: {kind}",
            found[kind],
            unit="ms",
            scale=1_000.0,
            note=f"{queries[kind]} queries a request.",
        )
        for kind in KINDS
    ]
    return tables, {"creators": f"{rows:,}", "people": PEOPLE, "requests": asked}


def _person(brand: Brand, number: int) -> Client:
    """A manager of the brand who is logged in."""
    user = brands.create_user(
        email=f"bench{number}@bench.example", password=None, brand=brand, role=Role.MANAGER, at=AT
    )
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _queries(person: Client, path: str) -> int:
    person.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert person.get(path).status_code == 200
    return len(captured)


def _addresses(kind: str, uids: Sequence[str], seed: int) -> Iterator[str]:
    """The paths of one kind that a person opens, one after the other, without an end."""
    chance = random.Random(seed)
    while True:
        if kind == "list":
            yield f"/bench/creators/{chance.choice(LISTS)}"
        elif kind == "board":
            yield "/bench/board/"
        else:
            yield f"/bench/creators/{chance.choice(uids)}/"


def _visit(
    address: str, people: Sequence[Client], uids: Sequence[str], *, seconds: float, reading: float
) -> Seconds:
    """Let everybody open pages for some `seconds`; how long each kind of page took."""
    until = time.monotonic() + seconds

    def visit(number: int) -> Seconds:
        cookie = f"sessionid={people[number].cookies['sessionid'].value}"
        taken: dict[str, list[float]] = defaultdict(list)
        paths = {kind: _addresses(kind, uids, number) for kind in KINDS}
        time.sleep(reading * number / len(people))
        for kind in itertools.cycle(KINDS):
            if time.monotonic() >= until:
                return taken
            target = address + next(paths[kind])
            # Our own server, on this machine.
            asking = urllib.request.Request(target, headers={"Cookie": cookie})  # noqa: S310
            begin = time.perf_counter()
            with urllib.request.urlopen(asking, timeout=60) as answer:  # noqa: S310
                assert answer.status == 200
                assert answer.url == target, "sent away, to the login?"
                answer.read()
            taken[kind].append(time.perf_counter() - begin)
            time.sleep(reading)
        raise AssertionError

    taken: dict[str, list[float]] = defaultdict(list)
    with ThreadPoolExecutor(len(people)) as pool:
        for one in pool.map(visit, range(len(people))):
            for kind, values in one.items():
                taken[kind] += values
    return taken


@contextmanager
def _served() -> Iterator[str]:
    """The address of a server of its own, on this database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind={bind}", *WORKERS]
    server = subprocess.Popen(
        [*command, "--no-control-socket", "--log-level=warning"], env=os.environ
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://{bind}/healthz", timeout=5)
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://{bind}"
    finally:
        server.terminate()
        server.wait(timeout=30)
