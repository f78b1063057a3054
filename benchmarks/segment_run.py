"""A run of thirty segments: the product, a hand-written pass, and a loop in Python.

The floor evaluates the same rules, written by hand in SQL, and writes the stays and masks of a diff
that it is given; a second floor also copies a change set that it is given. The product must find
the diff itself, with the values behind each move; it also counts and writes an audit entry. One
creator in twenty gets new numbers before each repetition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django.db import connection, transaction

from benchmarks import segment_loops, segment_workers
from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from benchmarks.segments import HandMade, install
from crm.models import Brand
from crm.services import brands
from segmentation.facts.catalogue import FACTS_TABLE
from segmentation.facts.refresh import refresh_facts
from segmentation.models import Membership, Run, Segment
from segmentation.services import counting, evaluation, runs

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 3
CHURN = 20  # one creator in so many gets new numbers: 5 %
LOOP_ROWS = 20_000
# Of the loop that asks anew for each creator.
SINGLE_ROWS = 1_000

MOVES = """
CREATE TABLE bench_moves AS
SELECT segment_id, version_id, creator_id, kind, kind = 'joined' AS joins
FROM segmentation_change WHERE run_id = %(run)s"""
READ = """
CREATE TABLE bench_read AS
SELECT creator_id, "values" FROM segmentation_runevidence WHERE run_id = %(run)s"""
# Of no run, so that they are nobody's twice.
CHANGE_SET = """
INSERT INTO segmentation_change (run_id, segment_id, version_id, creator_id, kind)
SELECT -%(turn)s, segment_id, version_id, creator_id, kind FROM bench_moves"""
EVIDENCE = """
INSERT INTO segmentation_runevidence (run_id, creator_id, "values")
SELECT -%(turn)s, creator_id, "values" FROM bench_read"""
CLOSE = """
UPDATE segmentation_membership m SET left_at = %(as_of)s, left_run_id = %(run)s
FROM bench_moves b
WHERE NOT b.joins AND m.segment_id = b.segment_id AND m.creator_id = b.creator_id
  AND m.left_at IS NULL"""
OPEN = """
INSERT INTO segmentation_membership (segment_id, creator_id, entered_at, version_id, entered_run_id)
SELECT segment_id, creator_id, %(as_of)s, version_id, %(run)s FROM bench_moves WHERE joins"""
MASKS = """
UPDATE segmentation_creatorfacts f SET member_bits = b.new, unknown_bits = b.unknown
FROM bench_masks b WHERE f.brand_id = %(brand)s AND f.creator_id = b.creator_id"""


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    world = World(brand, install(brand, at=KNOWN))
    first = measure(
        "first run",
        [
            Contender("product: fill the facts", world.fill_facts),
            Contender("product: run, everybody joins", world.run_fresh_facts),
        ],
        repetitions=1,
    )
    vacuum()
    world.assert_same_members()
    members = Membership.objects.filter(left_at=None).count()
    looped = min(LOOP_ROWS, rows)
    again = measure(
        f"run again, 1 in {CHURN} changed",
        [
            Contender(
                "floor: hand-written pass, known diff written",
                world.floor,
                prepare=world.churn_and_find_diff,
                check=world.forget_diff,
            ),
            Contender(
                "the same, and the change set copied in",
                lambda: world.floor(CHANGE_SET, EVIDENCE),
                prepare=world.churn_and_find_diff,
                check=world.forget_diff,
            ),
            Contender(
                "product: evaluate, change set, ledger",
                world.run_fresh_facts,
                prepare=world.churn,
                check=world.assert_moved,
            ),
            Contender(
                "product: facts brought forward and run",
                world.run_all,
                prepare=world.churn_at_the_source,
                check=world.assert_moved,
            ),
            Contender(
                "product: missing facts and near misses, afterwards",
                world.count,
                prepare=world.forget_counts,
            ),
            Contender("product: run in which nothing changed", world.run_fresh_facts),
            Contender(
                "prefetching loop in Python",
                lambda: segment_loops.prefetching(world, looped),
                prepare=world.churn,
                share=looped / rows,
                repetitions=1,
                check=world.run_fresh_facts,
            ),
            Contender(
                "loop in Python that asks for each creator",
                lambda: segment_loops.asking_each(world, min(SINGLE_ROWS, rows)),
                prepare=world.churn,
                share=min(SINGLE_ROWS, rows) / rows,
                repetitions=1,
                check=world.run_fresh_facts,
            ),
        ],
        repetitions=repetitions,
    )
    again = replace(again, note=in_words(again))
    world.assert_same_members()
    workers = segment_workers.compared(world, rows, repetitions)
    compiling = measure(
        "parts",
        [
            Contender("bare scan of the facts", world.scan),
            Contender("hand-written pass alone", world.evaluate_by_hand),
            Contender("product: compile 30 rules", world.compile),
        ],
        repetitions=max(repetitions, 3),
    )
    moves = world.moves[-1]
    sizes = {
        "creators": f"{rows:,}",
        "posts": f"about {round(rows * 0.8) * POSTS:,}",
        "segments": len(world.segments),
        "open stays": f"{members:,}",
        "moves of the last run": f"{moves:,} ({moves / members:.1%} of the stays)",
    }
    return [first, again, workers, compiling], sizes


def in_words(table: Table) -> str:
    """How the product stands to the floor and to the loops, in the words of the goals."""
    median = {row.label: row.median for row in table.rows}
    floor = table.rows[0].median
    product = median["product: evaluate, change set, ledger"]
    idle = median["product: run in which nothing changed"]
    prefetching = median["prefetching loop in Python"]
    single = median["loop in Python that asks for each creator"]
    return (
        f"The product takes {product / floor:.2f} x the hand-written pass (goal 1.5), "
        f"{idle / floor:.2f} x where nothing changed (goal 3). The prefetching loop takes "
        f"{prefetching / product:,.0f} x the product, the one that asks for each creator "
        f"{single / product:,.0f} x (goal 300)."
    )


class World:
    """The brand at a moment that goes on by an hour with each run."""

    def __init__(self, brand: Brand, segments: list[tuple[Segment, HandMade]]) -> None:
        self.brand, self.segments = brand, segments
        self.now = AT
        self.turn = 0
        self.moves: list[int] = []

    def _later(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now

    def fill_facts(self) -> None:
        """Every fact of every creator, into an empty table."""
        refresh_facts(brand=self.brand, as_of=self.now)

    def run_all(self) -> None:
        """A run as beat starts it each quarter."""
        as_of = self._later()
        run = runs.start_run(brand=self.brand, as_of=as_of, at=as_of, apply_now=True)
        done = runs.execute_run(run_id=run.pk, at=as_of)
        assert done.status == "applied", done.error
        self.moves.append(done.changes.count())

    def run_fresh_facts(self) -> None:
        """A run on facts that are fresh already: what the floor's work is compared with."""
        with mock.patch.object(runs, "advance_facts"):
            self.run_all()

    def forget_counts(self) -> None:
        """The last run is to be counted again."""
        last = Run.objects.filter(brand=self.brand).latest("pk")
        Run.objects.filter(pk=last.pk).update(counted_at=None)

    def count(self) -> None:
        """What a task of its own counts once a run is through."""
        last = Run.objects.filter(brand=self.brand).latest("pk")
        counting.count_run(run_id=last.pk, at=self.now)
        assert Run.objects.get(pk=last.pk).counted_at == self.now

    # --- what happens between runs ---------------------------------------------------------

    def churn(self) -> None:
        """One creator in CHURN has other numbers, in the fact rows."""
        self.turn += 1
        self._sql(
            "UPDATE segmentation_creatorfacts SET "
            "followers = exp(6 + 8 * bench_chance(creator_id, 100 + %(turn)s)), "
            "engagement_rate = 0.1 * bench_chance(creator_id, 200 + %(turn)s) "
            "WHERE brand_id = %(brand)s AND creator_id %% %(churn)s = %(turn)s %% %(churn)s"
        )
        self._sql("VACUUM (ANALYZE) segmentation_creatorfacts, segmentation_membership")
        self._sql("CHECKPOINT")

    def churn_at_the_source(self) -> None:
        """One creator in CHURN is counted again: newer snapshots, from which facts are derived."""
        self.turn += 1
        self._sql(
            "INSERT INTO crm_metricsnapshot (profile_id, captured_at, source, followers) "
            "SELECT id, %(now)s + interval '1 minute', 'vendor', "
            "exp(6 + 8 * bench_chance(id, 100 + %(turn)s)) "
            "FROM crm_profile WHERE id %% %(churn)s = %(turn)s %% %(churn)s"
        )
        vacuum()

    def churn_and_find_diff(self) -> None:
        """As `churn`; then the diff that the floor is given, in tables of its own."""
        self.churn()
        as_of = self._later()
        with transaction.atomic():
            plan = evaluation.evaluate(evaluation.prepare(brand=self.brand, as_of=as_of))
            found = runs.start_run(brand=self.brand, as_of=as_of, at=as_of, is_dry=True)
            evaluation.explode(plan)
            evaluation.write_changes(found)
            evaluation.write_evidence(found, plan)
            self._sql(MOVES, run=found.pk)
            self._sql(READ, run=found.pk)
            self._sql("CREATE TABLE bench_masks AS SELECT creator_id, new, unknown FROM run_diff")
            found.delete()
        self._sql("VACUUM (ANALYZE) bench_moves, bench_read, bench_masks")
        self._sql("CHECKPOINT")

    def forget_diff(self) -> None:
        """Drop what the floor was given, and count its moves into the stored sizes."""
        self._sql(
            "UPDATE segmentation_segment s SET members_count = s.members_count + d.change FROM ("
            "SELECT segment_id, sum(CASE WHEN joins THEN 1 ELSE -1 END) AS change "
            "FROM bench_moves GROUP BY 1) d WHERE s.id = d.segment_id"
        )
        self._sql("DROP TABLE bench_moves, bench_read, bench_masks")

    # --- the floor -------------------------------------------------------------------------

    def floor(self, *more: str) -> None:
        """Evaluate by hand, then write the diff that is known, and `more`: one transaction."""
        last = Run.objects.filter(brand=self.brand).latest("pk")
        with transaction.atomic():
            self.evaluate_by_hand()
            for statement in (*more, CLOSE, OPEN, MASKS):
                self._sql(statement, run=last.pk)

    def evaluate_by_hand(self) -> None:
        """The rows whose mask differs: one scan, one CASE for each segment."""
        self._sql(
            f"SELECT count(*) FROM {FACTS_TABLE} f "
            f"WHERE f.brand_id = %(brand)s AND f.member_bits[1] IS DISTINCT FROM ({self._mask()})"
        )

    def _mask(self) -> str:
        """All members' flags as somebody would write them by hand: the first tier that is true."""
        tiers, others = [], []
        for segment, made in self.segments:
            case = f"WHEN {made.sql} THEN {1 << segment.bit}"
            if made.dimension == "size":
                tiers.append(case)
            else:
                others.append(f"CASE {case} ELSE 0 END")
        return " | ".join([f"CASE {' '.join(tiers)} ELSE 0 END", *others])

    def scan(self) -> None:
        """What reading the rows costs, without a rule."""
        self._sql(f"SELECT sum(followers) FROM {FACTS_TABLE} WHERE brand_id = %(brand)s")

    def compile(self) -> None:
        """The thirty rules from the database to SQL text."""
        evaluation.prepare(brand=self.brand, as_of=self.now)

    # --- checks ----------------------------------------------------------------------------

    def assert_moved(self) -> None:
        """The last run moved somebody."""
        assert self.moves[-1] > 0

    def assert_same_members(self) -> None:
        """The ledger has exactly the members that the rules by hand name, segment by segment."""
        open_stays = Membership.objects.filter(left_at=None).order_by("segment_id")
        by_product = {segment.pk: 0 for segment, _ in self.segments}
        for segment_id in open_stays.values_list("segment_id", flat=True).iterator():
            by_product[segment_id] += 1
        by_hand = {}
        for segment, _ in self.segments:
            flag = 1 << segment.bit
            [by_hand[segment.pk]] = self._row(
                f"SELECT count(*) FROM {FACTS_TABLE} f "
                f"WHERE f.brand_id = %(brand)s AND ({self._mask()}) & {flag} <> 0"
            )
        assert by_product == by_hand, f"{by_product} by the product, {by_hand} by hand"

    def _sql(self, statement: str, **values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, self._values(statement, values))

    def _row(self, statement: str) -> tuple[int, ...]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self._values(statement, {}))
            return tuple(cursor.fetchone())

    def _values(self, statement: str, values: dict[str, Any]) -> dict[str, Any] | None:
        if "%(" not in statement:
            return None
        return {
            "brand": self.brand.pk,
            "as_of": self.now,
            "now": self.now,
            "turn": self.turn,
            "churn": CHURN,
            **values,
        }
