"""All of a brand's rules in one statement: who is in which segment, who not, and who is unknown.

The innermost query computes each rule's three-valued result once; the outer one makes masks of
them, honouring what people decided, steadiness, the order of single-valued dimensions and what each
segment does with unknowns. A rule that refers to other segments is computed one query further out
than those. The result is the temporary table `run_diff` of the creators whose masks change:

    creator_id, old, new            the masks of members
    lacked, unknown                 those of unknowns, before and after
    forced                          segments about which a person decided
    matched                         segments of single-valued dimensions whose rule takes them
    read                            what the rules read, in the order of Plan.readings()
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from segmentation.choices import OverrideKind, UnknownPolicy
from segmentation.rules.reads import bare
from segmentation.rules.sql import COMPUTED, Sql, joined, once
from segmentation.services.evaluation.plan import Plan
from segmentation.services.evaluation.rules import Judged, Reading
from segmentation.services.masks import BITS, FULL, either, flag_of, flags_in, word_of

DIFF_TABLE = "run_diff"
# PostgreSQL calls no function with more arguments.
_ARGUMENTS = 100
_COLUMN = re.compile(r"\bf\.([a-z_][a-z_0-9]*)")


def diff_query(plan: Plan, *, everybody: bool = False) -> Sql:
    """The query that `run_diff` is made of.

    For `everybody` who is looked at, not only those whose masks change: with `is_known`, and with
    what was read of those who move or are unknown somewhere.
    """
    return _Diff(plan).query(everybody=everybody)


def judged_rows(plan: Plan, *more: Sql) -> Sql:
    """A row `e` for each creator: old masks, the raw results of all rules, and `more` columns."""
    return _Diff(plan).judged_rows(*more)


@dataclass(frozen=True)
class Verdict:
    """SQL of what becomes of creators in one segment, over the rows of an alias.

    was_in    they are in
    value     the rule, or for those who are in the rule or the stay rule; null is unknown
    matches   they belong by the rules, policy for unknowns included; null is no
    is_held   they stay although the rule takes them no more; None: nobody does
    forced    "in" and "out": a person decided; None: nobody did for anybody
    """

    was_in: str
    value: str
    matches: str
    is_held: str | None
    forced_in: str | None
    forced_out: str | None

    @classmethod
    def of(cls, one: Judged, number: int, plan: Plan, alias: str) -> Verdict:
        """The verdict on a segment, whose rule's result is the column r<number>."""
        word, flag = word_of(one.bit), flag_of(one.bit)
        was_in = f"{alias}.o{word} & {flag} <> 0"
        rule, stay = f"{alias}.r{number}", f"{alias}.s{number}"
        value = matches = rule
        held = []
        if one.rule is None:
            value = matches = was_in
        else:
            if one.stay is not None:
                value = f"CASE WHEN {was_in} THEN ({rule} OR {stay}) ELSE {rule} END"
                held.append(f"({was_in} AND {stay} AND {rule} IS NOT TRUE)")
            if one.fresh is not None:
                held.append(f"({was_in} AND {alias}.{bare(one.fresh)})")
            matches = value
            if one.segment.unknown_policy != UnknownPolicy.LEAVE_OUT:
                matches = f"coalesce({value}, {was_in})"
        is_forced = one.segment.pk in plan.overridden
        return cls(
            was_in=was_in,
            value=value,
            matches=matches,
            is_held=" OR ".join(held) or None,
            forced_in=f"{alias}.x_in{word} & {flag} <> 0" if is_forced else None,
            forced_out=f"{alias}.x_out{word} & {flag} <> 0" if is_forced else None,
        )

    def unless_out(self, condition: str) -> str:
        """The condition, but never for those whom a person keeps out."""
        return (
            condition if self.forced_out is None else f"({condition}) AND NOT ({self.forced_out})"
        )

    def belongs(self) -> str:
        """Whether they are in, were the segment alone; null is no."""
        found = self.matches if self.is_held is None else f"({self.matches} OR {self.is_held})"
        if self.forced_in is None:
            return found
        return f"({self.unless_out(found)} OR {self.forced_in})"

    def is_unknown(self) -> str:
        """Whether nobody can tell, nor decided."""
        if self.forced_in is None:
            return f"{self.value} IS NULL"
        return f"({self.value} IS NULL AND NOT ({self.forced_in} OR {self.forced_out}))"


class _Diff:
    """Builds the statement for one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.place = {one.key: number for number, one in enumerate(plan.judged)}
        self.words = range(1, plan.words + 1)

    def verdict(self, one: Judged, alias: str) -> Verdict:
        return Verdict.of(one, self.place[one.key], self.plan, alias)

    # --- the results of the rules ----------------------------------------------------------

    def judged_rows(self, *more: Sql, reading: Iterable[Sql] = ()) -> Sql:
        plan = self.plan
        level_of = plan.levels()
        highest = max(level_of.values(), default=0)
        levels = [
            [one for one in plan.judged if level_of[one.key] == level]
            for level in range(highest + 1)
        ]
        results = [[*self.results(level)] for level in levels]
        masks = [f"coalesce(f.member_bits[{word}], 0) AS o{word}" for word in self.words]
        masks += [f"coalesce(f.unknown_bits[{word}], 0) AS u{word}" for word in self.words]
        later = [result.text for level in results[1:] for result in level]
        later += [value.text for value in reading]
        carried = [Sql(f"f.{name}") for name in sorted(self.carried(later))]
        listed = joined(
            ", ",
            [
                Sql("f.creator_id, f.known_since IS NOT NULL AS is_known"),
                *map(Sql, masks),
                *results[0],
                *carried,
                *more,
            ],
        )
        outside = {
            key: plan.mask_member(key)
            for key in plan.reads.members
            if key not in self.place and key in plan.known
        }
        source = _with_overrides(plan, plan.enriched(members=outside))
        found = Sql(
            f"SELECT {listed.text}\nFROM {source.text} {COMPUTED}",
            (*listed.params, *source.params),
        )
        there: set[str] = set()
        for level in results[1:]:
            further = joined(", ", [Sql("f.*"), *level])
            # The inner query is one with its parent to the planner: it only names the memberships.
            named = {name: sql for name, sql in self.member_columns(level) if name not in there}
            there |= named.keys()
            members = ", ".join(["f.*", *(f"{sql} AS {name}" for name, sql in named.items())])
            inner = f"(SELECT {members} FROM ({found.text}) f) f"  # noqa: S608 - as above
            found = Sql(
                f"SELECT {further.text}\nFROM {inner} {COMPUTED}",
                (*further.params, *found.params),
            )
        return Sql(f"({found.text}) e", found.params)

    def results(self, segments: Iterable[Judged]) -> Iterator[Sql]:
        """The columns of the rules: r<n>, and s<n> where those who are in have another rule."""
        for one in segments:
            for letter, rule in (("r", one.rule), ("s", one.stay)):
                if rule is not None:
                    yield Sql(f"{rule.text} AS {letter}{self.place[one.key]}", rule.params)

    def carried(self, later: Iterable[str]) -> set[str]:
        """Columns of the fact rows that are needed after the innermost query."""
        found = {name for text in later for name in _COLUMN.findall(text)}
        found -= {
            bare(self.plan.reads.members[key])
            for key in self.place
            if key in self.plan.reads.members
        }
        found -= {"creator_id", "is_known", "member_bits", "unknown_bits"}
        found |= {bare(one.fresh) for one in self.plan.judged if one.fresh is not None}
        if self.plan.overridden:
            found |= {f"x_{kind}{word}" for kind in ("in", "out") for word in self.words}
        return found

    def member_columns(self, level: Iterable[Sql]) -> Iterator[tuple[str, str]]:
        """Name and SQL of the memberships in the plan that rules of this level refer to."""
        wanted = {name for result in level for name in _COLUMN.findall(result.text)}
        for one in self.plan.judged:
            column = self.plan.reads.members.get(one.key)
            if column is not None and bare(column) in wanted:
                yield bare(column), self.member(one, "f")

    def member(self, one: Judged, alias: str) -> str:
        """SQL of the membership in a segment, three-valued."""
        verdict = self.verdict(one, alias)
        if one.segment.dimension.is_exclusive:
            siblings = [
                other
                for other in self.plan.judged
                if other.segment.dimension_id == one.segment.dimension_id
            ]
            flags = {other.key: "TRUE" if other is one else "FALSE" for other in siblings}
            # Whoever comes after it takes nobody from it by a match, and may not be judged yet.
            belongs = self.first_of(siblings, alias, flags, "FALSE", last=one)
        else:
            belongs = verdict.belongs()
        return f"CASE WHEN {belongs} THEN TRUE WHEN NOT ({verdict.is_unknown()}) THEN FALSE END"

    # --- masks -------------------------------------------------------------------------------

    def query(self, *, everybody: bool) -> Sql:
        plan = self.plan
        values = [self.value(reading) for reading in plan.readings()]
        rows = self.judged_rows(reading=values)
        read = _array(values)
        bits = [one.bit for one in plan.judged]
        new, unknown = [], []
        for word in self.words:
            keep = FULL ^ flags_in(word, bits)
            members = either([*self.member_terms(word)])
            new.append(f"e.o{word} & {keep} | CASE WHEN e.is_known THEN {members} ELSE 0 END")
            unknown.append(f"e.u{word} & {keep} | {self.lacking(word)}")
        masks = {
            "old": [f"e.o{word}" for word in self.words],
            "lacked": [f"e.u{word}" for word in self.words],
            "new": new,
            "unknown": unknown,
            "forced": [*self.forced()],
            "matched": [either([*self.matched_terms(word)]) for word in self.words],
        }
        words = ", ".join(
            f"{sql} AS {name}{word}"
            for name, listed in masks.items()
            for word, sql in zip(self.words, listed, strict=True)
        )
        arrays = ", ".join(
            f"ARRAY[{', '.join(f'{name}{word}' for word in self.words)}]::bigint[] AS {name}"
            for name in masks
        )
        differ = " OR ".join(
            f"old{word} <> new{word} OR lacked{word} <> unknown{word}" for word in self.words
        )
        told, only = "read", f"WHERE {differ}"
        if everybody:
            lacks = " OR ".join(f"unknown{word} <> 0" for word in self.words)
            told, only = f"CASE WHEN {differ} OR {lacks} THEN read END AS read, is_known", ""
        # What stands only in the outermost list is computed for the rows that change.
        text = f"""SELECT creator_id, {arrays}, {told} FROM (
  SELECT e.creator_id, e.is_known, {words}, {read.text} AS read
  FROM {rows.text}
) masks
{only}"""  # noqa: S608 - compiled rules: values are parameters
        return Sql(text, (*read.params, *rows.params))

    def lacking(self, word: int) -> str:
        """SQL for the flags of a word that are unknown: of most rows none is, and it ends there."""
        unknown = {
            one.bit: self.verdict(one, "e").is_unknown()
            for one in self.plan.sound()
            if word_of(one.bit) == word
        }
        flags = either([_flag_where(condition, bit) for bit, condition in unknown.items()])
        some = " OR ".join(unknown.values()) or "FALSE"
        return f"CASE WHEN e.is_known AND ({some}) THEN {flags} ELSE 0 END"

    def value(self, reading: Reading) -> Sql:
        """What is read of somebody, over the judged rows; membership as this run decides it."""
        if not reading.segment:
            return reading.sql
        column = self.plan.reads.members[reading.segment]
        return Sql(f"(f.is_known AND {column})")

    def member_terms(self, word: int) -> Iterator[str]:
        """SQL for the flags of a word: a CASE per segment, or one per single-valued dimension."""
        for members in self.dimensions():
            if not any(word_of(one.bit) == word for one in members):
                continue
            if members[0].segment.dimension.is_exclusive:
                flags = {
                    one.key: str(flag_of(one.bit) if word_of(one.bit) == word else 0)
                    for one in members
                }
                yield self.first_of(members, "e", flags, "0")
                continue
            for one in members:
                if word_of(one.bit) == word:
                    yield _flag_where(self.verdict(one, "e").belongs(), one.bit)

    def dimensions(self) -> Iterator[list[Judged]]:
        for _, group in groupby(self.plan.judged, key=lambda one: one.segment.dimension_id):
            yield [*group]

    def first_of(
        self,
        members: list[Judged],
        alias: str,
        flags: dict[str, str],
        none: str,
        *,
        last: Judged | None = None,
    ) -> str:
        """SQL for the flag of the one segment of a single-valued dimension, up to `last`.

        Whom a person put in; else where a segment that cannot be evaluated keeps them; else where
        they stay for steadiness; else the first match in order.
        """
        verdicts = {one.key: self.verdict(one, alias) for one in members}
        cases = [
            (one.key, verdict.forced_in)
            for one in members
            if (verdict := verdicts[one.key]).forced_in is not None
        ]
        cases += [
            (one.key, verdicts[one.key].unless_out(verdicts[one.key].was_in))
            for one in members
            if one.rule is None
        ]
        cases += [
            (one.key, verdict.unless_out(verdict.is_held))
            for one in members
            if (verdict := verdicts[one.key]).is_held is not None
        ]
        cases += [
            (one.key, verdicts[one.key].unless_out(verdicts[one.key].matches))
            for one in members[: None if last is None else members.index(last) + 1]
            if one.rule is not None
        ]
        whens = " ".join(f"WHEN {condition} THEN {flags[key]}" for key, condition in cases)
        return f"CASE {whens} ELSE {none} END"

    def forced(self) -> Iterator[str]:
        for word in self.words:
            bits = [one.bit for one in self.plan.judged if one.segment.pk in self.plan.overridden]
            flags = flags_in(word, bits)
            forced = f"(e.x_in{word} | e.x_out{word}) & {flags}"
            yield f"CASE WHEN e.is_known THEN {forced} ELSE 0 END" if self.plan.overridden else "0"

    def matched_terms(self, word: int) -> Iterator[str]:
        for one in self.plan.sound():
            if one.segment.dimension.is_exclusive and word_of(one.bit) == word:
                matches = self.verdict(one, "e").matches
                yield _flag_where(f"e.is_known AND {matches}", one.bit)


def _array(values: Sequence[Sql]) -> Sql:
    """SQL of the values as a JSON array."""
    parts = [
        joined(", ", values[begin : begin + _ARGUMENTS])
        for begin in range(0, len(values), _ARGUMENTS)
    ]
    arrays = [Sql(f"jsonb_build_array({part.text})", part.params) for part in parts]
    found = joined(" || ", arrays) if arrays else Sql("'[]'::jsonb")
    return Sql(_COLUMN.sub(r"e.\1", found.text), found.params)


def _flag_where(condition: str, bit: int) -> str:
    return f"CASE WHEN {condition} THEN {flag_of(bit)} ELSE 0 END"


def _with_overrides(plan: Plan, rows: Sql) -> Sql:
    """The rows with masks of what people decided: x_in<word> and x_out<word>."""
    if not plan.overridden:
        return rows
    words = range(1, plan.words + 1)
    names = [(f"x_{kind.value}{word}", kind, word) for kind in OverrideKind for word in words]
    masks = ", ".join(
        f"coalesce(bit_or(1::bigint << s.bit %% {BITS}) FILTER "
        f"(WHERE o.kind = '{kind.value}' AND s.bit / {BITS} + 1 = {word}), 0) AS {name}"
        for name, kind, word in names
    )
    listed = ", ".join(f"coalesce(v.{name}, 0) AS {name}" for name, _, _ in names)
    query = f"""SELECT o.creator_id, {masks}
  FROM segmentation_override o JOIN segmentation_segment s ON s.id = o.segment_id
  WHERE o.segment_id = ANY(%s) AND o.starts_at <= %s AND (o.ends_at IS NULL OR o.ends_at > %s)
  GROUP BY 1"""  # noqa: S608 - names of ours, values are parameters
    text = (
        f"(SELECT f.*, {listed} FROM {rows.text} "  # noqa: S608 - names of ours
        f"LEFT JOIN {once(query)} v ON v.creator_id = f.creator_id) f"
    )
    return Sql(text, (*rows.params, sorted(plan.overridden), plan.as_of, plan.as_of))
