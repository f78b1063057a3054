"""Creators whose facts changed: one at a time, and ten thousand together, through the outbox.

The floor is what the smallest durable change costs: an UPDATE of one row and its commit. Changes
that come at about the same time wait for each other in the outbox and share what a batch costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from benchmarks.segment_run import World
from benchmarks.segments import install
from crm.services import brands
from crm.services.facts import mark_changed
from segmentation.models import Membership
from segmentation.services import outbox

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 3
ONES = 50
SOME = 100
MANY = 10_000
COUNTED = """
INSERT INTO crm_metricsnapshot (profile_id, captured_at, source, followers)
SELECT id, %(now)s, 'vendor', exp(6 + 8 * bench_chance(id, %(turn)s)) FROM crm_profile
WHERE creator_id BETWEEN %(first)s AND %(last)s"""


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    world = World(brand, install(brand, at=KNOWN))
    world.run_all()
    vacuum()
    outbox.drain(at=world.now)
    changes = Changes(world, rows)
    many = min(MANY, rows)
    tables = [
        measure(
            "one changed creator",
            [
                Contender("floor: UPDATE of one row, commit", changes.touch, times=1),
                Contender(
                    "product: outbox, facts, evaluation, ledger",
                    changes.drain,
                    prepare=lambda: changes.count_again(1),
                    check=changes.assert_drained,
                ),
            ],
            repetitions=max(repetitions, ONES),
            in_milliseconds=True,
        ),
        measure(
            f"each of {SOME} creators that changed about the same time",
            [
                Contender("floor: UPDATE of one row, commit", changes.touch, times=1),
                Contender(
                    "product: one batch",
                    changes.drain,
                    prepare=lambda: changes.count_again(SOME),
                    check=changes.assert_drained,
                    times=SOME,
                ),
            ],
            repetitions=max(repetitions, ONES // 2),
            in_milliseconds=True,
        ),
        measure(
            f"{many:,} changed creators",
            [
                Contender(
                    "product: marked together, drained",
                    changes.drain,
                    prepare=lambda: changes.count_again(many),
                    check=changes.assert_drained,
                ),
                Contender(
                    "one by one",
                    lambda: changes.one_by_one(ONES),
                    share=ONES / many,
                    repetitions=1,
                ),
            ],
            repetitions=repetitions,
        ),
    ]
    sizes = {
        "creators": f"{rows:,}",
        "segments": 30,
        "open stays": f"{Membership.objects.filter(left_at=None).count():,}",
    }
    return tables, sizes


class Changes:
    """New numbers for some creators, and the outbox rows that say so."""

    def __init__(self, world: World, rows: int) -> None:
        self.world, self.rows, self.next, self.turn = world, rows, 1, 1_000

    def touch(self) -> None:
        """The smallest durable change."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE crm_creator SET updated_at = clock_timestamp() WHERE id = %s", [self.next]
            )

    def count_again(self, number: int) -> None:
        """`number` creators have a newer snapshot."""
        first = self.next if self.next + number <= self.rows else 1
        self.next, self.turn = first + number, self.turn + 1
        self.world.now += timedelta(minutes=1)
        values = {
            "now": self.world.now,
            "turn": self.turn,
            "first": first,
            "last": first + number - 1,
        }
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(COUNTED, values)
            ids = list(range(first, first + number))
            mark_changed(brand=self.world.brand, creator_ids=ids, cause="benchmark")

    def drain(self) -> None:
        """What the worker does a moment later."""
        outbox.drain(at=self.world.now)

    def one_by_one(self, number: int) -> None:
        """The same with a transaction for each creator, the marking included."""
        for _ in range(number):
            self.count_again(1)
            self.drain()

    def assert_drained(self) -> None:
        """Nobody waits any more."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM crm_factchange")
            assert cursor.fetchone() == (0,)
