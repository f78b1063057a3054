"""Near misses: creators outside a segment who would be in, were one threshold a little lower."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from crm.models import Brand, StageCount
from segmentation.choices import RunStatus
from segmentation.models import Run
from segmentation.rules import near, tree
from segmentation.rules.compile import compile_valid
from segmentation.rules.sql import Sql
from segmentation.services.evaluation.plan import Plan
from segmentation.services.evaluation.rules import Judged, RuleCompiler
from segmentation.services.ledger import CHANGES, Moves, moved_masks
from segmentation.services.masks import flag_of, word_of

# Up to so many creators everybody is looked at; beyond, about SAMPLE of them.
EXACT_UP_TO = 50_000
SAMPLE = 20_000
# Columns of one statement; PostgreSQL allows 1,664.
COLUMNS = 400


def sample_percent(population: int) -> float | None:
    """Which share of a brand's rows to look at; None: all of them."""
    return None if population <= EXACT_UP_TO else 100 * SAMPLE / population


def creators_of(brand: Brand) -> int:
    """How many creators the brand knows now, without counting them."""
    return sum(StageCount.objects.filter(brand=brand).values_list("creators", flat=True))


@dataclass(frozen=True)
class Loosened:
    """A rule with the thresholds of one subject moved, as SQL over the enriched rows."""

    subject: str
    sql: Sql


def loosened(rule: tree.Node, percent: int, compiler: RuleCompiler) -> list[Loosened]:
    """The rule once for each of its thresholds' subjects; none for 0 percent."""
    if not percent:
        return []
    return [
        Loosened(
            subject,
            compile_valid(
                near.loosened(rule, subject, percent),
                compiler.facts,
                compiler.as_of,
                compiler.calendar,
                compiler.reads,
            ),
        )
        for subject in near.subjects(rule)
    ]


def count_near(plan: Plan, run: Run) -> dict[int, dict[str, int]]:
    """Near misses of a run by segment id and subject, once its changes are written.

    Of a large brand about SAMPLE creators are looked at, and the counts are estimates.
    """
    percent = sample_percent(run.population or 0)
    plan = replace(plan, sample_percent=percent)
    compiler = RuleCompiler(plan.facts, plan.as_of, plan.calendar, plan.reads)
    wanted: list[tuple[Judged, Loosened]] = [
        (one, found)
        for one in plan.sound()
        if one.wording is not None
        for found in loosened(one.wording.rule, one.wording.near_percent, compiler)
    ]
    counts: dict[int, dict[str, int]] = {}
    for begin in range(0, len(wanted), COLUMNS):
        batch = wanted[begin : begin + COLUMNS]
        for (one, found), count in zip(batch, _count(plan, run, batch), strict=True):
            if count:
                scaled = count if percent is None else round(count * 100 / percent)
                counts.setdefault(one.segment.pk, {})[found.subject] = scaled
    return counts


def rows_after(plan: Plan, run: Run) -> Sql:
    """The enriched rows `f` that the plan looks at, with the mask `now_in` that a run gives them.

    Of a run that is not applied it is the mask that they would have.
    """
    rows = plan.from_rows()
    now_in, join = "f.member_bits", ""
    if run.status != RunStatus.APPLIED:
        changes = Moves(CHANGES.table, f"c.run_id = {run.pk}")
        query, moved = moved_masks(plan.words, changes)
        now_in = f"CASE WHEN d.creator_id IS NULL THEN f.member_bits ELSE {moved} END"
        join = f"LEFT JOIN ({query}) d ON d.creator_id = f.creator_id"
    with_masks = Sql(f"(SELECT f.*, {now_in} AS now_in FROM {rows.text} {join}) f", rows.params)  # noqa: S608 - names of ours
    members = {
        key: plan.mask_member(key, old="f.now_in")
        for key in plan.reads.members
        if key in plan.known
    }
    return plan.enriched(rows_from=with_masks, members=members)


def is_near(one: Judged, found: Loosened) -> Sql:
    """The condition on `rows_after`: outside, and in were the threshold where `found` has it."""
    if one.rule is None:
        return Sql("FALSE")
    return Sql(
        f"coalesce(f.now_in[{word_of(one.bit)}], 0) & {flag_of(one.bit)} = 0 "
        f"AND ({found.sql.text}) AND ({one.rule.text}) IS NOT TRUE",
        (*found.sql.params, *one.rule.params),
    )


def _count(plan: Plan, run: Run, wanted: Sequence[tuple[Judged, Loosened]]) -> Sequence[int]:
    """Count those outside for whom the loosened rule is true and the rule itself is not."""
    conditions = [is_near(one, found) for one, found in wanted]
    columns = ", ".join(f"count(*) FILTER (WHERE {one.text})" for one in conditions)
    params: list[Any] = [param for one in conditions for param in one.params]
    source = rows_after(plan, run)
    with plan.planned(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {source.text} WHERE f.known_since IS NOT NULL",  # noqa: S608 - compiled rules: values are parameters
            [*params, *source.params],
        )
        row: Sequence[int] = cursor.fetchone()
    return row
