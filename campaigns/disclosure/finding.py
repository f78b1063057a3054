"""What a check found: fit to be shown, stored with a verdict, and sent as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from campaigns.disclosure.case import Case
from campaigns.disclosure.packs import Datum, Source
from campaigns.disclosure.vocabulary import Confidence, Result, Verdict


class LayerKey(StrEnum):
    """The questions, in the order in which they are asked."""

    CONNECTION = "connection"
    LABEL = "label"
    PLACEMENT = "placement"
    PLATFORM_TOOL = "platform_tool"
    ADVERTISER = "advertiser"
    DUTIES = "duties"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result with its reason."""

    result: Result
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the checklist. `engine` is what was seen before a person answered."""

    key: str
    layer: LayerKey
    question: str
    result: Result
    reason: str
    sources: tuple[Source, ...] = ()
    confidence: Confidence | None = None
    note: str = ""
    blocks: bool = True  # unknown or failed, it stands in the way of "sufficient"
    hard: bool = False  # failed, it stops the post whatever the label says
    decided_by: str = "engine"
    engine: Result | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One question, answered by the items below it."""

    key: LayerKey
    result: Result
    reason: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A wording in the text. Places are code points of the text in its composed form (NFC)."""

    surface: str
    text: str
    pattern: str
    form: str
    start: int
    end: int
    visible_start: int
    visible_end: int
    line: int
    before_fold: bool | None
    cluster_size: int
    cluster_position: int
    brand: str | None
    denied_by: str | None
    standing: Mapping[str, str]  # by jurisdiction
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """Another passage worth marking: a denial, a lookalike, a commercial signal."""

    surface: str
    kind: str
    text: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Text and record contradict each other."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class UsedPack:
    """The version of the rules that a finding stands on."""

    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class JurisdictionFinding:
    """The verdict of one jurisdiction."""

    key: str
    name: str
    verdict: Verdict
    reason: str
    layers: tuple[Layer, ...]
    items: tuple[Item, ...]
    blocked_by: tuple[str, ...]
    not_asked: tuple[str, ...]
    pack: UsedPack | None


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdicts of all jurisdictions, the strictest first."""

    verdict: Verdict
    strictest: str
    reason: str
    layers: tuple[Layer, ...]
    per_jurisdiction: tuple[JurisdictionFinding, ...]
    matches: tuple[Match, ...]
    marks: tuple[Mark, ...]
    conflicts: tuple[Conflict, ...]
    language: str | None
    language_guessed: bool
    fold: Mapping[str, int | None]
    at: date
    # A person looks at these whatever the verdict: sensitive goods, conflicts, hard stops.
    sensitive: bool
    lexicon: str
    disclaimer: str

    def as_json(self) -> dict[str, Any]:
        """The finding in values that JSON knows."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (tuple, list, frozenset)):
        return [_plain(one) for one in value]
    return value


def item(
    case: Case,
    *,
    layer: LayerKey,
    key: str,
    question: str,
    outcome: Outcome,
    datum: Datum | None = None,
    blocks: bool = True,
    hard: bool = False,
) -> Item:
    """A line of the checklist; a person's answer stands in place of the engine's."""
    made = Item(
        key=key,
        layer=layer,
        question=question,
        result=outcome.result,
        reason=outcome.reason,
        sources=datum.sources if datum else (),
        confidence=datum.confidence if datum else None,
        note=datum.note if datum else "",
        blocks=blocks,
        hard=hard,
    )
    answer = case.answers.get(key)
    if answer is None:
        return made
    return replace(
        made,
        result=answer.result,
        reason=answer.note or "Answered by a reviewer.",
        decided_by="person",
        engine=outcome.result,
    )


def worst(results: list[Result]) -> Result:
    """Fail before unknown before pass before not applicable."""
    for result in (Result.FAIL, Result.UNKNOWN, Result.PASS):
        if result in results:
            return result
    return Result.NOT_APPLICABLE
