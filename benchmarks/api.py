"""The REST API against plain Django views that answer the same: what the whole of it costs.

Within one process through the test client, with middleware and URLs of the product: a page of a
list with and without eight filters, at the start and deep down, against a plain view with values()
and orjson; a stored scorecard against a plain view that reads the row. Then the same over HTTP from
gunicorn with two workers, with requests a second.

The empty view has the product's middleware and nothing else: no token, no statement, no count of
requests. Nor have the plain views a token or a count.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import orjson
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import include, path

from benchmarks.measure import Contender, Row, Table, measure
from benchmarks.population import populate, vacuum
from benchmarks.processor import database_process, of_servers
from benchmarks.segments import install
from config.devstack.servers import new_data_folder, start_valkey
from config.settings.addresses import cache
from crm.api import creators, relationships
from crm.choices import Role, Scope, Stage
from crm.filters import DEFAULT_SORT, ORDERS
from crm.models import Brand, Profile, Relationship
from crm.paging import in_order, place_of
from crm.services import brands, tokens
from crm.services.metrics import refresh_metrics
from segmentation.models import Scorecard
from segmentation.services import runs, scorecards

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
PERIOD = "2026Q3"
SEGMENT = "job-1"
REQUESTS = 50
LIMIT = 50
# Over HTTP: so many callers for so long.
CALLERS, SECONDS = 4, 4
WORKERS = ("--workers=2", "--threads=2")
# Host and port.
Place = tuple[str, int]
EIGHT = {
    "followers__gte": "1000",
    "followers__lt": "1000000",
    "stage__in": "prospect,first_time,core",
    "country__in": "DK,SE,NO,DE,FR",
    "creator_type": "external",
    "engagement_rate__gte": "0.001",
    "last_post_at__isnull": "false",
    "stage_since__lt": "2026-11-01",
}
CREATORS = f"/api/v1/creators/?limit={LIMIT}&count=false"
FILTERED = f"{CREATORS}&" + "&".join(f"{name}={value}" for name, value in EIGHT.items())
CARD = f"/api/v1/segments/{SEGMENT}/scorecard?period={PERIOD}"
METRICS = creators.METRICS
CONDITIONS = Q(
    **{
        f"{METRICS}followers__gte": 1_000,
        f"{METRICS}followers__lt": 1_000_000,
        "stage__in": [Stage.PROSPECT, Stage.FIRST_TIME, Stage.CORE],
        "creator__country__in": ["DK", "SE", "NO", "DE", "FR"],
        "creator__creator_type": "external",
        f"{METRICS}engagement_rate__gte": 0.001,
        f"{METRICS}last_post_at__isnull": False,
        "stage_since__lt": AT,
    }
)


def empty(_request: HttpRequest) -> HttpResponse:
    """A view that does nothing."""
    return HttpResponse(b"{}", content_type="application/json")


def plain_list(request: HttpRequest) -> HttpResponse:
    """The same columns of the same rows, with accounts, by values() and orjson; no token."""
    brand = Brand.objects.get(slug="bench")
    rows = Relationship.objects.filter(brand=brand, creator__metrics__followers__isnull=False)
    if "eight" in request.GET:
        rows = rows.filter(CONDITIONS)
    if below := request.GET.get("below"):
        rows = rows.filter(creator__metrics__followers__lte=int(below))
    # As the index is declared.
    by_followers = F(f"{METRICS}followers").desc(nulls_last=True)
    found = list(
        rows.order_by(by_followers, f"-{METRICS}creator_id").values(*creators.COLUMNS)[:LIMIT]
    )
    of_page = Profile.objects.filter(creator__in=[row["creator_id"] for row in found])
    accounts = list(of_page.values("id", "creator_id", "platform_id", "handle", "url", "followers"))
    return _json({"results": found, "accounts": accounts})


def plain_relationships(_request: HttpRequest) -> HttpResponse:
    """A page of a list of one table and its neighbours."""
    brand = Brand.objects.get(slug="bench")
    rows = Relationship.objects.filter(brand=brand).order_by("pk")
    return _json({"results": list(rows.values(*relationships.COLUMNS)[:LIMIT])})


def plain_scorecard(_request: HttpRequest) -> HttpResponse:
    """The stored row as it is."""
    brand = Brand.objects.get(slug="bench")
    rows = Scorecard.objects.filter(segment__brand=brand, segment__key=SEGMENT, period=PERIOD)
    return _json(rows.values("segment__key", "period", "size", "metrics", "as_of").get())


def _json(found: object) -> HttpResponse:
    return HttpResponse(orjson.dumps(found), content_type="application/json")


urlpatterns = [
    path("bench/empty", empty),
    path("bench/list", plain_list),
    path("bench/relationships", plain_relationships),
    path("bench/scorecard", plain_scorecard),
    path("", include("config.urls")),
]


@override_settings(ROOT_URLCONF="benchmarks.api", API_REQUESTS_PER_MINUTE=10**9)
def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    place = Path(tempfile.mkdtemp(prefix="rapport-bench-"))
    valkey = start_valkey(data=new_data_folder(place / "valkey"), log=place / "valkey.log")
    os.environ["RAPPORT_BENCH_CACHE"] = valkey.url
    try:
        with override_settings(CACHES={"default": cache(valkey.url)}):
            return _run(rows, repetitions, valkey.child.process.pid)
    finally:
        valkey.child.stop()
        shutil.rmtree(place, ignore_errors=True)


def _run(
    rows: int, repetitions: int, cache_process: int
) -> tuple[Sequence[Table], Mapping[str, object]]:
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=3, at=AT, known=KNOWN)
    refresh_metrics(creator_ids=None, as_of=AT)
    install(brand, at=KNOWN)
    first = runs.start_run(brand=brand, as_of=KNOWN, at=KNOWN)
    runs.execute_run(run_id=first.pk, at=KNOWN)
    scorecards.refresh(brand_id=brand.pk, as_of=AT, periods=[PERIOD])
    vacuum()
    secret = _secret(brand)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    tables = [*_lists(client, rows, repetitions), _scorecards(client, repetitions)]
    tag = client.get(CARD).headers["ETag"]
    with _served() as (place, web):
        servers = [web, cache_process, database_process()]
        tables.append(_rates(place, servers, secret, tag, repetitions))
    sizes = {"creators": f"{rows:,}", "requests a turn": REQUESTS, "callers over HTTP": CALLERS}
    return tables, sizes


def _secret(brand: Brand) -> str:
    user = brands.create_user(
        email="bench@bench.example", password=None, brand=brand, role=Role.ADMIN, at=KNOWN
    )
    _, secret = tokens.create_token(
        brand=brand, user=user, name="bench", scopes=list(Scope.values), at=KNOWN
    )
    return secret


def _asking(label: str, client: Client, url: str, **headers: str) -> Contender:
    """REQUESTS times the same request; its answer is looked at once."""
    answer = client.get(url, headers=headers)
    assert answer.status_code in {200, 304}, f"{url}: {answer.status_code} {answer.content!r}"

    def ask() -> None:
        for _ in range(REQUESTS):
            client.get(url, headers=headers)

    return Contender(label, ask, times=REQUESTS)


def _lists(client: Client, rows: int, repetitions: int) -> list[Table]:
    deep, below = _deep(client, rows)
    asked = {
        "50 creators": (CREATORS, "/bench/list"),
        "50 creators, eight filters": (FILTERED, "/bench/list?eight"),
        "50 creators, deep": (f"{CREATORS}&cursor={deep}", f"/bench/list?below={below}"),
        "50 creators, eight filters, deep": (
            f"{FILTERED}&cursor={deep}",
            f"/bench/list?eight&below={below}",
        ),
        "50 relationships": (
            f"/api/v1/relationships/?limit={LIMIT}&count=false",
            "/bench/relationships",
        ),
    }
    return [
        measure(
            title,
            [_asking("plain view", client, plain), _asking("product", client, product)],
            repetitions=repetitions,
            in_milliseconds=True,
        )
        for title, (product, plain) in asked.items()
    ]


def _deep(client: Client, rows: int) -> tuple[str, int]:
    """The cursor half-way down the list, and the followers there."""
    order = ORDERS[DEFAULT_SORT]
    found = in_order(Relationship.objects.filter(brand__slug="bench"), order)
    [row] = found.values("creator__metrics__followers", "page_key", "page_tie")[
        rows // 2 : rows // 2 + 1
    ]
    return place_of(row, order), row["creator__metrics__followers"]


def _scorecards(client: Client, repetitions: int) -> Table:
    tag = client.get(CARD).headers["ETag"]
    return measure(
        "stored scorecard",
        [
            _asking("plain view of the stored row", client, "/bench/scorecard"),
            _asking("empty view", client, "/bench/empty"),
            _asking("product", client, CARD),
            _asking("product, unchanged (304)", client, CARD, **{"If-None-Match": tag}),
        ],
        repetitions=repetitions,
        in_milliseconds=True,
    )


def _rates(place: Place, servers: Sequence[int], secret: str, tag: str, repetitions: int) -> Table:
    """How many requests are answered over HTTP, asked by all callers at once, in turns.

    The processor's time is that of the servers for each request: callers are not in it.
    """
    token = {"Authorization": f"Bearer {secret}"}
    urls: Mapping[str, tuple[str, Mapping[str, str]]] = {
        "empty view": ("/bench/empty", {}),
        "scorecard, unchanged (304)": (CARD, {**token, "If-None-Match": tag}),
        "scorecard, whole": (CARD, token),
        "scorecard, plain view": ("/bench/scorecard", {}),
        "50 creators, eight filters": (FILTERED, token),
        "50 creators, eight filters, plain view": ("/bench/list?eight", {}),
    }
    found = {label: Row(label) for label in urls}
    taken: dict[str, list[float]] = {label: [] for label in urls}
    for url, headers in urls.values():
        _load(place, url, headers, seconds=1)  # compiles statements, fills caches
    for turn in range(repetitions):
        for label, (url, headers) in urls.items():
            before = of_servers(servers)
            seconds = _load(place, url, headers, seconds=SECONDS)
            busy = of_servers(servers) - before
            found[label].seconds.append(statistics.median(seconds))
            found[label].busy.append(busy / len(seconds))
            taken[label] += seconds
            print(f"  HTTP: {label}, turn {turn + 1}: {len(seconds)} requests", flush=True)
    for label, row in found.items():
        rate = len(taken[label]) / repetitions / SECONDS
        p95 = statistics.quantiles(taken[label], n=20)[-1]
        row.note = f"{rate:,.0f} requests/s, 95th percentile {p95 * 1_000:.1f} ms, no error"
    return Table("over HTTP, two workers", [*found.values()], unit="ms", scale=1_000.0)


def _load(place: Place, url: str, headers: Mapping[str, str], *, seconds: float) -> list[float]:
    """The seconds that each request of all callers took; any error ends the benchmark."""
    until = time.monotonic() + seconds

    def call(_number: int) -> list[float]:
        connection = HTTPConnection(*place, timeout=60)
        taken: list[float] = []
        while not taken or time.monotonic() < until:
            begin = time.perf_counter()
            connection.request("GET", url, headers=dict(headers))
            answer = connection.getresponse()
            answer.read()
            taken.append(time.perf_counter() - begin)
            assert answer.status in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}, answer.status
        connection.close()
        return taken

    with ThreadPoolExecutor(CALLERS) as pool:
        return [one for taken in pool.map(call, range(CALLERS)) for one in taken]


@contextmanager
def _served() -> Iterator[tuple[Place, int]]:
    """A server of its own with the benchmark's addresses, on this database, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = ("127.0.0.1", free.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "benchmarks.api_wsgi"]
    server = subprocess.Popen(
        [
            *command,
            f"--bind={place[0]}:{place[1]}",
            *WORKERS,
            "--no-control-socket",
            "--log-level=warning",
        ],
        env={**os.environ, "RAPPORT_BENCH_KEEP": "1"},
    )
    try:
        _wait(place, server)
        yield place, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(place: Place, server: subprocess.Popen[bytes]) -> None:
    """Until it listens; RuntimeError where it ended, or does not within two minutes."""
    until = time.monotonic() + 120
    while server.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(place, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    msg = f"gunicorn does not answer at {place[0]}:{place[1]} (ended with {server.poll()})."
    raise RuntimeError(msg)
