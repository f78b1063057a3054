"""What the rules read of those who move: written once for each creator of a run."""

from __future__ import annotations

from typing import Any

from django.db import connection

from segmentation.models import Run
from segmentation.rules.sql import Sql
from segmentation.services.evaluation.plan import Plan
from segmentation.services.evaluation.rules import Reading

# Records are summed up anew for those who move, and for nobody else.
_MOVERS = Sql("{} IN (SELECT m.creator_id FROM run_diff m WHERE m.old IS DISTINCT FROM m.new)")
# PostgreSQL calls no function with more arguments.
_ARGUMENTS = 100


def readings_of(plan: Plan) -> tuple[Reading, ...]:
    """What the plan's rules read, each once."""
    return tuple(
        {reading.name: reading for one in plan.judged for reading in one.readings}.values()
    )


def write_evidence(run: Run, plan: Plan) -> None:
    """Write for each creator of `run_diff` who moves what the rules read; the caller saves the run.

    Membership in other segments is read as this run decides it.
    """
    readings = readings_of(plan)
    run.readings = [reading.name for reading in readings]
    if not readings:
        return
    values = [_value(reading, plan) for reading in readings]
    arrays: list[str] = []
    params: list[Any] = [run.pk]
    for begin in range(0, len(values), _ARGUMENTS):
        part = values[begin : begin + _ARGUMENTS]
        arrays.append(f"jsonb_build_array({', '.join(value.text for value in part)})")
        params += [param for value in part for param in value.params]
    source = plan.enriched(
        creators=_MOVERS,
        members=dict.fromkeys(plan.reads.members, "NULL::boolean"),
    )
    statement = f"""INSERT INTO segmentation_runevidence (run_id, creator_id, "values")
SELECT %s, d.creator_id, {" || ".join(arrays)}
FROM run_diff d JOIN {source.text} ON f.creator_id = d.creator_id
WHERE d.old IS DISTINCT FROM d.new"""  # noqa: S608 - values are parameters
    with plan.planned(), connection.cursor() as cursor:
        cursor.execute(statement, [*params, *source.params])


def _value(reading: Reading, plan: Plan) -> Sql:
    if not reading.segment:
        return reading.sql
    return Sql(plan.mask_member(reading.segment, old="d.new", none="d.unknown"))
