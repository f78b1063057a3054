"""What judging costs a worker at size: matching, look-alikes, suggestions, forecasts.

Each is done for a brand with many creators, as the nightly or asked-for task does it. The first row
reads the facts of everybody once, so that ratios mean something on another machine. Beside the
times stand this process's share of the processor and its highest memory; the database's memory is
bounded by its settings. Nothing of this happens in a request: pages read rows that are kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from django.db import connection

from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from campaigns.choices import UseCase
from campaigns.models import Campaign
from campaigns.services import campaigns
from crm.models import Brand
from crm.services import brands
from segmentation.choices import ErrandStatus
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorForecast, LookIndex, Match, MatchRow
from segmentation.services.forecasts import asking as forecasts
from segmentation.services.looks import building as looks
from segmentation.services.matches import asking as matches
from segmentation.services.matches import counting as match_counting
from segmentation.services.suggesting import refreshing as suggesting

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 6
# Words of a niche in half of a post's ten, of everybody in the others; who has no niche has words
# of one, too: that is what suggestions find.
CAPTIONS = """
UPDATE crm_post p SET caption = (
  SELECT string_agg(CASE WHEN bench_chance(p.id * 10 + k, 70) < 0.5
      THEN 'topic' || coalesce(n.niche_id, 1 + c.id % 8) || 'w'
        || floor(bench_chance(p.id * 10 + k, 71) * 60)
      ELSE 'common' || floor(bench_chance(p.id * 10 + k, 72) * 5000) END, ' ')
  FROM generate_series(1, 10) k)
FROM crm_creator c LEFT JOIN crm_creatorniche n ON n.creator_id = c.id
WHERE c.id = p.creator_id"""
FACTS = "SELECT count(f.*::text) FROM segmentation_creatorfacts f"


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    with connection.cursor() as cursor:
        cursor.execute(CAPTIONS)
    refresh_facts(brand=brand, as_of=AT)
    vacuum()
    worker = Worker(brand)
    jobs: dict[str, Callable[[], None]] = {
        "the facts of everybody read once": worker.read_facts,
        "a match, 500 kept": worker.match,
        "suggestions of niches and languages, with learning": worker.suggest,
        "forecasts of everybody, with their trial": worker.forecast,
        "looks of everybody, for look-alikes": worker.look,
    }
    table = measure(
        "what a worker takes",
        [Contender(label, partial(worker.watched, label, job)) for label, job in jobs.items()],
        repetitions=repetitions,
    )
    return [table], {"creators": f"{rows:,}", "posts": f"{POSTS * rows * 4 // 5:,}"} | worker.told


class Worker:
    """Does each job as the task does, and says what this process took for it."""

    def __init__(self, brand: Brand) -> None:
        self.brand, self.now = brand, AT
        self.told: dict[str, object] = {}
        self.campaign: Campaign = campaigns.create_campaign(
            brand=brand,
            values={
                "name": "Autumn",
                "use_case": next(iter(UseCase)),
                "target": Decimal(1),
                "starts_on": (AT + timedelta(days=30)).date(),
                "platforms": ["instagram", "tiktok"],
                "jurisdictions": ["DK", "SE"],
            },
            actor=None,
            at=AT,
        )

    def watched(self, label: str, job: Callable[[], None]) -> None:
        """Do the job from a memory that is not counted yet."""
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before, began = _memory("VmRSS"), time.process_time()
        job()
        self.told[label] = (
            f"{time.process_time() - began:.1f} s of them in Python, {_memory('VmHWM'):,} MB at "
            f"most ({before:,} MB before)"
        )

    def read_facts(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(FACTS)

    def match(self) -> None:
        self.now += timedelta(minutes=1)
        asked = matches.request(
            campaign_id=self.campaign.pk,
            brand=self.brand,
            question=matches.Question(),
            actor=None,
            at=self.now,
        )
        done = match_counting.count(match_id=asked.pk, at=self.now)
        assert done is not None
        assert (done.status, done.error) == (ErrandStatus.DONE, "")
        assert MatchRow.objects.filter(match=done).exists()
        Match.objects.filter(pk=done.pk).delete()

    def look(self) -> None:
        self.now += timedelta(minutes=1)
        looks.request(at=self.now, brand=self.brand)
        done = looks.build(index_id=LookIndex.objects.get(brand=self.brand).pk, at=self.now)
        assert done is not None
        assert (done.status, done.error) == (ErrandStatus.DONE, "")

    def suggest(self) -> None:
        self.now += timedelta(minutes=1)
        assert sum(suggesting.refresh(brand=self.brand, at=self.now).values())

    def forecast(self) -> None:
        self.now += timedelta(minutes=1)
        asked = forecasts.ask(brand=self.brand, actor=None, at=self.now)
        done = forecasts.learn(model_id=asked.pk, at=self.now)
        assert done is not None
        assert (done.status, done.error) == (ErrandStatus.DONE, "")
        assert CreatorForecast.objects.exists()


def _memory(name: str) -> int:
    """Of this process, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(name))
