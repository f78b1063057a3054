"""Requests through the whole of Django: list pages at depth, the API's list, a stored scorecard.

Each goes through the test client, middleware and URLs of the product, so that a request that does
nothing is the floor of every other. A page's ratio is to page one, the API's to the same statement
run by psycopg in a bare view, the scorecard's to that empty view.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path

from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from benchmarks.segments import install
from crm.choices import Role, Scope
from crm.filters import CreatorFilter
from crm.models import Brand
from crm.paging import paginate
from crm.selectors import relationships_of
from crm.services import brands, tokens
from crm.services.metrics import refresh_metrics
from segmentation.services import runs, scorecards

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 3
REQUESTS = 50
PERIOD = "2026Q3"
# What the bare view runs: set when the API's own statements are known.
STATEMENTS: list[str] = []


def empty(_request: HttpRequest) -> HttpResponse:
    """A view that does nothing."""
    return HttpResponse(b"{}", content_type="application/json")


def raw(_request: HttpRequest) -> HttpResponse:
    """The API's own statements by psycopg, their rows as JSON: no model, serializer or paging."""
    found = []
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.cursor.execute(statement)
            names = [column.name for column in cursor.description]
            found.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
    return HttpResponse(json.dumps(found, default=str), content_type="application/json")


urlpatterns = [
    path("bench/empty", empty),
    path("bench/raw", raw),
    path("", include("config.urls")),
]


@override_settings(ROOT_URLCONF="benchmarks.pages")
def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    refresh_metrics(creator_ids=None, as_of=AT)
    install(brand, at=KNOWN)
    first = runs.start_run(brand=brand, as_of=KNOWN, at=KNOWN)
    runs.execute_run(run_id=first.pk, at=KNOWN)
    scorecards.refresh(brand_id=brand.pk, as_of=AT, periods=[PERIOD])
    vacuum()
    page, api = _clients(brand)
    tables = [
        measure(
            "list page at depth",
            [
                _asking(f"{label}, {name}", page, f"/bench/creators/?sort={sort}{more}")
                for name, sort in (("by name", "name"), ("by followers", "-followers"))
                for label, more in (
                    ("page one", ""),
                    (f"after {rows * 9 // 10:,} rows", f"&cursor={_deep(brand, sort, rows)}"),
                )
            ],
            repetitions=repetitions,
            in_milliseconds=True,
        ),
        _lists(api, repetitions),
        _scorecards(api, repetitions),
    ]
    return tables, {"creators": f"{rows:,}", "requests a turn": REQUESTS}


def _clients(brand: Brand) -> tuple[Client, Client]:
    """A person who is logged in, and a program with a token."""
    user = brands.create_user(
        email="bench@bench.example", password=None, brand=brand, role=Role.ADMIN, at=KNOWN
    )
    page = Client()
    page.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    _, secret = tokens.create_token(
        brand=brand, user=user, name="bench", scopes=list(Scope.values), at=KNOWN
    )
    return page, Client(headers={"Authorization": f"Bearer {secret}"})


def _deep(brand: Brand, sort: str, rows: int) -> str:
    """The cursor of a page nine tenths down the list."""
    found = CreatorFilter(QueryDict(f"sort={sort}"), relationships_of(brand), brand=brand)
    cursor = paginate(found.qs, found.order, size=rows * 9 // 10).next
    assert cursor is not None
    return cursor


def _asking(label: str, client: Client, url: str, **headers: str) -> Contender:
    """REQUESTS times the same request; its answer is looked at once."""
    answer = client.get(url, headers=headers)
    assert answer.status_code in {200, 304}, f"{url}: {answer.status_code}"

    def ask() -> None:
        for _ in range(REQUESTS):
            client.get(url, headers=headers)

    return Contender(label, ask, times=REQUESTS)


def _lists(api: Client, repetitions: int) -> Table:
    url = "/api/v1/creators/?limit=50"
    asking = partial(_asking, client=api)
    with CaptureQueriesContext(connection) as queries:
        api.get(f"{url}&count=false")
    STATEMENTS[:] = [query["sql"] for query in queries if _is_of_list(query)]
    assert STATEMENTS
    return measure(
        "API, 50 creators",
        [
            asking("bare view, the same statements by psycopg", url="/bench/raw"),
            asking("product, without a count", url=f"{url}&count=false"),
            asking("product, with a capped count", url=url),
        ],
        repetitions=repetitions,
        in_milliseconds=True,
    )


def _is_of_list(query: Mapping[str, Any]) -> bool:
    """Whether the statement fetches creators or what belongs to them, not who is asking."""
    asks_who = any(name in query["sql"] for name in ("crm_apitoken", "crm_userrole"))
    return query["sql"].startswith("SELECT") and not asks_who


def _scorecards(api: Client, repetitions: int) -> Table:
    url = f"/api/v1/segments/job-1/scorecard?period={PERIOD}"
    etag = api.get(url).headers["ETag"]
    asking = partial(_asking, client=api)
    return measure(
        "stored scorecard",
        [
            asking("empty view", url="/bench/empty"),
            asking("product, scorecard over REST", url=url),
            _asking("product, unchanged (304)", api, url, **{"If-None-Match": etag}),
        ],
        repetitions=repetitions,
        in_milliseconds=True,
    )
