"""Write the membership ledger: close and open stays, and keep the masks of the facts in step.

A stay is closed-open. One that would have no length, since the creator leaves at the moment they
entered, is deleted instead of closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from crm.limits import patient
from crm.models import Brand
from segmentation.choices import Cause, ChangeKind, SegmentStatus
from segmentation.models import Run, Segment
from segmentation.services.masks import BITS, flag_of, word_of


@dataclass(frozen=True)
class Moves:
    """Whose stays to open and close: rows `c` of a table, with the columns of a change.

    A change that a person held back stays where it is, in the change set and nowhere else.
    """

    table: str
    where: str = "true"
    # The run that a new stay is from.
    entered_run: str = "c.run_id"


CHANGES = Moves(
    "segmentation_change",
    "c.run_id = %(run)s AND NOT EXISTS (SELECT FROM segmentation_runsegment h "
    "WHERE h.run_id = %(run)s AND h.segment_id = c.segment_id AND h.is_held)",
)
# The moves of a run on their way to the ledger, in a table of the transaction: segment_id,
# version_id, creator_id, kind and cause. It is analysed, since what joins them must know how many
# they are: few are looked up by key, for many the ledger is read whole.
MOVES = Moves("run_moves", entered_run="%(run)s")
# With the brand's id, the name of the lock that runs and changes of segments hold.
LOCK_CLASS = 20_261
# Seconds that a person waits for it: most runs of a small brand are over by then.
PATIENCE = 3.0
AT_WORK = (
    "A run is at work on this brand's segments, and nothing may change under it. Nothing was saved:"
    " try again when it is done."
)


def lock(brand: Brand) -> None:
    """Wait until nobody else runs or changes the brand's segments; held until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, brand.pk])


def lock_for_edit(brand: Brand) -> None:
    """The same for somebody who waits at a page. Raises Busy instead of waiting for a whole run."""
    with patient(PATIENCE, or_say=AT_WORK):
        lock(brand)


def make_moves(query: str, params: Sequence[Any] | Mapping[str, Any]) -> None:
    """Fill MOVES with what a query finds; in the order of the ledger's indexes if it can be."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{MOVES.table}")
        cursor.execute(f"CREATE TEMP TABLE {MOVES.table} ON COMMIT DROP AS {query}", params)
        cursor.execute(f"ANALYZE {MOVES.table} (kind)")


def gather_moves(run: Run) -> None:
    """Fill MOVES with a change set that was written before, but for what is held back."""
    make_moves(
        "SELECT c.segment_id, c.version_id, c.creator_id, c.kind, c.cause "  # noqa: S608 - names of ours
        f"FROM {CHANGES.table} c WHERE {CHANGES.where} "
        "ORDER BY c.segment_id, c.kind, c.creator_id",
        {"run": run.pk},
    )


def write_stays(
    run: Run, at: datetime, moves: Moves = MOVES, *, is_later: bool = False
) -> tuple[Counter[int], Counter[int]]:
    """Close and open the stays that `moves` names, at the moment `at`.

    `is_later` promises that every stay began before that, so that none need be looked for which is
    deleted instead of closed. Returns how many joined and how many left, by segment id. Raises
    IntegrityError if somebody who joins is in already: then masks and ledger are out of step, and
    nothing is written.
    """
    deleted, closed, opened = stay_statements(moves)
    values: dict[str, Any] = {"run": run.pk, "at": at}
    leavers = _by_segment(closed, values)
    if not is_later:
        leavers += _by_segment(deleted, values)
    return _by_segment(opened, values), leavers


def stay_statements(moves: Moves) -> tuple[str, str, str]:
    """What deletes, closes and opens stays at %(at)s for %(run)s; each returns the segment ids."""
    leave = f"{moves.where} AND c.kind = '{ChangeKind.LEFT.value}'"
    join = f"{moves.where} AND c.kind = '{ChangeKind.JOINED.value}'"
    same = "m.segment_id = c.segment_id AND m.creator_id = c.creator_id AND m.left_at IS NULL"
    return (
        f"""DELETE FROM segmentation_membership m USING {moves.table} c
  WHERE {leave} AND {same} AND m.entered_at = %(at)s RETURNING m.segment_id""",  # noqa: S608 - names of ours
        f"""UPDATE segmentation_membership m
  SET left_at = %(at)s, left_run_id = %(run)s, left_cause = c.cause
  FROM {moves.table} c
  WHERE {leave} AND {same} AND m.entered_at < %(at)s RETURNING m.segment_id""",  # noqa: S608 - names of ours
        # In the order of the ledger's indexes: neighbours go to the same page.
        f"""INSERT INTO segmentation_membership
    (segment_id, creator_id, entered_at, version_id, entered_run_id, entered_cause)
  SELECT c.segment_id, c.creator_id, %(at)s, c.version_id, {moves.entered_run}, c.cause
  FROM {moves.table} c WHERE {join} ORDER BY c.segment_id, c.creator_id
  RETURNING segment_id""",  # noqa: S608 - names of ours
    )


def _by_segment(statement: str, values: dict[str, Any]) -> Counter[int]:
    """Run a statement that returns the segment of each row; returns how many of each."""
    counted = (
        f"WITH written AS ({statement}) "  # noqa: S608 - ours
        "SELECT segment_id, count(*) FROM written GROUP BY segment_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(counted, values)
        return Counter[int](dict(cursor.fetchall()))


def forget_changes_of_moved(run: Run) -> int:
    """Take creators out of a waiting change set whose facts have changed since it was made.

    They were evaluated again, alone and with newer facts, and are where they belong; so are those
    whom the brand no longer knows. A segment that was archived meanwhile takes nobody in. Returns
    the number of changes taken out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM segmentation_change c WHERE c.run_id = %s AND (NOT EXISTS ("
            "SELECT FROM segmentation_creatorfacts f "
            "WHERE f.brand_id = %s AND f.creator_id = c.creator_id AND f.as_of <= %s"
            ") OR EXISTS (SELECT FROM segmentation_segment s "
            "WHERE s.id = c.segment_id AND s.status = %s))",
            [run.pk, run.brand_id, run.as_of, SegmentStatus.ARCHIVED],
        )
        forgotten = int(cursor.rowcount)
        if forgotten:
            cursor.execute(
                "DELETE FROM segmentation_runevidence e WHERE e.run_id = %s AND NOT EXISTS ("
                "SELECT FROM segmentation_change c "
                "WHERE c.run_id = e.run_id AND c.creator_id = e.creator_id)",
                [run.pk],
            )
    return forgotten


def moved_masks(words: int, moves: Moves = CHANGES) -> tuple[str, str]:
    """SQL of what `moves` make of the masks of the facts `f`: a query `d` to join, and the mask.

    The query has a row for each creator who moves, and the parameter "run"; `words` is the length
    of a mask.
    """
    sets, clears, values = [], [], []
    for word in range(1, words + 1):
        aggregate = (
            f"coalesce(bit_or(1::bigint << s.bit %% {BITS}) FILTER "
            f"(WHERE c.kind = '{{}}' AND s.bit / {BITS} + 1 = {word}), 0) AS {{}}_{word}"
        )
        sets.append(aggregate.format(ChangeKind.JOINED.value, "come"))
        clears.append(aggregate.format(ChangeKind.LEFT.value, "gone"))
        values.append(f"(coalesce(f.member_bits[{word}], 0) | d.come_{word}) & ~d.gone_{word}")
    query = (
        f"SELECT c.creator_id, {', '.join([*sets, *clears])} "  # noqa: S608 - names of ours
        f"FROM {moves.table} c JOIN segmentation_segment s ON s.id = c.segment_id "
        f"WHERE {moves.where} GROUP BY c.creator_id"
    )
    return query, f"ARRAY[{', '.join(values)}]::bigint[]"


def write_masks(run: Run, words: int, moves: Moves = MOVES) -> None:
    """Bring the masks of the facts in step with `moves`; `words` is the length of a mask."""
    query, mask = moved_masks(words, moves)
    statement = (
        f"UPDATE segmentation_creatorfacts f SET member_bits = {mask} FROM ({query}) d "  # noqa: S608 - names of ours
        "WHERE f.brand_id = %(brand)s AND f.creator_id = d.creator_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"run": run.pk, "brand": run.brand_id})


def count_members(joiners: Counter[int], leavers: Counter[int]) -> None:
    """Keep the stored number of members of each segment."""
    moved = [(pk, joiners[pk] - leavers[pk]) for pk in joiners.keys() | leavers.keys()]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE segmentation_segment s SET members_count = s.members_count + d.change "
            "FROM unnest(%s::bigint[], %s::bigint[]) d (id, change) WHERE s.id = d.id",
            [[pk for pk, _ in moved], [change for _, change in moved]],
        )


def end_all_stays(segment: Segment, at: datetime) -> int:
    """End every open stay in a segment at `at`; returns how many there were."""
    word, flag = word_of(segment.bit), flag_of(segment.bit)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM segmentation_membership "
            "WHERE segment_id = %s AND left_at IS NULL AND entered_at >= %s",
            [segment.pk, at],
        )
        ended = int(cursor.rowcount)
        cursor.execute(
            "UPDATE segmentation_membership SET left_at = %s, left_cause = %s "
            "WHERE segment_id = %s AND left_at IS NULL",
            [at, Cause.ARCHIVED, segment.pk],
        )
        ended += int(cursor.rowcount)
        cursor.execute(
            "UPDATE segmentation_creatorfacts "
            "SET member_bits[%(word)s] = member_bits[%(word)s] & ~%(flag)s::bigint, "
            "unknown_bits[%(word)s] = unknown_bits[%(word)s] & ~%(flag)s::bigint "
            "WHERE brand_id = %(brand)s "
            "AND (member_bits[%(word)s] | unknown_bits[%(word)s]) & %(flag)s <> 0",
            {"word": word, "flag": flag, "brand": segment.brand_id},
        )
    return ended


def forget_strangers(brand: Brand, creator_ids: Sequence[int] | None = None) -> None:
    """Remove the rows of those whom the brand does not know and who are in no segment.

    All of the brand's, or those of the creators that were looked at.
    """
    only = "" if creator_ids is None else " AND creator_id = ANY(%(creator_ids)s)"
    statement = (
        "DELETE FROM segmentation_creatorfacts "  # noqa: S608 - names of ours
        f"WHERE brand_id = %(brand_id)s AND known_since IS NULL AND 0 = ALL(member_bits){only}"
    )
    values: dict[str, Any] = {"brand_id": brand.pk, "creator_ids": list(creator_ids or ())}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
