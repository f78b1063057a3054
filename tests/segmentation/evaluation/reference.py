"""Who is in which segment by the book, in plain Python: what a run must find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from segmentation.choices import OverrideKind, UnknownPolicy
from segmentation.models import Segment
from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.context import MINIMUM_PEERS, Context, NormKey, NormValue, peers_of
from segmentation.rules.evaluate import Truth, disjunction, truth
from segmentation.rules.facts import Catalogue
from segmentation.services.wordings import Wording


@dataclass
class Person:
    """A creator with all that rules read; `since` is when they entered the segments they are in."""

    pk: int
    values: Mapping[str, object]
    context: Context
    since: Mapping[str, datetime]
    forced: Mapping[str, str] = field(default_factory=dict)


@dataclass
class World:
    """The segments in order of precedence, their wordings by key, and the moment."""

    segments: Sequence[Segment]
    wordings: Mapping[str, Wording]
    facts: Catalogue
    as_of: datetime
    calendar: Calendar

    def decide(self, person: Person) -> tuple[set[str], set[str]]:
        """The segments that the person is in, and those of which nobody can tell."""
        return _Decision(self, person).result()


class _Decision:
    def __init__(self, world: World, person: Person) -> None:
        self.world = world
        self.person = person
        self.seen: dict[str, Truth] = {}

    def result(self) -> tuple[set[str], set[str]]:
        members = {one.key for one in self.world.segments if self.member(one) is True}
        unknown = {one.key for one in self.world.segments if self.is_unknown(one)}
        return members, unknown

    def holds(self, rule: tree.Node) -> Truth:
        for key in tree.references(rule):
            if key not in self.seen:
                [segment] = [one for one in self.world.segments if one.key == key]
                self.seen[key] = self.member(segment)
        given = self.person.context
        world = self.world
        return truth(
            rule,
            self.person.values,
            world.facts,
            world.as_of,
            world.calendar,
            context=Context(given.records, given.norms, self.seen, given.stays),
        )

    def was_in(self, one: Segment) -> bool:
        return one.key in self.person.since

    def value(self, one: Segment) -> Truth:
        """The rule; for those who are in, the rule or the stay rule."""
        wording = self.world.wordings[one.key]
        result = self.holds(wording.rule)
        if self.was_in(one) and wording.stay_rule is not None:
            return disjunction([result, self.holds(wording.stay_rule)])
        return result

    def matches(self, one: Segment) -> bool:
        value = self.value(one)
        if value is None and one.unknown_policy != UnknownPolicy.LEAVE_OUT:
            return self.was_in(one)
        return value is True

    def is_held(self, one: Segment) -> bool:
        if not self.was_in(one):
            return False
        wording = self.world.wordings[one.key]
        if wording.minimum_stay_days:
            span = tree.Span(wording.minimum_stay_days, tree.Unit.DAY)
            start = self.world.calendar.bounds(span, self.world.as_of).start
            if self.person.since[one.key] > start:
                return True
        return (
            wording.stay_rule is not None
            and self.holds(wording.stay_rule) is True
            and self.holds(wording.rule) is not True
        )

    def is_unknown(self, one: Segment) -> bool:
        return one.key not in self.person.forced and self.value(one) is None

    def member(self, one: Segment) -> Truth:
        forced = self.person.forced.get(one.key)
        if one.dimension.is_exclusive:
            is_in = self.first(one) == one.key
        else:
            is_in = forced == OverrideKind.IN or (
                forced is None and (self.matches(one) or self.is_held(one))
            )
        if is_in:
            return True
        return None if self.is_unknown(one) else False

    def first(self, asked: Segment) -> str | None:
        """The one segment of the dimension, as far as `asked` needs to know."""
        siblings = [one for one in self.world.segments if one.dimension_id == asked.dimension_id]
        for one in siblings:
            if self.person.forced.get(one.key) == OverrideKind.IN:
                return one.key
        allowed = [one for one in siblings if one.key not in self.person.forced]
        for one in allowed:
            if self.is_held(one):
                return one.key
        for one in siblings:
            if one in allowed and self.matches(one):
                return one.key
            if one is asked:
                break
        return None


def norms_of(
    people: Sequence[Person], keys: Sequence[NormKey], facts: Catalogue
) -> dict[NormKey, dict[tuple[str, ...], NormValue]]:
    """Percentiles among peers, interpolated between neighbours."""
    found: dict[NormKey, dict[tuple[str, ...], NormValue]] = {}
    for key in keys:
        groups: dict[tuple[str, ...], list[float]] = {}
        for person in people:
            peers, value = peers_of(key.by, person.values, facts), person.values.get(key.fact)
            if peers is not None and value is not None:
                groups.setdefault(peers, []).append(float(value))
        found[key] = {
            peers: NormValue(_percentile(sorted(values), key.percentile / 100), len(values))
            for peers, values in groups.items()
            if len(values) >= MINIMUM_PEERS
        }
    return found


def _percentile(values: Sequence[float], share: float) -> float:
    place = share * (len(values) - 1)
    low, high = values[int(place)], values[min(int(place) + 1, len(values) - 1)]
    return low + (place - int(place)) * (high - low)
