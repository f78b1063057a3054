"""Why a creator is in a segment, is not, or nobody can tell: as of any moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.models import Creator
from segmentation.choices import SegmentStatus, Trigger
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.metrics.periods import calendar_of
from segmentation.models import CreatorFacts, Membership, Segment, SegmentVersion
from segmentation.rules import json_form, tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.change import smallest_change
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.evaluate import Truth, evaluate
from segmentation.rules.explain import FactReading, explain
from segmentation.rules.facts import Catalogue
from segmentation.rules.prose import in_words
from segmentation.services.changesets import last_applied


class NothingToExplain(Exception):
    """Nothing was known of the creator at that moment; the message is fit for the user."""


@dataclass(frozen=True)
class _Case:
    """A creator at a moment, with the facts a rule reads."""

    moment: datetime
    calendar: Calendar
    facts: Catalogue
    readings: Mapping[str, FactReading]

    @property
    def values(self) -> dict[str, object]:
        return {key: reading.value for key, reading in self.readings.items()}

    def holds(self, rule: tree.Node) -> Truth:
        """Whether the rule is true for the creator; RuleInvalid when it cannot be evaluated."""
        return evaluate(rule, self.values, self.facts, self.moment, self.calendar)


def explain_membership(
    *, segment: Segment, creator: Creator, as_of: datetime | None = None
) -> dict[str, Any]:
    """Return the rule leaf by leaf for the creator, and where they stand in its dimension.

    Without `as_of` it is about the facts on which the creator's segments were decided last, with it
    about that moment: facts, rule version and stays of then. Raises NothingToExplain when the brand
    did not know the creator. Plain JSON values; moments as ISO text:

        segment, creator  {key, name, dimension} and {uid, name}
        as_of             the moment it is about
        state             "member", "also_matched" (another of a single-valued dimension comes
                          first), "kept" (in, though the rule does not say so now), "unknown", "out"
        words             the state as a sentence
        result            of the rule: true, false or null
        rule              {version, text, words}; `error` when it cannot be evaluated any more
        tree              see rules.explain; null with an error
        missing           keys of the facts that made the result unknown
        since, run        the stay's start and the run that opened it; null for who is not in
        also_matched      segments of a single-valued dimension whose rule is true all the same
        effective         the first in precedence of those the creator is in (personas); else null
        smallest_change   for somebody out: what would have to be otherwise; null if there is none
    """
    case = _case(segment, creator, as_of)
    siblings = _siblings(segment)
    versions = _versions(siblings, case.moment)
    stays = {
        stay.segment_id: stay
        for stay in Membership.objects.as_of(case.moment)
        .filter(creator=creator, segment__in=[one.pk for one in siblings])
        .select_related("entered_run")
    }
    stay = stays.get(segment.pk)
    version = versions[segment.pk]
    matched = _matched(siblings, versions, case)
    told = _rule_for(version, case)
    state = _state(stay, told["result"], segment, matched)
    others = [one for one in siblings if one.pk in matched and one.pk not in stays]
    inside = [one for one in siblings if one.pk in stays]
    dimension = segment.dimension
    effective = inside[0] if dimension.has_precedence and inside else None
    return {
        "segment": {**_named(segment), "dimension": dimension.key},
        "creator": {"uid": str(creator.uid), "name": creator.name},
        "as_of": case.moment.isoformat(),
        "state": state,
        "words": _words(state, segment, creator, told, inside),
        **told,
        "since": stay.entered_at.isoformat() if stay is not None else None,
        "run": None if stay is None else _run(stay),
        "also_matched": [_named(one) for one in others] if dimension.is_exclusive else [],
        "effective": None if effective is None else _named(effective),
        "smallest_change": None if stay is not None else _change(version, case),
    }


def _case(segment: Segment, creator: Creator, as_of: datetime | None) -> _Case:
    brand = segment.brand
    moment = as_of or _decided_at(segment, creator)
    facts = catalogue(brand)
    readings = {}
    if moment is not None:
        readings = read_facts(
            brand=brand, creator=creator, as_of=moment, facts=facts, stored=as_of is None
        )
    if moment is None or not readings:
        raise NothingToExplain(
            f"{brand} has no facts of {creator} yet: run the segmentation first."
            if as_of is None
            else f"{brand} did not know {creator} on {as_of:%d %B %Y}."
        )
    return _Case(moment, calendar_of(brand), facts, readings)


def _decided_at(segment: Segment, creator: Creator) -> datetime | None:
    """The moment as of which the creator's segments were decided last."""
    brand = segment.brand
    row = CreatorFacts.objects.filter(brand=brand, creator=creator).values("as_of").first()
    if row is None:
        return None
    moments = [row["as_of"]]
    run = last_applied(brand, but_facts=True)
    if run is not None:
        moments.append(run.as_of)
    stays = Membership.objects.filter(creator=creator, segment__brand=brand)
    for entered_at, left_at in stays.values_list("entered_at", "left_at"):
        moments.append(left_at or entered_at)
    return max(moments)


def _siblings(segment: Segment) -> list[Segment]:
    """The segments of the dimension in order of precedence, the asked one among them."""
    in_use = [SegmentStatus.ACTIVE, SegmentStatus.BROKEN]
    return [
        one
        for one in Segment.objects.filter(dimension=segment.dimension_id)
        .exclude(active_version=None)
        .order_by("position", "key")
        if one.status in in_use or one.pk == segment.pk
    ]


def _versions(segments: Sequence[Segment], moment: datetime) -> dict[int, SegmentVersion]:
    """The wording in use at the moment, by segment; the first one for an earlier moment."""
    found: dict[int, SegmentVersion] = {}
    versions = SegmentVersion.objects.filter(segment__in=[one.pk for one in segments])
    for version in versions.order_by("segment", "number"):
        used = version.activated_at is not None and version.activated_at <= moment
        if used or version.segment_id not in found:
            found[version.segment_id] = version
    return found


def _matched(
    segments: Sequence[Segment], versions: Mapping[int, SegmentVersion], case: _Case
) -> set[int]:
    """The segments whose rule is true; one that cannot be evaluated is not."""
    matched = set()
    for one in segments:
        try:
            if case.holds(json_form.load(versions[one.pk].rule)):
                matched.add(one.pk)
        except RuleInvalid:
            continue
    return matched


def _rule_for(version: SegmentVersion, case: _Case) -> dict[str, Any]:
    """The rule and its result, leaf by leaf."""
    shown: dict[str, Any] = {"version": version.number, "text": version.rule_text}
    try:
        rule = json_form.load(version.rule)
        told = explain(
            rule, case.values, case.facts, case.moment, case.calendar, readings=case.readings
        )
    except RuleInvalid as invalid:
        return {
            "result": None,
            "rule": {**shown, "words": version.rule_text, "error": str(invalid)},
            "tree": None,
            "missing": [],
        }
    return {
        "result": told.result,
        "rule": {**shown, "words": in_words(rule, case.facts), "error": None},
        "tree": told.to_dict(),
        "missing": list(told.missing),
    }


def _state(stay: Membership | None, result: Truth, segment: Segment, matched: set[int]) -> str:
    if stay is not None:
        return "member" if result else "kept"
    if result is None:
        return "unknown"
    return "also_matched" if segment.dimension.is_exclusive and segment.pk in matched else "out"


def _words(
    state: str,
    segment: Segment,
    creator: Creator,
    told: Mapping[str, Any],
    inside: Sequence[Segment],
) -> str:
    if state == "member":
        return f"{creator} is in {segment}: the rule is true."
    if state == "kept":
        reason = "unknown" if told["result"] is None else "no longer true"
        return f"{creator} is in {segment} and stays until the next run decides: it is {reason}."
    if state == "also_matched":
        first = f"{inside[0]} comes first" if inside else "the next run decides"
        return f"{creator} also matches {segment}, but {first}."
    if state == "unknown":
        return f"Nobody can tell whether {creator} belongs to {segment}: something is not known."
    return f"{creator} is not in {segment}." + (
        " The rule is true now: the next run decides." if told["result"] else ""
    )


def _run(stay: Membership) -> dict[str, Any]:
    run = stay.entered_run
    return {
        "id": run.pk,
        "as_of": run.as_of.isoformat(),
        "trigger": Trigger(run.trigger).label,
    }


def _change(version: SegmentVersion, case: _Case) -> list[dict[str, str | None]] | None:
    try:
        rule = json_form.load(version.rule)
        found = smallest_change(rule, case.values, case.facts, case.moment, case.calendar)
    except RuleInvalid:
        return None
    return None if found is None else [change.to_dict() for change in found]


def _named(segment: Segment) -> dict[str, str]:
    return {"key": segment.key, "name": segment.name}
