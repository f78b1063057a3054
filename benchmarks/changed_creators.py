"""Creators whose facts changed: one at a time, and ten thousand together, through the outbox.

The floor is what the smallest durable change costs: an UPDATE of one row and its commit. A second
one writes by hand all that the product writes for one creator who moves, in one prepared statement
that is told what to write: it finds nothing out. Changes that come at about the same time wait for
each other in the outbox and share what a batch costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from benchmarks.segment_run import World
from benchmarks.segments import install
from crm.services import brands
from crm.services.facts import mark_changed
from crm.statements import KEEP_PLANS, prepared
from segmentation.models import Membership
from segmentation.services import ledger, outbox

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

# One creator is in another segment: the same rows as the product's, by somebody who knows them.
BY_HAND = f"""
WITH taken AS (
  DELETE FROM crm_factchange WHERE id = ANY(ARRAY(
    SELECT id FROM crm_factchange ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)) RETURNING creator_id
), locked AS (
  SELECT pg_advisory_xact_lock({ledger.LOCK_CLASS}, %(brand)s::integer)
), metrics AS (
  UPDATE crm_creatormetrics SET as_of = %(at)s, followers = followers + 1
  WHERE creator_id = %(creator)s
), facts AS (
  UPDATE segmentation_creatorfacts
  SET as_of = %(at)s, followers = followers + 1, member_bits = member_bits
  WHERE brand_id = %(brand)s AND creator_id = %(creator)s
), run AS (
  INSERT INTO segmentation_run (brand_id, as_of, trigger, status, population, moved, readings,
    created_at, started_at, applied_at, counted_at, finished_at, duration_ms, quarter, is_dry,
    apply_now, error, decision_reason, rollback_reason, cancel_requested, attempts)
  SELECT %(brand)s, %(at)s, 'facts', 'applied', 1, 1, '{{followers}}', %(at)s, %(at)s, %(at)s,
    %(at)s, %(at)s, 0, '', false, false, '', '', '', false, 0 FROM locked
  RETURNING id
), closed AS (
  UPDATE segmentation_membership m SET left_at = %(at)s, left_run_id = run.id, left_cause = 'rule'
  FROM run WHERE m.creator_id = %(creator)s AND m.left_at IS NULL AND m.segment_id = (
    SELECT max(segment_id) FROM segmentation_membership
    WHERE creator_id = %(creator)s AND left_at IS NULL)
  RETURNING m.segment_id, m.version_id, run.id AS run_id
), opened AS (
  INSERT INTO segmentation_membership
    (segment_id, creator_id, entered_at, version_id, entered_run_id, entered_cause)
  SELECT segment_id, %(creator)s, %(at)s, version_id, run_id, 'rule' FROM closed
), changes AS (
  INSERT INTO segmentation_change (run_id, segment_id, version_id, creator_id, kind, cause)
  SELECT c.run_id, c.segment_id, c.version_id, %(creator)s, k.kind, 'rule'
  FROM closed c CROSS JOIN (VALUES ('left'), ('joined')) k (kind)
), evidence AS (
  INSERT INTO segmentation_runevidence (run_id, creator_id, "values")
  SELECT id, %(creator)s, '[1000, 0.02]' FROM run
), sized AS (
  UPDATE segmentation_segment s SET members_count = members_count + 0
  FROM closed c WHERE s.id = c.segment_id
), said AS (
  INSERT INTO segmentation_runsegment (run_id, segment_id, version_id, members, joined, "left",
    unknown, readings, missing, near, is_held, error)
  SELECT run_id, segment_id, version_id, 0, 1, 1, 0, '{{followers}}', '{{}}', '{{}}', false, ''
  FROM closed
), last AS (
  SELECT number, hash FROM crm_auditentry WHERE brand_id = %(brand)s ORDER BY number DESC LIMIT 1
), told AS (
  INSERT INTO crm_auditentry (brand_id, number, at, verb, target_type, target_id, facts,
    text_digest, previous_hash, hash)
  SELECT %(brand)s, l.number + 1, %(at)s, 'segmentation.run.applied', 'segmentation.run', r.id,
    '{{"moved": 1}}', l.hash, l.hash, encode(sha256(convert_to(l.hash, 'UTF8')), 'hex')
  FROM run r CROSS JOIN last l RETURNING id
)
INSERT INTO crm_audittext (entry_id, salt, actor_label, target_label, personal)
SELECT id, md5('by hand'), 'system', 'by hand', '{{}}' FROM told"""


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
                    "the product's rows written by hand, commit",
                    changes.write_by_hand,
                    prepare=lambda: changes.count_again(1),
                    check=changes.assert_drained,
                ),
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
        values: dict[str, Any] = {
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

    def write_by_hand(self) -> None:
        """All that is written for one creator who moves, by one statement that is told it."""
        values = {"brand": self.world.brand.pk, "creator": self.next - 1, "at": self.world.now}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {KEEP_PLANS}")
            cursor.execute(*prepared(BY_HAND, values))

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
