"""A creator at a moment with all that the rules of some segments read: what explanations need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import F

from crm.models import Brand, Creator
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.metrics.periods import calendar_of
from segmentation.models import Membership, Override, Segment, SegmentVersion
from segmentation.rules import json_form, tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.context import Context, Stay
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.evaluate import Truth, evaluate
from segmentation.rules.explain import Explanation, FactReading, explain
from segmentation.rules.facts import Catalogue
from segmentation.rules.reads import Scope, records_query
from segmentation.rules.records import Record
from segmentation.rules.sql import Sql
from segmentation.services.evaluation import norms as evaluation_norms
from segmentation.services.wordings import Wording


@dataclass
class Case:
    """A creator at a moment; what rules read beyond facts is loaded by `read_for`.

    segments  all of the brand by key; versions by id of the segment: the wording of the moment
    stays     the ledger of the creator, by id of the segment
    """

    brand: Brand
    creator: Creator
    moment: datetime
    calendar: Calendar
    facts: Catalogue
    readings: Mapping[str, FactReading]
    stays: Mapping[int, Sequence[Membership]]
    segments: dict[str, Segment] = field(default_factory=dict)
    versions: dict[int, SegmentVersion] = field(default_factory=dict)
    context: Context = field(default_factory=Context)

    @property
    def values(self) -> dict[str, object]:
        """The facts, by key."""
        return {key: reading.value for key, reading in self.readings.items()}

    def holds(self, rule: tree.Node) -> Truth:
        """Whether the rule is true for the creator; RuleInvalid when it cannot be evaluated."""
        return evaluate(
            rule, self.values, self.facts, self.moment, self.calendar, context=self.context
        )

    def explain(self, rule: tree.Node) -> Explanation:
        """The rule leaf by leaf, and within it those of the segments that it refers to."""
        return explain(
            rule,
            self.values,
            self.facts,
            self.moment,
            self.calendar,
            readings=self.readings,
            context=self.context,
            of_segment=self._of_segment,
        )

    def _of_segment(self, key: str) -> Explanation | None:
        rule = self.rule_of(key)
        try:
            return None if rule is None else self.explain(rule)
        except RuleInvalid:
            return None

    def rule_of(self, key: str) -> tree.Node | None:
        """The rule of a segment at the moment; None where it had none that can be read."""
        segment = self.segments.get(key)
        version = None if segment is None else self.versions.get(segment.pk)
        try:
            return None if version is None else json_form.load(version.rule)
        except RuleInvalid:
            return None

    def stay_in(self, segment: Segment) -> Membership | None:
        """The stay that holds at the moment."""
        for stay in self.stays.get(segment.pk, ()):
            if stay.entered_at <= self.moment and (
                stay.left_at is None or stay.left_at > self.moment
            ):
                return stay
        return None

    def override_of(self, segment: Segment) -> Override | None:
        """What a person decided that is in force at the moment."""
        found = Override.objects.in_force(self.moment).filter(segment=segment, creator=self.creator)
        return found.select_related("author").first()

    def read_for(self, rules: Sequence[tree.Node]) -> None:
        """Load the records, norms, memberships and stays that the rules read."""
        every = self._with_references(rules)
        leaves = [leaf for rule in every for leaf in tree.leaves(rule)]
        norms = {key for rule in every for key in evaluation_norms.asked(rule)}
        past = {
            leaf.segment
            for leaf in leaves
            if isinstance(leaf, tree.SegmentRef) and leaf.was is not None
        }
        kinds = {leaf.records for leaf in leaves if isinstance(leaf, tree.Aggregate)}
        self.context = Context(
            records={key: self._records(key) for key in kinds if key in self.facts.records},
            norms=evaluation_norms.stored(self.brand, sorted(norms, key=str), as_of=self.moment),
            stays={
                key: [Stay(stay.entered_at, stay.left_at) for stay in self._stays_of(key)]
                for key in past
            },
        )
        self.context = self._with_members(every)

    def _with_references(self, rules: Sequence[tree.Node]) -> list[tree.Node]:
        """The rules, and those of all segments they refer to, directly or not."""
        found = list(rules)
        seen: set[str] = set()
        for rule in found:  # grows while it is gone through
            for key in tree.references(rule):
                if key not in seen:
                    seen.add(key)
                    further = self.rule_of(key)
                    found += [] if further is None else [further]
        return found

    def _with_members(self, rules: Sequence[tree.Node]) -> Context:
        """The context with membership as it was decided: by the ledger, else by the rule."""
        members: dict[str, bool | None] = {}

        def member(key: str, above: frozenset[str]) -> bool | None:
            if key in members:
                return members[key]
            segment, rule = self.segments.get(key), self.rule_of(key)
            found: bool | None = False
            if segment is not None and self.stay_in(segment) is not None:
                found = True
            elif rule is not None and key not in above:
                for other in tree.references(rule):
                    member(other, above | {key})
                self.context = _knowing(self.context, members)
                try:
                    # Whoever is not in, though the rule is true, is not in: another came first.
                    found = None if self.holds(rule) is None else False
                except RuleInvalid:
                    found = False
            members[key] = found
            return found

        for rule in rules:
            for key in tree.references(rule):
                member(key, frozenset())
        return _knowing(self.context, members)

    def _stays_of(self, key: str) -> Sequence[Membership]:
        segment = self.segments.get(key)
        return () if segment is None else self.stays.get(segment.pk, ())

    def _records(self, key: str) -> list[Record]:
        kind = self.facts.records[key]
        scope = Scope(self.brand.pk, self.moment, Sql("{} = ANY(%s)", ([self.creator.pk],)))
        query = records_query(kind, scope)
        with connection.cursor() as cursor:
            cursor.execute(query.text, query.params)
            return [
                Record(dict(zip(kind.fields, values, strict=True)), moment, known, order)
                for moment, known, order, *values in cursor.fetchall()
            ]


def _knowing(context: Context, members: Mapping[str, bool | None]) -> Context:
    return Context(context.records, context.norms, dict(members), context.stays)


def read_case(brand: Brand, creator: Creator, moment: datetime, *, stored: bool) -> Case | None:
    """The creator at the moment, None where the brand did not know them.

    `stored` takes the facts as the last run or change left them.
    """
    facts = catalogue(brand)
    readings = read_facts(brand=brand, creator=creator, as_of=moment, facts=facts, stored=stored)
    if not readings:
        return None
    stays: dict[int, list[Membership]] = {}
    for stay in (
        Membership.objects.filter(creator=creator, segment__brand=brand, entered_at__lte=moment)
        .select_related("entered_run")
        .order_by("entered_at")
    ):
        stays.setdefault(stay.segment_id, []).append(stay)
    return Case(brand, creator, moment, calendar_of(brand), facts, readings, stays)


def wordings_at(segments: Sequence[Segment], moment: datetime) -> dict[int, SegmentVersion]:
    """The version in use at the moment by segment; the first one for an earlier moment."""
    found: dict[int, SegmentVersion] = {}
    versions = SegmentVersion.objects.filter(segment__in=[one.pk for one in segments])
    for version in versions.order_by(F("activated_at").asc(nulls_last=True), "number"):
        used = version.activated_at is not None and version.activated_at <= moment
        if used or version.segment_id not in found:
            found[version.segment_id] = version
    return found


def wording_of(version: SegmentVersion) -> Wording | None:
    """What a version says; None where it cannot be read any more."""
    try:
        return Wording.of(version)
    except RuleInvalid:
        return None
