"""The change set of a run: who joins and leaves, and by what cause."""

from __future__ import annotations

from collections import Counter

from django.db import connection

from segmentation.choices import Cause, ChangeKind
from segmentation.models import Run
from segmentation.services.evaluation.plan import Plan
from segmentation.services.ledger import MOVES, make_moves
from segmentation.services.masks import flag_of, word_of


def explode(plan: Plan) -> tuple[Counter[int], Counter[int]]:
    """Fill `run_moves` from `run_diff`; returns how many join and leave, by segment id."""
    joiners, leavers = Counter[int](), Counter[int]()
    table, params = ["(0::bigint, 0::bigint, 0, 0::bigint)"], []  # of no segment: never empty
    for one in plan.judged:
        table.append("(%s::bigint, %s::bigint, %s, %s::bigint)")
        params += [one.segment.pk, one.version.pk, word_of(one.bit), flag_of(one.bit)]
    # Words are taken out of the masks first: looking into arrays for each segment is what costs.
    query = f"""WITH moved AS MATERIALIZED (
  SELECT d.creator_id, w.word, d.old[w.word] AS old, d.new[w.word] AS new,
    d.forced[w.word] AS forced, d.matched[w.word] AS matched,
    d.old[w.word] # d.new[w.word] AS flags
  FROM run_diff d CROSS JOIN generate_series(1, %s) w (word)
  WHERE d.old[w.word] <> d.new[w.word]
)
SELECT s.segment_id, s.version_id, d.creator_id,
  CASE WHEN d.new & s.flag <> 0
    THEN '{ChangeKind.JOINED.value}' ELSE '{ChangeKind.LEFT.value}' END AS kind,
  CASE WHEN d.forced & s.flag <> 0 THEN '{Cause.OVERRIDE.value}'
    WHEN d.matched & d.old & s.flag <> 0 THEN '{Cause.PRECEDENCE.value}'
    ELSE '{Cause.RULE.value}' END AS cause
FROM moved d JOIN (VALUES {", ".join(table)}) s (segment_id, version_id, word, flag)
  ON s.word = d.word AND d.flags & s.flag <> 0
ORDER BY s.segment_id, kind, d.creator_id"""  # noqa: S608 - values are parameters
    make_moves(query, [plan.words, *params])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT segment_id, kind, count(*) FROM {MOVES.table} GROUP BY 1, 2")  # noqa: S608 - a name of ours
        for segment, kind, count in cursor.fetchall():
            (joiners if kind == ChangeKind.JOINED else leavers)[segment] = count
    return joiners, leavers


def write_changes(run: Run) -> None:
    """Write `run_moves` to the run's change set."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO segmentation_change "  # noqa: S608 - names of ours
            "(run_id, segment_id, version_id, creator_id, kind, cause) "
            "SELECT %s, c.segment_id, c.version_id, c.creator_id, c.kind, c.cause "
            f"FROM {MOVES.table} c",
            [run.pk],
        )


def store_masks(plan: Plan, *, members: bool) -> None:
    """Write the masks of `run_diff` to the fact rows: the unknown ones and, if so, the members."""
    also = "member_bits = d.new, " if members else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {plan.table} f SET {also}unknown_bits = d.unknown FROM run_diff d "  # noqa: S608
            "WHERE f.brand_id = %s AND f.creator_id = d.creator_id",
            [plan.brand.pk],
        )
