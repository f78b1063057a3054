"""How many creators a run found: known ones, members, unknowns and what those lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from segmentation.rules.sql import Sql
from segmentation.services.evaluation.plan import Plan
from segmentation.services.evaluation.rules import Reading
from segmentation.services.masks import bits_of, either, flag_of, holds, word_of, words_for

# A mask, and how many creators have it.
Masks = Iterable[tuple[Sequence[int], int]]


@dataclass(frozen=True)
class Tally:
    """The creators whom the brand knows, and how many are undecided, by segment id.

    `strangers` have a row although the brand does not know them.
    """

    population: int
    strangers: int = 0
    unknown: Mapping[int, int] = field(default_factory=dict)


def tally(plan: Plan) -> Tally:
    """Count once `run_diff` is there, whether or not the fact rows have its masks yet: one scan.

    The rows are grouped by mask: there are far fewer masks than creators.
    """
    rows = plan.from_rows()
    with connection.cursor() as cursor:
        cursor.execute("SELECT unknown, lacked, count(*) FROM run_diff GROUP BY 1, 2")
        changed = cursor.fetchall()
        cursor.execute(
            "SELECT f.known_since IS NOT NULL, f.unknown_bits, count(*) "  # noqa: S608
            f"FROM {rows.text} GROUP BY 1, 2",
            rows.params,
        )
        found = cursor.fetchall()
    masks = [
        *((mask, count) for _, mask, count in found),
        *((unknown, count) for unknown, _, count in changed),
        *((lacked, -count) for _, lacked, count in changed),
    ]
    return Tally(
        population=sum(count for is_known, _, count in found if is_known),
        strangers=sum(count for is_known, _, count in found if not is_known),
        unknown=_by_segment(plan, masks),
    )


def members_of(plan: Plan) -> dict[int, int]:
    """How many are in each segment by the masks of the fact rows, by segment id."""
    rows = plan.from_rows()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.member_bits, count(*) FROM {rows.text} GROUP BY 1",  # noqa: S608
            rows.params,
        )
        return _by_segment(plan, cursor.fetchall())


def count_missing(plan: Plan) -> dict[int, dict[str, int]]:
    """What the unknowns lack, by segment id: for how many creators each reading is missing.

    The masks of the fact rows say who is unknown.
    """
    readings = [reading for reading in plan.readings() if reading.can_miss]
    names = [reading.name for reading in readings]
    nulls = null_masks(readings, plan)
    with_gaps = (
        f"{{}} IN (SELECT k.creator_id FROM {plan.table} k "  # noqa: S608 - a name of ours
        "WHERE k.brand_id = %s AND NOT 0 = ALL(k.unknown_bits))"
    )
    source = plan.enriched(
        creators=Sql(with_gaps, (plan.brand.pk,)) if plan.creator_ids is None else None,
        members=dict.fromkeys(plan.reads.members, "NULL::boolean"),
    )
    with plan.planned(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.unknown_bits, {nulls.text} AS nulls, count(*) "  # noqa: S608
            f"FROM {source.text} WHERE NOT 0 = ALL(f.unknown_bits) GROUP BY 1, 2",
            [*nulls.params, *source.params],
        )
        found = cursor.fetchall()
    return {
        one.segment.pk: missing_of(
            one.readings,
            [(nulls, count) for mask, nulls, count in found if holds(mask, one.bit)],
            names,
        )
        for one in plan.judged
    }


def null_masks(readings: Sequence[Reading], plan: Plan) -> Sql:
    """SQL of an array of masks: which of the readings a creator lacks."""
    words: list[str] = []
    params: list[Any] = []
    for word in range(1, words_for(range(len(readings))) + 1):
        held = [(n, reading) for n, reading in enumerate(readings) if word_of(n) == word]
        terms = []
        for number, reading in held:
            sql = reading.sql
            if reading.segment:
                sql = Sql(f"({plan.mask_member(reading.segment)})")
            terms.append(f"CASE WHEN {sql.text} IS NULL THEN {flag_of(number)} ELSE 0 END")
            params += sql.params
        words.append(either(terms))
    return Sql(f"ARRAY[{', '.join(words)}]::bigint[]", tuple(params))


def missing_of(
    readings: Sequence[Reading], unknown: Sequence[tuple[Any, int]], names: Sequence[str]
) -> dict[str, int]:
    """How many of the unknowns lack each reading of a rule; `unknown` are null masks and counts."""
    missing = {}
    for reading in readings:
        if not reading.can_miss:
            continue
        number = names.index(reading.name)
        place, flag = word_of(number) - 1, flag_of(number)
        creators = sum(count for nulls, count in unknown if nulls[place] & flag)
        if creators:
            missing[reading.name] = creators
    return missing


def _by_segment(plan: Plan, masks: Masks) -> dict[int, int]:
    by_bit = Counter[int]()
    for mask, count in masks:
        for bit in bits_of(mask):
            by_bit[bit] += count
    return {one.segment.pk: by_bit[one.bit] for one in plan.judged}
