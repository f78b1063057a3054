"""A day passes: bringing facts forward by the edges of windows, against computing them anew.

Each way goes on by a day, in which one post in two hundred is new and as many become 30, 90 and 365
days old, and must leave what a computation from nothing would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django.db import connection

from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from crm.models import Brand
from crm.services import brands
from segmentation.facts import advance
from segmentation.facts.check import check_facts
from segmentation.facts.norms import refresh_norms
from segmentation.facts.refresh import refresh_facts

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 15
# The posts of a creator lie within so many days: half of them are older than a year.
DAYS = 730

SPREAD = """
UPDATE crm_post SET posted_at = %(at)s - make_interval(
  secs => 86400.0 * %(days)s * bench_chance(id, 50))"""
A_DAY = """
INSERT INTO crm_post (profile_id, creator_id, external_id, posted_at, kind, title, caption, url,
  language, is_paid_partnership, followers_at_post, likes, comments, views, metrics_at,
  metrics_source, created_at)
SELECT p.id, p.creator_id, p.id || '-day-' || %(turn)s,
  %(now)s + make_interval(secs => 86400.0 * bench_chance(p.id, 60)), 'video', '', '', '', '', false,
  p.followers, p.followers * 0.1 * bench_chance(p.id, 100 + %(turn)s), p.followers * 0.01,
  p.followers * 0.5, %(now)s, 'vendor', %(now)s
FROM crm_profile p
WHERE bench_chance(p.id, 9) < 0.8 AND bench_chance(p.id, 200 + %(turn)s) < %(posts)s / %(days)s"""


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    days = Days(brand)
    refresh_facts(brand=brand, as_of=AT)
    vacuum()
    table = measure(
        "a day passes",
        [
            Contender("by the edges of windows", days.edges, days.pass_by, check=days.check),
            Contender("everybody who moved, anew", days.dirty, days.pass_by, check=days.check),
            Contender("everybody, anew", days.full, days.pass_by, check=days.check),
            Contender("of each: the norms of the platforms", days.norms),
        ],
        repetitions=repetitions,
    )
    sizes = {
        "creators": f"{rows:,}",
        "posts": f"about {round(rows * 0.8) * POSTS:,}",
        "moved by a day": ", ".join(
            f"{number:,} {how.name.lower().replace('_', ' ')}"
            for how, number in days.moved.moved.items()
        ),
    }
    return [table], sizes


class Days:
    """The brand at a moment that goes on by a day with each way of bringing facts forward."""

    def __init__(self, brand: Brand) -> None:
        self.brand, self.now, self.turn = brand, AT, 0
        self.moved = advance.Advance(is_full=True)
        self._sql(SPREAD)

    def pass_by(self) -> None:
        """A day, and the posts of it."""
        self.turn += 1
        self._sql(A_DAY)
        self.now += timedelta(days=1)
        vacuum()

    def edges(self) -> None:
        """As a run does it."""
        self.moved = self._advance()

    def dirty(self) -> None:
        """Whoever is moved by anything, computed as a whole."""
        find = advance._find_moved

        def all_whole(values: dict[str, Any]) -> dict[advance.Moved, list[int]]:
            found = find(values)
            everybody = sorted(creator for some in found.values() for creator in some)
            nobody: dict[advance.Moved, list[int]] = {how: [] for how in found}
            return nobody | {advance.Moved.AS_A_WHOLE: everybody}

        with mock.patch.object(advance, "_find_moved", all_whole):
            self._advance()

    def full(self) -> None:
        """The whole brand from nothing."""
        refresh_facts(brand=self.brand, as_of=self.now)

    def norms(self) -> None:
        """The pass that comes last, however rows were brought forward."""
        refresh_norms(self.brand, self.now)

    def check(self) -> None:
        """However it was done, the rows are what a computation from nothing finds."""
        differences = check_facts(brand=self.brand, at=self.now)
        assert differences == 0, differences

    def _advance(self) -> advance.Advance:
        found = advance.advance_facts(brand=self.brand, as_of=self.now)
        assert not found.is_full
        return found

    def _sql(self, statement: str) -> None:
        values: dict[str, Any] = {
            "at": AT,
            "now": self.now,
            "turn": self.turn,
            "posts": float(POSTS),
            "days": float(DAYS),
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
