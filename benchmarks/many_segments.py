"""Thirty segments and three hundred: what a segment costs, by the size of the run it is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from benchmarks.segment_run import World
from benchmarks.segments import install, install_more
from crm.services import brands

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 3
MORE = 270


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes. Seconds are those of one segment."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    world = World(brand, install(brand, at=KNOWN))
    world.fill_facts()
    rounds: list[Table] = []
    for title in ("30 segments", "300 segments"):
        if rounds:
            install_more(brand, MORE, at=KNOWN)
        world.run_fresh_facts()
        vacuum()
        segments = 30 + MORE * len(rounds)
        rounds.append(
            measure(
                title,
                [
                    Contender(f"{title}: 5 % changed", world.run_fresh_facts, world.churn),
                    Contender(f"{title}: nothing changed", world.run_fresh_facts),
                    Contender(f"{title}: rules compiled", partial(world.compile)),
                ],
                repetitions=repetitions,
            )
        )
        for row in rounds[-1].rows:
            row.seconds = [value / segments for value in row.seconds]
    few, many = rounds
    tables = [
        Table(f"a segment's part: {what}", [few.rows[n], many.rows[n]], unit="ms", scale=1_000.0)
        for n, what in enumerate(("5 % changed", "nothing changed", "compiling"))
    ]
    return tables, {"creators": f"{rows:,}", "segments": f"30 and {30 + MORE}"}
