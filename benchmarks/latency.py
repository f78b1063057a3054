"""The list page while a full run goes on: the 95th percentile, against a quiet minute."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connections
from django.test import Client

from benchmarks.measure import Row, Table
from benchmarks.population import populate, vacuum
from benchmarks.segment_run import World
from benchmarks.segments import install
from crm.choices import Role
from crm.services import brands
from crm.services.metrics import refresh_metrics

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 3
QUIET_SECONDS = 15
ADDRESS = "/bench/creators/?sort=-followers"


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    refresh_metrics(creator_ids=None, as_of=AT)
    world = World(brand, install(brand, at=KNOWN))
    world.run_all()
    vacuum()
    user = brands.create_user(
        email="bench@bench.example", password=None, brand=brand, role=Role.ADMIN, at=KNOWN
    )
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    quiet, busy, asked = Row("quiet"), Row("while a full run goes on"), 0
    for turn in range(repetitions):
        quiet.seconds.append(percentile(requests_until(client, after(QUIET_SECONDS))))
        world.churn_at_the_source()
        found = requests_until(client, finished(world))
        asked += len(found)
        busy.seconds.append(percentile(found))
        print(f"  turn {turn + 1}: {quiet.seconds[-1]:.4g} s, {busy.seconds[-1]:.4g} s", flush=True)
    table = Table("list page, 95th percentile", [quiet, busy], unit="ms", scale=1_000.0)
    return [table], {"creators": f"{rows:,}", "requests during runs": asked}


def after(seconds: float) -> threading.Event:
    """An event that is set when the time is over."""
    event = threading.Event()
    threading.Timer(seconds, event.set).start()
    return event


def finished(world: World) -> threading.Event:
    """An event that is set when a full run, begun now on a connection of its own, is done."""
    event = threading.Event()

    def work() -> None:
        try:
            world.run_all()
        finally:
            connections.close_all()
            event.set()

    threading.Thread(target=work).start()
    return event


def requests_until(client: Client, event: threading.Event) -> list[float]:
    """Ask for the page again and again, a little apart; the seconds of each request."""
    seconds = []
    while not event.is_set():
        begin = time.perf_counter()
        answer = client.get(ADDRESS)
        seconds.append(time.perf_counter() - begin)
        assert answer.status_code == 200
        time.sleep(0.05)
    return seconds


def percentile(seconds: Sequence[float]) -> float:
    """The 95th."""
    return statistics.quantiles(seconds, n=20)[-1]
