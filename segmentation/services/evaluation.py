"""All of a brand's rules in one statement: who is in which segment, who not, and who is unknown.

The inner query computes each rule's three-valued result once; the outer one makes masks of them,
honouring the order of single-valued dimensions and what each segment does with unknowns. The
result is the temporary table `run_diff` (creator_id, old, new, unknown) of the rows that change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection

from crm.models import Brand
from segmentation.choices import Cadence, SegmentStatus, UnknownPolicy
from segmentation.facts.catalogue import FACTS_TABLE, catalogue, rows
from segmentation.metrics.periods import calendar_of
from segmentation.models import Dimension, Run, Segment, SegmentVersion
from segmentation.rules import json_form, tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.compile import Sql, compile_rule
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.facts import Catalogue
from segmentation.services.masks import FULL, either, flag_of, flags_in, word_of, words_for

# PostgreSQL allows 1,664 columns in a query, one of which each rule takes.
MAX_SEGMENTS = 1_500
LONGEST_REASON = 300


class TooManySegments(Exception):
    """More segments than one statement can evaluate; the message is fit for the user."""


@dataclass(frozen=True)
class Reading:
    """A value that a rule reads: a fact, or one share of a distribution."""

    name: str
    sql: Sql


@dataclass(frozen=True)
class Judged:
    """A segment in a run: its compiled rule and what the rule reads, or why there is none."""

    segment: Segment
    version: SegmentVersion
    rule: Sql | None
    readings: tuple[Reading, ...] = ()
    error: str = ""

    @property
    def bit(self) -> int:
        """The segment's place in the masks."""
        return self.segment.bit


@dataclass(frozen=True)
class Plan:
    """The segments of a run, by dimension in order of precedence, and what it takes to judge."""

    brand: Brand
    as_of: datetime
    calendar: Calendar
    facts: Catalogue
    judged: tuple[Judged, ...]
    words: int
    table: str = FACTS_TABLE
    # Only these creators; None: all of the brand.
    creator_ids: tuple[int, ...] | None = None

    def sound(self) -> list[Judged]:
        """The segments whose rule can be evaluated."""
        return [one for one in self.judged if one.rule is not None]

    def from_rows(self) -> Sql:
        """The fact rows `f` of the run's creators, as a FROM item with its parameters."""
        if self.creator_ids is None:
            return Sql(rows(self.table), (self.as_of, self.brand.pk))
        params = (self.as_of, self.brand.pk, list(self.creator_ids))
        return Sql(rows(self.table, some=True), params)


@dataclass(frozen=True)
class Found:
    """How many creators a run found for a segment."""

    members: int = 0
    unknown: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)


def prepare(
    *,
    brand: Brand,
    as_of: datetime,
    dimension: Dimension | None = None,
    cadence: Cadence | None = None,
    table: str = FACTS_TABLE,
    creator_ids: Sequence[int] | None = None,
) -> Plan:
    """Compile the brand's active segments; a rule that is no longer valid keeps its error.

    All of them, or those of a dimension, or those of the dimensions with a cadence.
    """
    facts, calendar = catalogue(brand), calendar_of(brand)
    segments = (
        Segment.objects.filter(brand=brand)
        .filter(status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN])
        .select_related("dimension", "active_version")
        .order_by("dimension__position", "dimension_id", "position", "key")
    )
    if dimension is not None:
        segments = segments.filter(dimension=dimension)
    if cadence is not None:
        segments = segments.filter(dimension__cadence=cadence)
    judged = tuple(_judge(segment, facts, as_of, calendar) for segment in segments)
    if len(judged) > MAX_SEGMENTS:
        raise TooManySegments(
            f"{brand} has {len(judged):,} active segments; a run takes at most {MAX_SEGMENTS:,}."
        )
    every_bit = Segment.objects.filter(brand=brand).values_list("bit", flat=True)
    return Plan(
        brand=brand,
        as_of=as_of,
        calendar=calendar,
        facts=facts,
        judged=judged,
        words=words_for(every_bit),
        table=table,
        creator_ids=None if creator_ids is None else tuple(creator_ids),
    )


def _judge(segment: Segment, facts: Catalogue, as_of: datetime, calendar: Calendar) -> Judged:
    version = segment.active_version
    if version is None:
        raise TypeError("an active or broken segment has a version")
    try:
        rule = json_form.load(version.rule)
        compiled = compile_rule(rule, facts, as_of, calendar)
    except RuleInvalid as invalid:
        return Judged(segment, version, None, error=str(invalid)[:LONGEST_REASON])
    return Judged(segment, version, compiled, tuple(_readings(rule, facts)))


def _readings(rule: tree.Node, facts: Catalogue) -> Iterator[Reading]:
    seen = set()
    for leaf in tree.leaves(rule):
        if not isinstance(leaf, tree.Comparison) or (leaf.fact, leaf.key) in seen:
            continue
        seen.add((leaf.fact, leaf.key))
        column = f"({facts[leaf.fact].sql.replace('%', '%%')})"
        if leaf.key is None:
            yield Reading(leaf.fact, Sql(column))
        else:
            share = Sql(f"({column} ->> %s)::double precision", (leaf.key,))
            yield Reading(f"{leaf.fact}[{leaf.key}]", share)


# --- who moves -------------------------------------------------------------------------------


def write_diff(plan: Plan) -> int:
    """Make the table `run_diff` of the creators whose masks change; returns how many move."""
    rule_columns: list[str] = []
    params: list[Any] = []
    place: dict[int, str] = {}
    for number, one in enumerate(plan.sound()):
        if one.rule is not None:
            place[one.bit] = f"e.r{number}"
            rule_columns.append(f"{one.rule.text} AS r{number}")
            params.extend(one.rule.params)
    words = range(1, plan.words + 1)
    old_words = [f"coalesce(f.member_bits[{word}], 0) AS o{word}" for word in words]
    unknown_words = [f"coalesce(f.unknown_bits[{word}], 0) AS u{word}" for word in words]
    source = plan.from_rows()
    inner = f"""SELECT f.creator_id, f.known_since IS NOT NULL AS is_known,
  {", ".join([*old_words, *unknown_words, *rule_columns])}
FROM {source.text} OFFSET 0"""  # noqa: S608 - compiled rules: values are parameters
    matches = _matches(plan, place)
    bits = [one.bit for one in plan.judged]
    new, unknown = [], []
    for word in words:
        keep = FULL ^ flags_in(word, bits)
        members = either(_member_terms(plan, matches, word))
        lacking = either(
            [
                f"CASE WHEN {place[one.bit]} IS NULL THEN {flag_of(one.bit)} ELSE 0 END"
                for one in plan.sound()
                if word_of(one.bit) == word
            ]
        )
        new.append(f"e.o{word} & {keep} | CASE WHEN e.is_known THEN {members} ELSE 0 END")
        unknown.append(f"e.u{word} & {keep} | CASE WHEN e.is_known THEN {lacking} ELSE 0 END")
    old, lacked = (
        f"ARRAY[{', '.join(f'e.{letter}{word}' for word in words)}]::bigint[]" for letter in "ou"
    )
    statement = f"""CREATE TEMP TABLE run_diff ON COMMIT DROP AS
SELECT creator_id, old, new, unknown FROM (
  SELECT e.creator_id, {old} AS old, {lacked} AS lacked,
    ARRAY[{", ".join(new)}]::bigint[] AS new,
    ARRAY[{", ".join(unknown)}]::bigint[] AS unknown
  FROM ({inner}) e
) masks
WHERE old IS DISTINCT FROM new OR lacked IS DISTINCT FROM unknown"""  # noqa: S608 - see `inner`
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.run_diff")
        cursor.execute(statement, [*params, *source.params])
        cursor.execute("ANALYZE run_diff")
        cursor.execute("SELECT count(*) FROM run_diff WHERE old IS DISTINCT FROM new")
        return int(cursor.fetchone()[0])


def _matches(plan: Plan, place: Mapping[int, str]) -> dict[int, str]:
    """SQL by bit: whether the creator would be in the segment, were it alone."""
    found = {}
    for one in plan.judged:
        was_in = f"e.o{word_of(one.bit)} & {flag_of(one.bit)} <> 0"
        if one.rule is None:
            found[one.bit] = was_in
        elif one.segment.unknown_policy == UnknownPolicy.LEAVE_OUT:
            found[one.bit] = place[one.bit]
        else:
            found[one.bit] = f"coalesce({place[one.bit]}, {was_in})"
    return found


def _member_terms(plan: Plan, matches: Mapping[int, str], word: int) -> list[str]:
    """SQL for the flags of a word: a CASE per segment, or one per single-valued dimension."""
    terms = []
    for _, group in groupby(plan.judged, key=lambda one: one.segment.dimension_id):
        members = list(group)
        if not any(word_of(one.bit) == word for one in members):
            continue
        if not members[0].segment.dimension.is_exclusive:
            terms += [
                f"CASE WHEN {matches[one.bit]} THEN {flag_of(one.bit)} ELSE 0 END"
                for one in members
                if word_of(one.bit) == word
            ]
            continue
        # The first match is the member. A broken segment keeps its members, so it comes first.
        members.sort(key=lambda one: one.rule is not None)
        cases = " ".join(
            f"WHEN {matches[one.bit]} THEN {flag_of(one.bit) if word_of(one.bit) == word else 0}"
            for one in members
        )
        terms.append(f"CASE {cases} ELSE 0 END")
    return terms


# --- the change set --------------------------------------------------------------------------


def write_changes(run: Run, plan: Plan) -> None:
    """Explode `run_diff` into the run's changes, each with the values that the rule read."""
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
    evidence, evidence_params = [], []
    for number, readings in enumerate(shapes.values()):
        pairs = ", ".join(f"%s::text, {reading.sql.text}" for reading in readings)
        for reading in readings:
            evidence_params += [reading.name, *reading.sql.params]
        evidence.append(f"WHEN {number} THEN jsonb_build_object({pairs})")
    source = plan.from_rows()
    statement = f"""INSERT INTO segmentation_change
  (run_id, segment_id, version_id, creator_id, kind, evidence)
SELECT %s, s.segment_id, s.version_id, d.creator_id,
  CASE WHEN d.new[s.word] & s.flag <> 0 THEN 'joined' ELSE 'left' END,
  CASE s.shape {" ".join(evidence)} END
FROM run_diff d
JOIN {source.text} ON f.creator_id = d.creator_id
CROSS JOIN (VALUES {", ".join(table)}) s (segment_id, version_id, word, flag, shape)
WHERE (d.old[s.word] # d.new[s.word]) & s.flag <> 0"""  # noqa: S608 - values are parameters
    with connection.cursor() as cursor:
        cursor.execute(statement, [run.pk, *evidence_params, *source.params, *table_params])


def store_masks(plan: Plan, *, members: bool) -> None:
    """Write the masks of `run_diff` to the fact rows: the unknown ones and, if so, the members."""
    also = "member_bits = d.new, " if members else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {plan.table} f SET {also}unknown_bits = d.unknown FROM run_diff d "  # noqa: S608
            "WHERE f.brand_id = %s AND f.creator_id = d.creator_id",
            [plan.brand.pk],
        )


# --- counts ----------------------------------------------------------------------------------


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
    readings = {reading.name: reading for one in plan.judged for reading in one.readings}
    names = list(readings)
    nulls, params = [], []
    for word in range(1, words_for(range(len(names))) + 1):
        held = [(n, name) for n, name in enumerate(names) if word_of(n) == word]
        nulls.append(
            either(
                [
                    f"CASE WHEN {readings[name].sql.text} IS NULL THEN {flag_of(n)} ELSE 0 END"
                    for n, name in held
                ]
            )
        )
        params += [value for _, name in held for value in readings[name].sql.params]
    source = plan.from_rows()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.member_bits, count(*) FROM {source.text} GROUP BY 1",  # noqa: S608
            source.params,
        )
        in_masks = cursor.fetchall()
        cursor.execute(
            f"SELECT f.unknown_bits, ARRAY[{', '.join(nulls)}]::bigint[] AS nulls, count(*) "  # noqa: S608
            f"FROM {source.text} WHERE NOT 0 = ALL(f.unknown_bits) GROUP BY 1, 2",
            [*params, *source.params],
        )
        unknown_masks = cursor.fetchall()
    return {one.segment.pk: _found(one, in_masks, unknown_masks, names) for one in plan.judged}


def _found(
    one: Judged, in_masks: list[Any], unknown_masks: list[Any], names: Sequence[str]
) -> Found:
    place, flag = word_of(one.bit) - 1, flag_of(one.bit)
    unknown = [
        (nulls, count)
        for mask, nulls, count in unknown_masks
        if place < len(mask) and mask[place] & flag
    ]
    missing = {}
    for reading in one.readings:
        number = names.index(reading.name)
        lacking = word_of(number) - 1, flag_of(number)
        creators = sum(count for nulls, count in unknown if nulls[lacking[0]] & lacking[1])
        if creators:
            missing[reading.name] = creators
    return Found(
        members=sum(count for mask, count in in_masks if place < len(mask) and mask[place] & flag),
        unknown=sum(count for _, count in unknown),
        missing=missing,
    )
