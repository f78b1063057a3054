"""The builder's live count: what a rule would catch, asked while it is being written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import connection

from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from benchmarks.segment_run import World
from benchmarks.segments import install
from crm.services import brands
from segmentation.facts.catalogue import FACTS_TABLE, catalogue
from segmentation.rules import text
from segmentation.services.preview import preview_rule

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 3


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    world = World(brand, install(brand, at=KNOWN))
    world.run_all()
    vacuum()
    facts = catalogue(brand)
    tables = []
    for segment, made in (world.segments[2], world.segments[-1]):
        rule = text.parse(made.rule)
        preview = partial(preview_rule, brand=brand, rule=rule, as_of=AT, facts=facts)
        tables.append(
            measure(
                f"live count of {made.key}",
                [
                    Contender("floor: count by hand", partial(count_by_hand, world, made.sql)),
                    Contender("product: preview of a new rule", preview),
                    Contender(
                        "product: preview against today's members",
                        partial(preview, segment=segment),
                    ),
                ],
                repetitions=max(repetitions, 5),
                in_milliseconds=True,
            )
        )
    return tables, {"creators": f"{rows:,}"}


def count_by_hand(world: World, condition: str) -> None:
    """The members only, all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {FACTS_TABLE} f WHERE f.brand_id = %(brand)s AND {condition}",
            {"brand": world.brand.pk, "as_of": AT},
        )
        cursor.fetchone()
