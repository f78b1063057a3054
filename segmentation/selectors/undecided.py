"""Creators for whom a segment's rule is undecided, and the facts that would decide it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from crm.paging import Order, Page, paginate
from segmentation.models import CreatorFacts, Run, Segment
from segmentation.rules.facts import Catalogue
from segmentation.selectors.evidence import fact_label
from segmentation.services.evaluation.counts import null_masks
from segmentation.services.evaluation.plan import prepare
from segmentation.services.masks import flag_of, word_of

BY_CREATOR = Order("undecided", "creator_id", "creator_id")


@dataclass(frozen=True)
class Undecided:
    """A creator, and what is not known of them that the rule reads."""

    uid: UUID
    name: str
    lacks: list[str]


def undecided_page(
    run: Run, segment: Segment, *, facts: Catalogue, cursor: str | None, size: int = 50
) -> Page[Undecided]:
    """Those who were undecided when the brand was looked at last. Raises crm.paging.BadCursor.

    What they lack is read as of the run. The number of statements does not depend on how many.
    """
    rows = CreatorFacts.objects.filter(_is_unknown(segment), brand=segment.brand_id)
    page: Page[Any] = paginate(
        rows.values("creator_id", "creator__uid", "creator__name"),
        BY_CREATOR,
        cursor=cursor,
        size=size,
    )
    lacks = _lacks(run, segment, [row["creator_id"] for row in page.items])
    lines = [
        Undecided(
            row["creator__uid"],
            row["creator__name"],
            [fact_label(name, facts) for name in lacks.get(row["creator_id"], [])],
        )
        for row in page.items
    ]
    return Page(lines, page.next, page.previous)


def _is_unknown(segment: Segment) -> RawSQL:
    return RawSQL(
        "coalesce(unknown_bits[%s], 0) & %s <> 0",
        (word_of(segment.bit), flag_of(segment.bit)),
        output_field=BooleanField(),
    )


def _lacks(run: Run, segment: Segment, creator_ids: Sequence[int]) -> dict[int, list[str]]:
    """By creator, the names of what the rule reads and is not known."""
    if not creator_ids:
        return {}
    plan = prepare(
        brand=run.brand,
        as_of=run.as_of,
        dimension=segment.dimension,
        creator_ids=creator_ids,
    )
    one = next((one for one in plan.judged if one.segment.pk == segment.pk), None)
    if one is None:
        return {}
    readings = [reading for reading in one.readings if reading.can_miss]
    nulls = null_masks(readings, plan)
    source = plan.enriched(members=dict.fromkeys(plan.reads.members, "NULL::boolean"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.creator_id, {nulls.text} FROM {source.text}",  # noqa: S608 - compiled rules: values are parameters
            [*nulls.params, *source.params],
        )
        found = cursor.fetchall()
    return {
        creator: [
            reading.name
            for number, reading in enumerate(readings)
            if words[word_of(number) - 1] & flag_of(number)
        ]
        for creator, words in found
    }
