"""Why a creator is in a segment, is not, or nobody can tell: as of any moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm.models import Brand, Creator
from segmentation.choices import OverrideKind, Trigger
from segmentation.facts.links import IN_USE
from segmentation.models import CreatorFacts, Membership, Override, Segment, SegmentVersion
from segmentation.rules import json_form, tree
from segmentation.rules.change import smallest_change
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.evaluate import Truth
from segmentation.rules.prose import in_words
from segmentation.services.changesets import last_applied
from segmentation.services.explain_case import Case, read_case, wording_of, wordings_at


class NothingToExplain(Exception):
    """Nothing was known of the creator at that moment; the message is fit for the user."""


@dataclass(frozen=True)
class _Standing:
    """Where a creator stands with one segment at the moment.

    result       of the rule
    stay_result  of the looser rule for those who are in; None where there is none or it is unknown
    fresh_until  when the minimum stay is over, while it is not
    """

    stay: Membership | None
    override: Override | None
    result: Truth
    stay_result: Truth
    fresh_until: datetime | None


def explain_membership(
    *, segment: Segment, creator: Creator, as_of: datetime | None = None
) -> dict[str, Any]:
    """Return the rule leaf by leaf for the creator, and where they stand in its dimension.

    Without `as_of` it is about the facts on which the creator's segments were decided last, with it
    about that moment: facts, rule version, norms and stays of then. Raises NothingToExplain when
    the brand did not know the creator. Plain JSON values; moments as ISO text:

        segment, creator  {key, name, dimension} and {uid, name}
        as_of             the moment it is about
        state             "member", "forced_in", "forced_out" (a person decided), "also_matched"
                          (another of a single-valued dimension comes first), "kept" (in, though the
                          rule does not say so now), "unknown", "out"
        words             the state as a sentence
        result            of the rule: true, false or null
        rule              {version, text, words}; `error` when it cannot be evaluated any more
        tree              see rules.explain; null with an error
        missing           what made the result unknown
        stay_rule         for somebody in: {text, words, result, tree} of the looser rule, or null
        minimum_stay      for somebody in whose minimum stay lasts: {days, until}, or null
        override          {kind, reason, author, since, until} of a person's decision, or null
        since, run        the stay's start and the run that opened it; null for who is not in
        also_matched      segments of a single-valued dimension whose rule is true all the same
        effective         the first in precedence of those the creator is in (personas); else null
        smallest_change   for somebody out: what would have to be otherwise; null if there is none
    """
    case = _case(segment, creator, as_of)
    siblings = _siblings(segment)
    version = _load(case, siblings, segment)
    inside = [one for one in siblings if case.stay_in(one) is not None]
    matched = {one.pk for one in siblings if _result(case, case.versions[one.pk]) is True}
    told = _rule_for(version, case)
    standing = _standing(case, segment, version, told["result"])
    state = _state(standing, segment, matched)
    others = [one for one in siblings if one.pk in matched and one not in inside]
    dimension = segment.dimension
    effective = inside[0] if dimension.has_precedence and inside else None
    stay, override = standing.stay, standing.override
    return {
        "segment": {**_named(segment), "dimension": dimension.key},
        "creator": {"uid": str(creator.uid), "name": creator.name},
        "as_of": case.moment.isoformat(),
        "state": state,
        "words": _words(state, segment, standing, inside, case),
        **told,
        "stay_rule": None if stay is None else _stay_rule(version, case),
        "minimum_stay": _minimum_stay(version, standing),
        "override": None if override is None else _decision(override),
        "since": stay.entered_at.isoformat() if stay is not None else None,
        "run": None if stay is None else _run(stay),
        "also_matched": [_named(one) for one in others] if dimension.is_exclusive else [],
        "effective": None if effective is None else _named(effective),
        "smallest_change": None if stay is not None else _change(version, case),
    }


def _case(segment: Segment, creator: Creator, as_of: datetime | None) -> Case:
    brand = segment.brand
    moment = as_of or _decided_at(brand, creator)
    case = None
    if moment is not None:
        case = read_case(brand, creator, moment, stored=as_of is None)
    if case is None:
        raise NothingToExplain(
            f"{brand} has no facts of {creator} yet: run the segmentation first."
            if as_of is None
            else f"{brand} did not know {creator} on {as_of:%d %B %Y}."
        )
    return case


def _decided_at(brand: Brand, creator: Creator) -> datetime | None:
    """The moment as of which the creator's segments were decided last."""
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
    return [
        one
        for one in Segment.objects.filter(dimension=segment.dimension_id)
        .exclude(active_version=None)
        .order_by("position", "key")
        if one.status in IN_USE or one.pk == segment.pk
    ]


def _load(case: Case, siblings: Sequence[Segment], segment: Segment) -> SegmentVersion:
    """Load what the rules of the siblings read; returns the version of the segment."""
    case.segments = {one.key: one for one in siblings}
    case.versions = wordings_at(siblings, case.moment)
    rules = _rules(case.versions.values())
    if any(isinstance(leaf, tree.SegmentRef) for rule in rules for leaf in tree.leaves(rule)):
        everyone = list(Segment.objects.filter(brand=case.brand))
        case.segments = {one.key: one for one in everyone}
        case.versions = wordings_at(everyone, case.moment)
    case.read_for(rules)
    return case.versions[segment.pk]


def _rules(versions: Iterable[SegmentVersion]) -> list[tree.Node]:
    wordings = (wording_of(version) for version in versions)
    return [
        rule
        for wording in wordings
        if wording is not None
        for rule in (wording.rule, wording.stay_rule)
        if rule is not None
    ]


def _result(case: Case, version: SegmentVersion) -> Truth:
    """Of the rule; one that cannot be evaluated is unknown."""
    try:
        return case.holds(json_form.load(version.rule))
    except RuleInvalid:
        return None


def _standing(case: Case, segment: Segment, version: SegmentVersion, result: Truth) -> _Standing:
    stay = case.stay_in(segment)
    wording = wording_of(version)
    stay_result: Truth = None
    fresh_until = None
    if stay is not None and wording is not None:
        if wording.stay_rule is not None:
            try:
                stay_result = case.holds(wording.stay_rule)
            except RuleInvalid:
                stay_result = None
        start = case.calendar.local(stay.entered_at).replace(tzinfo=None)
        until = case.calendar.at_wall_clock(start + timedelta(days=wording.minimum_stay_days))
        fresh_until = until if until > case.moment else None
    return _Standing(stay, case.override_of(segment), result, stay_result, fresh_until)


def _rule_for(version: SegmentVersion, case: Case) -> dict[str, Any]:
    """The rule and its result, leaf by leaf."""
    shown: dict[str, Any] = {"version": version.number, "text": version.rule_text}
    try:
        rule = json_form.load(version.rule)
        told = case.explain(rule)
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


def _stay_rule(version: SegmentVersion, case: Case) -> dict[str, Any] | None:
    wording = wording_of(version)
    if wording is None or wording.stay_rule is None:
        return None
    try:
        told = case.explain(wording.stay_rule)
    except RuleInvalid:
        return None
    return {
        "text": version.stay_rule_text,
        "words": in_words(wording.stay_rule, case.facts),
        "result": told.result,
        "tree": told.to_dict(),
    }


def _minimum_stay(version: SegmentVersion, standing: _Standing) -> dict[str, Any] | None:
    if standing.fresh_until is None:
        return None
    return {"days": version.minimum_stay_days, "until": standing.fresh_until.isoformat()}


def _decision(override: Override) -> dict[str, Any]:
    return {
        "kind": override.kind,
        "reason": override.reason,
        "author": None if override.author is None else override.author.email,
        "since": override.starts_at.isoformat(),
        "until": None if override.ends_at is None else override.ends_at.isoformat(),
    }


def _state(standing: _Standing, segment: Segment, matched: set[int]) -> str:
    if standing.stay is not None:
        if standing.override is not None and standing.override.kind == OverrideKind.IN:
            return "forced_in"
        return "member" if standing.result else "kept"
    if standing.override is not None and standing.override.kind == OverrideKind.OUT:
        return "forced_out"
    if standing.result is None:
        return "unknown"
    return "also_matched" if segment.dimension.is_exclusive and segment.pk in matched else "out"


def _words(
    state: str,
    segment: Segment,
    standing: _Standing,
    inside: Sequence[Segment],
    case: Case,
) -> str:
    creator, override = case.creator, standing.override
    if override is not None and state in ("forced_in", "forced_out"):
        end = ""
        if override.ends_at is not None:
            end = f" until {case.calendar.day_of(override.ends_at):%d %B %Y}"
        place = "in" if state == "forced_in" else "out of"
        return f"{creator} is {place} {segment}{end}, whatever the rule says: {override.reason}"
    if state == "member":
        return f"{creator} is in {segment}: the rule is true."
    if state == "kept":
        return f"{creator} is in {segment} and stays {_kept_words(standing, case)}"
    if state == "also_matched":
        first = f"{inside[0]} comes first" if inside else "the next run decides"
        return f"{creator} also matches {segment}, but {first}."
    if state == "unknown":
        return f"Nobody can tell whether {creator} belongs to {segment}: something is not known."
    return f"{creator} is not in {segment}." + (
        " The rule is true now: the next run decides." if standing.result else ""
    )


def _kept_words(standing: _Standing, case: Case) -> str:
    reason = "unknown" if standing.result is None else "no longer true"
    if standing.stay_result:
        return f"because the rule for those who are in is true: the rule itself is {reason}."
    if standing.fresh_until is not None:
        until = case.calendar.day_of(standing.fresh_until)
        return f"until {until:%d %B %Y} at least, the minimum stay: the rule is {reason}."
    return f"until the next run decides: it is {reason}."


def _run(stay: Membership) -> dict[str, Any]:
    run = stay.entered_run
    return {
        "id": run.pk,
        "as_of": run.as_of.isoformat(),
        "trigger": Trigger(run.trigger).label,
    }


def _change(version: SegmentVersion, case: Case) -> list[dict[str, str | None]] | None:
    try:
        rule = json_form.load(version.rule)
        found = smallest_change(
            rule, case.values, case.facts, case.moment, case.calendar, context=case.context
        )
    except RuleInvalid:
        return None
    return None if found is None else [change.to_dict() for change in found]


def _named(segment: Segment) -> dict[str, str]:
    return {"key": segment.key, "name": segment.name}
