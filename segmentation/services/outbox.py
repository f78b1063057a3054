"""Drain the outbox of changed facts: re-evaluate single creators soon after something changed.

A batch is one transaction: rows are taken with SKIP LOCKED, so that two workers never share one,
and deleted with the work done; a crash leaves them waiting.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from time import perf_counter
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from crm.limits import TookTooLong, stopped_after
from crm.models import Brand
from crm.services.metrics import refresh_metrics
from crm.statements import KEEP_PLANS, prepared
from segmentation.choices import RunStatus, Trigger
from segmentation.facts.refresh import refresh_facts
from segmentation.models import Run
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
# What is taken asks for work in brands: for their locks, too, in one order, so that two workers
# wait for each other instead of dead-locking. A row without brand is for every brand that knows the
# creator; one without creator for all of the brand's. The line of brand 0 is of all that was taken.
# A batch of few is stopped in time, and goes by the plans that the connection keeps.
_TAKE = f"""WITH taken AS (
  DELETE FROM crm_factchange WHERE id = ANY(ARRAY(
    SELECT id FROM crm_factchange ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED))
  RETURNING brand_id, creator_id
), asked AS (
  SELECT brand_id, creator_id FROM taken WHERE brand_id IS NOT NULL
  UNION
  SELECT b.id, t.creator_id FROM taken t CROSS JOIN crm_brand b
  WHERE t.brand_id IS NULL AND (
    EXISTS (SELECT FROM crm_relationship r WHERE (r.brand_id, r.creator_id) = (b.id, t.creator_id))
    OR EXISTS (SELECT FROM segmentation_creatorfacts f
      WHERE (f.brand_id, f.creator_id) = (b.id, t.creator_id)))
), work AS (
  SELECT 0 AS brand_id, count(*) AS rows,
    coalesce(bool_or(creator_id IS NULL), FALSE) AS everybody,
    array_agg(DISTINCT creator_id) AS creators FROM taken
  UNION ALL
  SELECT brand_id, 0, bool_or(creator_id IS NULL), array_agg(creator_id ORDER BY creator_id)
  FROM asked GROUP BY 1
  ORDER BY brand_id
)
SELECT brand_id, rows, everybody, creators, CASE WHEN brand_id = 0 THEN
    {KEEP_PLANS}
      || set_config('statement_timeout', CASE WHEN everybody
        THEN current_setting('statement_timeout') ELSE %(limit)s END, TRUE)
  ELSE pg_advisory_xact_lock({ledger.LOCK_CLASS}, brand_id::integer)::text END
FROM work"""  # noqa: S608 - names of ours


class Work(NamedTuple):
    """What a batch of rows asks for in one brand; the first line, 0, is of all brands together."""

    brand_id: int
    rows: int
    everybody: bool
    creators: list[int]


def drain(*, at: datetime) -> int:
    """Take the rows that wait and nobody else has taken; returns how many they were.

    What comes meanwhile asks for a worker of its own.
    """
    taken = batch = drain_batch(at=at)
    while batch == BATCH:
        batch = drain_batch(at=at)
        taken += batch
    return taken


def drain_batch(*, at: datetime) -> int:
    """Take one batch of rows, do what they ask for and delete them; returns how many they were."""
    seconds = settings.RULES_TIMEOUT_SECONDS
    try:
        with stopped_after(seconds):
            return _drain_batch(at, seconds)
    except TookTooLong:
        # Nothing was done. Once more, and the rule that takes too long is found and left out.
        return _drain_batch(at, None)


@transaction.atomic
def _drain_batch(at: datetime, seconds: float | None) -> int:
    """Do so with each statement stopped after so many seconds, or with limits for rules alone."""
    together, *brands = _take(seconds)
    if not together.rows:
        return 0
    refresh_metrics(creator_ids=None if together.everybody else together.creators, as_of=at)
    for work in brands:
        if work.everybody:
            brand = Brand.objects.get(pk=work.brand_id)
            _look_at_everybody(brand, at)
            stage_suggestions.refresh(brand=brand, at=at)
        else:
            _look_at_some(work, at, is_limited=seconds is not None and not together.everybody)
    return together.rows


def _take(seconds: float | None) -> list[Work]:
    """Delete a batch of rows that nobody else has, and lock their brands.

    With what is done for them: when that fails, they are there again.
    """
    values = {"batch": BATCH, "limit": str(int((seconds or 0) * 1000))}
    with connection.cursor() as cursor:
        cursor.execute(*prepared(_TAKE, values))
        return [Work._make(row[:-1]) for row in cursor.fetchall()]


def _look_at_some(work: Work, at: datetime, *, is_limited: bool) -> None:
    """Refresh their facts and, once the brand has an applied run, move who no longer belongs."""
    began = perf_counter()
    standing = read_standing(work.brand_id, work.creators, at)
    brand = standing.brand
    as_of = _not_before(standing.ledger_at, at)
    # A change set that still waits leaves alone who was looked at as of now.
    refresh_facts(
        brand=brand,
        as_of=as_of,
        creator_ids=work.creators,
        looked_at=standing.is_segmented,
        is_measured=as_of == at,
    )
    if standing.is_segmented:
        found = look(*plan_for(standing, as_of), is_limited=is_limited)
        changesets.mark_broken(found.plan, at)
        batches.settle(found, standing, at=at, began=began)
    if standing.suggests:
        stage_suggestions.refresh(brand=brand, at=at, creator_ids=work.creators)


def _look_at_everybody(brand: Brand, at: datetime) -> None:
    """The same for all of the brand's creators: a run, which waits if it moves too many."""
    began = perf_counter()
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
