"""What an entry of the audit ledger costs: alone, in many at once, and checked again.

The floor is the same two rows by plain INSERTs, without a chain: nobody waits for anybody, and
nothing is hashed. How long the lock of a brand is held is what a second writer waits for.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.db import connection, transaction

from benchmarks.measure import Contender, Table, measure
from crm import audit
from crm.models import Brand
from crm.services import brands

AT = datetime(2026, 11, 22, tzinfo=UTC)
ONES, PART = 200, 2_000
DATA = {"stage": ["prospect", "core"], "reason": "They answered at once", "followers": 12_000}
PLAIN = """
INSERT INTO crm_auditentry (brand_id, number, at, verb, target_type, target_id, facts, text_digest,
  previous_hash, hash)
VALUES (%s, %s, now(), 'bench.act', 'crm.brand', 1, '{"stage": ["prospect", "core"]}', %s, %s, %s)
RETURNING id
"""
PLAIN_TEXT = """
INSERT INTO crm_audittext (entry_id, salt, actor_label, target_label, personal)
VALUES (%s, %s, 'system', 'Bench', '{"reason": "They answered at once"}')
"""


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    bench = Bench(rows)
    tables = [
        measure(
            "one act and its entry, commit",
            [
                Contender("floor: two plain INSERTs, commit", bench.plain, times=ONES),
                Contender("product: audit.record, commit", bench.record, times=ONES),
            ],
            repetitions=repetitions,
            in_milliseconds=True,
        ),
        measure(
            f"{rows:,} entries of one job",
            [
                Contender("floor: two plain INSERTs each, one commit", bench.plain_many),
                Contender("product: audit.record_many, 2,000 at a time", bench.record_many),
                Contender("product: all of it checked again", bench.check),
            ],
            repetitions=repetitions,
        ),
    ]
    return tables, {
        "entries": f"{rows:,}",
        "ms from asking for the lock to the commit": f"{bench.held():.2f}",
    }


class Bench:
    """Three brands: a plain list, a ledger of single entries, and one of many."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.floor, self.ones, self.many = (
            brands.create_brand(slug=slug, name=slug, at=AT) for slug in ("floor", "ones", "many")
        )
        self.number = 1

    def plain(self) -> None:
        for _ in range(ONES):
            with transaction.atomic():
                self._insert()

    def plain_many(self) -> None:
        with transaction.atomic():
            for _ in range(self.rows):
                self._insert()

    def record(self) -> None:
        for _ in range(ONES):
            _record(self.ones)

    def record_many(self) -> None:
        for first in range(0, self.rows, PART):
            part = range(first, min(first + PART, self.rows))
            acts = [audit.Act(n, f"Row {n}", DATA) for n in part]
            audit.record_many(brand=self.many, verb="bench.act", of=Brand, acts=acts, at=AT)

    def check(self) -> None:
        assert audit.first_broken_link(audit.entries_of(self.many)) is None

    def held(self) -> float:
        """Milliseconds from asking for the lock to the commit, with nobody else there."""
        start = time.perf_counter()
        for _ in range(ONES):
            _record(self.ones)
        return (time.perf_counter() - start) * 1_000 / ONES

    def _insert(self) -> None:
        self.number += 1
        with connection.cursor() as cursor:
            digest = f"{self.number:064x}"
            cursor.execute(PLAIN, [self.floor.pk, self.number, digest, digest, digest])
            (pk,) = cursor.fetchone()
            cursor.execute(PLAIN_TEXT, [pk, "0" * 32])


def _record(brand: Brand) -> None:
    audit.record(brand=brand, verb="bench.act", target=brand, at=AT, data=DATA)
