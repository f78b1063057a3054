"""A batch of few creators settled: those of them who no longer belong are moved at once.

It is a run like that of all creators, with a change set, evidence and an audit entry, but small
enough to be written by one statement. Nobody approves it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import perf_counter

from django.db import connection

from crm.services.promised_tasks import PROMISED_SOON, soon
from crm.statements import prepared
from segmentation.choices import ChangeKind, RunStatus, Trigger
from segmentation.models import Run
from segmentation.services import changesets, ledger
from segmentation.services.evaluation.few import Found, Looked, Move
from segmentation.services.evaluation.kept import Standing
from segmentation.services.ledger import Moves

_MASKS = """UPDATE segmentation_creatorfacts f
  SET member_bits = d.new, unknown_bits = d.unknown
  FROM json_to_recordset(%(masks)s::json) d (creator_id bigint, new bigint[], unknown bigint[])
  WHERE f.brand_id = %(brand)s AND f.creator_id = d.creator_id"""
_RUN = "(SELECT id FROM run)"
_DELETED, _CLOSED, _OPENED = (
    statement.replace("%(run)s", _RUN)
    for statement in ledger.stay_statements(Moves("moves", entered_run=_RUN))
)
# Parts of one statement see the tables as they were before it; no two of them write the same row.
# Scorecards are asked for by a row that batches of the same minute share.
_WRITE = f"""WITH run AS (
  INSERT INTO segmentation_run (brand_id, as_of, trigger, status, population, moved, readings,
    created_at, started_at, applied_at, counted_at, finished_at, duration_ms, quarter, is_dry,
    apply_now, error, decision_reason, rollback_reason, cancel_requested, attempts)
  VALUES (%(brand)s, %(at)s, '{Trigger.FACTS.value}', '{RunStatus.APPLIED.value}', %(population)s,
    %(moved)s, %(readings)s, %(now)s, %(now)s, %(applied_at)s, %(now)s, %(finished_at)s,
    %(duration_ms)s, '', false, false, '', '', '', false, 0)
  RETURNING id
), moves AS (
  SELECT * FROM unnest(%(segments)s::bigint[], %(versions)s::bigint[], %(creators)s::bigint[],
    %(kinds)s::text[], %(causes)s::text[]) c (segment_id, version_id, creator_id, kind, cause)
), changes AS (
  INSERT INTO segmentation_change (run_id, segment_id, version_id, creator_id, kind, cause)
  SELECT {_RUN}, c.segment_id, c.version_id, c.creator_id, c.kind, c.cause FROM moves c
), evidence AS (
  INSERT INTO segmentation_runevidence (run_id, creator_id, "values")
  SELECT {_RUN}, d.creator_id, d.read::jsonb
  FROM unnest(%(movers)s::bigint[], %(read)s::text[]) d (creator_id, read)
), masks AS (
  {_MASKS}
), closed AS (
  {_CLOSED}
), opened AS (
  {_OPENED}
), {PROMISED_SOON}, found AS (
  SELECT * FROM json_to_recordset(%(found)s::json) d (segment_id bigint, version_id bigint,
    joined bigint, "left" bigint, unknown bigint, readings text[], missing jsonb, error text)
), sized AS (
  UPDATE segmentation_segment s SET members_count = s.members_count + d.joined - d.left
  FROM found d WHERE s.id = d.segment_id RETURNING s.id, s.members_count
), said AS (
  INSERT INTO segmentation_runsegment (run_id, segment_id, version_id, members, joined, "left",
    unknown, readings, missing, near, is_held, error)
  SELECT {_RUN}, d.segment_id, d.version_id, s.members_count, d.joined, d.left, d.unknown,
    d.readings, d.missing, '{{}}', false, d.error
  FROM found d JOIN sized s ON s.id = d.segment_id ORDER BY d.segment_id
)"""  # noqa: S608 - names of ours
_NUMBER = "SELECT id FROM run"
# Where the ledger was written as of this very moment already, a stay may have begun at it.
_WRITE_LATER = f"{_WRITE} {_NUMBER}"
_WRITE_AT_ONCE = f"{_WRITE}, deleted AS (\n  {_DELETED}\n) {_NUMBER}"


def settle(found: Found, standing: Standing, *, at: datetime, began: float) -> Run | None:
    """Write what was found; returns the run, or None where nobody moves."""
    brand = standing.brand
    moves = found.moves()
    run = None
    if moves:
        is_later = standing.ledger_at is None or standing.ledger_at < found.plan.as_of
        run = _write(_run(found, standing, at, began), found, moves, is_later=is_later)
    elif found.differing:
        values = {"masks": _masks(found.differing), "brand": brand.pk}
        with connection.cursor() as cursor:
            cursor.execute(*prepared(_MASKS, values))
    if found.has_strangers:
        ledger.forget_strangers(brand, found.plan.few())
    if run is not None:
        kinds = Counter(move.kind for move in moves)
        changesets.record_applied(
            run,
            actor=None,
            at=at,
            joined=kinds[ChangeKind.JOINED],
            left=kinds[ChangeKind.LEFT],
        )
    return run


def _run(found: Found, standing: Standing, at: datetime, began: float) -> Run:
    seconds = perf_counter() - began
    return Run(
        brand=standing.brand,
        as_of=found.plan.as_of,
        trigger=Trigger.FACTS,
        status=RunStatus.APPLIED,
        population=sum(one.is_known for one in found.looked),
        moved=len(found.movers),
        readings=found.readings,
        created_at=at,
        started_at=at,
        applied_at=changesets.next_in_order(standing.applied_at, at),
        counted_at=at,
        finished_at=at + timedelta(seconds=seconds),
        duration_ms=round(seconds * 1000),
    )


def _write(run: Run, found: Found, moves: Sequence[Move], *, is_later: bool) -> Run:
    """Write the run with all that belongs to it; returns it with its number.

    `is_later` promises that every stay began before it (see ledger.write_stays).
    """
    segments, versions, creators, kinds, causes = map(list, zip(*moves, strict=True))
    values = {
        "brand": run.brand_id,
        "at": run.as_of,
        "now": run.created_at,
        "applied_at": run.applied_at,
        "finished_at": run.finished_at,
        "duration_ms": run.duration_ms,
        "population": run.population,
        "moved": run.moved,
        "readings": run.readings,
        "segments": segments,
        "versions": versions,
        "creators": creators,
        "kinds": kinds,
        "causes": causes,
        "movers": [one.creator_id for one in found.movers] if run.readings else [],
        "read": [one.read for one in found.movers] if run.readings else [],
        "masks": _masks(found.differing),
        "found": json.dumps(_found(found, moves)),
        **soon(changesets.SCORECARD_TASK, brand_id=run.brand_id, as_of=run.as_of.isoformat()),
    }
    with connection.cursor() as cursor:
        cursor.execute(*prepared(_WRITE_LATER if is_later else _WRITE_AT_ONCE, values))
        [run.pk] = cursor.fetchone()
    return run


def _masks(looked: Sequence[Looked]) -> str:
    return json.dumps(
        [{"creator_id": one.creator_id, "new": one.new, "unknown": one.unknown} for one in looked]
    )


def _found(found: Found, moves: Sequence[Move]) -> list[dict[str, object]]:
    """A line for each segment that somebody joins or leaves."""
    counts = Counter((move.segment_id, move.kind) for move in moves)
    moved = {move.segment_id for move in moves}
    return [
        {
            "segment_id": one.segment.pk,
            "version_id": one.version.pk,
            "joined": counts[one.segment.pk, ChangeKind.JOINED.value],
            "left": counts[one.segment.pk, ChangeKind.LEFT.value],
            "unknown": found.unknown(one),
            "readings": [reading.name for reading in one.readings],
            "missing": found.missing(one),
            "error": one.error,
        }
        for one in found.plan.judged
        if one.segment.pk in moved
    ]
