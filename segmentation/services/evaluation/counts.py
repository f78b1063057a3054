"""How many creators a run found: members, unknowns and what they lack, near misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from segmentation.rules.sql import Sql
from segmentation.services.evaluation.plan import Plan
from segmentation.services.evaluation.rules import Judged, Reading
from segmentation.services.masks import either, flag_of, word_of, words_for


@dataclass(frozen=True)
class Found:
    """How many creators a run found for a segment."""

    members: int = 0
    unknown: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)


def population(plan: Plan) -> int:
    """How many creators the brand knows as of the moment."""
    source = plan.from_rows()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {source.text} WHERE f.known_since IS NOT NULL",  # noqa: S608
            source.params,
        )
        return int(cursor.fetchone()[0])


def count_found(plan: Plan) -> dict[int, Found]:
    """Members, unknowns and what the unknowns lack, by segment id, from the masks of the rows.

    The rows are grouped by mask first: there are far fewer masks than creators.
    """
    readings = {
        reading.name: reading for one in plan.judged for reading in one.readings if reading.can_miss
    }
    names = list(readings)
    nulls = null_masks([readings[name] for name in names], plan)
    rows = plan.from_rows()
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
            f"SELECT f.member_bits, count(*) FROM {rows.text} GROUP BY 1",  # noqa: S608
            rows.params,
        )
        in_masks = cursor.fetchall()
        cursor.execute(
            f"SELECT f.unknown_bits, {nulls.text} AS nulls, count(*) "  # noqa: S608
            f"FROM {source.text} WHERE NOT 0 = ALL(f.unknown_bits) GROUP BY 1, 2",
            [*nulls.params, *source.params],
        )
        unknown_masks = cursor.fetchall()
    return {one.segment.pk: _found(one, in_masks, unknown_masks, names) for one in plan.judged}


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


def _found(
    one: Judged, in_masks: list[Any], unknown_masks: list[Any], names: Sequence[str]
) -> Found:
    place, flag = word_of(one.bit) - 1, flag_of(one.bit)
    unknown = [
        (nulls, count)
        for mask, nulls, count in unknown_masks
        if place < len(mask) and mask[place] & flag
    ]
    return Found(
        members=sum(count for mask, count in in_masks if place < len(mask) and mask[place] & flag),
        unknown=sum(count for _, count in unknown),
        missing=missing_of(one.readings, unknown, names),
    )


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
