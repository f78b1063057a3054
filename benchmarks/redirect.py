"""/t/CODE against a page that does nothing, served as in production, with the database well or ill.

Eight browsers follow links for some seconds, one request after the other; the floor is /healthz,
asked in turns with it, so that both get the same machine. Then the same with the table of links
locked, and with a database that is not there. Every click has to be in the database at the end.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from benchmarks.measure import Row, Table
from campaigns.models import Click, TrackingLink
from campaigns.services.tracking import landing, server, writing
from campaigns.services.tracking.links import new_code
from config.devstack.servers import start_valkey
from crm.models import Creator, Relationship
from crm.services import brands

AT = datetime(2026, 11, 1, tzinfo=UTC)
BROWSERS = 8
SECONDS = 8.0
WORKERS = ("--workers=3", "--threads=4")
PHONES = [
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_{n} like Mac OS X) AppleWebKit/605.1.15 Instagram {n}"
    for n in range(200)
]
NOWHERE = "postgres://rapport@127.0.0.1:1/rapport"

Seconds = Mapping[str, Sequence[float]]


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns a table for each state of the database, and the sizes."""
    place = Path(tempfile.mkdtemp(prefix="rapport-bench-valkey-"))
    valkey = start_valkey(data=place / "data", log=place / "log")
    os.environ["RAPPORT_BENCH_BROKER"] = settings.CELERY_BROKER_URL = valkey.url
    try:
        server.wake()
        codes = _links(rows)
        tables, followed = [], 0
        for title, state in (
            ("database well", _well),
            ("table of links locked", _locked),
            ("no database", _away),
        ):
            table, number = _measure(title, state, codes, repetitions)
            tables.append(table)
            followed += number
        writing.drain(most=10_000_000)
        counted = Click.objects.count()
        assert counted == followed, f"{followed} were sent on, {counted} are counted"
        return tables, {"links": f"{rows:,}", "browsers": BROWSERS, "clicks": f"{counted:,}"}
    finally:
        valkey.child.stop()
        shutil.rmtree(place, ignore_errors=True)


def _links(rows: int) -> list[str]:
    brand = brands.create_brand(slug="bench", name="Bench", at=AT)
    creator = Creator.objects.create(name="Bench")
    known = Relationship.objects.create(brand=brand, creator=creator, since=AT, stage_since=AT)
    made = TrackingLink.objects.bulk_create(
        TrackingLink(
            brand=brand,
            code=new_code(),
            relationship=known,
            target="https://shop.example.com/shoes?colour=blue",
            utm_source="instagram",
            utm_medium="influencer",
        )
        for _ in range(rows)
    )
    landing.write(TrackingLink.objects.all())
    return [link.code for link in made]


def _measure(
    title: str, state: Callable[[], AbstractContextManager[str]], codes: list[str], repetitions: int
) -> tuple[Table, int]:
    labels = ("empty view, median", "empty view, p99", "redirect, median", "redirect, p99")
    found = [Row(label) for label in labels]
    followed = 0
    with state() as dsn, _served(dsn) as address:
        followed += len(_ask(address, codes, 2.0)["redirect"])  # first requests load the modules
        for _ in range(repetitions):
            taken = _ask(address, codes, SECONDS)
            followed += len(taken["redirect"])
            for at, kind in ((0, "empty"), (2, "redirect")):
                found[at].seconds.append(statistics.median(taken[kind]))
                found[at + 1].seconds.append(statistics.quantiles(taken[kind], n=100)[-1])
    ratio = found[3].median / found[1].median
    note = f"p99 of the redirect is {ratio:.2f} x that of the empty view."
    return Table(f"redirect: {title}", found, unit="ms", scale=1_000.0, note=note), followed


def _ask(address: str, codes: list[str], seconds: float) -> Seconds:
    until = time.monotonic() + seconds
    taken: dict[str, list[float]] = {"empty": [], "redirect": []}
    lock = threading.Lock()

    def browse(number: int) -> None:
        chance = random.Random(number)
        mine: dict[str, list[float]] = {"empty": [], "redirect": []}
        asking = http.client.HTTPConnection(address, timeout=60)
        while time.monotonic() < until:
            for kind, path, status in (
                ("empty", "/healthz", 200),
                ("redirect", f"/t/{chance.choice(codes)}", 302),
            ):
                headers = {"User-Agent": chance.choice(PHONES)}
                begin = time.perf_counter()
                asking.request("GET", path, headers=headers)
                answer = asking.getresponse()
                answer.read()
                mine[kind].append(time.perf_counter() - begin)
                assert answer.status == status, (path, answer.status)
        asking.close()
        with lock:
            for kind, values in mine.items():
                taken[kind] += values

    with ThreadPoolExecutor(BROWSERS) as pool:
        list(pool.map(browse, range(BROWSERS)))
    return taken


@contextmanager
def _well() -> Iterator[str]:
    yield os.environ["DATABASE_URL"]


@contextmanager
def _locked() -> Iterator[str]:
    """Whoever reads or writes a link waits."""
    with (
        psycopg.connect(os.environ["DATABASE_URL"]) as holding,
        holding.cursor() as cursor,
    ):
        cursor.execute("LOCK TABLE campaigns_trackinglink IN ACCESS EXCLUSIVE MODE")
        yield os.environ["DATABASE_URL"]


@contextmanager
def _away() -> Iterator[str]:
    yield NOWHERE


@contextmanager
def _served(dsn: str) -> Iterator[str]:
    """host:port of gunicorn with this database."""
    connection.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind={bind}", *WORKERS]
    child = subprocess.Popen(
        [*command, "--keep-alive=5", "--no-control-socket", "--log-level=warning"],
        env=os.environ | {"DATABASE_URL": dsn},
    )
    try:
        for _ in range(300):
            try:
                asking = http.client.HTTPConnection(bind, timeout=5)
                asking.request("GET", "/healthz")
                asking.getresponse().read()
                asking.close()
                break
            except OSError:
                time.sleep(0.1)
        yield bind
    finally:
        child.terminate()
        child.wait(timeout=30)
