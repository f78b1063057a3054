"""Whom a rule takes now, as a query over creators: for lists that are narrowed by a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models.expressions import RawSQL

from crm.models import Brand
from segmentation.facts.catalogue import catalogue
from segmentation.metrics.periods import calendar_of
from segmentation.rules.compile import compile_rule
from segmentation.rules.facts import Catalogue
from segmentation.rules.reads import Reads
from segmentation.rules.sql import Sql
from segmentation.rules.text import read
from segmentation.rules.tree import Node
from segmentation.rules.validate import validate
from segmentation.services.evaluation import norms
from segmentation.services.evaluation.plan import Plan, known_segments


def read_rule(brand: Brand, text: str) -> tuple[Node, Catalogue]:
    """A rule in the text notation, and the facts it may name. Raises RuleInvalid with the place."""
    facts = catalogue(brand)
    parsed = read(text)
    validate(parsed.tree, facts, parsed.positions).require()
    return parsed.tree, facts


def creators_matching(brand: Brand, rule: Node, facts: Catalogue, as_of: datetime) -> RawSQL:
    """The ids of the creators for whom the rule is true, by the facts as they stand.

    Relative dates count from `as_of`. Other segments are those that creators are in now, peers
    those of the last run. Who cannot be judged is left out.
    """
    reads = Reads(facts)
    condition = compile_rule(rule, facts, as_of, calendar_of(brand), reads)
    rows = rows_read(brand, reads, facts, as_of)
    return RawSQL(  # noqa: S611 - values travel as parameters
        f"SELECT f.creator_id FROM {rows.text} WHERE {condition.text}",  # noqa: S608
        (*rows.params, *condition.params),
    )


def rows_read(
    brand: Brand,
    reads: Reads,
    facts: Catalogue,
    as_of: datetime,
    creator_ids: Sequence[int] | None = None,
) -> Sql:
    """The fact rows `f` of the brand with what compiled rules read beyond them, as a FROM item.

    Of `creator_ids` only, where they are given: then a norm that no run has computed is unknown.
    """
    plan = Plan(
        brand=brand,
        as_of=as_of,
        calendar=calendar_of(brand),
        facts=facts,
        judged=(),
        words=1,
        reads=reads,
        known=known_segments(brand) if reads.members or reads.stays else {},
        creator_ids=None if creator_ids is None else tuple(creator_ids),
    )
    asked = list(reads.norms)
    if asked:
        stored = dict(norms.stored(brand, asked))
        if creator_ids is None:
            lacking = [key for key in asked if key not in stored]
            stored.update(norms.compute(plan.from_rows(), facts, lacking))
        plan = replace(plan, norms=stored)
    members = {key: plan.mask_member(key) for key in reads.members if key in plan.known}
    return plan.enriched(members=members)
