"""The change set of a run: who joins and leaves, why, and what the rules read of them."""

from __future__ import annotations

from typing import Any

from django.db import connection

from segmentation.choices import Cause, ChangeKind
from segmentation.models import Run
from segmentation.rules.sql import Sql
from segmentation.services.evaluation import norms as evaluation_norms
from segmentation.services.evaluation.plan import Plan
from segmentation.services.evaluation.rules import Reading
from segmentation.services.masks import flag_of, word_of

# Records are summed up anew for those who move, and for nobody else.
_MOVERS = Sql("{} IN (SELECT m.creator_id FROM run_diff m WHERE m.old IS DISTINCT FROM m.new)")


def write_changes(run: Run, plan: Plan) -> None:
    """Explode `run_diff` into the run's changes, each with its cause and what the rule read.

    A run of everybody keeps the norms with which it compared.
    """
    if plan.creator_ids is None:
        evaluation_norms.store(run, plan.norms)
    if not plan.judged:
        return
    shapes: dict[tuple[str, ...], tuple[Reading, ...]] = {}
    table, table_params = [], []
    for one in plan.judged:
        names = tuple(reading.name for reading in one.readings)
        shapes.setdefault(names, one.readings)
        table.append("(%s::bigint, %s::bigint, %s::integer, %s::bigint, %s::integer)")
        shape = list(shapes).index(names)
        table_params += [
            one.segment.pk,
            one.version.pk,
            word_of(one.bit),
            flag_of(one.bit),
            shape,
        ]
    evidence: list[str] = []
    evidence_params: list[Any] = []
    for number, readings in enumerate(shapes.values()):
        values = [_value(reading, plan) for reading in readings]
        pairs = ", ".join(f"%s::text, {value.text}" for value in values)
        for reading, value in zip(readings, values, strict=True):
            evidence_params += [reading.name, *value.params]
        evidence.append(f"WHEN {number} THEN jsonb_build_object({pairs})")
    source = plan.enriched(
        creators=_MOVERS,
        members=dict.fromkeys(plan.reads.members, "NULL::boolean"),
    )
    statement = f"""INSERT INTO segmentation_change
  (run_id, segment_id, version_id, creator_id, kind, cause, evidence)
SELECT %s, s.segment_id, s.version_id, d.creator_id,
  CASE WHEN d.new[s.word] & s.flag <> 0
    THEN '{ChangeKind.JOINED.value}' ELSE '{ChangeKind.LEFT.value}' END,
  CASE WHEN d.forced[s.word] & s.flag <> 0 THEN '{Cause.OVERRIDE.value}'
    WHEN d.matched[s.word] & d.old[s.word] & s.flag <> 0 THEN '{Cause.PRECEDENCE.value}'
    ELSE '{Cause.RULE.value}' END,
  CASE s.shape {" ".join(evidence)} END
FROM run_diff d
JOIN {source.text} ON f.creator_id = d.creator_id
CROSS JOIN (VALUES {", ".join(table)}) s (segment_id, version_id, word, flag, shape)
WHERE (d.old[s.word] # d.new[s.word]) & s.flag <> 0"""  # noqa: S608 - values are parameters
    with plan.planned(), connection.cursor() as cursor:
        cursor.execute(statement, [run.pk, *evidence_params, *source.params, *table_params])


def _value(reading: Reading, plan: Plan) -> Sql:
    """SQL of a value that a rule read; membership as this run decides it."""
    if not reading.segment:
        return reading.sql
    return Sql(plan.mask_member(reading.segment, old="d.new", none="d.unknown"))


def store_masks(plan: Plan, *, members: bool) -> None:
    """Write the masks of `run_diff` to the fact rows: the unknown ones and, if so, the members."""
    also = "member_bits = d.new, " if members else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {plan.table} f SET {also}unknown_bits = d.unknown FROM run_diff d "  # noqa: S608
            "WHERE f.brand_id = %s AND f.creator_id = d.creator_id",
            [plan.brand.pk],
        )
