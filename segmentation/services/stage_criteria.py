"""What entering and leaving a stage asks, held against creators: met, not met, not known.

A checklist has a line for each part of its rule that must hold: those of the outermost "all of
these", or the rule itself. It asks for reasons and stops nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from crm.choices import Stage
from crm.models import Brand, Relationship
from crm.services.relationships import PATH
from segmentation.choices import StageRuleKind
from segmentation.facts.catalogue import catalogue
from segmentation.metrics.periods import calendar_of
from segmentation.models import Segment, StageRuleVersion
from segmentation.rules import tree
from segmentation.rules.compile import compile_valid
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.evaluate import Truth, conjunction
from segmentation.rules.facts import Catalogue
from segmentation.rules.prose import in_words
from segmentation.rules.reads import Reads
from segmentation.rules.stored import as_text, read
from segmentation.rules.validate import validate
from segmentation.services.explain_case import read_case, wordings_at
from segmentation.services.matching import rows_read
from segmentation.services.stage_rules import in_use, leads_forward

KINDS = (StageRuleKind.ENTRY, StageRuleKind.EXIT)


@dataclass(frozen=True)
class Criteria:
    """A checklist as it is asked; with a fault it cannot be, and asks nothing."""

    version: StageRuleVersion
    items: tuple[tree.Node, ...] = ()
    words: tuple[str, ...] = ()
    fault: str = ""

    @property
    def kind(self) -> StageRuleKind:
        """To enter, or to leave."""
        return StageRuleKind(self.version.stage_rule.kind)

    @property
    def stage(self) -> Stage:
        """Which stage."""
        return Stage(self.version.stage_rule.stage)


@dataclass(frozen=True)
class Check:
    """A line of a checklist for one creator; `tree` says what it read (rules.explain)."""

    words: str
    result: Truth
    tree: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Checklist:
    """Criteria held against one creator."""

    criteria: Criteria
    checks: tuple[Check, ...]

    @property
    def met(self) -> int:
        """How many lines hold."""
        return sum(check.result is True for check in self.checks)

    @property
    def result(self) -> Truth:
        """Of the whole."""
        return conjunction([check.result for check in self.checks])

    @property
    def title(self) -> str:
        """ "To enter Core partner"."""
        return str(self.criteria.version.stage_rule)


def criteria_of(brand: Brand, facts: Catalogue | None = None) -> list[Criteria]:
    """The brand's checklists in use. One statement where there are none."""
    versions = in_use(brand, KINDS)
    if not versions:
        return []
    facts = facts or catalogue(brand)
    return [_read(version, facts) for version in versions]


def _read(version: StageRuleVersion, facts: Catalogue) -> Criteria:
    try:
        rule = read(as_text(version.rule))
        validate(rule, facts).require()
    except RuleInvalid as invalid:
        return Criteria(version, fault=str(invalid))
    items = rule.items if isinstance(rule, tree.All) else (rule,)
    words = tuple(in_words(item, facts).removesuffix(".") for item in items)
    return Criteria(version, tuple(items), words)


def checklists(
    brand: Brand, rows: Sequence[Relationship], at: datetime
) -> dict[int, list[Checklist]]:
    """What is asked of each where they stand: to leave, and to enter the next stage of the path.

    By id of the relationship; one statement for all, however many they are.
    """
    asked = [one for one in criteria_of(brand) if not one.fault]
    wanted = {row.pk: _asked_at(Stage(row.stage), asked) for row in rows}
    return _held(brand, rows, wanted, at)


def of_move(
    brand: Brand, rows: Sequence[Relationship], to: Stage, at: datetime
) -> dict[int, list[Checklist]]:
    """What a move to `to` asks of each: to enter it and, on the way forward, to leave."""
    asked = [one for one in criteria_of(brand) if not one.fault]
    wanted = {row.pk: _asked_for(Stage(row.stage), to, asked) for row in rows}
    return _held(brand, rows, wanted, at)


def unmet(
    brand: Brand, rows: Sequence[Relationship], to: Stage, at: datetime
) -> dict[int, list[str]]:
    """In words, what a move asks and is not so, or is not known; for crm.services.criteria."""
    return {
        pk: lines
        for pk, lists in of_move(brand, rows, to, at).items()
        if (lines := [_words(check) for one in lists for check in one.checks if not check.result])
    }


def _words(check: Check) -> str:
    return f"{check.words} (not known)" if check.result is None else check.words


def explained(relationship: Relationship, at: datetime, to: Stage | None = None) -> list[Checklist]:
    """The checklists for one creator with what each line read; for a move, those that it asks."""
    brand, here = relationship.brand, Stage(relationship.stage)
    case = read_case(brand, relationship.creator, at, stored=True)
    asked = [one for one in criteria_of(brand, case.facts if case else None) if not one.fault]
    asked = _asked_at(here, asked) if to is None else _asked_for(here, to, asked)
    if case is None:
        return [Checklist(one, tuple(Check(words, None) for words in one.words)) for one in asked]
    items = [item for one in asked for item in one.items]
    if any(isinstance(leaf, tree.SegmentRef) for item in items for leaf in tree.leaves(item)):
        segments = list(Segment.objects.filter(brand=brand))
        case.segments = {segment.key: segment for segment in segments}
        case.versions = wordings_at(segments, at)
    case.read_for(items)
    told = []
    for one in asked:
        trees = [case.explain(item).to_dict() for item in one.items]
        checks = (
            Check(words, told["result"], told) for words, told in zip(one.words, trees, strict=True)
        )
        told.append(Checklist(one, tuple(checks)))
    return told


def _asked_at(here: Stage, asked: Sequence[Criteria]) -> list[Criteria]:
    """Where they stand: to leave, and to enter what comes next."""
    following = PATH[PATH.index(here) + 1 :][:1] if here in PATH else ()
    return [
        one
        for one in asked
        if (one.kind == StageRuleKind.EXIT and one.stage == here)
        or (one.kind == StageRuleKind.ENTRY and one.stage in following)
    ]


def _asked_for(here: Stage, to: Stage, asked: Sequence[Criteria]) -> list[Criteria]:
    return [
        one
        for one in asked
        if (one.kind == StageRuleKind.ENTRY and one.stage == to)
        or (one.kind == StageRuleKind.EXIT and one.stage == here and leads_forward(here, to))
    ]


def _held(
    brand: Brand,
    rows: Sequence[Relationship],
    wanted: Mapping[int, Sequence[Criteria]],
    at: datetime,
) -> dict[int, list[Checklist]]:
    """The wanted checklists of each; who has no facts yet is not known to meet anything."""
    every = list({one.version.pk: one for lists in wanted.values() for one in lists}.values())
    results = _results(brand, [row.creator_id for row in rows if wanted[row.pk]], every, at)
    found: dict[int, list[Checklist]] = {}
    for row in rows:
        of_creator = results[row.creator_id]
        found[row.pk] = [
            Checklist(
                one,
                tuple(
                    Check(words, result)
                    for words, result in zip(
                        one.words,
                        of_creator.get(one.version.pk, [None] * len(one.items)),
                        strict=True,
                    )
                ),
            )
            for one in wanted[row.pk]
        ]
    return found


def _results(
    brand: Brand, creator_ids: Sequence[int], asked: Sequence[Criteria], at: datetime
) -> defaultdict[int, dict[int, list[Truth]]]:
    """The result of each line by creator and version, in one statement."""
    found: defaultdict[int, dict[int, list[Truth]]] = defaultdict(dict)
    if not (asked and creator_ids):
        return found
    facts = catalogue(brand)
    reads, calendar = Reads(facts), calendar_of(brand)
    columns, params = [], []
    for one in asked:
        compiled = [compile_valid(item, facts, at, calendar, reads) for item in one.items]
        columns.append(f"ARRAY[{', '.join(f'({sql.text})' for sql in compiled)}]::boolean[]")
        params += [param for sql in compiled for param in sql.params]
    rows = rows_read(brand, reads, facts, at, creator_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.creator_id, {', '.join(columns)} FROM {rows.text}",  # noqa: S608 - compiled
            [*params, *rows.params],
        )
        for creator, *lists in cursor.fetchall():
            for one, results in zip(asked, lists, strict=True):
                found[creator][one.version.pk] = results
    return found
