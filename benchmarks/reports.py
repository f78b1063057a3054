"""Pages and reports over all of a brand's creators, beside one plain aggregate over the same rows.

What a page computes must stay a small multiple of reading the rows once; what takes longer is
computed by a worker and stored, and its page is no slower for a large brand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import connection
from django.test import Client

from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from benchmarks.segments import install
from crm.choices import Role, Scope
from crm.models import Brand, TierScheme
from crm.services import brands, tokens
from segmentation.choices import ErrandStatus
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.models import DriftReport, TierScorecards
from segmentation.services import drift, runs, tier_scorecards

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 3
PERIOD = "2026Q3"


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    install(brand, at=KNOWN)
    for moment in (KNOWN, AT):
        started = runs.start_run(brand=brand, as_of=moment, at=AT, apply_now=True)
        runs.execute_run(run_id=started.pk, at=AT)
    vacuum()
    page, api = _clients(brand)
    floor = Contender("floor: one aggregate over the same rows", partial(aggregate, brand))
    report = drift.request_report(
        brand=brand, since_on=KNOWN.date(), until_on=AT.date(), actor=None, at=AT
    )
    scheme = TierScheme.objects.order_by("pk").first()
    if scheme is None:
        raise RuntimeError("there is no tier scheme")
    cards = tier_scorecards.request_scorecards(
        brand=brand, scheme=scheme, period=PERIOD, actor=None, at=AT
    )
    computed = measure(
        "computed by a worker and stored",
        [
            floor,
            Contender(
                "product: drift report",
                again(report, partial(drift.compute_report, report_id=report.pk, at=AT)),
            ),
            Contender(
                "product: scorecards by tier",
                again(cards, partial(tier_scorecards.compute, scorecards_id=cards.pk, at=AT)),
            ),
        ],
        repetitions=repetitions,
        in_milliseconds=True,
    )
    days = f"since={KNOWN:%Y-%m-%d}&until={AT:%Y-%m-%d}"
    shown = measure(
        "pages over all creators",
        [
            floor,
            *(
                Contender(f"product: {name}", partial(ask, client, address))
                for name, client, address in (
                    ("matrix, two facts", page, "/bench/matrix/"),
                    (
                        "matrix, a dimension by a set",
                        page,
                        "/bench/matrix/?rows=size&columns=fact.niches",
                    ),
                    ("matrix over the API", api, "/api/v1/matrix/"),
                    ("hygiene", page, "/bench/hygiene/"),
                    ("hygiene over the API", api, "/api/v1/hygiene/"),
                    ("tier schemes", page, "/bench/tiers/"),
                    ("stored drift report", page, f"/bench/drift/?{days}"),
                    ("segments", page, "/bench/segments/"),
                )
            ),
        ],
        repetitions=max(repetitions, 5),
        in_milliseconds=True,
    )
    return [shown, computed], {"creators": f"{rows:,}"}


def aggregate(brand: Brand) -> None:
    """Creators by country and platform: what a matrix counts, without anything around it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT country, primary_platform, count(*) FROM {FACTS_TABLE} "
            "WHERE brand_id = %s AND known_since IS NOT NULL GROUP BY 1, 2",
            [brand.pk],
        )
        cursor.fetchall()


def again(
    errand: DriftReport | TierScorecards, work: Callable[[], DriftReport | TierScorecards | None]
) -> Callable[[], None]:
    """Have it computed as if it were asked for anew."""

    def compute() -> None:
        rows = type(errand)._default_manager.filter(pk=errand.pk)
        rows.update(status=ErrandStatus.QUEUED, attempts=0)
        done = work()
        if done is None or done.status != ErrandStatus.DONE:
            raise RuntimeError(f"{errand} was not computed")

    return compute


def ask(client: Client, address: str) -> None:
    """One request; an answer that is none is an error."""
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    answer.getvalue()


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
