"""Why a creator is in a segment, or is not, or why nobody can tell: the rule leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from segmentation.rules import tree
from segmentation.rules.calendar import Calendar
from segmentation.rules.context import MINIMUM_PEERS, NOTHING, Context, NormKey, NormValue
from segmentation.rules.evaluate import (
    Truth,
    aggregate,
    compare,
    conjunction,
    disjunction,
    in_stage,
    negation,
    was_member,
    with_norm,
)
from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.rules.printer import subject_text
from segmentation.rules.prose import leaf_words, subject_words
from segmentation.rules.records import as_comparison, result_fact
from segmentation.rules.tree import Comparison
from segmentation.rules.validate import validate
from segmentation.rules.words import (
    NOT_KNOWN,
    number_words,
    phrase,
    threshold_words,
    value_words,
)

SECONDS_IN_A_DAY = 86_400


@dataclass(frozen=True)
class FactReading:
    """A value with its source in words and the moment it was true, where they are known."""

    value: object
    source: str | None = None
    captured_at: datetime | None = None


@dataclass(frozen=True)
class NormReading:
    """What is usual among the creator's peers; no value where too few of them are known."""

    percentile: int
    by: tuple[str, ...]
    value: float | None
    creators: int | None


@dataclass(frozen=True)
class LeafReading:
    """What one leaf looked at.

    fact        the fact's key, else what it looks at in the text notation
    value       as the fact row holds it; the share, when the comparison names one
    value_words the value for people, "not known" for None
    threshold   what was asked of it, in words
    age_days    days from captured_at to as_of
    norm        where the threshold came from, when it came from peers
    """

    fact: str
    key: str | None
    label: str
    unit: str
    value: object
    value_words: str
    threshold: str
    source: str
    captured_at: datetime | None = None
    age_days: float | None = None
    norm: NormReading | None = None


@dataclass(frozen=True)
class Explanation:
    """The result of a part of a rule, with its parts.

    kind     "all", "any", "not", or of a leaf "fact", "records", "stage", "segment"
    result   True, False, or None for unknown
    words    a leaf in words; empty for groups
    items    the parts; of a segment its own rule
    missing  what made it unknown, in the order it is read: keys of facts, or names as in `fact`
    """

    kind: str
    result: Truth
    words: str = ""
    items: tuple[Explanation, ...] = ()
    leaf: LeafReading | None = None
    missing: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The explanation as the API shows it: plain JSON values, null for unknown."""
        form: dict[str, Any] = {"kind": self.kind, "result": self.result}
        form["missing"] = list(self.missing)
        items = [item.to_dict() for item in self.items]
        if self.leaf is None:
            return {**form, "items": items}
        leaf = self.leaf
        captured = leaf.captured_at.isoformat() if leaf.captured_at is not None else None
        return {
            **form,
            "words": self.words,
            "fact": leaf.fact,
            **({} if leaf.key is None else {"key": leaf.key}),
            "label": leaf.label,
            "unit": leaf.unit,
            "value": _plain(leaf.value),
            "value_words": leaf.value_words,
            "threshold": leaf.threshold,
            "source": leaf.source,
            "captured_at": captured,
            "age_days": leaf.age_days,
            **({"items": items} if self.kind == "segment" else {}),
            **({} if leaf.norm is None else {"norm": _norm_form(leaf.norm)}),
        }


def explain(
    node: tree.Node,
    values: Mapping[str, object],
    catalogue: Catalogue,
    as_of: datetime,
    calendar: Calendar,
    *,
    readings: Mapping[str, FactReading] | None = None,
    context: Context = NOTHING,
    of_segment: Callable[[str], Explanation | None] | None = None,
) -> Explanation:
    """Return the rule with each part's result for one creator.

    The arguments are those of `evaluate`, and so are the exceptions. `readings` gives facts with
    source and age by key, and goes before `values`; without one, the source is the catalogue's.
    `of_segment` explains the rule of a segment that this one refers to.
    """
    validate(node, catalogue).require()
    given = readings or {}
    known = {**values, **{key: reading.value for key, reading in given.items()}}
    return _Explainer(known, catalogue, as_of, calendar, given, context, of_segment).node(node)


@dataclass(frozen=True)
class _Explainer:
    values: Mapping[str, object]
    catalogue: Catalogue
    as_of: datetime
    calendar: Calendar
    readings: Mapping[str, FactReading]
    context: Context
    of_segment: Callable[[str], Explanation | None] | None

    def node(self, node: tree.Node) -> Explanation:
        match node:
            case tree.All(items):
                return self.group("all", tuple(self.node(item) for item in items))
            case tree.Any(items):
                return self.group("any", tuple(self.node(item) for item in items))
            case tree.Not(item):
                return self.group("not", (self.node(item),))
            case Comparison():
                return self.fact(node, self.catalogue[node.fact])
            case tree.Aggregate():
                return self.records(node)
            case tree.StageFor():
                return self.stage(node)
            case tree.SegmentRef():
                return self.segment(node)

    def group(self, kind: str, items: tuple[Explanation, ...]) -> Explanation:
        results = [item.result for item in items]
        if kind == "not":
            result = negation(results[0])
        else:
            result = conjunction(results) if kind == "all" else disjunction(results)
        missing: tuple[str, ...] = ()
        if result is None:
            missing = tuple(dict.fromkeys(key for item in items for key in item.missing))
        return Explanation(kind, result, items=items, missing=missing)

    def fact(self, leaf: Comparison, fact: Fact) -> Explanation:
        reading = self.readings.get(leaf.fact, FactReading(self.values.get(leaf.fact)))
        value = reading.value
        asked = with_norm(leaf, self.values, self.catalogue, self.context)
        result = None
        if asked is not None:
            result = compare(asked, fact, value, self.as_of, self.calendar)
        words = value_words(value, fact, leaf.key, self.calendar)
        if fact.type is FactType.DISTRIBUTION and leaf.key is not None:
            value = value.get(leaf.key) if isinstance(value, Mapping) else None
        found = LeafReading(
            fact=leaf.fact,
            key=leaf.key,
            label=fact.label,
            unit=fact.unit,
            value=value,
            value_words=words,
            threshold=threshold_words(leaf, fact),
            source=reading.source or fact.source,
            captured_at=reading.captured_at,
            age_days=self.age(reading.captured_at),
        )
        missing: tuple[str, ...] = ()
        if result is None and value is None:
            missing = (leaf.fact,)
        if isinstance(leaf.value, tree.Norm):
            key = NormKey.of(leaf.fact, leaf.value)
            norm = self.context.norm_for(key, self.values, self.catalogue)
            found = _with_norm(found, key, norm, fact)
            if result is None:
                lacking = [name for name in key.by if self.values.get(name) is None]
                missing += tuple(lacking) if norm is None and lacking else ()
                missing += (str(key),) if norm is None and not lacking else ()
        return Explanation("fact", result, phrase(leaf, fact), leaf=found, missing=missing)

    def age(self, captured_at: datetime | None) -> float | None:
        if captured_at is None:
            return None
        return round((self.as_of - captured_at).total_seconds() / SECONDS_IN_A_DAY, 2)

    def records(self, leaf: tree.Aggregate) -> Explanation:
        kind = self.catalogue.records[leaf.records]
        fact = result_fact(leaf, kind)
        records = self.context.records.get(leaf.records, ())
        value = aggregate(leaf, kind, records, self.as_of, self.calendar)
        result = compare(as_comparison(leaf), fact, value, self.as_of, self.calendar)
        name = subject_text(leaf, self.catalogue)
        found = LeafReading(
            fact=name,
            key=None,
            label=subject_words(leaf, self.catalogue),
            unit=fact.unit,
            value=value,
            value_words=value_words(value, fact, None, self.calendar),
            threshold=threshold_words(as_comparison(leaf), fact),
            source=f"{len(records):,} {kind.label} on record",
        )
        return self.leaf("records", leaf, result, found)

    def stage(self, leaf: tree.StageFor) -> Explanation:
        stage = self.catalogue[tree.STAGE]
        value = self.values.get(tree.STAGE)
        since = self.readings.get(tree.STAGE_SINCE, FactReading(self.values.get(tree.STAGE_SINCE)))
        words = value_words(value, stage, None, self.calendar)
        if value is not None:
            day = value_words(since.value, self.catalogue[tree.STAGE_SINCE], None, self.calendar)
            words = f"{words} since {day}"
        result = in_stage(leaf, self.values, self.catalogue, self.as_of, self.calendar)
        found = LeafReading(
            fact=tree.STAGE,
            key=None,
            label=stage.label,
            unit="",
            value=value,
            value_words=words,
            threshold=subject_words(leaf, self.catalogue),
            source=since.source or stage.source,
            captured_at=since.captured_at,
            age_days=self.age(since.captured_at),
        )
        told = self.leaf("stage", leaf, result, found)
        if result is not None:
            return told
        return replace(told, missing=(tree.STAGE if value is None else tree.STAGE_SINCE,))

    def segment(self, leaf: tree.SegmentRef) -> Explanation:
        link = self.catalogue.segments.get(leaf.segment)
        items: tuple[Explanation, ...] = ()
        result: Truth
        if leaf.was is None:
            result = self.context.members.get(leaf.segment)
            inner = None if self.of_segment is None else self.of_segment(leaf.segment)
            items = () if inner is None else (inner,)
            source = "Membership as decided in the same run"
        else:
            stays = self.context.stays.get(leaf.segment, ())
            result = was_member(stays, leaf.was, self.as_of, self.calendar)
            source = "Ledger of memberships"
        words = {True: "in it", False: "not in it", None: NOT_KNOWN}[result]
        found = LeafReading(
            fact=subject_text(leaf),
            key=None,
            label=leaf.segment if link is None else link.name,
            unit="",
            value=result,
            value_words=words,
            threshold=subject_words(leaf, self.catalogue),
            source=source,
        )
        return replace(self.leaf("segment", leaf, result, found), items=items)

    def leaf(self, kind: str, leaf: tree.Leaf, result: Truth, found: LeafReading) -> Explanation:
        missing = (found.fact,) if result is None else ()
        return Explanation(
            kind, result, leaf_words(leaf, self.catalogue), leaf=found, missing=missing
        )


def _with_norm(found: LeafReading, key: NormKey, norm: NormValue | None, fact: Fact) -> LeafReading:
    """The reading with the number that the norm stands for, and of how many peers it is."""
    told = f"unknown: fewer than {MINIMUM_PEERS} of them are known"
    if norm is not None:
        told = f"{number_words(norm.value, fact)}, of {norm.creators:,} creators"
    return replace(
        found,
        threshold=f"{found.threshold} ({told})",
        norm=NormReading(
            key.percentile,
            key.by,
            None if norm is None else norm.value,
            None if norm is None else norm.creators,
        ),
    )


def _norm_form(norm: NormReading) -> dict[str, Any]:
    return {
        "percentile": norm.percentile,
        "by": list(norm.by),
        "value": norm.value,
        "creators": norm.creators,
    }


def _plain(value: object) -> object:
    """Return a value as JSON knows it: sets sorted, moments and days as ISO text."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case set() | frozenset():
            return sorted(value)
        case tuple():
            return list(value)
        case _:
            return value
