"""Segments with their rules compiled, and what those read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from segmentation.models import Segment, SegmentVersion
from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.compile import compile_valid, subject
from segmentation.rules.context import NormKey
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.facts import Catalogue
from segmentation.rules.printer import subject_text
from segmentation.rules.reads import PastStay, Reads
from segmentation.rules.sql import Sql
from segmentation.rules.stored import as_text, read
from segmentation.services.wordings import Wording

LONGEST_REASON = 300


@dataclass(frozen=True)
class Reading:
    """A value that a rule reads: its name, and SQL over the enriched fact row.

    `segment` is set for membership in the same run, which is read from the masks instead.
    """

    name: str
    sql: Sql
    can_miss: bool = True
    segment: str = ""


@dataclass(frozen=True)
class Judged:
    """A segment in a run: its compiled rules and what they read, or why there are none.

    stay   the looser rule for those who are in; None: the rule itself
    fresh  the column that is true for those whose minimum stay is not over; None: there is none
    """

    segment: Segment
    version: SegmentVersion
    rule: Sql | None
    stay: Sql | None = None
    fresh: str | None = None
    readings: tuple[Reading, ...] = ()
    needs: tuple[str, ...] = ()
    wording: Wording | None = None
    error: str = ""

    @property
    def bit(self) -> int:
        """The segment's place in the masks."""
        return self.segment.bit

    def stopped(self, error: str) -> Judged:
        """The segment without its rule: it keeps its members and says why."""
        return Judged(self.segment, self.version, None, error=error[:LONGEST_REASON])

    @property
    def key(self) -> str:
        """The segment's name in rules."""
        return self.segment.key


@dataclass(frozen=True)
class RuleCompiler:
    """Compiles the rules of segments; what they read beyond facts is collected in `reads`."""

    facts: Catalogue
    as_of: datetime
    calendar: Calendar
    reads: Reads

    def judge(self, segment: Segment) -> Judged:
        """Return the segment with its active version compiled, or with what is wrong with it."""
        version = segment.active_version
        if version is None:
            raise TypeError("an active or broken segment has a version")
        stored = [as_text(rule) for rule in (version.rule, version.stay_rule) if rule is not None]
        try:
            wording = Wording.of(version)
            if all(rule in self.facts.sound for rule in stored):
                return self.judge_sound(segment, version, wording)
            judged = self.judge_wording(segment, version, wording)
        except RuleInvalid as invalid:
            return Judged(segment, version, None, error=str(invalid)[:LONGEST_REASON])
        for rule in stored:
            if not any(isinstance(leaf, tree.SegmentRef) for leaf in tree.leaves(read(rule))):
                self.facts.sound.add(rule)
        return judged

    def judge_wording(self, segment: Segment, version: SegmentVersion, wording: Wording) -> Judged:
        """Return the segment as if `wording` were in use. Raises RuleInvalid."""
        wording.require_valid(self.facts, segment=segment.key)
        return self.judge_sound(segment, version, wording)

    def judge_sound(self, segment: Segment, version: SegmentVersion, wording: Wording) -> Judged:
        """Return the segment as if `wording` were in use, which is known to be valid."""
        rules = [wording.rule, *([] if wording.stay_rule is None else [wording.stay_rule])]
        compiled = [self.compile(rule) for rule in rules]
        fresh = None
        if wording.minimum_stay_days:
            wall = self.calendar.bounds(
                tree.Span(wording.minimum_stay_days, tree.Unit.DAY), self.as_of
            )
            fresh = self.reads.stay(PastStay(segment.key, wall.start, None))
        readings = {reading.name: reading for rule in rules for reading in self.readings(rule)}
        return Judged(
            segment,
            version,
            compiled[0],
            stay=compiled[1] if len(compiled) > 1 else None,
            fresh=fresh,
            readings=tuple(readings.values()),
            needs=tuple(dict.fromkeys(key for rule in rules for key in tree.references(rule))),
            wording=wording,
        )

    def compile(self, rule: tree.Node) -> Sql:
        """Return a valid rule as an expression over the enriched rows."""
        return compile_valid(rule, self.facts, self.as_of, self.calendar, self.reads)

    def readings(self, rule: tree.Node) -> Iterator[Reading]:
        """Yield what a valid rule reads, each once."""
        seen = set()
        for leaf in tree.leaves(rule):
            for reading in self._readings_of(leaf):
                if reading.name not in seen:
                    seen.add(reading.name)
                    yield reading

    def _readings_of(self, leaf: tree.Leaf) -> Iterator[Reading]:
        match leaf:
            case tree.StageFor():
                for key in (tree.STAGE, tree.STAGE_SINCE):
                    yield Reading(key, self._subject(tree.Comparison(key, tree.Op.IS_KNOWN)))
            case tree.SegmentRef(segment, was) if was is None:
                yield Reading(subject_text(leaf), Sql("NULL"), segment=segment)
            case tree.Comparison(fact, _, tree.Norm() as norm):
                yield Reading(subject_text(leaf), self._subject(leaf))
                asked = NormKey.of(fact, norm)
                yield Reading(str(asked), Sql(self.reads.norm(asked)))
            case tree.Aggregate(function):
                can_miss = function is not tree.Function.COUNT
                yield Reading(subject_text(leaf), self._subject(leaf), can_miss=can_miss)
            case tree.Comparison():
                yield Reading(subject_text(leaf), self._subject(leaf))
            case _:
                yield Reading(subject_text(leaf), self._subject(leaf), can_miss=False)

    def _subject(self, leaf: tree.Leaf) -> Sql:
        return subject(leaf, self.facts, self.as_of, self.calendar, self.reads)
