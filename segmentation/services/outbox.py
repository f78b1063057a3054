"""Drain the outbox of changed facts: re-evaluate single creators soon after something changed.

A batch is one transaction: rows are taken with SKIP LOCKED, so that two workers never share one,
and deleted with the work done; a crash leaves them waiting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter

from django.db import connection, transaction

from crm.models import Brand, Relationship
from crm.services.metrics import refresh_metrics
from crm.statements import keep_plans
from segmentation.choices import RunStatus, Trigger
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorFacts, Run
from segmentation.services import (
    batches,
    changesets,
    evaluation,
    ledger,
    packs,
    stage_suggestions,
)
from segmentation.services.evaluation.few import look
from segmentation.services.evaluation.kept import plan_for, read_standing

BATCH = 1_000
_TAKE = """
DELETE FROM crm_factchange WHERE id = ANY(ARRAY(
  SELECT id FROM crm_factchange ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING brand_id, creator_id"""


@dataclass
class Work:
    """What a batch of rows asks for in one brand: some creators, or everybody."""

    creator_ids: set[int] = field(default_factory=set)
    everybody: bool = False

    def ids(self) -> list[int] | None:
        """The creators in order; None for everybody."""
        return None if self.everybody else sorted(self.creator_ids)


def drain(*, at: datetime) -> int:
    """Take the rows that wait and nobody else has taken; returns how many they were.

    What comes meanwhile asks for a worker of its own.
    """
    taken = batch = drain_batch(at=at)
    while batch == BATCH:
        batch = drain_batch(at=at)
        taken += batch
    return taken


@transaction.atomic
def drain_batch(*, at: datetime) -> int:
    """Take one batch of rows, do what they ask for and delete them; returns how many they were."""
    taken = _take()
    if not taken:
        return 0
    keep_plans()
    work = _by_brand(taken)
    some = {pk for _, pk in taken if pk is not None}
    everybody = any(one.everybody for one in work.values())
    refresh_metrics(creator_ids=None if everybody else sorted(some), as_of=at)
    # In one order, so that two workers wait for each other's brands instead of dead-locking.
    for brand in Brand.objects.filter(pk__in=work).order_by("pk"):
        creator_ids = work[brand.pk].ids()
        if creator_ids is None:
            _look_at_everybody(brand, at)
        else:
            _look_at_some(brand, creator_ids, at)
        stage_suggestions.refresh(brand=brand, at=at, creator_ids=creator_ids)
    return len(taken)


def _take() -> list[tuple[int | None, int | None]]:
    """Delete a batch of rows that nobody else has; returns their brands and creators.

    With what is done for them: when that fails, they are there again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [BATCH])
        taken: list[tuple[int | None, int | None]] = cursor.fetchall()
    return taken


def _by_brand(changes: Sequence[tuple[int | None, int | None]]) -> dict[int, Work]:
    """What the rows ask for, by brand; a row without brand is for every brand of the creator."""
    work: defaultdict[int, Work] = defaultdict(Work)
    of_every_brand = set()
    for brand_id, creator_id in changes:
        if brand_id is None and creator_id is not None:
            of_every_brand.add(creator_id)
        elif brand_id is not None and creator_id is None:
            work[brand_id].everybody = True
        elif brand_id is not None and creator_id is not None:
            work[brand_id].creator_ids.add(creator_id)
    for model in (Relationship, CreatorFacts):
        known = model.objects.filter(creator__in=of_every_brand)
        for brand_id, creator_id in known.values_list("brand_id", "creator_id"):
            work[brand_id].creator_ids.add(creator_id)
    return dict(work)


def _look_at_some(brand: Brand, creator_ids: Sequence[int], at: datetime) -> None:
    """Refresh their facts and, once the brand has an applied run, move who no longer belongs."""
    began = perf_counter()
    ledger.lock(brand)
    standing = read_standing(brand, creator_ids, at)
    as_of = _not_before(standing.ledger_at, at)
    # A change set that still waits leaves alone who was looked at as of now.
    refresh_facts(
        brand=brand, as_of=as_of, creator_ids=creator_ids, looked_at=standing.is_segmented
    )
    if standing.is_segmented:
        found = look(plan_for(standing, creator_ids, as_of))
        changesets.mark_broken(found.plan, at)
        batches.settle(found, standing, at=at, began=began)


def _look_at_everybody(brand: Brand, at: datetime) -> None:
    """The same for all of the brand's creators: a run, which waits if it moves too many."""
    began = perf_counter()
    ledger.lock(brand)
    as_of = _not_before(changesets.ledger_moment(brand), at)
    refresh_facts(brand=brand, as_of=as_of)
    if changesets.last_applied(brand) is None:
        return
    packs.add_what_is_new(brand=brand, at=at)
    plan = evaluation.evaluate(evaluation.prepare(brand=brand, as_of=as_of))
    changesets.mark_broken(plan, at)
    if not plan.moved:
        evaluation.store_masks(plan, members=False)
        return
    run = Run(
        brand=brand,
        as_of=as_of,
        trigger=Trigger.FACTS,
        status=RunStatus.RUNNING,
        moved=plan.moved,
        created_at=at,
        started_at=at,
    )
    run.save()
    changesets.settle(run, plan, actor=None, at=at)
    seconds = perf_counter() - began
    run.duration_ms = round(seconds * 1000)
    run.finished_at = at + timedelta(seconds=seconds)
    run.save()


def _not_before(ledger_at: datetime | None, at: datetime) -> datetime:
    """The moment to look at: the ledger may be written already as of one after `at`."""
    return at if ledger_at is None else max(at, ledger_at)
